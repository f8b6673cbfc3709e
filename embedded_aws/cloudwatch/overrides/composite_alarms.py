"""Override of PutCompositeAlarm: composite alarms are evaluated; moto 5.2.5 only stores their rule.

Source: CloudWatch API reference, PutCompositeAlarm.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from embedded_aws.cloudwatch.alarms.composite import composite_state, reevaluate
from embedded_aws.cloudwatch.alarms.registry import StoredAlarm, alarm_name, alarms_at
from embedded_aws.cloudwatch.alarms.rule import AlarmRule, RuleError, alarm_rule
from embedded_aws.cloudwatch.overrides.alarm_checks import check_tags_propagation
from embedded_aws.cloudwatch.overrides.alarms import place_and_parameters, put
from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State

CHILDREN_PER_ALARM = 100

_SUPPRESSOR_PERIODS = ("ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod")


@override("cloudwatch", "PutCompositeAlarm")
def put_composite_alarm(state: State, call: Call) -> dict[str, Any]:
    """Create or replace a composite alarm and evaluate it at once."""
    place, parameters = place_and_parameters(call)
    check_tags_propagation(parameters)
    rule = _rule(parameters["AlarmRule"])
    registry = state.cloudwatch.registry
    with registry.lock:
        alarms = alarms_at(place)
        missing = [name for name in rule.children if alarm_name(name) not in alarms]
        if missing:
            names = ", ".join(missing)
            message = f"Could not save the composite alarm as alarms [{names}] in the alarm rule do not exist"
            raise AwsError("ValidationError", message)
        _check_suppressor(parameters, alarms)
        put(state, call, parameters)
        alarm = alarms[parameters["AlarmName"]]
        new_state = composite_state(alarms, parameters["AlarmRule"])
        if new_state != alarm.state_value:
            reason = f"{alarm.alarm_arn} was created and its alarm rule evaluates to {new_state}"
            children = [{"arn": alarms[alarm_name(name)].alarm_arn} for name in rule.children]
            data = json.dumps({"triggeringAlarms": children}, separators=(",", ":"))
            transition = registry.change_state(place, alarm, new_state, reason, data, call.at)
            registry.leave([transition, *reevaluate(registry, transition)])
    return {}


def _check_suppressor(parameters: Mapping[str, Any], alarms: Mapping[str, StoredAlarm]) -> None:
    given = [name for name in _SUPPRESSOR_PERIODS if parameters.get(name) is not None]
    suppressor = parameters.get("ActionsSuppressor")
    if not suppressor and given:
        raise AwsError("ValidationError", f"{given[0]} requires ActionsSuppressor.")
    if suppressor and len(given) < len(_SUPPRESSOR_PERIODS):
        raise AwsError("ValidationError", f"ActionsSuppressor requires {' and '.join(_SUPPRESSOR_PERIODS)}.")
    if suppressor and alarm_name(suppressor) not in alarms:
        raise AwsError("ValidationError", f"ActionsSuppressor {suppressor} does not exist.")


def _rule(text: str) -> AlarmRule:
    try:
        rule = alarm_rule(text)
    except RuleError as error:
        message = f"AlarmRule is not valid: {error}"
        raise AwsError("ValidationError", message) from error
    if len(rule.children) > CHILDREN_PER_ALARM:
        raise AwsError("ValidationError", f"AlarmRule must not name more than {CHILDREN_PER_ALARM} alarms.")
    return rule
