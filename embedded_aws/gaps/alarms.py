"""Alarms begin without data, keep their state when they are changed, and act when their state is set.

moto 5.2.5 begins with OK, forgets the state at every PutMetricAlarm, and SetAlarmState tells nobody.
Sources: CloudWatch API reference, PutMetricAlarm, SetAlarmState, DeleteAlarms; observed on AWS, 2026-09: an identical
PutMetricAlarm changes nothing, and SetAlarmState to the same state does nothing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import cloudwatch_backends

from embedded_aws.errors import AwsError
from embedded_aws.gaps.alarm_lookup import NOT_FOUND, configuration_of, existing, place_and_parameters, put_alarm
from embedded_aws.gaps.alarm_rules import check_metric_alarm
from embedded_aws.overrides import override
from embedded_aws.stages.alarm_book import StoredAlarm, alarm_book, alarms_at
from embedded_aws.stages.composite import depends_on, reevaluate

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")


def put(world: World, call: Call, parameters: dict[str, Any]) -> None:
    """Create or replace an alarm of any kind; tags count only when it is created."""
    place = call.account, call.region
    configuration = {name: value for name, value in parameters.items() if value is not None and name != "Tags"}
    configuration = {name: [] for name in _ACTIONS} | {"ActionsEnabled": True} | configuration
    name = configuration["AlarmName"]
    book = alarm_book(world)
    with book.lock:
        old = alarms_at(place).get(name)
        if old and configuration_of(old) == configuration:
            return
        if old and bool(old.rule) != ("AlarmRule" in configuration):
            raise AwsError("ValidationError", f"An alarm of another type with the name {name} already exists.")
        alarm = put_alarm(place, configuration, call.at)
        if not old and parameters.get("Tags"):
            cloudwatch_backends[place[0]][place[1]].tagger.tag_resource(alarm.alarm_arn, parameters["Tags"])
        book.watch(place, alarm, configuration, call.at)
        shown = configuration | {"StateValue": alarm.state_value}
        book.history.configuration(*place, name, call.at, "Update" if old else "Create", shown)


@override("cloudwatch", "PutMetricAlarm")
def put_metric_alarm(world: World, call: Call) -> dict[str, Any]:
    """Create or replace a metric alarm."""
    _first, parameters = place_and_parameters(call)
    check_metric_alarm(parameters)
    put(world, call, parameters)
    return {}


@override("cloudwatch", "SetAlarmState")
def set_alarm_state(world: World, call: Call) -> dict[str, Any]:
    """Set the state until the next evaluation; the actions of another state are run."""
    place, parameters = place_and_parameters(call)
    data = parameters.get("StateReasonData") or ""
    _check_json(data)
    book = alarm_book(world)
    with book.lock:
        alarm = existing(place, parameters["AlarmName"])
        if alarm.state_value == parameters["StateValue"]:
            return {}
        transition = book.change_state(place, alarm, parameters["StateValue"], parameters["StateReason"], data, call.at)
        book.leave([transition, *reevaluate(book, transition)])
        book.postpone(place, alarm.name, call.at)
    return {}


@override("cloudwatch", "EnableAlarmActions", "DisableAlarmActions")
def switch_alarm_actions(world: World, call: Call) -> dict[str, Any]:
    """Switch the actions of alarms on or off; names without an alarm are ignored."""
    place, parameters = place_and_parameters(call)
    enabled = call.action == "EnableAlarmActions"
    book = alarm_book(world)
    with book.lock:
        for name in parameters["AlarmNames"]:
            alarm = alarms_at(place).get(name)
            if alarm and alarm.actions_enabled != enabled:
                alarm.actions_enabled = enabled
                alarm.configuration_updated_timestamp = call.at.replace(tzinfo=None)
                shown = configuration_of(alarm) | {"StateValue": alarm.state_value}
                book.history.configuration(*place, name, call.at, "Update", shown)
    return {}


@override("cloudwatch", "DeleteAlarms")
def delete_alarms(world: World, call: Call) -> dict[str, Any]:
    """Delete alarms, one composite at most; unknown names do not matter beside a known one."""
    place, parameters = place_and_parameters(call)
    names = list(dict.fromkeys(parameters["AlarmNames"]))
    book = alarm_book(world)
    with book.lock:
        found = [alarm for name in names if (alarm := alarms_at(place).get(name))]
        if not found:
            raise AwsError(NOT_FOUND, "Unknown")
        if sum(bool(alarm.rule) for alarm in found) > 1:
            raise AwsError("ValidationError", "Only one composite alarm can be deleted by a call.")
        _check_not_needed(found, [alarm for alarm in alarms_at(place).values() if alarm not in found])
        for alarm in found:
            shown = configuration_of(alarm) | {"StateValue": alarm.state_value}
            book.forget(place, alarm.name)
            del alarms_at(place)[alarm.name]
            cloudwatch_backends[place[0]][place[1]].tagger.delete_all_tags_for_resource(alarm.alarm_arn)
            book.history.configuration(*place, alarm.name, call.at, "Delete", shown)
    return {}


def _check_not_needed(deleted: Sequence[StoredAlarm], others: Sequence[StoredAlarm]) -> None:
    """Refuse to delete what a composite alarm that stays depends on."""
    for other in others:
        needed = [alarm.name for alarm in deleted if depends_on(other, alarm)]
        if needed:
            raise AwsError("ValidationError", f"The composite alarm {other.name} depends on {', '.join(needed)}.")


def _check_json(data: str) -> None:
    if not data:
        return
    try:
        json.loads(data)
    except ValueError as error:
        raise AwsError("InvalidFormat", "StateReasonData must be valid JSON.") from error
