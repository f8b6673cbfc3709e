# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find mute rules of the alarm, and what keeps the log alarm from reporting the actor.

Source: CloudWatch API reference, PutAlarmMuteRule, LogAlarm.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..cloudwatch.mute_rules import MuteRule
from .facts import Facts
from .timeline import Finding, Weight

_TASK = "secmon.aws.log_alarms (site.yml --tags alarms)"


def mute_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield the rules that mute the alarm now, or will do so."""
    yield from _of_rules(f"the alarm {params['alarm_name']}", facts.mute_rules, Weight.CERTAIN)


def _of_rules(what: str, rules: Sequence[MuteRule], weight: Weight) -> Iterator[Finding]:
    for rule in rules:
        remedy = f"Delete it with `aws cloudwatch delete-alarm-mute-rule --alarm-mute-rule-name {rule.name}`"
        if rule.is_active:
            until = f"until {rule.end:%Y-%m-%dT%H:%M:%SZ}" if rule.end else "until an unknown time"
            cause = f"The mute rule {rule.name} mutes {what} {until}: no notification is sent before."
            remedy = f"{remedy}, or run the drill again then."
            yield Finding("notification", "alarm_muted_by_rule", cause, remedy, weight)
        else:
            cause = f"The mute rule {rule.name} will mute {what}: no notification is sent in the meantime."
            yield Finding("notification", "alarm_mute_planned", cause, f"{remedy} if it is not yours.", Weight.RISK)


def log_alarm_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why the log alarm of the rule would not report the actor; the drill does not wait for it."""
    name, alarm = params["log_alarm_name"], facts.log_alarm
    if not name:
        return
    if alarm is None:
        cause = f"The log alarm {name} does not exist in {facts.where}."
        yield _risk("log_alarm_missing", cause, f"Create it with {_TASK}.")
        return
    if alarm.get("EvaluationState") == "EVALUATION_ERROR":
        reason = str(alarm.get("StateReason", "")).rstrip(".")
        cause = f"CloudWatch cannot run the query of the log alarm {name}: {reason}."
        yield _risk("log_alarm_error", cause, f"Repair its roles with {_TASK}.")
    if not alarm.get("ActionsEnabled", True):
        yield _risk("log_alarm_muted", f"The actions of the log alarm {name} are disabled.", f"Run {_TASK}.")
    yield from _of_rules(f"the log alarm {name}", facts.log_alarm_mute_rules, Weight.RISK)
    if params["topic_arn"] not in alarm.get("AlarmActions", []):
        cause = f"The topic {params['topic_arn']} is not an action of the log alarm {name}."
        yield _risk("log_alarm_without_action", cause, f"Set alarm_actions with {_TASK}.")


def _risk(code: str, cause: str, remedy: str) -> Finding:
    return Finding("notification", code, cause, remedy, Weight.RISK)
