# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parse a log message as JSON, with the source text of its numbers."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from json import JSONDecoder
from typing import NoReturn, Union

from ..limits import MAX_DOCUMENT_DEPTH, MAX_NUMBER_LENGTH

NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
"""A number of the pattern language (CloudWatch Logs user guide: sign, decimals, scientific notation)."""

_SPACES = " \t\r\n"
_WHITESPACE = re.compile(f"[{_SPACES}]*")


class JsonNumber(str):
    """The source text of a JSON number, since quoted literals compare with the text (1 is not 1.0).

    Comparisons of strings treat it as a string; comparisons by value check for this type first. It is never converted
    to int, so numbers of any length are harmless.
    """

    __slots__ = ()


Json = Union[dict[str, "Json"], list["Json"], str, bool, None]


def _reject_constant(name: str) -> NoReturn:
    """Reject NaN and Infinity, which are not JSON although the parser of Python accepts them."""
    raise ValueError(name)


_DECODER = JSONDecoder(parse_float=JsonNumber, parse_int=JsonNumber, parse_constant=_reject_constant)


def parse_document(text: str) -> dict[str, Json] | None:
    """Parse a message; return None if it is not a JSON object, since then it matches nothing.

    Source: observed with TestMetricFilter, us-east-1, 2026-09 ("not JSON", broken JSON and top-level arrays match
    no pattern, NOT EXISTS included). A repeated key keeps its last value (same source).
    """
    start = 0 if text.startswith("{") else _skip_whitespace(text, 0)
    document: dict[str, Json]
    if not text.startswith("{", start):
        return None
    try:
        document, end = _DECODER.raw_decode(text, start)
    except ValueError:
        return None
    except RecursionError:
        return _parse_deep(text)
    return document if _skip_whitespace(text, end) == len(text) else None


def _skip_whitespace(text: str, position: int) -> int:
    match = _WHITESPACE.match(text, position)
    return match.end() if match else position


def decimal_of(text: str) -> Decimal | None:
    """Return the exact value of a number that matches NUMBER; None if it is too long.

    An exponent out of the range of Decimal becomes infinity or zero, which keeps the order correct.
    """
    if len(text) > MAX_NUMBER_LENGTH:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal(float(text))


def _parse_deep(text: str) -> dict[str, Json] | None:
    """Parse a message that is nested too deeply for the parser of Python."""
    try:
        document = _DeepParser(text).parse()
    except (ValueError, IndexError):
        return None
    return document if isinstance(document, dict) else None


class _DeepParser:
    """A JSON parser with its own stack, for messages nested deeper than the recursion limit."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.open: list[dict[str, Json] | list[Json]] = []
        self.keys: list[str] = []

    def parse(self) -> Json:
        """Parse the whole text. Raises ValueError or IndexError if it is not JSON."""
        while True:
            value = self._begin_value()
            if isinstance(value, dict | list) and not self._closed_at_once(value):
                if len(self.open) == MAX_DOCUMENT_DEPTH:
                    raise ValueError(self.position)
                self.open.append(value)
                self._read_key()
                continue
            while self.open:
                self._store(value)
                if self._next() == ",":
                    self._read_key()
                    break
                value = self._close()
            if not self.open:
                return self._finish(value)

    def _next(self) -> str:
        """Take the next character that is not whitespace."""
        char = self.text[self.position]
        if char in _SPACES:
            self.position = _skip_whitespace(self.text, self.position)
            char = self.text[self.position]
        self.position += 1
        return char

    def _begin_value(self) -> Json:
        """Begin a container, or read a string, number or constant."""
        char = self._next()
        if char in "{[":
            return {} if char == "{" else []
        value: Json
        value, self.position = _DECODER.raw_decode(self.text, self.position - 1)
        return value

    def _closed_at_once(self, value: dict[str, Json] | list[Json]) -> bool:
        position = _skip_whitespace(self.text, self.position)
        if self.text[position] != ("}" if isinstance(value, dict) else "]"):
            return False
        self.position = position + 1
        return True

    def _read_key(self) -> None:
        """Read the key and the colon if the innermost container is an object."""
        if isinstance(self.open[-1], list):
            return
        if self._next() != '"':
            raise ValueError(self.position)
        key, self.position = _DECODER.raw_decode(self.text, self.position - 1)
        if self._next() != ":":
            raise ValueError(self.position)
        self.keys.append(key)

    def _store(self, value: Json) -> None:
        container = self.open[-1]
        if isinstance(container, list):
            container.append(value)
        else:
            container[self.keys.pop()] = value

    def _close(self) -> Json:
        """Close the innermost container after its closing character."""
        container = self.open.pop()
        if self.text[self.position - 1] != ("}" if isinstance(container, dict) else "]"):
            raise ValueError(self.position)
        return container

    def _finish(self, value: Json) -> Json:
        if _skip_whitespace(self.text, self.position) != len(self.text):
            raise ValueError(self.position)
        return value
