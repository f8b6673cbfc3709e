# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate one condition of a filter pattern to the path of a field and the tests of its value."""

from __future__ import annotations

import re
from decimal import Decimal

from ...event_pattern.numeric import LARGEST
from ...filter_pattern.printer import print_condition
from ...filter_pattern.tree import (
    AnyElement,
    AnyField,
    Compare,
    Index,
    IsFalse,
    IsNull,
    IsTrue,
    Leaf,
    Literal,
    Name,
    Selector,
)
from ..translation import InexpressibleError
from .value_tests import Kind, Number, Test, Tests

Path = tuple[str, ...]

ANY_ELEMENT = "[*]"
"""Stands in a path for the elements of an array; EventBridge has no word for them."""

GUIDE = 'EventBridge user guide, "Comparison operators for use in event patterns"'
_ARRAYS = 'EventBridge user guide, "Arrays in event patterns"'
_MOST_DECIMALS = 6
_STARS = re.compile(r"\*+")
_TESTS = {IsNull: Kind.NULL, IsTrue: Kind.TRUE, IsFalse: Kind.FALSE}


def field_of(leaf: Leaf) -> tuple[Path, Tests]:
    """Return the path and the tests of a condition. Raises InexpressibleError."""
    try:
        path = _path(leaf.selector)
        if isinstance(leaf, Compare):
            return path, _comparison(leaf)
        return path, (Test(_TESTS.get(type(leaf), Kind.MISSING)),)
    except InexpressibleError as error:
        raise error.about(print_condition(leaf)) from None


def _path(selector: object) -> Path:
    if not isinstance(selector, Selector):
        raise InexpressibleError("EventBridge has no space-delimited fields.", GUIDE)
    path: list[str] = []
    for step in selector.steps:
        if isinstance(step, Name):
            path.append(step.name)
        elif isinstance(step, AnyElement):
            path.append(ANY_ELEMENT)
        elif isinstance(step, Index):
            raise InexpressibleError("EventBridge matches any element of an array, not the one at a position.", _ARRAYS)
        elif isinstance(step, AnyField):
            raise InexpressibleError("EventBridge has no wildcard for the names of fields.", GUIDE)
    if path[0] == ANY_ELEMENT:
        raise InexpressibleError("An event is an object, so it has no elements.", _ARRAYS)
    return tuple(path)


def _comparison(leaf: Compare) -> Tests:
    literal = leaf.literal
    if literal.is_regex:
        raise InexpressibleError("EventBridge has no regular expressions.", GUIDE)
    if leaf.operator not in ("=", "!="):
        number = _number(literal)
        if abs(number) > LARGEST:
            raise InexpressibleError(f"EventBridge compares numbers between -{LARGEST} and {LARGEST}.", GUIDE)
        return (Test(Kind.RANGE, ((leaf.operator, number),)),)
    negated = leaf.operator == "!="
    if literal.is_number:
        exact = Test(Kind.NUMBER, (_number(literal),), negated)
        return (exact,) if negated else (Test(Kind.TEXT, (literal.text,)), exact)
    return _text(_STARS.sub("*", literal.text), negated)


def _number(literal: Literal) -> Number:
    number = Decimal(literal.text)
    value = float(number)
    exponent = number.normalize().as_tuple().exponent
    if value in (float("inf"), float("-inf")) or not isinstance(exponent, int) or -exponent > _MOST_DECIMALS:
        raise InexpressibleError(f"EventBridge compares numbers with at most {_MOST_DECIMALS} decimals.", GUIDE)
    return int(value) if value == int(value) else value


def _text(pattern: str, negated: bool) -> Tests:
    if pattern == "*":
        if negated:
            raise InexpressibleError("No string or number passes it, so the condition is never true.", GUIDE)
        return (Test(Kind.PRESENT),)
    head, star, tail = pattern.partition("*")
    if not star:
        return (Test(Kind.TEXT, (pattern,), negated),)
    if not tail:
        return (Test(Kind.PREFIX, (head,), negated),)
    if not head and "*" not in tail:
        return (Test(Kind.SUFFIX, (tail,), negated),)
    return (Test(Kind.WILDCARD, (pattern,), negated),)
