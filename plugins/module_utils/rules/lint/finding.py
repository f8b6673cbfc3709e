# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The findings of the lint, and the facts that it needs about an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..rule import Rule

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One finding about one rule: the reason, its source, and a hint.

    An error means that the rule cannot work; a warning means that it relies on something the author should know.
    """

    rule_id: str
    code: str
    level: Level
    reason: str
    source: str
    hint: str = ""


@dataclass(frozen=True)
class LintContext:
    """What the trail records and which filters the log group has; by default everything and none.

    ``global_events_in`` is the region that alone records global services, or empty if the trail records that region.
    ``other_filters`` and ``other_regex_filters`` count filters of the log group that do not belong to the rules.
    """

    excluded_event_sources: tuple[str, ...] = ()
    trail_write_only: bool = False
    trail_read_only: bool = False
    trail_data_events: bool = True
    global_events_in: str = ""
    other_filters: int = 0
    other_regex_filters: int = 0


def error(rule: Rule, code: str, reason: str, source: str, hint: str = "") -> Finding:
    """Return a finding that the rule cannot work."""
    return Finding(rule.id, code, "error", reason, source, hint)


def warning(rule: Rule, code: str, reason: str, source: str, hint: str = "") -> Finding:
    """Return a finding that the author should know."""
    return Finding(rule.id, code, "warning", reason, source, hint)
