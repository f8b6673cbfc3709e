# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check which rules have a log alarm, and find their log alarms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.aws_names import deployment_names
from ..log_alarms.deployment import choice_problems, choice_warnings, log_alarms
from ..rules.rule import Rule
from .checks import Settings

VARIABLE = "secmon_log_alarms"


def role_names(settings: Settings) -> dict[str, str]:
    """Return the names of the roles of log alarms, by purpose."""
    return {purpose: settings[f"secmon_log_alarm_{purpose}_role_name"] for purpose in ("query", "lines")}


@dataclass(frozen=True)
class Choice:
    """The log alarms of an account, or what is wrong with the choice."""

    alarms: tuple[Mapping[str, Any], ...] = ()
    problems: Sequence[str] = ()
    warnings: Sequence[str] = field(default_factory=tuple)


def chosen_log_alarms(
    settings: Settings, rules: Sequence[Rule], names: Mapping[str, str], known: Sequence[str]
) -> Choice:
    """Return the log alarms of one account.

    Args:
        settings: The variables of the account.
        rules: Its rules, with filled patterns.
        names: Alarm names by rule id.
        known: The ids of all rules.
    """
    wanted = settings[VARIABLE]
    if not wanted:
        return Choice()
    found = log_alarms(rules, wanted, names, deployment_names(settings), role_names(settings))
    problems = list(choice_problems(wanted, known, [rule.id for rule in rules], found))
    return Choice(found.alarms, problems, list(choice_warnings(wanted, found)))
