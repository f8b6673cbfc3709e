"""Metrics are read by periods that begin at multiples of the period, one metric at a time, percentiles included.

moto 5.2.5 begins periods at the first datum or at the start of the question, mixes dimensions when none are given, and
has no percentiles. Metric math is left to moto.
Sources: CloudWatch API reference, GetMetricStatistics and GetMetricData.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from embedded_aws.errors import AwsError
from embedded_aws.gaps.alarm_lookup import place_and_parameters
from embedded_aws.gaps.metric_data import metric_key
from embedded_aws.overrides import override
from embedded_aws.stages.metrics import MINUTE, MetricKey, metric_store
from embedded_aws.stages.statistics import Summary

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

MOST_DATAPOINTS = 1_440

_SHORT_PERIODS = (1, 5, 10, 20, 30)


@override("cloudwatch", "GetMetricStatistics")
def get_metric_statistics(world: World, call: Call) -> dict[str, Any] | None:
    """Return the statistics of the periods that have samples; moto answers for the metrics of its own services."""
    _first, parameters = place_and_parameters(call)
    if parameters["Namespace"].startswith("AWS/"):
        return None
    statistics, extended = parameters.get("Statistics") or [], parameters.get("ExtendedStatistics") or []
    if not statistics and not extended:
        message = "Must specify either Statistics or ExtendedStatistics"
        raise AwsError("InvalidParameterCombination", message)
    first, end, period = _seconds(parameters["StartTime"]), _seconds(parameters["EndTime"]), parameters["Period"]
    _check_range(first, end, period)
    unit = parameters.get("Unit")
    datapoints = []
    key = metric_key(call, parameters["Namespace"], parameters)
    for start, summary in _summaries(world, key, unit, (first, end, period)):
        point: dict[str, Any] = {"Timestamp": datetime.fromtimestamp(start, UTC), "Unit": unit or summary.unit}
        point |= {name: summary.value(name) for name in statistics}
        if extended:
            point["ExtendedStatistics"] = {name: summary.value(name) for name in extended}
        datapoints.append(point)
    return {"Label": parameters["MetricName"], "Datapoints": datapoints}


@override("cloudwatch", "GetMetricData")
def get_metric_data(world: World, call: Call) -> dict[str, Any] | None:
    """Answer queries of plain metrics, the newest datapoint first unless asked otherwise."""
    _first, parameters = place_and_parameters(call)
    queries = parameters["MetricDataQueries"]
    if any(not _is_plain(query) for query in queries):
        return None
    times = _seconds(parameters["StartTime"]), _seconds(parameters["EndTime"])
    if times[0] >= times[1]:
        raise AwsError("ValidationError", "The parameter EndTime must be greater than StartTime.")
    ascending = parameters.get("ScanBy") == "TimestampAscending"
    results = [_result(world, call, query, times, ascending) for query in queries if query.get("ReturnData", True)]
    return {"MetricDataResults": results, "Messages": []}


def _is_plain(query: Mapping[str, Any]) -> bool:
    return "MetricStat" in query and not query["MetricStat"]["Metric"]["Namespace"].startswith("AWS/")


def _result(
    world: World, call: Call, query: Mapping[str, Any], times: tuple[int, int], ascending: bool
) -> dict[str, Any]:
    stat = query["MetricStat"]
    metric, period = stat["Metric"], stat["Period"]
    found = [
        (datetime.fromtimestamp(start, UTC), value)
        for start, summary in _summaries(
            world, metric_key(call, metric["Namespace"], metric), stat.get("Unit"), (*times, period)
        )
        if (value := summary.value(stat["Stat"])) is not None
    ]
    if not ascending:
        found.reverse()
    return {
        "Id": query["Id"],
        "Label": query.get("Label") or metric["MetricName"],
        "Timestamps": [at for at, _rest in found],
        "Values": [value for _key, value in found],
        "StatusCode": "Complete",
    }


def _summaries(
    world: World, key: MetricKey, unit: str | None, times: tuple[int, int, int]
) -> Iterator[tuple[int, Summary]]:
    """Yield beginning and samples of every period that has some; `times` are first, end and period in seconds."""
    first, end, period = times
    store = metric_store(world)
    first = first // period * period
    for start in sorted({at // period * period for at in store.starts(key, unit, first, end)}):
        yield start, store.summary(key, unit, start, period)


def _check_range(first: int, end: int, period: int) -> None:
    if first >= end:
        message = "The parameter StartTime must be less than the parameter EndTime."
        raise AwsError("InvalidParameterValue", message)
    if period % MINUTE and period not in _SHORT_PERIODS:
        raise AwsError("InvalidParameterValue", "The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60.")
    if (end - first) / period > MOST_DATAPOINTS:
        message = f"You have requested up to {(end - first) // period} datapoints, which exceeds the limit of 1440."
        raise AwsError("InvalidParameterCombination", message)


def _seconds(at: datetime) -> int:
    return int((at.replace(tzinfo=UTC) if at.tzinfo is None else at).timestamp())
