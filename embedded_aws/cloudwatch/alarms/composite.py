"""Evaluate composite alarms when another alarm of their account and region has changed its state.

Source: CloudWatch user guide, "Combining alarms"; API reference, PutCompositeAlarm.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import cast

from moto.cloudwatch.models import Alarm, cloudwatch_backends

from embedded_aws.cloudwatch.alarms.criteria import ALARM, OK
from embedded_aws.cloudwatch.alarms.reason import aws_time
from embedded_aws.cloudwatch.alarms.registry import AlarmRegistry, StoredAlarm, alarm_name
from embedded_aws.cloudwatch.alarms.rule import States, alarm_rule
from embedded_aws.core.events import AlarmTransition


def reevaluate(registry: AlarmRegistry, trigger: AlarmTransition) -> list[AlarmTransition]:
    """Return the transitions of composite alarms that a transition causes, including composites of composites."""
    place = trigger.account, trigger.region
    alarms = cast("dict[str, StoredAlarm]", cloudwatch_backends[place[0]][place[1]].alarms)
    composites = [alarm for alarm in alarms.values() if alarm.rule]
    transitions: list[AlarmTransition] = []
    triggers = [trigger]
    # Composite alarms can depend on each other in a cycle, which AWS does not evaluate completely either.
    for _turn in composites:
        triggers = [
            change
            for one in triggers
            for alarm in composites
            if depends_on(alarm, one.alarm) and (change := _changed(registry, place, alarm, one)) is not None
        ]
        transitions += triggers
    return transitions


def composite_state(alarms: Mapping[str, Alarm], rule: str) -> str:
    """Return the current state of a composite alarm with this rule."""
    return ALARM if alarm_rule(rule).holds(states_of(alarms)) else OK


def states_of(alarms: Mapping[str, Alarm]) -> States:
    """Return a function from an alarm's name or ARN to its state."""

    def state(name: str) -> str | None:
        alarm = alarms.get(alarm_name(name))
        return alarm.state_value if alarm else None

    return state


def depends_on(composite: Alarm, child: Alarm) -> bool:
    """Return whether a composite alarm's rule names another alarm."""
    return bool(composite.rule) and child.name in {
        alarm_name(name) for name in alarm_rule(composite.rule or "").children
    }


def _changed(
    registry: AlarmRegistry, place: tuple[str, str], alarm: StoredAlarm, trigger: AlarmTransition
) -> AlarmTransition | None:
    state = composite_state(cloudwatch_backends[place[0]][place[1]].alarms, alarm.rule or "")
    if state == alarm.state_value:
        return None
    child = trigger.alarm
    reason = f"{child.alarm_arn} transitioned to {trigger.new_state} at {trigger.at:%A %d %B, %Y %H:%M:%S} UTC"
    data = {
        "triggeringAlarms": [
            {"arn": child.alarm_arn, "state": {"value": trigger.new_state, "timestamp": aws_time(trigger.at)}}
        ]
    }
    return registry.change_state(place, alarm, state, reason, json.dumps(data, separators=(",", ":")), trigger.at)
