# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Compile the tree of a JSON pattern to closures over a parsed document.

Conditions have no side effects, so operands are evaluated in the order of their cost, and alternatives with equality
on one property become one lookup in a set.
"""

from __future__ import annotations

from collections.abc import Callable

from ..regex.matcher import SafeRegex
from ..tree import (
    And,
    Compare,
    Condition,
    IsFalse,
    IsNull,
    IsTrue,
    Leaf,
    Name,
    NotExists,
    Or,
    Selector,
    leaves,
)
from .document import Json
from .reach import ABSENT, Document, compile_reach, reach_all
from .values import ValueTest, value_test

DocumentTest = Callable[[Document], bool]

_WILDCARD_COST = 100
_REGEX_COST = 50


def compile_condition(condition: Condition) -> DocumentTest:
    """Compile a condition to a function of a parsed document."""
    if isinstance(condition, And):
        return _all_of([compile_condition(operand) for operand in sorted(condition.operands, key=_cost)])
    if isinstance(condition, Or):
        return _any_of(_compile_alternatives(condition))
    return compile_leaf(condition)


def _cost(condition: Condition) -> int:
    """Estimate the cost of a condition from its leaves, for sorting."""
    return sum(map(_leaf_cost, leaves(condition)))


def _leaf_cost(leaf: Leaf) -> int:
    selector = leaf.selector
    cost = len(selector.steps) if isinstance(selector, Selector) else 1
    if isinstance(selector, Selector) and selector.has_wildcard:
        cost += _WILDCARD_COST
    if isinstance(leaf, Compare):
        cost += _REGEX_COST * leaf.literal.is_regex + leaf.literal.has_wildcard
    return cost


def _all_of(tests: list[DocumentTest]) -> DocumentTest:
    if len(tests) == 2:
        first, second = tests
        return lambda document: first(document) and second(document)

    def test(document: Document) -> bool:
        for each in tests:  # noqa: SIM110 -- all() with a generator costs twice as much
            if not each(document):
                return False
        return True

    return test


def _any_of(tests: list[DocumentTest]) -> DocumentTest:
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda document: first(document) or second(document)

    def test(document: Document) -> bool:
        for each in tests:  # noqa: SIM110 -- any() with a generator costs twice as much
            if each(document):
                return True
        return False

    return test


def _compile_alternatives(condition: Or) -> list[DocumentTest]:
    """Compile the plain equalities of each selector to one lookup, and the other operands one by one."""
    texts: dict[Selector, set[str]] = {}
    others: list[Condition] = []
    for operand in condition.operands:
        if isinstance(operand, Compare) and isinstance(operand.selector, Selector) and _is_plain(operand):
            texts.setdefault(operand.selector, set()).add(operand.literal.text)
        else:
            others.append(operand)
    tests = [_one_of(selector, frozenset(values)) for selector, values in texts.items()]
    return tests + [compile_condition(operand) for operand in sorted(others, key=_cost)]


def _is_plain(compare: Compare) -> bool:
    """Return whether a comparison is with one exact string, which may also equal the text of a number."""
    literal = compare.literal
    plain = compare.operator == "=" and not (literal.is_number or literal.is_regex or literal.has_wildcard)
    return plain and isinstance(compare.selector, Selector) and not compare.selector.has_wildcard


def _one_of(selector: Selector, texts: frozenset[str]) -> DocumentTest:
    """Compile "the value is one of these strings"; objects and arrays, which are not hashable, never are."""
    reach = compile_reach(selector)
    name = selector.steps[0]
    if len(selector.steps) == 1 and isinstance(name, Name):
        return _top_level_one_of(name.name, texts)

    def test(document: Document) -> bool:
        value = reach(document)
        return isinstance(value, str) and value in texts

    return test


def _top_level_one_of(name: str, texts: frozenset[str]) -> DocumentTest:
    """Compile the most frequent condition, on a top-level key of the event, without an inner call."""
    if len(texts) == 1:
        (text,) = texts
        return lambda document: document.get(name) == text

    def test(document: Document) -> bool:
        try:
            return document.get(name) in texts
        except TypeError:
            return False

    return test


def compile_leaf(leaf: Leaf) -> DocumentTest:
    """Compile one comparison or test."""
    selector = leaf.selector
    if not isinstance(selector, Selector):
        raise TypeError("a field of a space-delimited pattern cannot be used for a JSON document")
    if selector.has_wildcard:
        return _compile_wildcard_leaf(leaf, selector)
    if isinstance(leaf, Compare) and _is_plain(leaf):
        return _one_of(selector, frozenset((leaf.literal.text,)))
    reach = compile_reach(selector)
    if isinstance(leaf, NotExists):
        return lambda document: reach(document) is ABSENT
    holds = _leaf_test(leaf)

    def test(document: Document) -> bool:
        value = reach(document)
        return value is not ABSENT and holds(value)  # type: ignore[arg-type]

    return test


def _leaf_test(leaf: Compare | IsNull | IsTrue | IsFalse) -> ValueTest:
    """Compile the test of a leaf for a value that exists."""
    if isinstance(leaf, Compare):
        return value_test(leaf.operator, leaf.literal)
    if isinstance(leaf, IsNull):
        return _is_null
    if isinstance(leaf, IsTrue):
        return lambda value: value is True
    return lambda value: value is False


def _is_null(value: Json) -> bool:
    """Return whether IS NULL is true: for null, and for an array that contains null.

    Source: observed with TestMetricFilter, us-east-1, 2026-09.
    """
    return value is None or (isinstance(value, list) and None in value)


def _compile_wildcard_leaf(leaf: Leaf, selector: Selector) -> DocumentTest:
    """Compile a leaf on a wildcard selector: it is true if it is true for any selected value (user guide)."""
    if isinstance(leaf, NotExists):
        return lambda document: not reach_all(selector, document)
    if isinstance(leaf, Compare) and leaf.literal.is_regex:
        return _wildcard_regex(leaf, selector)
    holds = _leaf_test(leaf)
    return lambda document: any(map(holds, reach_all(selector, document)))


def _wildcard_regex(leaf: Compare, selector: Selector) -> DocumentTest:
    """Search all selected values together: many short searches cost far more than one long search."""
    regex = SafeRegex(leaf.literal.text)
    negated = leaf.operator == "!="

    def test(document: Document) -> bool:
        texts = [value for value in reach_all(selector, document) if isinstance(value, str)]
        if not texts:
            return False
        some, every = regex.search_all(texts)
        return not every if negated else some

    return test
