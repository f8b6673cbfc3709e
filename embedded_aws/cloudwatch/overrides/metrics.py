"""Overrides of the operations on metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from embedded_aws.cloudwatch.alarms.evaluation import Alarms
from embedded_aws.cloudwatch.metrics import MINUTE, TEN_SECONDS, MetricKey
from embedded_aws.cloudwatch.overrides.alarms import place_and_parameters
from embedded_aws.cloudwatch.statistics import Summary
from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.pages import page
from embedded_aws.core.state import State

# PutMetricData triggers the evaluation of alarms, and ListMetrics lists a metric once.
#
# moto 5.2.5 evaluates no alarm, and lists a metric without dimensions once per datum.
# Sources: CloudWatch API reference, PutMetricData and ListMetrics.

METRICS_PER_PAGE = 500

_MOST_SECONDS_AGO = 14 * 86_400
_MOST_SECONDS_AHEAD = 2 * 3_600
_OWN_NAMESPACES = "AWS/"


@override("cloudwatch", "PutMetricData")
def put_metric_data(state: State, call: Call) -> dict[str, Any]:
    """Store datums; the pipeline evaluates the alarms on their metrics."""
    place, parameters = place_and_parameters(call)
    datums = parameters.get("MetricData") or []
    if parameters["Namespace"].startswith(_OWN_NAMESPACES):
        message = f"The value {_OWN_NAMESPACES} for parameter Namespace is invalid."
        raise AwsError("InvalidParameterValue", message)
    for number, datum in enumerate(datums, 1):
        if datum.get("Value") is not None and datum.get("Values"):
            # moto 5.2.5 has another code here; its other checks of values, counts and statistic sets are correct.
            both = f"MetricData.member.{number}.Value and MetricData.member.{number}.Values"
            message = f"The parameters {both} are mutually exclusive and you have specified both."
            raise AwsError("InvalidParameterCombination", message)
        cloudwatch_backends[place[0]][place[1]]._validate_parameters_put_metric_data(datum, number)
        _check_age(_moment(datum, call) - call.at.timestamp(), number)
    registry = state.cloudwatch.registry
    with registry.lock:
        # Overdue evaluations come first, without the new datums.
        registry.leave(Alarms(state).tick(call.at))
        for datum in datums:
            key = metric_key(call, parameters["Namespace"], datum)
            _store(state, call, key, datum)
            registry.touched.add(key)
    return {}


@override("cloudwatch", "ListMetrics")
def list_metrics(state: State, call: Call) -> dict[str, Any] | None:
    """List every metric once; moto lists those in AWS's own namespaces."""
    place, parameters = place_and_parameters(call)
    if parameters.get("Namespace", "").startswith(_OWN_NAMESPACES):
        return None
    wanted = [(item["Name"], item.get("Value")) for item in parameters.get("Dimensions") or ()]
    found = [
        key
        for key in state.cloudwatch.metrics.keys(*place)
        if parameters.get("Namespace", key[2]) == key[2]
        and parameters.get("MetricName", key[3]) == key[3]
        and all(_has_dimension(key, name, value) for name, value in wanted)
    ]
    rejection = AwsError("InvalidParameterValue", "Request parameter NextToken is invalid")
    question = (place, {**parameters, "NextToken": None})
    keys, token = page(found, METRICS_PER_PAGE, parameters.get("NextToken"), question, rejection)
    metrics = [{"Namespace": key[2], "MetricName": key[3], "Dimensions": _dimensions(key)} for key in keys]
    return {"Metrics": metrics} | ({"NextToken": token} if token else {})


def _store(state: State, call: Call, key: MetricKey, datum: Mapping[str, Any]) -> None:
    resolution = TEN_SECONDS if datum.get("StorageResolution", MINUTE) < MINUTE else MINUTE
    bucket = state.cloudwatch.metrics.bucket(key, datum.get("Unit") or "None", _moment(datum, call), resolution)
    found = datum.get("StatisticValues")
    if found:
        bucket.add_set(found["Sum"], found["SampleCount"], found["Minimum"], found["Maximum"])
    for value, count in _values(datum):
        bucket.add(value, count)


def _moment(datum: Mapping[str, Any], call: Call) -> float:
    """Return the time of a datum in seconds since 1970; a request's times are parsed as naive UTC."""
    at = datum.get("Timestamp")
    return float(at.replace(tzinfo=UTC).timestamp() if at else call.at.timestamp())


def _check_age(seconds_ahead: float, number: int) -> None:
    """Reject a datum that CloudWatch would not store; `number` counts datums from 1."""
    if not -_MOST_SECONDS_AGO <= seconds_ahead <= _MOST_SECONDS_AHEAD:
        limit = "within the past two weeks" if seconds_ahead < 0 else "no more than two hours in the future"
        message = f"The parameter MetricData.member.{number}.Timestamp must specify a time {limit}."
        raise AwsError("InvalidParameterValue", message)


def _values(datum: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """Yield each value and its count."""
    values = datum.get("Values") or []
    yield from zip(values, datum.get("Counts") or [1.0] * len(values), strict=True)
    if datum.get("Value") is not None:
        yield datum["Value"], 1.0


def metric_key(call: Call, namespace: str, datum: Mapping[str, Any]) -> MetricKey:
    """Return the metric key of the members MetricName and Dimensions."""
    dimensions = tuple(sorted((item["Name"], item["Value"]) for item in datum.get("Dimensions") or ()))
    return call.account, call.region, namespace, datum["MetricName"], dimensions


def _has_dimension(key: MetricKey, name: str, value: str | None) -> bool:
    return any(own == name and value in (None, own_value) for own, own_value in key[4])


def _dimensions(key: MetricKey) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in key[4]]


# Statistics are aligned to multiples of the period, for one metric each, and include percentiles.
#
# moto 5.2.5 aligns periods to the first datum or the start time, mixes dimensions when none are given,
# and has no percentiles. Metric math is left to moto. Sources: CloudWatch API reference, GetMetricStatistics and
# GetMetricData.

MOST_DATAPOINTS = 1_440
DATAPOINTS_PER_PAGE = 100_800
"""Of GetMetricData, by default."""

_SHORT_PERIODS = (1, 5, 10, 20, 30)


@override("cloudwatch", "GetMetricStatistics")
def get_metric_statistics(state: State, call: Call) -> dict[str, Any] | None:
    """Return the statistics of the periods with samples; moto answers for AWS's own namespaces."""
    _first, parameters = place_and_parameters(call)
    if parameters["Namespace"].startswith("AWS/"):
        return None
    statistics, extended = parameters.get("Statistics") or [], parameters.get("ExtendedStatistics") or []
    if not statistics and not extended:
        message = "Must specify either Statistics or ExtendedStatistics"
        raise AwsError("InvalidParameterCombination", message)
    first, end, period = _seconds(parameters["StartTime"]), _seconds(parameters["EndTime"]), parameters["Period"]
    _check_range(first, end, period)
    key = metric_key(call, parameters["Namespace"], parameters)
    # Without a unit, one datapoint for each unit; recorded answer of AWS, 2025.
    units = [parameters["Unit"]] if parameters.get("Unit") else state.cloudwatch.metrics.units(key)
    datapoints = []
    for unit in units:
        for start, summary in _summaries(state, key, unit, (first, end, period)):
            point: dict[str, Any] = {"Timestamp": datetime.fromtimestamp(start, UTC), "Unit": unit}
            point |= {name: summary.value(name) for name in statistics}
            if extended:
                point["ExtendedStatistics"] = {name: summary.value(name) for name in extended}
            datapoints.append(point)
    datapoints.sort(key=lambda point: point["Timestamp"])
    return {"Label": parameters["MetricName"], "Datapoints": datapoints}


@override("cloudwatch", "GetMetricData")
def get_metric_data(state: State, call: Call) -> dict[str, Any] | None:
    """Answer queries of plain metrics, by default the newest datapoint first."""
    _first, parameters = place_and_parameters(call)
    queries = parameters["MetricDataQueries"]
    if any(not _is_plain(query) for query in queries):
        return None
    times = _seconds(parameters["StartTime"]), _seconds(parameters["EndTime"])
    if times[0] >= times[1]:
        raise AwsError("ValidationError", "The parameter EndTime must be greater than StartTime.")
    ascending = parameters.get("ScanBy") == "TimestampAscending"
    shown = [query for query in queries if query.get("ReturnData", True)]
    results = [_result(state, call, query, times, ascending) for query in shown]
    for result, query in zip(results, shown, strict=True):
        result["Label"] = query.get("Label") or _label(query["MetricStat"], [other["MetricStat"] for other in shown])
    return _page_of_results(results, parameters)


def _page_of_results(results: Sequence[dict[str, Any]], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results with as many datapoints as a page has; "PartialData" says that a later page has more."""
    points = [(number, *point) for number, result in enumerate(results) for point in _points(result)]
    rejection = AwsError("InvalidNextToken", "The next token specified is invalid.")
    size = parameters.get("MaxDatapoints") or DATAPOINTS_PER_PAGE
    question = {**parameters, "NextToken": None}
    shown, token = page(points, size, parameters.get("NextToken"), question, rejection)
    last = shown[-1] if shown else None
    for number, result in enumerate(results):
        own = [(at, value) for owner, at, value in shown if owner == number]
        if token and last and (number > last[0] or (number == last[0] and last[1:] != _points(result)[-1])):
            result["StatusCode"] = "PartialData"
        result["Timestamps"], result["Values"] = [at for at, _value in own], [value for _at, value in own]
    return {"MetricDataResults": list(results), "Messages": []} | ({"NextToken": token} if token else {})


def _points(result: Mapping[str, Any]) -> list[tuple[datetime, float]]:
    return list(zip(result["Timestamps"], result["Values"], strict=True))


def _label(stat: Mapping[str, Any], all_stats: list[Mapping[str, Any]]) -> str:
    """Return the metric's name, with statistic and period where the queries differ in them; recorded, 2025."""
    differing = [str(stat[name]) for name in ("Stat", "Period") if len({other[name] for other in all_stats}) > 1]
    return " ".join([stat["Metric"]["MetricName"], *differing])


def _is_plain(query: Mapping[str, Any]) -> bool:
    return "MetricStat" in query and not query["MetricStat"]["Metric"]["Namespace"].startswith("AWS/")


def _result(
    state: State, call: Call, query: Mapping[str, Any], times: tuple[int, int], ascending: bool
) -> dict[str, Any]:
    stat = query["MetricStat"]
    metric, period = stat["Metric"], stat["Period"]
    key = metric_key(call, metric["Namespace"], metric)
    # Without a unit, AWS answers for the first one only; recorded, 2025.
    units = [stat["Unit"]] if stat.get("Unit") else state.cloudwatch.metrics.units(key)
    found = [
        (datetime.fromtimestamp(start, UTC), value)
        for start, summary in _summaries(state, key, units[0] if units else None, (*times, period))
        if (value := summary.value(stat["Stat"])) is not None
    ]
    if not ascending:
        found.reverse()
    result = {
        "Id": query["Id"],
        "Timestamps": [at for at, _rest in found],
        "Values": [value for _key, value in found],
        "StatusCode": "Complete",
    }
    if len(units) > 1:
        text = f"Multiple units returned: '[{', '.join(units)}]'"
        result["Messages"] = [{"Code": "MultipleUnits", "Value": text}]
    return result


def _summaries(
    state: State, key: MetricKey, unit: str | None, times: tuple[int, int, int]
) -> Iterator[tuple[int, Summary]]:
    """Yield start and summary of every period with samples; `times` are first, end and period in seconds."""
    first, end, period = times
    store = state.cloudwatch.metrics
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
        message = (
            f"You have requested up to {(end - first) // period} datapoints, which exceeds the limit of 1440. You may "
            "reduce the datapoints requested by increasing Period, or decreasing the time range."
        )
        raise AwsError("InvalidParameterCombination", message)


def _seconds(at: datetime) -> int:
    return int((at.replace(tzinfo=UTC) if at.tzinfo is None else at).timestamp())
