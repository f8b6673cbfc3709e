"""DescribeAlarms comes in pages and shows metric alarms unless asked otherwise; moto 5.2.5 shows all on one page.

Source: CloudWatch API reference, DescribeAlarms and DescribeAlarmsForMetric.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from embedded_aws.errors import AwsError
from embedded_aws.gaps.alarm_lookup import configuration_of, place_and_parameters
from embedded_aws.overrides import override
from embedded_aws.pages import page
from embedded_aws.stages.alarm_book import StoredAlarm, alarms_at
from embedded_aws.stages.alarm_history import alarm_type
from embedded_aws.stages.composite import depends_on

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

PAGE_SIZE = 50

_LISTS = {"MetricAlarm": "MetricAlarms", "CompositeAlarm": "CompositeAlarms"}
_PAGING = ("MaxRecords", "NextToken")
_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Unit")


@override("cloudwatch", "DescribeAlarms")
def describe_alarms(_world: World, call: Call) -> dict[str, Any]:
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
    refusal = AwsError("InvalidNextToken", "The next token is invalid.")
    shown, token = page(found, parameters.get("MaxRecords", PAGE_SIZE), parameters.get("NextToken"), question, refusal)
    answer: dict[str, Any] = {name: [] for kind, name in _LISTS.items() if kind in types}
    for alarm in shown:
        answer[_LISTS[alarm_type(alarm.configuration)]].append(description(alarm))
    return answer | ({"NextToken": token} if token else {})


@override("cloudwatch", "DescribeAlarmsForMetric")
def describe_alarms_for_metric(_world: World, call: Call) -> dict[str, Any]:
    """List the alarms of exactly one metric; further parameters narrow that down."""
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
    if not alarm.rule and not alarm.metric_data_queries:
        described = {"Dimensions": []} | described
    return described | ({"StateReasonData": alarm.state_reason_data} if alarm.state_reason_data else {})


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
    """Return the filter for the children or the parents of an alarm; None if neither is asked for."""
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
