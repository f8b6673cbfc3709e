# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Problems of documents and variables, and how messages write places and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from ..core.problems import did_you_mean

Place = tuple[Union[str, int], ...]
"""The keys and indexes that lead to a part of a value."""

_LONGEST_QUOTE = 60
_PLAIN_KEY = re.compile(r"[\w$-][\w$ /.-]*")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in one place.

    Attributes:
        source: A path, the name of a layer of overrides, or a host.
        key: The path to the value, such as ``tests[0].event``; empty for the whole source.
        message: What is wrong.
        hint: What to do about it; a clause, or a sentence of its own if it begins with a capital letter.
        line: The line in the file, from 1; None without a file.
    """

    source: str
    key: str
    message: str
    hint: str = ""
    line: int | None = None

    @property
    def text(self) -> str:
        """Return message and hint in one line."""
        message, hint = _one_line(self.message), _one_line(self.hint)
        return f"{message}{': ' if hint[0].islower() else '. '}{hint}" if hint else message

    def __str__(self) -> str:
        """Return the problem as a block: the place, the message, the hint."""
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        head = f"{place}: {self.key}" if self.key else place
        lines = [*self.message.splitlines(), *(f"hint: {line}" for line in self.hint.splitlines())]
        return "\n".join([f"{head}:", *(f"  {line}" for line in lines)])


class ValidationError(ValueError):
    """A document cannot be used; `problems` holds everything that is wrong with it, in the order of the search."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep all problems."""
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


SUGGESTED = 20
"""How many unknown names of one mapping are reported one by one; a generated file can have thousands."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return a hint for a word that is not known: the closest one, or all of them."""
    names = list(known)
    return did_you_mean(word, names).strip() or (f"use {', '.join(names)}" if names else "")


def key_text(place: Place) -> str:
    """Return a place as text: ``tests[0].event.eventName``."""
    text = ""
    for step in place:
        if isinstance(step, str) and _PLAIN_KEY.fullmatch(step):
            text += f".{step}" if text else step
        else:
            text += f"[{quote_value(step)}]"
    return text


def describe(value: Any) -> str:
    """Return a value with its type for a message: ``the number 4.3``, ``a mapping``."""
    if isinstance(value, (Mapping, list, tuple)):
        kind = "mapping" if isinstance(value, Mapping) else "list"
        return f"a {kind}" if value else f"an empty {kind}"
    kinds = ((bool, "boolean"), ((int, float), "number"), (str, "string"))
    kind = next((name for kind, name in kinds if isinstance(value, kind)), "value")
    return "null" if value is None else f"the {kind} {quote_value(value)}"


def quote_value(value: Any) -> str:
    """Return a value for a message, in one short line."""
    if isinstance(value, str):
        return '"' + "".join(map(_printable, _shorten(value))) + '"'
    if isinstance(value, (bool, float)):
        return str(value).lower()
    if isinstance(value, int):
        # Python refuses to write out more than some thousands of digits.
        return str(value) if abs(value) < 10**_LONGEST_QUOTE else "of many digits"
    return describe(value) if value is None or isinstance(value, (Mapping, list, tuple)) else _shorten(repr(value))


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 3] + "..."


def _printable(character: str) -> str:
    return character if character.isprintable() else repr(character)[1:-1]


def _one_line(text: str) -> str:
    """Join lines. A line that is only a caret is left out, since the caret marks a column of the line above."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    joined = "; ".join(line for line in lines if line not in ("", "^"))
    return re.sub(r"\?; (.)", lambda match: f"? {match[1].upper()}", joined)
