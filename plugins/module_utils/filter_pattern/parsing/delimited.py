# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Parse space-delimited patterns, ``[ip, user, ..., status = 4*, bytes]``."""

from __future__ import annotations

import re

from ..tree import EQUALITY_OPERATORS, Compare, Condition, Delimited, FieldName, Rest, Slot, leaves
from .expression import expect_value_end, parse_expression, read_literal, read_operator
from .scanner import Scanner

FIELD_NAME = re.compile(r"[A-Za-z0-9_]+")
"""A field name (the examples of the CloudWatch Logs user guide have letters, digits and underscores)."""

_NO_OPERATOR = "Write a comma, the closing bracket or an operator after a name; names have no dots or hyphens."


def parse_delimited(scanner: Scanner) -> tuple[Delimited, dict[int, int]]:
    """Parse from the opening bracket to the closing one.

    Return the tree, and the position of each condition by the ``id`` of its node.
    """
    opening = scanner.position
    scanner.position += 1
    positions: dict[int, int] = {}
    slots: list[Slot | Rest] = []
    seen: set[str] = set()
    scanner.skip_whitespace()
    if not scanner.take("]"):
        while True:
            slots.append(_read_slot(scanner, seen, positions))
            if not scanner.take(","):
                break
        if not scanner.take("]"):
            scanner.fail(f'expected "," or "]", found {scanner.found()}', "Slots are separated by commas.")
    _warn(scanner, slots, positions, opening)
    return Delimited(tuple(slots)), positions


def _read_slot(scanner: Scanner, seen: set[str], positions: dict[int, int]) -> Slot | Rest:
    scanner.skip_whitespace()
    start = scanner.position
    if scanner.take("..."):
        _reject_duplicate(scanner, "...", seen, start)
        scanner.skip_whitespace()
        return Rest()
    if scanner.char in (",", "]"):
        return Slot(None)
    slot = _read_named_slot(scanner, positions)
    _reject_duplicate(scanner, slot.name or "", seen, start)
    return slot


def _reject_duplicate(scanner: Scanner, name: str, seen: set[str], start: int) -> None:
    """Reject a second field with the same name, as AWS does (observed with TestMetricFilter, us-east-1, 2026-09)."""
    if name in seen:
        hint = '"..." is allowed once.' if name == "..." else "Give every field its own name."
        scanner.fail(f'"{name}" occurs a second time', hint, start, f"Duplicate field '{name}'")
    seen.add(name)


def _read_named_slot(scanner: Scanner, positions: dict[int, int]) -> Slot:
    """Read a name, or a condition whose first name is that of the slot."""
    start = scanner.position
    name = scanner.take_match(FIELD_NAME)
    scanner.skip_whitespace()
    if name and scanner.char in (",", "]"):
        _check_name(scanner, name, start)
        return Slot(name)
    scanner.position = start

    def read_condition(at: Scanner) -> Compare:
        begin = at.position
        leaf = _read_comparison(at)
        positions[id(leaf)] = begin
        return leaf

    condition = parse_expression(scanner, read_condition, ",]")
    return Slot(_first_name(condition), condition)


def _first_name(condition: Condition) -> str | None:
    first = leaves(condition)[0].selector
    return first.name if isinstance(first, FieldName) else None


def _read_comparison(scanner: Scanner) -> Compare:
    start = scanner.position
    name = scanner.take_match(FIELD_NAME)
    _check_name(scanner, name, start)
    scanner.skip_whitespace()
    operator = read_operator(scanner, _NO_OPERATOR)
    literal = read_literal(scanner, operator)
    expect_value_end(scanner)
    if literal.is_number and operator in EQUALITY_OPERATORS:
        scanner.warn("delimited-number-equality", start)
    return Compare(FieldName(name), operator, literal)


def _check_name(scanner: Scanner, name: str, start: int) -> None:
    if not name:
        hint = 'A slot is a name, a condition that begins with a name, empty, or "...".'
        if scanner.char == "$":
            hint = "Field names have no dollar sign here; $ is for metric values only."
        scanner.fail(f"expected the name of a field, found {scanner.found()}", hint)
    if name.isdigit():
        scanner.fail("a field name needs a letter", "Leave the slot empty for an unnamed field.", start)


def _warn(scanner: Scanner, slots: list[Slot | Rest], positions: dict[int, int], opening: int) -> None:
    """Warn about a fixed number of fields, and about conditions on names that no slot has."""
    if slots and not any(isinstance(slot, Rest) for slot in slots):
        scanner.warn("delimited-field-count", opening)
    named = [slot for slot in slots if isinstance(slot, Slot)]
    names = {slot.name for slot in named}
    for leaf in (leaf for slot in named if slot.condition for leaf in leaves(slot.condition)):
        if isinstance(leaf.selector, FieldName) and leaf.selector.name not in names:
            scanner.warn("undeclared-field", positions[id(leaf)])
