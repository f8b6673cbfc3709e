"""Overrides of DescribeAlarms, DescribeAlarmsForMetric and DescribeAlarmHistory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from embedded_aws.cloudwatch.alarms.composite import depends_on
from embedded_aws.cloudwatch.alarms.contributors import contributor_id
from embedded_aws.cloudwatch.alarms.criteria import ALARM
from embedded_aws.cloudwatch.alarms.history import HistoryItem, alarm_type
from embedded_aws.cloudwatch.alarms.registry import Place, StoredAlarm, alarms_at
from embedded_aws.cloudwatch.overrides.alarms import configuration_of, place_and_parameters
from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.pages import page
from embedded_aws.core.state import State

# DescribeAlarms returns pages, by default of metric alarms; moto 5.2.5 returns all alarms on one page.
#
# Source: CloudWatch API reference, DescribeAlarms and DescribeAlarmsForMetric.

ALARMS_PER_PAGE = 50
CONTRIBUTORS_PER_PAGE = 100

_LISTS = {"MetricAlarm": "MetricAlarms", "CompositeAlarm": "CompositeAlarms", "LogAlarm": "LogAlarms"}
_PAGING = ("MaxRecords", "NextToken")
_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")


@override("cloudwatch", "DescribeAlarms")
def describe_alarms(state: State, call: Call) -> dict[str, Any]:
    """List alarms by name."""
    place, parameters = place_and_parameters(call)
    alarms = alarms_at(place)
    _check_exclusive(parameters)
    related = _related(alarms, parameters)
    types = set(parameters.get("AlarmTypes") or (_LISTS if related else ("MetricAlarm",)))
    wanted = related or _filter(parameters)
    found = [
        alarm for _key, alarm in sorted(alarms.items()) if alarm_type(alarm.configuration) in types and wanted(alarm)
    ]
    question = (place, {key: value for key, value in parameters.items() if key not in _PAGING})
    rejection = AwsError("InvalidNextToken", "The next token is invalid.")
    shown, token = page(
        found, parameters.get("MaxRecords", ALARMS_PER_PAGE), parameters.get("NextToken"), question, rejection
    )
    # Every list is there, the ones of types that were not asked for too; recorded answer of AWS, 2026-09.
    answer: dict[str, Any] = {name: [] for name in _LISTS.values()}
    for alarm in shown:
        described = description(alarm)
        watch = state.cloudwatch.log_alarms.by_name.get((place, alarm.name))
        if watch:
            query = described["ScheduledQueryConfiguration"]
            described["ScheduledQueryConfiguration"] = query | {"QueryARN": watch.query_arn}
        answer[_LISTS[alarm_type(alarm.configuration)]].append(described)
    return answer | ({"NextToken": token} if token else {})


@override("cloudwatch", "DescribeAlarmsForMetric")
def describe_alarms_for_metric(_state: State, call: Call) -> dict[str, Any]:
    """List the alarms of one metric; further parameters are filters."""
    place, parameters = place_and_parameters(call)
    given = {name: parameters[name] for name in _METRIC if parameters.get(name) is not None}
    dimensions = _pairs(parameters)
    found = [
        alarm
        for _key, alarm in sorted(alarms_at(place).items())
        if given.items() <= {name: alarm.configuration.get(name) for name in _METRIC}.items()
        and _pairs(alarm.configuration) == dimensions
    ]
    return {"MetricAlarms": [description(alarm) for alarm in found]}


def description(alarm: StoredAlarm) -> dict[str, Any]:
    """Return an alarm as DescribeAlarms shows it."""
    described = configuration_of(alarm) | {
        "AlarmArn": alarm.alarm_arn,
        "AlarmConfigurationUpdatedTimestamp": alarm.configuration_updated_timestamp,
        "StateValue": alarm.state_value,
        "StateReason": alarm.state_reason,
        "StateUpdatedTimestamp": alarm.state_updated_timestamp,
        "StateTransitionedTimestamp": alarm.state_transitioned_timestamp,
    }
    if alarm_type(alarm.configuration) == "MetricAlarm" and not alarm.metric_data_queries:
        described = {"Dimensions": []} | described
    if alarm.evaluation_state:
        described["EvaluationState"] = alarm.evaluation_state
    return described | ({"StateReasonData": alarm.state_reason_data} if alarm.state_reason_data else {})


@override("cloudwatch", "DescribeAlarmContributors")
def describe_alarm_contributors(state: State, call: Call) -> dict[str, Any]:
    """List the contributors of an alarm that are in ALARM."""
    place, parameters = place_and_parameters(call)
    registry = state.cloudwatch.registry
    with registry.lock:
        name = parameters["AlarmName"]
        if name not in alarms_at(place):
            raise AwsError("ResourceNotFoundException", f"The alarm {name} does not exist.", 404)
        known = {key[4]: one for key, one in registry.contributors(place, name).items()}
        known |= state.cloudwatch.log_alarms.contributors(place, name)
        found = [(dict(attributes), one) for attributes, one in sorted(known.items()) if one.state == ALARM]
    question, rejection = (place, name), AwsError("InvalidNextToken", "The next token is invalid.")
    shown, token = page(found, CONTRIBUTORS_PER_PAGE, parameters.get("NextToken"), question, rejection)
    contributors = [
        {
            "ContributorId": contributor_id(attributes),
            "ContributorAttributes": attributes,
            "StateReason": one.reason,
            "StateTransitionedTimestamp": one.at,
        }
        for attributes, one in shown
    ]
    return {"AlarmContributors": contributors} | ({"NextToken": token} if token else {})


def _check_exclusive(parameters: Mapping[str, Any]) -> None:
    if parameters.get("AlarmNames") and parameters.get("AlarmNamePrefix"):
        message = "AlarmNamePrefix and AlarmNames are mutually exclusive."
        raise AwsError("InvalidParameterCombination", message)
    for name in ("ChildrenOfAlarmName", "ParentsOfAlarmName"):
        if parameters.get(name) and set(parameters) - {name, *_PAGING}:
            raise AwsError("ValidationError", f"{name} cannot be used together with other parameters.")


def _filter(parameters: Mapping[str, Any]) -> Callable[[StoredAlarm], bool]:
    names, prefix = parameters.get("AlarmNames"), parameters.get("AlarmNamePrefix", "")
    state, action_prefix = parameters.get("StateValue"), parameters.get("ActionPrefix", "")

    def wanted(alarm: StoredAlarm) -> bool:
        actions = [*alarm.ok_actions, *alarm.alarm_actions, *alarm.insufficient_data_actions]
        return (
            (not names or alarm.name in names)
            and alarm.name.startswith(prefix)
            and state in (None, alarm.state_value)
            and (not action_prefix or any(action.startswith(action_prefix) for action in actions))
        )

    return wanted


def _related(alarms: Mapping[str, StoredAlarm], parameters: Mapping[str, Any]) -> Callable[[StoredAlarm], bool] | None:
    """Return the filter for the children or parents of an alarm, or None without such a parameter."""
    children_of, parents_of = parameters.get("ChildrenOfAlarmName"), parameters.get("ParentsOfAlarmName")
    name = children_of or parents_of
    if not name:
        return None
    other = alarms.get(name)
    if other is None:
        return lambda alarm: False
    return (lambda alarm: depends_on(other, alarm)) if children_of else (lambda alarm: depends_on(alarm, other))


def _pairs(parameters: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(item["Name"], item["Value"]) for item in parameters.get("Dimensions") or ()}


# DescribeAlarmHistory; moto 5.2.5 lacks the operation.
#
# Source: CloudWatch API reference, DescribeAlarmHistory.

ITEMS_PER_PAGE = 100


@override("cloudwatch", "DescribeAlarmHistory")
def describe_alarm_history(state: State, call: Call) -> dict[str, Any]:
    """List history items, by default the newest first; the items of deleted alarms are kept."""
    place, parameters = place_and_parameters(call)
    found = [item for item in list(state.cloudwatch.registry.history.items) if _is_wanted_item(item, place, parameters)]
    found.sort(key=lambda item: item.at)
    if parameters.get("ScanBy") != "TimestampAscending":
        found.reverse()
    question = (place, {key: value for key, value in parameters.items() if key not in ("MaxRecords", "NextToken")})
    rejection = AwsError("InvalidNextToken", "The next token is invalid.")
    items, token = page(
        found, parameters.get("MaxRecords", ITEMS_PER_PAGE), parameters.get("NextToken"), question, rejection
    )
    return {"AlarmHistoryItems": [_described_item(item) for item in items]} | ({"NextToken": token} if token else {})


def _is_wanted_item(item: HistoryItem, place: Place, parameters: Mapping[str, Any]) -> bool:
    # With an alarm name, alarms of any type; without one, metric alarms only.
    types = parameters.get("AlarmTypes") or (None if parameters.get("AlarmName") else ("MetricAlarm",))
    first, last = parameters.get("StartDate"), parameters.get("EndDate")
    return (
        (item.account, item.region) == place
        and parameters.get("AlarmName", item.alarm_name) == item.alarm_name
        and (types is None or item.alarm_type in types)
        and parameters.get("HistoryItemType", item.item_type) == item.item_type
        and parameters.get("AlarmContributorId") in (None, _contributor_of(item).get("AlarmContributorId"))
        and (first is None or item.at >= _aware(first))
        and (last is None or item.at <= _aware(last))
    )


def _described_item(item: HistoryItem) -> dict[str, Any]:
    return {
        "AlarmName": item.alarm_name,
        "AlarmType": item.alarm_type,
        "Timestamp": item.at,
        "HistoryItemType": item.item_type,
        "HistorySummary": item.summary,
        "HistoryData": item.data,
        **_contributor_of(item),
    }


def _contributor_of(item: HistoryItem) -> dict[str, Any]:
    attributes = item.contributor
    if attributes is None:
        return {}
    return {"AlarmContributorId": contributor_id(attributes), "AlarmContributorAttributes": dict(attributes)}


def _aware(at: datetime) -> datetime:
    """Return a request's time, which is parsed as naive UTC, as an aware time."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
