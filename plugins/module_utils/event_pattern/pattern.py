# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Compile an event pattern of EventBridge, and match events with it, without AWS.

Sources: EventBridge user guide, "Creating event patterns" and "Comparison operators"; the public rules engine of AWS,
event-ruler; recorded answers of TestEventPattern (2024 to 2026).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .leaves import leaves_of
from .matching import Alternative, matches
from .parsing import PatternError, alternatives

__all__ = ["EventPattern", "PatternError", "compile_pattern"]

MOST_CHARACTERS = 4_096
"""The longest pattern of a rule; EventBridge quotas."""


@dataclass(frozen=True)
class EventPattern:
    """A compiled pattern.

    Attributes:
        alternatives: The pattern without `$or`: an event matches if it matches one of them.
    """

    alternatives: tuple[Alternative, ...]

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Return whether an event matches."""
        leaves = leaves_of(event)
        return any(matches(alternative, leaves) for alternative in self.alternatives)


def compile_pattern(pattern: str | Mapping[str, Any]) -> EventPattern:
    """Compile a pattern, given as JSON or as an object.

    Raises:
        PatternError: EventBridge would refuse the pattern.
    """
    if isinstance(pattern, str):
        if len(pattern) > MOST_CHARACTERS:
            raise PatternError(f"The pattern has {len(pattern)} characters; the most are {MOST_CHARACTERS}")
        try:
            pattern = json.loads(pattern)
        except ValueError as error:
            raise PatternError(f"The pattern is not JSON: {error}") from None
    return EventPattern(tuple(alternatives(pattern)))
