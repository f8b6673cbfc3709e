# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Get the values that a selector selects in a JSON document."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import Final, Union

from ..tree import AnyElement, AnyField, Index, Name, Selector, Step
from .document import Json


class Absent:
    """The type of ABSENT, which stands for a missing value, since null is a value."""


ABSENT: Final = Absent()

Document = dict[str, Json]
Reached = Union[Json, Absent]


def compile_reach(selector: Selector) -> Callable[[Document], Reached]:
    """Compile a selector without wildcards to a function that returns its value or ABSENT."""
    steps = selector.steps
    names = [step.name for step in steps if isinstance(step, Name)]
    if len(names) == len(steps) == 1:
        return lambda document: document.get(names[0], ABSENT)
    if len(names) == len(steps) == 2:
        return _reach_two(*names)

    def reach(document: Document) -> Reached:
        value: Reached = document
        for step in steps:
            value = _follow(value, step)
        return value

    return reach


def _reach_two(outer: str, inner: str) -> Callable[[Document], Reached]:
    """Compile a selector of two names, by far the most frequent one, without a loop."""

    def reach(document: Document) -> Reached:
        parent = document.get(outer)
        return parent.get(inner, ABSENT) if isinstance(parent, dict) else ABSENT

    return reach


def _follow(value: Reached, step: Step) -> Reached:
    """Take one step that is not a wildcard; return ABSENT for a wrong type of container."""
    if isinstance(step, Name):
        return value.get(step.name, ABSENT) if isinstance(value, dict) else ABSENT
    if isinstance(step, Index) and isinstance(value, list) and step.index < len(value):
        return value[step.index]
    return ABSENT


def reach_all(selector: Selector, document: Document) -> list[Json]:
    """Return every value that a selector selects, in the order of the document."""
    values: list[Json] = [document]
    for step in selector.steps:
        if isinstance(step, AnyField | AnyElement):
            values = list(chain.from_iterable(_children(value, step) for value in values))
        else:
            followed = (_follow(value, step) for value in values)
            values = [value for value in followed if not isinstance(value, Absent)]
    return values


def _children(value: Json, step: Step) -> Iterable[Json]:
    """Return the values that a wildcard step selects; ``[*]`` also selects the values of an object.

    Source: observed with TestMetricFilter, us-east-1, 2026-09. ``.*`` on an array was not observed: no values.
    """
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) and isinstance(step, AnyElement) else ()
