# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What notifies of rules in addition to their metric alarms, as options of the modules that drill it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...event_alerts.rules import names_of
from ...log_alarms.deployment import OVERLAP_SECONDS, SUFFIX
from ...rules.rule import Rule
from .events import Choice

_FOR_PEOPLE = ("id", "title", "severity")
Options = Mapping[str, Any]


def log_alarms_of(rules: Iterable[Options], whole: Iterable[Rule], alarms: Iterable[Options]) -> Iterator[Options]:
    """Yield the log alarms of rules, as the option `rules` of rule_drill.

    Args:
        rules: The rules as options.
        whole: All rules of the account.
        alarms: The log alarms of the account, as options of log_alarms.
    """
    by_name, patterns = {alarm["name"]: alarm for alarm in alarms}, {rule.id: rule.pattern for rule in whole}
    for rule in rules:
        alarm = by_name.get(f"{rule['alarm_name']}{SUFFIX}")
        if alarm:
            yield {
                **{name: rule[name] for name in _FOR_PEOPLE},
                "alarm_name": alarm["name"],
                "query": alarm["query"],
                "pattern": patterns[rule["id"]],
                "run_seconds": alarm["start_seconds"] - OVERLAP_SECONDS,
            }


def event_rules_of(rules: Iterable[Options], chosen: Choice, deployed: Sequence[Options]) -> list[Options]:
    """Return the rules that EventBridge reports, as the option `rules` of event_drill.

    Args:
        rules: The rules as options.
        chosen: The events of the drill.
        deployed: The rules of EventBridge of the account, as options of event_rules.
    """
    matches, near = ({event.rule: event.text for event in events} for events in (chosen.matches, chosen.near_misses))
    found = list[Options]()
    for rule in rules:
        name, names = rule["id"], names_of(rule["id"])
        own = [{"name": each["name"], "rule_state": each["rule_state"]} for each in deployed if each["name"] in names]
        if own:
            events = {"event": matches.get(name, ""), "near_miss": near.get(name, "")}
            without = chosen.without.get(name, "")
            found.append({**{key: rule[key] for key in _FOR_PEOPLE}, **events, "event_rules": own, "without": without})
    return found
