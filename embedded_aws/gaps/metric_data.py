"""PutMetricData reaches alarms, and ListMetrics lists a metric once.

moto 5.2.5 evaluates no alarm, and lists a metric without dimensions once per datum.
Sources: CloudWatch API reference, PutMetricData and ListMetrics.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import TYPE_CHECKING, Any

from moto.cloudwatch.models import cloudwatch_backends

from embedded_aws.errors import AwsError
from embedded_aws.gaps.alarm_lookup import place_and_parameters
from embedded_aws.overrides import override
from embedded_aws.pages import page
from embedded_aws.stages.alarm import Alarms
from embedded_aws.stages.alarm_book import alarm_book
from embedded_aws.stages.metrics import MINUTE, TEN_SECONDS, MetricKey, metric_store

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

METRICS_PER_PAGE = 500

_MOST_SECONDS_AGO = 14 * 86_400
_MOST_SECONDS_AHEAD = 2 * 3_600
_OWN_NAMESPACES = "AWS/"


@override("cloudwatch", "PutMetricData")
def put_metric_data(world: World, call: Call) -> dict[str, Any]:
    """Store datums and let the alarms on them be evaluated by the pipeline."""
    place, parameters = place_and_parameters(call)
    datums = parameters.get("MetricData") or []
    if parameters["Namespace"].startswith(_OWN_NAMESPACES):
        message = f"The value {_OWN_NAMESPACES} for parameter Namespace is invalid."
        raise AwsError("InvalidParameterValue", message)
    for number, datum in enumerate(datums, 1):
        # moto's own checks of values, counts and statistic sets are right.
        cloudwatch_backends[place[0]][place[1]]._validate_parameters_put_metric_data(datum, number)
        _check_age(_moment(datum, call) - call.at.timestamp(), number)
    book = alarm_book(world)
    with book.lock:
        # What was due before the datums came is judged without them.
        book.leave(Alarms(world).tick(call.at))
        for datum in datums:
            key = metric_key(call, parameters["Namespace"], datum)
            _store(world, call, key, datum)
            book.touched.add(key)
    return {}


@override("cloudwatch", "ListMetrics")
def list_metrics(world: World, call: Call) -> dict[str, Any] | None:
    """List every metric once; those of AWS's own namespaces are moto's to list."""
    place, parameters = place_and_parameters(call)
    if parameters.get("Namespace", "").startswith(_OWN_NAMESPACES):
        return None
    wanted = [(item["Name"], item.get("Value")) for item in parameters.get("Dimensions") or ()]
    found = [
        key
        for key in metric_store(world).keys(*place)
        if parameters.get("Namespace", key[2]) == key[2]
        and parameters.get("MetricName", key[3]) == key[3]
        and all(_has_dimension(key, name, value) for name, value in wanted)
    ]
    refusal = AwsError("InvalidParameterValue", "Request parameter NextToken is invalid")
    question = (place, {**parameters, "NextToken": None})
    keys, token = page(found, METRICS_PER_PAGE, parameters.get("NextToken"), question, refusal)
    metrics = [{"Namespace": key[2], "MetricName": key[3], "Dimensions": _dimensions(key)} for key in keys]
    return {"Metrics": metrics} | ({"NextToken": token} if token else {})


def _store(world: World, call: Call, key: MetricKey, datum: Mapping[str, Any]) -> None:
    resolution = TEN_SECONDS if datum.get("StorageResolution", MINUTE) < MINUTE else MINUTE
    bucket = metric_store(world).bucket(key, datum.get("Unit") or "None", _moment(datum, call), resolution)
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
    """Refuse a datum that CloudWatch would not store; `number` counts datums from 1."""
    if not -_MOST_SECONDS_AGO <= seconds_ahead <= _MOST_SECONDS_AHEAD:
        limit = "within the past two weeks" if seconds_ahead < 0 else "no more than two hours in the future"
        message = f"The parameter MetricData.member.{number}.Timestamp must specify a time {limit}."
        raise AwsError("InvalidParameterValue", message)


def _values(datum: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    """Yield each value with how often it was seen."""
    values = datum.get("Values") or []
    yield from zip(values, datum.get("Counts") or [1.0] * len(values), strict=True)
    if datum.get("Value") is not None:
        yield datum["Value"], 1.0


def metric_key(call: Call, namespace: str, datum: Mapping[str, Any]) -> MetricKey:
    """Return the metric that the members MetricName and Dimensions name."""
    dimensions = tuple(sorted((item["Name"], item["Value"]) for item in datum.get("Dimensions") or ()))
    return call.account, call.region, namespace, datum["MetricName"], dimensions


def _has_dimension(key: MetricKey, name: str, value: str | None) -> bool:
    return any(own == name and value in (None, own_value) for own, own_value in key[4])


def _dimensions(key: MetricKey) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in key[4]]
