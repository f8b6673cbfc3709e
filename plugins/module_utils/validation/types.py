# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The types of values in rule files, variables, and the documents of the embedded AWS.

A type reads a plain value and reports every problem to the document that the value belongs to. Messages quote the
value, so callers must not print them for a secret.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, Union

from .confusables import NOT_ASCII, invisible, non_ascii
from .document import Document
from .problems import Place, Problem, describe, quote_value, suggestion

MAX_NUMBER = 2.0**360  # CloudWatch API reference, PutMetricData: greater values are rejected

T = TypeVar("T")
Found = Union[tuple[str, str], None]
"""A message and a hint, or None for a valid value."""

_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_DIGITS = re.compile(r"0|-?[1-9][0-9]{0,17}")


@dataclass(frozen=True)
class ValueType(Generic[T]):
    """A type of values.

    Attributes:
        name: What such a value is called in messages and documentation, such as ``trail name``.
        read: Returns the value; reports each problem at its place in the document, and then returns any value.
        schema: The type in JSON Schema.
        hint: What a valid value looks like.
        from_text: Returns the value that a string from the command line or a template can only mean, else the string.
        textual: Whether the empty string stands for no value.
    """

    name: str
    read: Callable[[Any, Place, Document], T]
    schema: Mapping[str, Any] = field(default_factory=dict)
    hint: str = ""
    from_text: Callable[[Any], Any] = lambda value: value
    textual: bool = False

    def described(self, text: str) -> ValueType[T]:
        """Return the type with a description in its JSON Schema."""
        return dataclasses.replace(self, schema={"description": text, **self.schema})

    def problem(self, value: Any) -> Union[Problem, None]:
        """Return the first problem of a value, or None."""
        document = Document("")
        self.read(value, (), document)
        return document.problems[0] if document.problems else None


@dataclass(frozen=True)
class _Limits:
    """What a string must comply with; the arguments of `string` of the same name."""

    name: str
    shape: str
    hint: str
    longest: Union[int, None]
    ascii_only: bool
    one_line: bool
    empty: bool

    def problem(self, value: str) -> Found:
        """Return the first problem of a string."""
        if not self.empty and not value.strip():
            return "is empty", self.hint
        if self.longest is not None and len(value) > self.longest:
            return f"has {len(value)} characters, more than {self.longest}", "shorten it"
        if self.ascii_only and (found := non_ascii(value)):
            return f"{NOT_ASCII}: {found}", "retype it as plain ASCII"
        if found := invisible(value):
            return f"contains an invisible character: {found}", "retype it"
        if self.one_line and "\n" in value.strip():
            return "has several lines", "write one line"
        if self.shape and not re.fullmatch(self.shape, value):
            return f"{quote_value(value)} is not a valid {self.name}", self.hint
        return None

    def schema(self) -> dict[str, Any]:
        """Return the limits in JSON Schema."""
        shape = {"pattern": f"^({self.shape})$"} if self.shape else {} if self.empty else {"minLength": 1}
        return {"type": "string", **shape, **({} if self.longest is None else {"maxLength": self.longest})}


def string(
    name: str = "string",
    shape: str = "",
    hint: str = "",
    *,
    longest: Union[int, None] = None,
    ascii_only: bool = False,
    one_line: bool = False,
    empty: bool = False,
    strip: bool = False,
    check: Callable[[str], Found] = lambda value: None,
    unquoted: Callable[[Any], str] = lambda value: f'quote it: "{quote_value(value)}"',
) -> ValueType[str]:
    """Return the type of some strings without invisible characters.

    `shape` is a regular expression for all of the string, `hint` the same in words. Spaces alone are invalid
    unless `empty`; `strip` removes them at both ends. `check` returns one more problem, and `unquoted` the hint for a
    number or boolean.
    """
    limits = _Limits(name, shape, hint, longest, ascii_only, one_line, empty)

    def read(value: Any, place: Place, document: Document) -> str:
        if not isinstance(value, str):
            loose = isinstance(value, (bool, int, float))
            document.add(place, f"must be a string, not {describe(value)}", unquoted(value) if loose else "")
            return ""
        if found := limits.problem(value) or check(value):
            document.add(place, *found)
        return value.strip() if strip else value

    return ValueType(name, read, limits.schema(), hint, _digits_to_string, textual=True)


def choice(
    options: Iterable[str], name: str = "value", hint: Callable[[str], str] = lambda value: ""
) -> ValueType[str]:
    """Return the type of one of some strings; `hint` may say more about a value that is none of them."""
    known = tuple(options)

    def check(value: str) -> Found:
        if value in known:
            return None
        return f"{quote_value(value)} is not a valid {name}", f"{suggestion(value, known)}{hint(value)}"

    return dataclasses.replace(
        string(check=check),
        name=" or ".join(f"`{option}`" for option in known),
        schema={"enum": list(known)},
        from_text=lambda value: value,
    )


def integer(
    name: str = "integer",
    smallest: int = 1,
    largest: Union[int, None] = None,
    *,
    allowed: Callable[[int], bool] = lambda value: True,
    hint: str = "",
    schema: Union[Mapping[str, Any], None] = None,
) -> ValueType[int]:
    """Return the type of the integers that `allowed` accepts; `hint` and `schema` describe the same set."""
    advice = hint or (f"use {smallest} or more" if largest is None else f"use {smallest} to {largest}")

    def read(value: Any, place: Place, document: Document) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            document.add(place, f"must be an integer, not {describe(value)}", _unquote(value) or advice)
            return smallest
        if value < smallest or (largest is not None and value > largest) or not allowed(value):
            document.add(place, f"{quote_value(value)} is not allowed", advice)
        return value

    limit = {} if largest is None else {"maximum": largest}
    limits = {"type": "integer", "minimum": smallest, **limit, **(schema or {})}
    return ValueType(name, read, limits, from_text=_string_to_integer)


def number(smallest: float = -MAX_NUMBER, largest: float = MAX_NUMBER) -> ValueType[float]:
    """Return the type of numbers within bounds, by default those of a metric."""

    def read(value: Any, place: Place, document: Document) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or math.isnan(value):
            document.add(place, f"must be a number, not {describe(value)}", _unquote(value))
            return 0.0
        if not smallest <= value <= largest:
            document.add(place, f"{quote_value(value)} is not allowed", f"use {smallest:g} to {largest:g}")
            return 0.0
        return float(value)

    return ValueType("number", read, {"type": "number"})


def boolean() -> ValueType[bool]:
    """Return the type of true and false."""

    def read(value: Any, place: Place, document: Document) -> bool:
        if not isinstance(value, bool):
            meant = _BOOLEANS.get(value.lower()) if isinstance(value, str) else None
            word = "true or false" if meant is None else quote_value(meant)
            document.add(place, f"must be a boolean, not {describe(value)}", f"write {word} without quotes")
        return value is True

    def from_text(value: Any) -> Any:
        return {"true": True, "false": False}.get(value.lower(), value) if isinstance(value, str) else value

    return ValueType("`true` or `false`", read, {"type": "boolean"}, from_text=from_text)


def _string_to_integer(value: Any) -> Any:
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else value


def _unquote(value: Any) -> str:
    digits = isinstance(value, str) and _DIGITS.fullmatch(value)
    return f"write {value} without quotes" if digits else ""


def _digits_to_string(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**18 else value
