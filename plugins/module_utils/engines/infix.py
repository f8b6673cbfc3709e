# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Write a condition with the operators ``and``, ``or`` and ``in``, which Logs Insights and SQL share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..filter_pattern.printer import print_condition
from ..filter_pattern.tree import And, Compare, Condition, Leaf, Or
from .translation import InexpressibleError, Reason


def infix(
    condition: Condition,
    leaf: Callable[[Leaf], str],
    one_of: Callable[[Sequence[Compare]], str],
    reasons: list[Reason],
) -> str:
    """Return a condition; a part without an equal is reported and left out of the text.

    Args:
        condition: The condition of a filter pattern.
        leaf: Writes one test. Raises InexpressibleError.
        one_of: Writes the comparisons of one field with exact texts, of which one must hold. Raises the same.
        reasons: The parts without an equal are added here.
    """

    def operand(each: Condition) -> str:
        text = infix(each, leaf, one_of, reasons)
        return f"({text})" if isinstance(each, And | Or) and (" and " in text or " or " in text) else text

    def written(write: Callable[[Any], str], what: Any, parts: Sequence[Any]) -> str:
        try:
            return write(what)
        except InexpressibleError as error:
            reasons.extend(error.about(print_condition(part)).reason for part in parts)
            return ""

    if isinstance(condition, And):
        return " and ".join(map(operand, condition.operands))
    if isinstance(condition, Or):
        groups = _alternatives(condition.operands)
        return " or ".join(operand(*each) if len(each) == 1 else written(one_of, each, each) for each in groups)
    return written(leaf, condition, [condition])


def is_text(leaf: Compare) -> bool:
    """Return whether a comparison is with an exact text."""
    literal = leaf.literal
    return not (literal.is_regex or literal.is_number or literal.has_wildcard)


def _alternatives(operands: Iterable[Condition]) -> list[list[Condition]]:
    """Return the operands of a disjunction, with the comparisons of each field with exact texts in one list."""
    groups: dict[object, list[Condition]] = {}
    for place, operand in enumerate(operands):
        exact = isinstance(operand, Compare) and operand.operator == "=" and is_text(operand)
        groups.setdefault(operand.selector if exact else place, []).append(operand)  # type: ignore[union-attr]
    return list(groups.values())
