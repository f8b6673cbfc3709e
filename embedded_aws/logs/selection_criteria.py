"""Parse ``fieldSelectionCriteria`` of a metric filter, such as ``@aws.region = "us-east-1" AND @aws.account IN ["1"]``.

Source: CloudWatch Logs API reference, PutMetricFilter: the fields @aws.account and @aws.region, and the operators =,
!=, IN, NOT IN, AND and OR. Parentheses, and that AND binds more tightly than OR, are our reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

SYSTEM_FIELDS = ("@aws.account", "@aws.region")

Selects = Callable[[Mapping[str, str]], bool]
"""Returns whether a log event with these system fields is selected."""

_TOKEN = re.compile(r'\s*(@[\w.]+|"[^"]*"|!=|[=()\[\],]|[A-Za-z]+)')
_DEEPEST = 50


class CriteriaError(ValueError):
    """The text is not a valid expression."""


def selection(text: str) -> Selects:
    """Return the parsed expression; an empty one selects every event. Raise CriteriaError if it is invalid."""
    if not text.strip():
        return lambda fields: True
    parser = _Parser(text)
    selects = parser.read_or()
    parser.end()
    return selects


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[str] = []
        self._depth = 0
        position, text = 0, text.strip()
        while position < len(text):
            found = _TOKEN.match(text, position)
            if not found:
                raise CriteriaError(f"unexpected {text[position : position + 20]!r}")
            self._tokens.append(found[1])
            position = found.end()

    def end(self) -> None:
        if self._tokens:
            raise CriteriaError(f"unexpected {self._tokens[0]}")

    def read_or(self) -> Selects:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise CriteriaError("too deeply nested")
        parts = [self._read_and()]
        while self._accept("OR"):
            parts.append(self._read_and())
        self._depth -= 1
        return lambda fields: any(part(fields) for part in parts)

    def _read_and(self) -> Selects:
        parts = [self._read_comparison()]
        while self._accept("AND"):
            parts.append(self._read_comparison())
        return lambda fields: all(part(fields) for part in parts)

    def _read_comparison(self) -> Selects:
        if self._accept("("):
            inner = self.read_or()
            self._expect(")")
            return inner
        field = self._next()
        if field not in SYSTEM_FIELDS:
            raise CriteriaError(f"unexpected {field}")
        negated = self._accept("NOT")
        if negated or (self._tokens and self._tokens[0] == "IN"):
            self._expect("IN")
            values = self._read_list()
        else:
            negated = self._accept("!=")
            if not negated:
                self._expect("=")
            values = [self._read_text()]
        return lambda fields: (fields[field] in values) != negated

    def _read_list(self) -> list[str]:
        self._expect("[")
        values = [self._read_text()]
        while self._accept(","):
            values.append(self._read_text())
        self._expect("]")
        return values

    def _read_text(self) -> str:
        text = self._next()
        if not text.startswith('"'):
            raise CriteriaError(f"unexpected {text}")
        return text[1:-1]

    def _next(self) -> str:
        if not self._tokens:
            raise CriteriaError("the expression ends too early")
        return self._tokens.pop(0)

    def _accept(self, token: str) -> bool:
        found = bool(self._tokens) and self._tokens[0] == token
        if found:
            self._tokens.pop(0)
        return found

    def _expect(self, token: str) -> None:
        if self._next() != token:
            raise CriteriaError(f"{token} is missing")
