"""The history of alarms, for DescribeAlarmHistory.

Sources: CloudWatch API reference, DescribeAlarmHistory; AWS CLI reference, describe-alarm-history (examples of
HistoryData). The history outlives its alarm, as on AWS; it is bounded by number here, not by age.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embedded_aws.cloudwatch.alarms.reason import aws_time
from embedded_aws.core.events import AlarmChange, AlarmTransition

ITEMS_KEPT = 10_000
"""How many history items of all alarms are kept; older ones are dropped."""

_MOST_DATA_CHARACTERS = 4095


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One line of an alarm's history."""

    account: str
    region: str
    alarm_name: str
    alarm_type: str
    at: datetime
    item_type: str
    summary: str
    data: str
    contributor: Mapping[str, str] | None = None


class AlarmHistory:
    """Appends items, oldest first."""

    def __init__(self) -> None:
        """Start empty."""
        self.items: deque[HistoryItem] = deque(maxlen=ITEMS_KEPT)
        self._changes: list[AlarmChange] = []
        self._configurations: dict[tuple[str, str, str], Mapping[str, Any]] = {}

    def configuration(
        self, account: str, region: str, name: str, at: datetime, change: str, configuration: Mapping[str, Any]
    ) -> None:
        """Record that an alarm was created, updated or deleted; `change` is Create, Update or Delete."""
        done = f"{change.lower().removesuffix('e')}ed"
        member = f"{done}Alarm"
        data = {"version": "1.0", "type": change, member: _camel(configuration)}
        kind = alarm_type(configuration)
        previous = self._configurations.pop((account, region, name), {}) if change != "Create" else {}
        if change != "Delete":
            self._configurations[account, region, name] = configuration
        shown = previous if change == "Update" else {}
        self._changes.append(AlarmChange(account, region, name, change.lower(), configuration, shown, at))
        self._add(account, region, name, kind, at, "ConfigurationUpdate", f'Alarm "{name}" {done}', data)

    def take_changes(self) -> list[AlarmChange]:
        """Return and remove the changes of configurations that no event was sent for."""
        taken, self._changes = self._changes, []
        return taken

    def state(self, transition: AlarmTransition, old_reason: str, old_reason_data: str) -> None:
        """Record a change of state."""
        data = {
            "version": "1.0",
            "oldState": _state(transition.old_state, old_reason, old_reason_data),
            "newState": _state(transition.new_state, transition.reason, transition.reason_data),
        }
        summary = f"Alarm updated from {transition.old_state} to {transition.new_state}"
        self._of(transition, "StateUpdate", summary, data)

    def action(self, transition: AlarmTransition, action_arn: str, at: datetime, error: str | None = None) -> None:
        """Record that an action of a transition was executed, or why it failed."""
        data: dict[str, Any] = {
            "actionState": "Failed" if error else "Succeeded",
            "stateUpdateTimestamp": int(transition.at.timestamp() * 1000),
            "notificationResource": action_arn,
        }
        summary = f"Successfully executed action {action_arn}"
        if error:
            data["error"] = error
            summary = f'Failed to execute action {action_arn}. Received error: "{error}"'
        self._of(transition, "Action", summary, data, at)

    def _of(
        self, transition: AlarmTransition, kind: str, summary: str, data: Mapping[str, Any], at: datetime | None = None
    ) -> None:
        alarm, contributor = transition.alarm, transition.contributor
        own_type = alarm_type(alarm.configuration)
        kind = kind if contributor is None else f"AlarmContributor{kind}"
        place = transition.account, transition.region
        self._add(*place, alarm.name, own_type, at or transition.at, kind, summary, data, contributor)

    def _add(
        self,
        account: str,
        region: str,
        name: str,
        kind: str,
        at: datetime,
        item_type: str,
        summary: str,
        data: Mapping[str, Any],
        contributor: Mapping[str, str] | None = None,
    ) -> None:
        text = json.dumps(data, separators=(",", ":"), default=_json_default)[:_MOST_DATA_CHARACTERS]
        self.items.append(HistoryItem(account, region, name, kind, at, item_type, summary[:255], text, contributor))


def alarm_type(configuration: Mapping[str, Any]) -> str:
    """Return the type of an alarm with these members."""
    if "ScheduledQueryConfiguration" in configuration:
        return "LogAlarm"
    return "CompositeAlarm" if "AlarmRule" in configuration else "MetricAlarm"


def _state(value: str, reason: str, data: str) -> dict[str, Any]:
    state: dict[str, Any] = {"stateValue": value, "stateReason": reason}
    if data and data != "{}":
        state["stateReasonData"] = json.loads(data)
    return state


def _camel(value: Any) -> Any:
    """Return members by the names in HistoryData: AlarmName becomes alarmName, OKActions becomes okactions."""
    if isinstance(value, Mapping):
        return {_camel_key(key): _camel(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_camel(member) for member in value]
    return value


def _camel_key(key: str) -> str:
    return "okactions" if key == "OKActions" else key[:1].lower() + key[1:]


def _json_default(value: datetime) -> str:
    return aws_time(value)
