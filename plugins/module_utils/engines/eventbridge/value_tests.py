# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What an event pattern can ask of one field: tests of a value, of which one must hold, and how two lists combine."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Union

Number = Union[int, float]


class Kind(StrEnum):
    """What a test compares."""

    MISSING = "missing"
    NULL = "null"
    TRUE = "true"
    FALSE = "false"
    PRESENT = "present"
    TEXT = "text"
    NUMBER = "number"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    WILDCARD = "wildcard"
    RANGE = "numeric"


@dataclass(frozen=True)
class Test:
    """One test of a value.

    Attributes:
        kind: What is compared.
        operands: The text or number; for a range, one or two pairs of operator and number; for a negated test, all
            that the value must not be.
        negated: Whether it is `anything-but`.
    """

    __test__ = False  # keeps pytest from collecting the class

    kind: Kind
    operands: tuple[Any, ...] = ()
    negated: bool = False

    def as_json(self) -> Any:
        """Return the test as it stands in an event pattern."""
        if self.negated:
            return {"anything-but": self._excluded()}
        if self.kind in _CONSTANTS:
            return _CONSTANTS[self.kind]
        if self.kind in (Kind.TEXT, Kind.NUMBER):
            return self.operands[0]
        if self.kind is Kind.RANGE:
            return {"numeric": [part for end in self.operands for part in end]}
        return {self.kind.value: self._written(self.operands[0])}

    def _excluded(self) -> Any:
        operands = [self._written(operand) for operand in self.operands]
        given = operands if len(operands) > 1 else operands[0]
        return given if self.kind in (Kind.TEXT, Kind.NUMBER) else {self.kind.value: given}

    def _written(self, operand: Any) -> Any:
        # In a wildcard a backslash escapes the character after it.
        return operand.replace("\\", "\\\\") if self.kind is Kind.WILDCARD else operand


_CONSTANTS: dict[Kind, Any] = {
    Kind.MISSING: {"exists": False},
    Kind.PRESENT: {"exists": True},
    Kind.NULL: None,
    Kind.TRUE: True,
    Kind.FALSE: False,
}

Tests = tuple[Test, ...]
"""Tests of one field: a value must pass one of them."""


def either(first: Tests, second: Tests) -> Tests:
    """Return the tests that a value passes if it passes one of the first or one of the second."""
    return tuple(dict.fromkeys((*first, *second)))


def both(first: Tests, second: Tests) -> Tests | None:
    """Return the tests that a value passes if it passes one of each, or None if no list of tests says that."""
    found: list[Test] = []
    for one in first:
        for other in second:
            common = _common(one, other)
            if common is None:
                return None
            found += common
    return tuple(dict.fromkeys(found))


def _common(one: Test, other: Test) -> Iterable[Test] | None:
    """Return the tests for values that pass both, empty if no value does, None if it cannot be said."""
    for first, second in ((one, other), (other, one)):
        for combine in (_same, _constant, _exact, _present, _range, _excluded, _affixes):
            result = combine(first, second)
            if result is not UNDECIDED:
                return result
    return None


class _Undecided(tuple[Test, ...]):
    """The type of UNDECIDED."""


UNDECIDED = _Undecided()
_STRINGS = (Kind.TEXT, Kind.PREFIX, Kind.SUFFIX, Kind.WILDCARD)


def _same(first: Test, second: Test) -> Iterable[Test]:
    return (first,) if first == second else UNDECIDED


def _constant(first: Test, _second: Test) -> Iterable[Test]:
    """A missing field, null and booleans pass no other test; != is false for them in a filter pattern."""
    return () if first.kind in (Kind.MISSING, Kind.NULL, Kind.TRUE, Kind.FALSE) else UNDECIDED


def _exact(first: Test, second: Test) -> Iterable[Test]:
    """An exact text or number passes the second test or not."""
    if first.negated or first.kind not in (Kind.TEXT, Kind.NUMBER):
        return UNDECIDED
    return (first,) if _passes(first.operands[0], second) else ()


def _passes(value: str | Number, test: Test) -> bool:
    if test.kind is Kind.PRESENT:
        return True
    if test.kind is Kind.RANGE:
        return not isinstance(value, str) and all(_holds(value, *end) for end in test.operands)
    return any(_equals(value, test.kind, operand) for operand in test.operands) != test.negated


def _holds(value: Number, operator: str, bound: Number) -> bool:
    return {"<": value < bound, "<=": value <= bound, ">": value > bound, ">=": value >= bound}[operator]


def _equals(value: str | Number, kind: Kind, operand: str | Number) -> bool:
    if not isinstance(value, str) or not isinstance(operand, str):
        return value == operand
    if kind is Kind.WILDCARD:
        return wildcard_matches(operand, value)
    if kind is Kind.PREFIX:
        return value.startswith(operand)
    return value.endswith(operand) if kind is Kind.SUFFIX else value == operand


def wildcard_matches(pattern: str, text: str) -> bool:
    """Return whether a text has the parts between the asterisks in their order, the first and last at its ends."""
    head, *middle, tail = pattern.split("*")
    if len(text) < len(head) + len(tail) or not (text.startswith(head) and text.endswith(tail)):
        return False
    position, end = len(head), len(text) - len(tail)
    for part in middle:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return True


def _present(first: Test, second: Test) -> Iterable[Test]:
    """Every other test of a value implies that it is there."""
    return (second,) if first.kind is Kind.PRESENT else UNDECIDED


def _range(first: Test, second: Test) -> Iterable[Test]:
    if first.kind is not Kind.RANGE:
        return UNDECIDED
    if second.kind in _STRINGS:
        return (first,) if second.negated else ()
    if second.kind is not Kind.RANGE:
        return UNDECIDED
    ends = (*first.operands, *second.operands)
    directions = {end[0][0] for end in ends}
    if len(ends) == len(directions):
        ordered = sorted(ends, reverse=True)
        return (Test(Kind.RANGE, tuple(ordered)),) if ordered[0][1] < ordered[1][1] else ()
    return UNDECIDED


def _excluded(first: Test, second: Test) -> Iterable[Test]:
    """Combine what a value must not be with another exclusion, or with an affix that excludes it already."""
    if not first.negated:
        return UNDECIDED
    if second.negated and first.kind is second.kind:
        return (Test(first.kind, tuple(dict.fromkeys((*first.operands, *second.operands))), negated=True),)
    if first.kind is not Kind.TEXT:
        return UNDECIDED
    passing = [text for text in first.operands if _passes(text, second)]
    return UNDECIDED if passing else (second,)


def _affixes(first: Test, second: Test) -> Iterable[Test]:
    """Combine two beginnings, two ends, or a beginning and an end."""
    if first.negated or second.negated or {first.kind, second.kind} - {Kind.PREFIX, Kind.SUFFIX}:
        return UNDECIDED
    one, other = first.operands[0], second.operands[0]
    if first.kind is second.kind:
        longer, shorter = sorted((first, second), key=lambda test: -len(test.operands[0]))
        return (longer,) if _passes(longer.operands[0], shorter) else ()
    if first.kind is Kind.SUFFIX:
        return UNDECIDED  # decided in the other order
    overlaps = [size for size in range(1, min(len(one), len(other)) + 1) if one.endswith(other[:size])]
    shorter_texts = [Test(Kind.TEXT, (one + other[size:],)) for size in overlaps]
    return (Test(Kind.WILDCARD, (f"{one}*{other}",)), *shorter_texts)
