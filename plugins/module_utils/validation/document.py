# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plain values that know where they were written, and the list of what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from .errors import RuleProblem

Place = tuple[Union[str, int], ...]


@dataclass
class Document:
    """A value with the source and the line of its parts.

    A place is the tuple of keys and indexes that leads to a part. ``file`` is where all parts come from that
    ``layers`` does not claim for a layer of overrides. ``problems`` collects what is wrong; a ``refused`` place has a
    value that could not be read, so that nothing more is said of it.
    """

    file: str
    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    layers: Mapping[Place, str] = field(default_factory=dict)
    problems: list[RuleProblem] = field(default_factory=list)
    refused: set[Place] = field(default_factory=set)

    def add(self, place: Place, message: str, hint: str = "", line: int | None = None) -> None:
        """Note a problem; its line is that of the nearest known place unless it is given."""
        if place in self.refused:
            return
        inner = (name for known, name in self.layers.items() if known[: len(place)] == place)
        layer = _nearest(self.layers, place) or next(inner, None)
        if layer is not None:
            self.problems.append(RuleProblem(layer, None, key_text(place), message, hint))
        else:
            line = line or _nearest(self.lines, place)
            self.problems.append(RuleProblem(self.file, line, key_text(place), message, hint))


def key_text(place: Place) -> str:
    """Write a place as a person would: ``tests[0].event.eventName``."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _nearest(known: Mapping[Place, Any], place: Place) -> Any:
    """Return what is known of a place, or of the nearest one around it."""
    for length in range(len(place), -1, -1):
        if place[:length] in known:
            return known[place[:length]]
    return None
