"""GetMetricData returns its datapoints in pages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.in_process import InProcess, aws

__all__ = ["aws"]


def ask(aws: InProcess, *stats: tuple[str, int], **members: Any) -> dict[str, Any]:
    """Return the answer to queries of one metric, which has a value per minute."""
    cloudwatch = aws.client("cloudwatch")
    end = datetime.now(UTC).replace(second=0, microsecond=0)
    data = [{"MetricName": "m", "Timestamp": end - timedelta(minutes=n), "Value": n} for n in range(1, 4)]
    if "NextToken" not in members:
        cloudwatch.put_metric_data(Namespace="Test", MetricData=data)
    metric = {"Namespace": "Test", "MetricName": "m"}
    queries = [
        {"Id": f"q{number}", "MetricStat": {"Metric": metric, "Period": period, "Stat": stat}}
        for number, (stat, period) in enumerate(stats)
    ]
    start = end - timedelta(minutes=10)
    answer: dict[str, Any] = cloudwatch.get_metric_data(
        MetricDataQueries=queries, StartTime=start, EndTime=end, **members
    )
    return answer


def test_pages_have_the_wanted_number_of_datapoints(aws: InProcess) -> None:
    stats = [("Sum", 60), ("Minimum", 60)]
    first = ask(aws, *stats, MaxDatapoints=4)
    second = ask(aws, *stats, MaxDatapoints=4, NextToken=first["NextToken"])

    assert [len(result["Values"]) for result in first["MetricDataResults"]] == [3, 1]
    assert [result["StatusCode"] for result in first["MetricDataResults"]] == ["Complete", "PartialData"]
    assert [len(result["Values"]) for result in second["MetricDataResults"]] == [0, 2]
    assert "NextToken" not in second
