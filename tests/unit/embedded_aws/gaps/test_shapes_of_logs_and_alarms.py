"""Every answer of our own for CloudWatch and CloudWatch Logs has the shape of botocore's model."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from tests.unit.embedded_aws.alarm_setup import Client, make_group, now_of, put_alarm, put_filter, put_messages

GROUP = {"logGroupName": "shapes"}
METRIC = {"Namespace": "Test", "MetricName": "shapes"}
QUERY = {"Id": "q", "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Sum"}}


@pytest.fixture(scope="module")
def filled(embedded_aws: str, aws_client: Client) -> dict[str, Any]:
    """Make a group, a filter, an alarm of each type and an event; return StartTime and EndTime around it."""
    make_group(aws_client, "shapes")
    put_filter(aws_client, "shapes", "filter", "[letter]", metricName="shapes", defaultValue=0.5, unit="Count")
    put_alarm(aws_client, "shapes", AlarmDescription="text", DatapointsToAlarm=1, TreatMissingData="ignore")
    aws_client("cloudwatch").put_composite_alarm(AlarmName="above", AlarmRule="ALARM(shapes)")
    put_messages(aws_client, embedded_aws, "shapes", "a")
    now = now_of(embedded_aws)
    return {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(minutes=2)}


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "member"),
    [
        ("logs", "DescribeLogGroups", {}, "logGroups"),
        ("logs", "DescribeMetricFilters", GROUP, "metricFilters"),
        ("logs", "TestMetricFilter", {"filterPattern": "[a]", "logEventMessages": ["x"]}, "matches"),
        ("logs", "FilterLogEvents", GROUP, "events"),
        ("cloudwatch", "DescribeAlarms", {"AlarmTypes": ["MetricAlarm"]}, "MetricAlarms"),
        ("cloudwatch", "DescribeAlarms", {"AlarmTypes": ["CompositeAlarm"]}, "CompositeAlarms"),
        ("cloudwatch", "DescribeAlarmsForMetric", METRIC, "MetricAlarms"),
        ("cloudwatch", "DescribeAlarmHistory", {}, "AlarmHistoryItems"),
        ("cloudwatch", "ListMetrics", METRIC, "Metrics"),
        (
            "cloudwatch",
            "GetMetricStatistics",
            METRIC | {"Period": 60, "Statistics": ["Sum"], "ExtendedStatistics": ["p90"]},
            "Datapoints",
        ),
        ("cloudwatch", "GetMetricData", {"MetricDataQueries": [QUERY]}, "MetricDataResults"),
    ],
)
def test_an_answer_has_the_shape_of_the_model(
    aws_client: Client,
    filled: dict[str, Any],
    service: str,
    operation: str,
    parameters: dict[str, Any],
    member: str,
) -> None:
    client = aws_client(service)
    times = filled if operation.startswith("GetMetric") else {}
    answer = client._make_api_call(operation, parameters | times)
    answer.pop("ResponseMetadata")
    shape = botocore.session.get_session().get_service_model(service).operation_model(operation).output_shape
    assert answer[member] != []
    assert set(answer) <= set(shape.members)
    assert ParamValidator().validate(answer, shape).generate_report() == ""
