# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Combine the conditions of a filter pattern to alternatives of fields, each path once in an alternative.

EventBridge joins fields by "and" and the values of a field by "or"; `$or` joins objects. In an alternative a path
that occurs twice is not matched twice: the later one replaces the earlier one (event-ruler, JsonRuleCompiler). So two
conditions on one path must become one list of tests, and conditions that have no path in common stay apart: they
are factors, whose alternatives need not be multiplied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ...filter_pattern.tree import And, Condition, Or
from ..translation import InexpressibleError
from .leaves import ANY_ELEMENT, GUIDE, Path, field_of
from .value_tests import Tests, both, either

Alternative = Mapping[Path, Tests]
Factor = list[Alternative]
"""An event must match one of the alternatives; without any it never matches."""

MOST_ALTERNATIVES = 1_000
"""Combinations of `$or` in one pattern; EventBridge user guide, "Using `$or`"."""


def factors_of(condition: Condition) -> list[Factor]:
    """Return the factors of a condition; an event must match each of them. Raises InexpressibleError."""
    if isinstance(condition, And):
        return all_of(factor for operand in condition.operands for factor in factors_of(operand))
    if isinstance(condition, Or):
        return any_of([factors_of(operand) for operand in condition.operands])
    path, tests = field_of(condition)
    return [[{path: tests}]]


def all_of(factors: Iterable[Factor]) -> list[Factor]:
    """Return factors without a common path that say the same together."""
    apart: list[Factor] = []
    for factor in factors:
        joined = factor
        for other in [each for each in apart if paths(each) & paths(joined)]:
            joined = _simplify(product(other, joined))
            apart.remove(other)
        apart.extend(_split(joined))
    return apart


def any_of(operands: Sequence[list[Factor]]) -> list[Factor]:
    """Return the factors that say that one of the operands holds."""
    return _split(_simplify([alternative for operand in operands for alternative in multiplied(operand)]))


def paths(factor: Factor) -> set[Path]:
    """Return the paths of all alternatives."""
    return {path for alternative in factor for path in alternative}


def multiplied(factors: Sequence[Factor]) -> Factor:
    """Return one factor for several."""
    first, *others = factors
    for other in others:
        first = product(first, other)
    return first


def product(first: Factor, second: Factor) -> Factor:
    """Return the alternatives that say that one of each factor holds."""
    if len(first) * len(second) > MOST_ALTERNATIVES:
        raise InexpressibleError(f"The pattern needs more than {MOST_ALTERNATIVES} combinations of $or.", GUIDE)
    merged = (_merge(one, other) for one in first for other in second)
    return [alternative for alternative in merged if alternative is not None]


def _merge(one: Alternative, other: Alternative) -> Alternative | None:
    """Return one alternative for two, or None if no event can match both."""
    fields = dict(one)
    for path, tests in other.items():
        if path not in fields:
            fields[path] = tests
            continue
        common = both(fields[path], tests)
        if common is None or (ANY_ELEMENT in path and fields[path] != tests):
            name = ".".join(path)
            raise InexpressibleError(f"EventBridge has no test that stands for all conditions on {name}.", GUIDE)
        if not common:
            return None
        fields[path] = common
    return fields


def _simplify(factor: Factor) -> Factor:
    """Join alternatives that differ in one path, and leave out those that another one includes."""
    result: Factor = []
    for alternative in factor:
        added = alternative
        while joined := next(((other, union) for other in result if (union := _union(other, added))), None):
            result.remove(joined[0])
            added = joined[1]
        result.append(added)
    return result


def _union(one: Alternative, other: Alternative) -> Alternative | None:
    """Return one alternative that matches what either matches, or None if there is none."""
    if one.items() <= other.items():
        return one
    if other.items() <= one.items():
        return other
    different = [path for path in one if one[path] != other.get(path)]
    if one.keys() != other.keys() or len(different) > 1:
        return None
    (path,) = different
    return {**one, path: either(one[path], other[path])}


def _split(factor: Factor) -> list[Factor]:
    """Take the fields that all alternatives have in common out of them."""
    if len(factor) < 2:
        return [factor]
    common = dict(set.intersection(*(set(alternative.items()) for alternative in factor)))
    if not common:
        return [factor]
    rest: Factor = [{path: tests for path, tests in each.items() if path not in common} for each in factor]
    return [[{path: tests for path, tests in factor[0].items() if path in common}], rest]
