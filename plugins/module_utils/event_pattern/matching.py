# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Match the leaves of an event with one alternative of a pattern."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .leaves import Leaf, Leaves

Test = Callable[[Any], bool]


@dataclass(frozen=True)
class Field:
    """What a pattern asks of one path.

    Attributes:
        path: The keys, joined by dots.
        tests: A value must pass one of them.
        or_missing: Whether a missing field matches as well: `{"exists": false}`.
    """

    path: str
    tests: tuple[Test, ...]
    or_missing: bool = False


Alternative = tuple[Field, ...]


def matches(fields: Alternative, leaves: Leaves) -> bool:
    """Return whether every field has a value that passes, with values of one array from the same item."""
    return _matches(fields, leaves, {})


def _matches(fields: Sequence[Field], leaves: Leaves, items: Mapping[int, int]) -> bool:
    if not fields:
        return True
    field, others = fields[0], fields[1:]
    found = leaves.get(field.path, [])
    if not found and field.or_missing:
        return _matches(others, leaves, items)
    return any(
        _is_consistent(leaf, items)
        and any(test(leaf.value) for test in field.tests)
        and _matches(others, leaves, {**items, **leaf.items})
        for leaf in found
    )


def _is_consistent(leaf: Leaf, items: Mapping[int, int]) -> bool:
    return all(items.get(array, item) == item for array, item in leaf.items.items())
