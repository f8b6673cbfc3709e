# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Compile space-delimited patterns to closures over the fields of a message."""

from __future__ import annotations

from collections.abc import Callable

from ..tree import And, Compare, Condition, Delimited, FieldName, Leaf, Or, Rest
from .message import LogMessage
from .values import field_test

Values = list[str]
ValuesTest = Callable[[Values], bool]


class FieldLayout:
    """The positions of the slots of a pattern: from the left before ``...``, from the right after it."""

    def __init__(self, tree: Delimited) -> None:
        """Compute the position of every slot; positions after ``...`` count from the end."""
        places = [index for index, slot in enumerate(tree.slots) if isinstance(slot, Rest)]
        self._rest = places[0] if places else None
        self._count = len(tree.slots)
        self.open = self._rest is not None or not tree.slots
        self.least = self._count - len(places)
        self.places: dict[str, int] = {}
        for index, slot in enumerate(tree.slots):
            if not isinstance(slot, Rest) and slot.name is not None:
                after = self._rest is not None and index > self._rest
                self.places[slot.name] = index - self._count if after else index

    def values(self, message: LogMessage) -> Values | None:
        """Return the values of the fields of a message, or None if it has too few.

        Without ``...`` the last slot takes the rest of the line (observed with TestMetricFilter, us-east-1,
        2026-09).
        """
        fields = message.fields
        if len(fields) < self.least:
            return None
        if self.open or len(fields) == self._count:
            return [text for text, _rest in fields]
        head = [text for text, _rest in fields[: self._count - 1]]
        return [*head, message.text[fields[self._count - 1][1] :].rstrip()]

    def extract(self, values: Values) -> dict[str, str]:
        """Name the values: ``$name``, and ``$n`` by position from 1 for unnamed fields."""
        names = {place % len(values): name for name, place in self.places.items()} if values else {}
        return {f"${names.get(index, index + 1)}": value for index, value in enumerate(values)}

    def value(self, values: Values, selector: str) -> str | None:
        """Return the value of one ``$name`` or ``$n``, or None."""
        return self.extract(values).get(selector)


def compile_delimited(tree: Delimited, layout: FieldLayout) -> Callable[[LogMessage], bool]:
    """Compile a pattern to a function of a message; all slots must match."""
    conditions = [slot.condition for slot in tree.slots if not isinstance(slot, Rest) and slot.condition]
    tests = [compile_field_condition(condition, layout) for condition in conditions]

    def test(message: LogMessage) -> bool:
        values = layout.values(message)
        return values is not None and all(each(values) for each in tests)

    return test


def compile_field_condition(condition: Condition, layout: FieldLayout) -> ValuesTest:
    """Compile the condition of a slot to a function of all field values."""
    if isinstance(condition, And | Or):
        combine = all if isinstance(condition, And) else any
        tests = [compile_field_condition(operand, layout) for operand in condition.operands]
        return lambda values: combine(test(values) for test in tests)
    return _compile_comparison(condition, layout)


def _compile_comparison(leaf: Leaf, layout: FieldLayout) -> ValuesTest:
    if not isinstance(leaf, Compare) or not isinstance(leaf.selector, FieldName):
        raise TypeError("a space-delimited pattern compares fields only")
    place = layout.places.get(leaf.selector.name)
    if place is None:
        return lambda values: False
    holds = field_test(leaf.operator, leaf.literal)
    return lambda values: holds(values[place])
