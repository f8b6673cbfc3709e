"""Custom metrics are listed once, and read by aligned periods."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import Client, put_value
from tests.support.embedded_control import now_of

DIMENSION = [{"Name": "Secret", "Value": "a"}]


def listed(client: Client, **question: Any) -> list[dict[str, Any]]:
    return list(client("cloudwatch").list_metrics(**question)["Metrics"])


def minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def test_a_metric_is_listed_once_and_found_by_its_dimensions(embedded_aws: str, aws_client: Client) -> None:
    for _turn in range(2):
        put_value(aws_client, embedded_aws, "listed", 1)
        put_value(aws_client, embedded_aws, "listed", 1, Dimensions=DIMENSION)
    question = {"Namespace": "Test", "MetricName": "listed"}
    assert [metric["Dimensions"] for metric in listed(aws_client, **question)] == [[], DIMENSION]
    assert [metric["Dimensions"] for metric in listed(aws_client, **question, Dimensions=[{"Name": "Secret"}])] == [
        DIMENSION
    ]
    assert listed(aws_client, **question, Dimensions=[{"Name": "Secret", "Value": "b"}]) == []


def test_metrics_are_listed_in_pages_of_five_hundred(aws_client: Client) -> None:
    cloudwatch = aws_client("cloudwatch")
    datums = [{"MetricName": f"metric-{number:03}", "Value": 1} for number in range(501)]
    cloudwatch.put_metric_data(Namespace="Pages", MetricData=datums)
    pages = list(cloudwatch.get_paginator("list_metrics").paginate(Namespace="Pages"))
    assert [len(page["Metrics"]) for page in pages] == [500, 1]


def test_periods_begin_at_multiples_of_the_period(embedded_aws: str, aws_client: Client) -> None:
    now = minute(now_of(embedded_aws))
    hour = now.replace(minute=0) - timedelta(hours=2)
    for minutes, value in ((1, 1.0), (4, 2.0), (5, 4.0)):
        put_value(aws_client, embedded_aws, "periods", value, Timestamp=hour + timedelta(minutes=minutes))
    points = aws_client("cloudwatch").get_metric_statistics(
        Namespace="Test",
        MetricName="periods",
        StartTime=hour + timedelta(minutes=1),
        EndTime=now,
        Period=300,
        Statistics=["Sum"],
        ExtendedStatistics=["p50"],
    )["Datapoints"]
    assert [(point["Timestamp"], point["Sum"], point["ExtendedStatistics"]["p50"]) for point in points] == [
        (hour, 3.0, 1.0),
        (hour + timedelta(minutes=5), 4.0, 4.0),
    ]


def test_statistics_without_a_unit_have_a_datapoint_for_each_unit(embedded_aws: str, aws_client: Client) -> None:
    """Recorded answer of AWS, 2025."""
    now = minute(now_of(embedded_aws))
    for unit, value in (("Seconds", 1), ("Count", 5), (None, 10)):
        put_value(aws_client, embedded_aws, "units", value, **({"Unit": unit} if unit else {}))
    points = aws_client("cloudwatch").get_metric_statistics(
        Namespace="Test",
        MetricName="units",
        StartTime=now,
        EndTime=now + timedelta(minutes=5),
        Period=300,
        Statistics=["Sum"],
    )["Datapoints"]
    assert {point["Unit"]: point["Sum"] for point in points} == {"Seconds": 1.0, "Count": 5.0, "None": 10.0}


def test_too_many_datapoints_are_refused_with_a_remedy(aws_client: Client) -> None:
    now = datetime.now(UTC)
    with pytest.raises(ClientError, match=r"limit of 1440\. You may reduce the datapoints requested by"):
        aws_client("cloudwatch").get_metric_statistics(
            Namespace="Test",
            MetricName="many",
            StartTime=now - timedelta(days=1),
            EndTime=now,
            Period=1,
            Statistics=["Sum"],
        )


def test_get_metric_data_returns_the_newest_first_by_default(embedded_aws: str, aws_client: Client) -> None:
    now = minute(now_of(embedded_aws))
    for minutes in (3, 2):
        put_value(aws_client, embedded_aws, "order", minutes, Timestamp=now - timedelta(minutes=minutes))
    stat = {"Metric": {"Namespace": "Test", "MetricName": "order"}, "Period": 60, "Stat": "Sum"}
    question = {"MetricDataQueries": [{"Id": "q", "MetricStat": stat}], "StartTime": now - timedelta(hours=1)}
    for order, values in (({}, [2.0, 3.0]), ({"ScanBy": "TimestampAscending"}, [3.0, 2.0])):
        answer = aws_client("cloudwatch").get_metric_data(**question, EndTime=now, **order)
        assert answer["MetricDataResults"][0]["Values"] == values


def test_get_metric_data_labels_what_differs_and_answers_for_one_unit(embedded_aws: str, aws_client: Client) -> None:
    """Recorded answers of AWS, 2025."""
    now = minute(now_of(embedded_aws))
    for unit, value in (("Seconds", 60), ("Milliseconds", 60_000)):
        put_value(aws_client, embedded_aws, "labels", value, Unit=unit)

    def answered(*stats: tuple[str, int]) -> list[dict[str, Any]]:
        metric = {"Namespace": "Test", "MetricName": "labels"}
        queries = [
            {"Id": f"q{number}", "MetricStat": {"Metric": metric, "Stat": stat, "Period": period}}
            for number, (stat, period) in enumerate(stats)
        ]
        times = {"StartTime": now, "EndTime": now + timedelta(minutes=5)}
        results = aws_client("cloudwatch").get_metric_data(MetricDataQueries=queries, **times)["MetricDataResults"]
        return list(results)

    for stats, labels in (
        ([("Sum", 60)], ["labels"]),
        ([("Sum", 60), ("Minimum", 60)], ["labels Sum", "labels Minimum"]),
        ([("Sum", 60), ("Sum", 30)], ["labels 60", "labels 30"]),
        ([("Sum", 60), ("Minimum", 30)], ["labels Sum 60", "labels Minimum 30"]),
    ):
        assert [result["Label"] for result in answered(*stats)] == labels
    (result,) = answered(("Sum", 300))
    text = "Multiple units returned: '[Milliseconds, Seconds]'"
    assert result["Values"] == [60_000.0]
    assert result["Messages"] == [{"Code": "MultipleUnits", "Value": text}]


def test_metric_math_is_still_answered_by_moto(embedded_aws: str, aws_client: Client) -> None:
    put_value(aws_client, embedded_aws, "math", 2)
    now = now_of(embedded_aws)
    stat = {"Metric": {"Namespace": "Test", "MetricName": "math"}, "Period": 3600, "Stat": "Sum"}
    queries = [{"Id": "m", "MetricStat": stat, "ReturnData": False}, {"Id": "e", "Expression": "SUM(METRICS())"}]
    (result,) = aws_client("cloudwatch").get_metric_data(
        MetricDataQueries=queries, StartTime=now - timedelta(hours=1), EndTime=now + timedelta(hours=1)
    )["MetricDataResults"]
    assert result["Id"] == "e"


@pytest.mark.parametrize(
    ("namespace", "datum", "code"),
    [
        ("AWS/Own", {}, "InvalidParameterValue"),
        ("Test", {"Value": float("nan")}, "InvalidParameterValue"),
        ("Test", {"Timestamp": datetime(2020, 1, 1, tzinfo=UTC)}, "InvalidParameterValue"),
        ("Test", {"Timestamp": datetime(2099, 1, 1, tzinfo=UTC)}, "InvalidParameterValue"),
        ("Test", {"Unit": "Pounds"}, "ValidationError"),
        ("Test", {"Values": [1.0]}, "InvalidParameterCombination"),
    ],
)
def test_a_datum_that_aws_rejects_is_rejected(
    aws_client: Client, namespace: str, datum: dict[str, Any], code: str
) -> None:
    datums = [{"MetricName": "refused", "Value": 1.0} | datum]
    with pytest.raises(ClientError) as caught:
        aws_client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=datums)
    assert caught.value.response["Error"]["Code"] == code
    assert listed(aws_client, MetricName="refused") == []


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
    at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(minutes=58)
    datums = [{"MetricName": "m", "Value": 1.0, "Timestamp": at}, {"MetricName": "m", "Value": 1.0, "Timestamp": at}]
    moto_client("cloudwatch").put_metric_data(Namespace="Test", MetricData=datums)
    assert len(listed(moto_client)) == 2
    (point,) = moto_client("cloudwatch").get_metric_statistics(
        Namespace="Test",
        MetricName="m",
        StartTime=at - timedelta(hours=1),
        EndTime=at + timedelta(hours=1),
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    assert point["Timestamp"] == at, "moto begins periods at the first datum"
