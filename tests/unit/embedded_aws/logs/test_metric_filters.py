"""Metric filters turn log events into samples."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support.alarm_setup import TRANSFORMATION, Client, make_group, put_filter, put_messages
from tests.support.embedded_control import now_of

Read = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def read(embedded_aws: str, aws_client: Client) -> Read:
    """Return what reads the datapoints of Test/NAME of the last hour."""

    def datapoints(name: str, **more: Any) -> list[dict[str, Any]]:
        now = now_of(embedded_aws)
        found = aws_client("cloudwatch").get_metric_statistics(
            Namespace="Test",
            MetricName=name,
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(minutes=5),
            Period=3600,
            Statistics=["Sum", "SampleCount", "Minimum", "Maximum"],
            **more,
        )["Datapoints"]
        return [{key: point[key] for key in ("Sum", "SampleCount", "Minimum", "Maximum")} for point in found]

    return datapoints


def total(points: list[dict[str, Any]]) -> tuple[float, float]:
    """Return sum and number of samples, whatever hour they fell into."""
    return sum(point["Sum"] for point in points), sum(point["SampleCount"] for point in points)


def test_only_matching_events_are_counted(embedded_aws: str, aws_client: Client, read: Read) -> None:
    group = make_group(aws_client, "counts")
    put_filter(aws_client, group, "filter", '{ $.a = "x" }', metricName="counts")
    put_messages(aws_client, embedded_aws, group, '{"a": "x"}', '{"a": "y"}', "no JSON", '{"a": "x"}')
    assert total(read("counts")) == (2, 2)


def test_the_default_value_counts_once_per_event_that_does_not_match(
    embedded_aws: str, aws_client: Client, read: Read
) -> None:
    group = make_group(aws_client, "defaults")
    put_filter(aws_client, group, "filter", "ERROR", metricName="defaults", defaultValue=0)
    put_messages(aws_client, embedded_aws, group, "ERROR", "fine", "fine")
    assert total(read("defaults")) == (1, 3)


@pytest.mark.parametrize(
    ("name", "pattern", "value", "messages", "expected"),
    [
        ("json", "{ $.ms = * }", "$.ms", ['{"ms": 1.5}', '{"ms": "2"}', '{"ms": "slow"}'], (3.5, 2)),
        ("named", "[ip, bytes]", "$bytes", ["1.2.3.4 10", "1.2.3.4 many"], (10, 1)),
        ("numbered", "[ip,]", "$2", ["1.2.3.4 10"], (10, 1)),
        ("missing", '{ $.a = "x" }', "$.ms", ['{"a": "x"}'], (0, 0)),
        ("constant", "", "0.25", ["anything"], (0.25, 1)),
    ],
)
def test_the_metric_value_is_a_number_or_read_from_the_event(
    embedded_aws: str,
    aws_client: Client,
    read: Read,
    name: str,
    pattern: str,
    value: str,
    messages: list[str],
    expected: tuple[float, float],
) -> None:
    group = make_group(aws_client, f"value-{name}")
    put_filter(aws_client, group, "filter", pattern, metricName=f"value-{name}", metricValue=value)
    put_messages(aws_client, embedded_aws, group, *messages)
    assert total(read(f"value-{name}")) == expected


# Recorded answers of AWS, 2026-09, eu-west-1 (https://github.com/floci-io/floci, metric-filter-publishing-aws.json).


@pytest.mark.parametrize(
    ("name", "message", "expected"),
    [
        ("missing", '{"probe": "value"}', (7, 1)),
        ("null", '{"probe": "value", "value": null}', (7, 1)),
        ("text", '{"probe": "value", "value": "not-a-number"}', (0, 0)),
        ("number", '{"probe": "value", "value": 3}', (3, 1)),
        ("other", "INFO", (7, 1)),
    ],
)
def test_a_missing_value_counts_as_the_default_and_a_text_as_nothing(
    embedded_aws: str, aws_client: Client, read: Read, name: str, message: str, expected: tuple[float, float]
) -> None:
    group, metric = make_group(aws_client, f"extraction-{name}"), f"extraction-{name}"
    pattern = '{ $.probe = "value" || $.value = * }'
    put_filter(aws_client, group, "filter", pattern, metricName=metric, metricValue="$.value", defaultValue=7)
    put_messages(aws_client, embedded_aws, group, message)
    assert total(read(metric)) == expected


def test_an_event_without_one_of_the_dimensions_has_none(embedded_aws: str, aws_client: Client, read: Read) -> None:
    group = make_group(aws_client, "dimensions")
    dimensions = {"A": "$.a", "B": "$.b"}
    put_filter(aws_client, group, "filter", "{ $.n = * }", metricName="dimensions", dimensions=dimensions)
    messages = ('{"n": 1, "a": "alpha", "b": "beta"}', '{"n": 1, "a": "alpha"}', '{"n": 1, "b": "beta"}', '{"n": 1}')
    put_messages(aws_client, embedded_aws, group, *messages)
    both = [{"Name": "A", "Value": "alpha"}, {"Name": "B", "Value": "beta"}]
    listed = aws_client("cloudwatch").list_metrics(Namespace="Test", MetricName="dimensions")["Metrics"]
    assert [metric["Dimensions"] for metric in listed] == [[], both]
    assert total(read("dimensions", Dimensions=both)) == (1, 1)
    assert total(read("dimensions")) == (3, 3)


@pytest.mark.parametrize("names", [["@aws.account"], ["@aws.region"], ["@aws.account", "@aws.region"]])
def test_a_match_has_the_system_fields_and_a_default_has_none(
    embedded_aws: str, aws_client: Client, read: Read, names: list[str]
) -> None:
    metric = "system" + "".join(names).replace("@aws.", "-")
    group = make_group(aws_client, metric)
    put_system_filter(aws_client, group, metric, emitSystemFieldDimensions=names)
    put_messages(aws_client, embedded_aws, group, "ERROR", "INFO")
    values = {"@aws.account": "123456789012", "@aws.region": "us-east-1"}
    dimensions = [{"Name": name, "Value": values[name]} for name in names]
    assert total(read(metric, Dimensions=dimensions)) == (3, 1)
    assert total(read(metric)) == (7, 1)


def put_system_filter(client: Client, group: str, metric: str, **parameters: Any) -> None:
    transformation = TRANSFORMATION | {"metricName": metric, "metricValue": "3", "defaultValue": 7}
    client("logs").put_metric_filter(
        logGroupName=group,
        filterName=metric,
        filterPattern="ERROR",
        metricTransformations=[transformation],
        **parameters,
    )


@pytest.mark.parametrize(
    ("criteria", "selects"),
    [
        ('@aws.account = "123456789012"', True),
        ('@aws.account != "123456789012"', False),
        ('@aws.region IN ["eu-west-1", "us-east-1"]', True),
        ('@aws.region NOT IN ["us-east-1"]', False),
        ('@aws.region = "eu-west-1" OR @aws.account = "123456789012" AND @aws.region = "us-east-1"', True),
        ('(@aws.region = "us-east-1" OR @aws.account = "1") AND @aws.region = "eu-west-1"', False),
    ],
)
def test_the_selection_comes_before_matches_and_defaults(
    embedded_aws: str, aws_client: Client, read: Read, criteria: str, selects: bool
) -> None:
    metric = f"selection-{hashlib.sha256(criteria.encode()).hexdigest()[:8]}"
    group = make_group(aws_client, metric)
    put_system_filter(aws_client, group, metric, fieldSelectionCriteria=criteria)
    put_messages(aws_client, embedded_aws, group, "ERROR", "INFO")
    assert total(read(metric)) == ((10, 2) if selects else (0, 0))
    (found,) = aws_client("logs").describe_metric_filters(logGroupName=group)["metricFilters"]
    assert found["fieldSelectionCriteria"] == criteria


def test_a_sample_has_the_time_of_its_event(embedded_aws: str, aws_client: Client) -> None:
    group = make_group(aws_client, "times")
    put_filter(aws_client, group, "filter", "", metricName="times")
    put_messages(aws_client, embedded_aws, group, "event", seconds_ago=600)
    now = now_of(embedded_aws)
    (point,) = aws_client("cloudwatch").get_metric_statistics(
        Namespace="Test",
        MetricName="times",
        StartTime=now - timedelta(hours=1),
        EndTime=now,
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    assert timedelta(seconds=600) <= now - point["Timestamp"] < timedelta(seconds=720)


def test_replaced_and_deleted_filters_take_effect_at_once(embedded_aws: str, aws_client: Client, read: Read) -> None:
    group = make_group(aws_client, "changes")
    put_filter(aws_client, group, "filter", "old", metricName="changes")
    put_messages(aws_client, embedded_aws, group, "old", "new")
    put_filter(aws_client, group, "filter", "new", metricName="changes", metricValue="10")
    put_messages(aws_client, embedded_aws, group, "old", "new")
    aws_client("logs").delete_metric_filter(logGroupName=group, filterName="filter")
    put_messages(aws_client, embedded_aws, group, "new")
    assert total(read("changes")) == (11, 2)


def test_get_metric_data_returns_the_same_values(embedded_aws: str, aws_client: Client) -> None:
    group = make_group(aws_client, "data")
    put_filter(aws_client, group, "filter", "", metricName="data", unit="Count")
    put_messages(aws_client, embedded_aws, group, "a", "b")
    now = now_of(embedded_aws)
    stat = {"Metric": {"Namespace": "Test", "MetricName": "data"}, "Period": 60, "Stat": "Sum", "Unit": "Count"}
    (result,) = aws_client("cloudwatch").get_metric_data(
        MetricDataQueries=[{"Id": "q", "MetricStat": stat}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(minutes=1),
    )["MetricDataResults"]
    assert result["Values"] == [2.0]
    assert result["Timestamps"][0].second == 0
