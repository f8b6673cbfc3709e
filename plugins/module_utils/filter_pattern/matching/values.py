# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Compile the comparison of one value with a literal: wildcards, numbers, strings, regular expressions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Union

from ..limits import MAX_NUMBER_LENGTH
from ..regex.matcher import SafeRegex
from ..tree import Literal
from .document import NUMBER, Json, JsonNumber, decimal_of

TextTest = Callable[[str], bool]
ValueTest = Callable[[Json], bool]

_Comparison = Callable[[Union[Decimal, float], Union[Decimal, float]], bool]

_ORDER: dict[str, _Comparison] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def text_test(literal: Literal) -> TextTest:
    """Compile "the string equals the literal": exactly, by wildcard or by regular expression."""
    if literal.is_regex:
        return SafeRegex(literal.text).search
    if literal.has_wildcard:
        return wildcard_test(literal.text)
    return literal.text.__eq__


def wildcard_test(pattern: str) -> TextTest:
    """Compile a literal with asterisks; each matches up to the first occurrence of what follows and tries no other.

    Source: observed with TestMetricFilter, 2019 (see choices.py, interior-wildcard).
    """
    head, *middle, tail = pattern.split("*")
    parts = [part for part in middle if part]
    if not parts and not tail:
        return lambda text: text.startswith(head)
    if not head and not tail and len(parts) == 1:
        (part,) = parts
        return lambda text: part in text
    return lambda text: _in_order(text, head, parts, tail)


def _in_order(text: str, head: str, parts: list[str], tail: str) -> bool:
    if not text.startswith(head):
        return False
    position = len(head)
    for part in parts:
        found = text.find(part, position)
        if found < 0:
            return False
        position = found + len(part)
    if not tail:
        return True
    found = text.find(tail, position)
    return found >= 0 and found + len(tail) == len(text)


def value_test(comparison: str, literal: Literal) -> ValueTest:
    """Compile a comparison with a JSON value; only strings and numbers can match, also for ``!=``.

    Source: observed with TestMetricFilter, us-east-1, 2026-09 (null, booleans, objects and arrays never match).
    """
    if comparison in _ORDER:
        return _number_test(_ORDER[comparison], literal.text)
    equal = _number_equality(literal.text) if literal.is_number else _text_equality(literal)
    return equal if comparison == "=" else lambda value: isinstance(value, str) and not equal(value)


def _text_equality(literal: Literal) -> ValueTest:
    equal = text_test(literal)
    return lambda value: isinstance(value, str) and equal(value)


def _number_equality(text: str) -> ValueTest:
    """Compare an unquoted number with JSON numbers by value and with JSON strings as text (same source)."""
    same = _number_test(operator.eq, text)
    return lambda value: value == text or same(value)


def _number_test(compare: _Comparison, text: str) -> ValueTest:
    """Compare JSON numbers by value; strings do not match (same source).

    Rounding to floating point keeps the order, so only numbers that round to the same value need exact comparison.
    """
    expected = decimal_of(text)
    rounded = float(text)

    def holds(value: Json) -> bool:
        if not isinstance(value, JsonNumber) or len(value) > MAX_NUMBER_LENGTH or expected is None:
            return False
        approximate = float(value)
        if approximate != rounded:
            return compare(approximate, rounded)
        number = decimal_of(value)
        return number is not None and compare(number, expected)

    return holds


def field_test(comparison: str, literal: Literal) -> TextTest:
    """Compile a comparison with a space-delimited field, which is a string except for < <= > >=."""
    if comparison in _ORDER:
        ordered = _number_test(_ORDER[comparison], literal.text)
        return lambda text: NUMBER.fullmatch(text) is not None and ordered(JsonNumber(text))
    equal = text_test(literal)
    return equal if comparison == "=" else lambda text: not equal(text)
