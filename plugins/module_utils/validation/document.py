# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plain values that know where they were written, and the problems found in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .problems import Place, Problem, key_text

MAX_DEPTH = 60


@dataclass
class Document:
    """A value with the source and the line of its parts, and the list of its problems.

    Attributes:
        source: Where all parts come from that `layers` does not assign to a layer of overrides.
        value: The value.
        lines: The line of each part.
        layers: The layer of overrides that a part comes from.
        problems: What is wrong.
        unreadable: Places whose value could not be read; no further problem is noted there.
        reports: How many problems were reported, noted or not.
    """

    source: str
    value: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    layers: Mapping[Place, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    unreadable: set[Place] = field(default_factory=set)
    reports: int = 0

    def add(self, place: Place, message: str, hint: str = "", line: int | None = None) -> None:
        """Report a problem; its line is that of the nearest known place unless it is given."""
        self.reports += 1
        if place in self.unreadable:
            return
        inner = (name for known, name in self.layers.items() if known[: len(place)] == place)
        layer = _nearest(self.layers, place) or next(inner, None)
        if layer is None:
            line = line or _nearest(self.lines, place)
        self.problems.append(Problem(layer or self.source, key_text(place), message, hint, None if layer else line))


def _nearest(known: Mapping[Place, Any], place: Place) -> Any:
    """Return what is known of a place, or of the nearest one around it."""
    for length in range(len(place), -1, -1):
        if place[:length] in known:
            return known[place[:length]]
    return None
