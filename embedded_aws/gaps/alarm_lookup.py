"""What the overrides of CloudWatch's alarm operations share: parameters, the place, and moto's object."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import Dimension, Metric, MetricDataQuery, MetricStat

from embedded_aws.errors import AwsError
from embedded_aws.stages.alarm_book import Place, StoredAlarm, alarms_at
from embedded_aws.stages.evaluation import INSUFFICIENT_DATA

if TYPE_CHECKING:
    from embedded_aws.call import Call

NOT_FOUND = "ResourceNotFound"

_INITIAL_REASON = "Unchecked: Initial alarm creation"


def place_and_parameters(call: Call) -> tuple[Place, dict[str, Any]]:
    """Return account and region and the parameters of a call."""
    return (call.account, call.region), call.parameters


def put_alarm(place: Place, configuration: Mapping[str, Any], at: datetime) -> StoredAlarm:
    """Make moto's object of an alarm; one of the same name is replaced, its state and tags stay."""
    # moto's types do not know that most members are optional.
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
    """Return an alarm; ResourceNotFound if there is none."""
    alarm = alarms_at(place).get(name)
    if alarm is None:
        raise AwsError(NOT_FOUND, "Unknown")
    return alarm


def configuration_of(alarm: StoredAlarm) -> dict[str, Any]:
    """Return the members that a Put call set, with the defaults that AWS shows."""
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
    """Make moto's object of a metric data query, which alarm messages are written from."""
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
