# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The match type `numeric`: one comparison, or the two ends of a range."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from .error import PatternError
from .matching import Test

LARGEST = 5_000_000_000
"""Numbers beyond it or its negative match no range; EventBridge user guide, "Numeric matching"."""

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_ONE, _TWO = 2, 4


def is_number(value: Any) -> bool:
    """Return whether a JSON value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def numeric(argument: Any) -> Test:
    """Return the test of a value for a list such as `[">", 0, "<=", 5]`."""
    if not isinstance(argument, list):
        raise PatternError("Value of numeric must be an array.")
    ends = [_end(argument, start) for start in range(0, len(argument), 2)]
    if not ends or len(argument) > _TWO or (argument[0] == "=" and len(argument) > _ONE):
        raise PatternError("Too many terms in numeric range" if ends else "Invalid member in numeric match: ]")
    if len(ends) > 1:
        _check_range(ends[0], ends[1])

    def test(value: Any) -> bool:
        return (
            is_number(value) and abs(value) <= LARGEST and all(_COMPARISONS[name](value, bound) for name, bound in ends)
        )

    return test


def _end(argument: list[Any], start: int) -> tuple[str, float]:
    name = argument[start]
    bound: Any = argument[start + 1] if start + 1 < len(argument) else None
    if not isinstance(name, str):
        raise PatternError(f"Invalid member in numeric match: {name}")
    if name not in _COMPARISONS:
        raise PatternError(f"Unrecognized numeric range operator: {name}")
    if not is_number(bound):
        raise PatternError(f"Value of {'equals' if name == '=' else name} must be numeric")
    if abs(bound) > LARGEST:
        raise PatternError(f"Value must be between -{LARGEST} and {LARGEST}, inclusive")
    return name, bound


def _check_range(first: tuple[str, float], second: tuple[str, float]) -> None:
    if second[0][0] not in "<>" or first[0][0] == second[0][0]:
        raise PatternError(f"Bad numeric range operator: {second[0]}")
    bottom, top = (first[1], second[1]) if first[0][0] == ">" else (second[1], first[1])
    if bottom >= top:
        raise PatternError("Bottom must be less than top")
