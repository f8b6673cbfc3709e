"""Overrides of the operations that write metric alarms and their states."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from moto.cloudwatch.models import Dimension, Metric, MetricDataQuery, MetricStat, cloudwatch_backends

from embedded_aws.cloudwatch.alarms.composite import depends_on, reevaluate
from embedded_aws.cloudwatch.alarms.criteria import INSUFFICIENT_DATA
from embedded_aws.cloudwatch.alarms.history import alarm_type
from embedded_aws.cloudwatch.alarms.registry import Place, StoredAlarm, alarms_at
from embedded_aws.cloudwatch.log_alarms.query import log_query
from embedded_aws.cloudwatch.overrides.alarm_checks import check_metric_alarm
from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State

# Shared by the overrides of CloudWatch's alarm operations.

NOT_FOUND = "ResourceNotFound"

_INITIAL_REASON = "Unchecked: Initial alarm creation"


def place_and_parameters(call: Call) -> tuple[Place, dict[str, Any]]:
    """Return account and region, and the parameters, of a call."""
    return (call.account, call.region), call.parameters


def put_alarm(place: Place, configuration: Mapping[str, Any], at: datetime) -> StoredAlarm:
    """Create moto's alarm; an alarm of the same name is replaced, but keeps its state and tags."""
    # In moto's types most optional members are not optional.
    given: Any = configuration
    name = configuration["AlarmName"]
    old = alarms_at(place).get(name)
    alarm = StoredAlarm(
        account_id=place[0],
        region_name=place[1],
        name=name,
        namespace=given.get("Namespace"),
        metric_name=given.get("MetricName"),
        metric_data_queries=[_query(query) for query in given.get("Metrics", ())],
        comparison_operator=given.get("ComparisonOperator"),
        evaluation_periods=given.get("EvaluationPeriods"),
        datapoints_to_alarm=given.get("DatapointsToAlarm"),
        period=given.get("Period"),
        threshold=given.get("Threshold"),
        statistic=given.get("Statistic"),
        extended_statistic=given.get("ExtendedStatistic"),
        description=given.get("AlarmDescription"),
        dimensions=given.get("Dimensions", []),
        alarm_actions=configuration["AlarmActions"],
        ok_actions=configuration["OKActions"],
        insufficient_data_actions=configuration["InsufficientDataActions"],
        unit=given.get("Unit"),
        actions_enabled=configuration["ActionsEnabled"],
        treat_missing_data=given.get("TreatMissingData"),
        evaluate_low_sample_count_percentile=given.get("EvaluateLowSampleCountPercentile"),
        threshold_metric_id=None,
        rule=given.get("AlarmRule"),
    )
    alarm.configuration = dict(configuration)
    alarm.configuration_updated_timestamp = at.replace(tzinfo=None)
    _keep_state(alarm, old, at)
    alarms_at(place)[name] = alarm
    return alarm


def existing(place: Place, name: str) -> StoredAlarm:
    """Return an alarm. Raise ResourceNotFound, without a message as recorded from AWS in 2025, if it is missing."""
    alarm = alarms_at(place).get(name)
    if alarm is None:
        raise AwsError(NOT_FOUND, "")
    return alarm


def configuration_of(alarm: StoredAlarm) -> dict[str, Any]:
    """Return the parameters of the last Put call, with the defaults that AWS shows."""
    return alarm.configuration | {"ActionsEnabled": alarm.actions_enabled}


def _keep_state(alarm: StoredAlarm, old: StoredAlarm | None, at: datetime) -> None:
    if old:
        alarm.state_value, alarm.state_reason = old.state_value, old.state_reason
        alarm.state_reason_data = old.state_reason_data
        alarm.state_updated_timestamp = old.state_updated_timestamp
        alarm.state_transitioned_timestamp = old.state_transitioned_timestamp
        return
    alarm.state_value, alarm.state_reason, alarm.state_reason_data = INSUFFICIENT_DATA, _INITIAL_REASON, ""
    alarm.state_updated_timestamp = alarm.state_transitioned_timestamp = at.replace(tzinfo=None)


def _query(query: Any) -> MetricDataQuery:
    """Create moto's metric data query, which alarm messages are written from."""
    stat = query.get("MetricStat")
    if stat:
        metric = stat["Metric"]
        dimensions = [Dimension(item["Name"], item["Value"]) for item in metric.get("Dimensions", ())]
        own = Metric(metric["MetricName"], metric["Namespace"], dimensions)
        stat = MetricStat(own, stat["Period"], stat["Stat"], stat.get("Unit"))
    returned = "true" if query.get("ReturnData", True) else "false"
    return MetricDataQuery(
        query["Id"], query.get("Label"), query.get("Period"), returned, query.get("Expression"), stat
    )


# Alarms start in INSUFFICIENT_DATA, keep their state when they are updated, and SetAlarmState runs their actions.
#
# moto 5.2.5 starts with OK, resets the state at every PutMetricAlarm, and SetAlarmState runs no action.
# Sources: CloudWatch API reference, PutMetricAlarm, SetAlarmState, DeleteAlarms; observed on AWS, 2026-09: an identical
# PutMetricAlarm changes nothing, and SetAlarmState to the same state does nothing.

# A log alarm takes the place of a metric alarm; the reverse is refused, which is our reading, not seen on AWS.
_OVERWRITTEN = {"LogAlarm": ("MetricAlarm",)}
_ACTIONS = ("OKActions", "AlarmActions", "InsufficientDataActions")


def put(state: State, call: Call, parameters: dict[str, Any]) -> None:
    """Create or replace an alarm of any type; tags are ignored for an existing alarm."""
    place = call.account, call.region
    configuration = {name: value for name, value in parameters.items() if value is not None and name != "Tags"}
    configuration = {name: [] for name in _ACTIONS} | {"ActionsEnabled": True} | configuration
    name = configuration["AlarmName"]
    registry = state.cloudwatch.registry
    with registry.lock:
        old = alarms_at(place).get(name)
        if old and configuration_of(old) == configuration:
            return
        kind = alarm_type(configuration)
        if old and alarm_type(old.configuration) not in (kind, *_OVERWRITTEN.get(kind, ())):
            raise AwsError("ValidationError", f"An alarm of another type with the name {name} already exists.")
        alarm = put_alarm(place, configuration, call.at)
        if not old and parameters.get("Tags"):
            cloudwatch_backends[place[0]][place[1]].tagger.tag_resource(alarm.alarm_arn, parameters["Tags"])
        registry.watch(place, alarm, configuration, call.at)
        if kind == "LogAlarm":
            query = log_query(configuration["ScheduledQueryConfiguration"])
            state.cloudwatch.log_alarms.watch(place, alarm, query, call.at)
        shown = configuration | {"StateValue": alarm.state_value}
        registry.history.configuration(*place, name, call.at, "Update" if old else "Create", shown)


@override("cloudwatch", "PutMetricAlarm")
def put_metric_alarm(state: State, call: Call) -> dict[str, Any]:
    """Create or replace a metric alarm."""
    _first, parameters = place_and_parameters(call)
    check_metric_alarm(parameters)
    put(state, call, parameters)
    return {}


@override("cloudwatch", "SetAlarmState")
def set_alarm_state(state: State, call: Call) -> dict[str, Any]:
    """Set the state until the next evaluation; run the actions if the state changes."""
    place, parameters = place_and_parameters(call)
    data = parameters.get("StateReasonData") or ""
    _check_json(data)
    registry = state.cloudwatch.registry
    with registry.lock:
        alarm = existing(place, parameters["AlarmName"])
        if alarm.state_value == parameters["StateValue"]:
            return {}
        transition = registry.change_state(
            place, alarm, parameters["StateValue"], parameters["StateReason"], data, call.at
        )
        registry.leave([transition, *reevaluate(registry, transition)])
        registry.postpone(place, alarm.name, call.at)
    return {}


@override("cloudwatch", "EnableAlarmActions", "DisableAlarmActions")
def enable_alarm_actions(state: State, call: Call) -> dict[str, Any]:
    """Enable or disable the actions of alarms; unknown names are ignored."""
    place, parameters = place_and_parameters(call)
    enabled = call.action == "EnableAlarmActions"
    registry = state.cloudwatch.registry
    with registry.lock:
        for name in parameters["AlarmNames"]:
            alarm = alarms_at(place).get(name)
            if alarm and alarm.actions_enabled != enabled:
                alarm.actions_enabled = enabled
                alarm.configuration_updated_timestamp = call.at.replace(tzinfo=None)
                shown = configuration_of(alarm) | {"StateValue": alarm.state_value}
                registry.history.configuration(*place, name, call.at, "Update", shown)
    return {}


@override("cloudwatch", "DeleteAlarms")
def delete_alarms(state: State, call: Call) -> dict[str, Any]:
    """Delete alarms, at most one composite alarm; unknown names are ignored if one name is known."""
    place, parameters = place_and_parameters(call)
    names = list(dict.fromkeys(parameters["AlarmNames"]))
    registry = state.cloudwatch.registry
    with registry.lock:
        found = [alarm for name in names if (alarm := alarms_at(place).get(name))]
        if not found:
            raise AwsError(NOT_FOUND, "Unknown")
        if sum(bool(alarm.rule) for alarm in found) > 1:
            raise AwsError("ValidationError", "Only one composite alarm can be deleted by a call.")
        # CloudWatch API reference, DeleteAlarms: log alarms cannot be deleted together. The text is our reading.
        if len(names) > 1 and any(alarm_type(alarm.configuration) == "LogAlarm" for alarm in found):
            raise AwsError("ValidationError", "A log alarm must be deleted by a call of its own.")
        _check_not_needed(found, [alarm for alarm in alarms_at(place).values() if alarm not in found])
        for alarm in found:
            shown = configuration_of(alarm) | {"StateValue": alarm.state_value}
            registry.unwatch(place, alarm.name)
            state.cloudwatch.log_alarms.unwatch(place, alarm.name)
            registry.mutes.forget(place, alarm.name)
            del alarms_at(place)[alarm.name]
            cloudwatch_backends[place[0]][place[1]].tagger.delete_all_tags_for_resource(alarm.alarm_arn)
            registry.history.configuration(*place, alarm.name, call.at, "Delete", shown)
    return {}


def _check_not_needed(deleted: Sequence[StoredAlarm], others: Sequence[StoredAlarm]) -> None:
    """Reject the deletion of alarms that a remaining composite alarm depends on."""
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
