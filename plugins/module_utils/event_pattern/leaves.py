# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The values of an event by path.

EventBridge compares leaves: the path of a value is the keys that lead to it, joined by dots, so that a key with a dot
is the same as two keys. The items of an array have the path of the array. Two values of one array of objects belong
together only if they come from the same item.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Leaves = Mapping[str, "list[Leaf]"]


@dataclass(frozen=True)
class Leaf:
    """A value of an event.

    Attributes:
        value: A text, a number, a boolean or None.
        items: By number of the array, the item that the value comes from.
    """

    value: Any
    items: Mapping[int, int]


def leaves_of(event: Mapping[str, Any]) -> Leaves:
    """Return the leaves of an event by path."""
    found: dict[str, list[Leaf]] = {}
    for path, leaf in _walk(event, (), {}):
        found.setdefault(path, []).append(leaf)
    return found


def _walk(value: Any, path: tuple[str, ...], items: Mapping[int, int]) -> Iterator[tuple[str, Leaf]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _walk(below, (*path, key), items)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _walk(item, path, {**items, id(value): number})
    else:
        yield ".".join(path), Leaf(value, items)
