"""Log groups, metric filters and alarms for tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded_control import drain, now_of

Client = Callable[[str], Any]

TRANSFORMATION = {"metricName": "Calls", "metricNamespace": "Test", "metricValue": "1"}


def make_group(client: Client, name: str) -> str:
    logs = client("logs")
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="stream")
    return name


def make_logs_key(client: Client) -> str:
    """Create a key that CloudWatch Logs may use, and return its ARN."""
    principal = {"AWS": "arn:aws:iam::123456789012:root", "Service": "logs.us-east-1.amazonaws.com"}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return str(client("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])


def put_filter(client: Client, group: str, name: str, pattern: str = "", **transformation: Any) -> None:
    client("logs").put_metric_filter(
        logGroupName=group,
        filterName=name,
        filterPattern=pattern,
        metricTransformations=[TRANSFORMATION | transformation],
    )


def put_messages(client: Client, endpoint: str, group: str, *messages: str, seconds_ago: float = 0) -> None:
    """Put log events and wait until they are filtered and evaluated."""
    at = int((now_of(endpoint).timestamp() - seconds_ago) * 1000)
    events = [{"timestamp": at, "message": message} for message in messages]
    client("logs").put_log_events(logGroupName=group, logStreamName="stream", logEvents=events)
    drain(endpoint)


def put_alarm(client: Client, name: str, **parameters: Any) -> None:
    """Put an alarm on Sum >= 1 of Test/NAME in one minute; parameters override, None omits one."""
    request = {
        "AlarmName": name,
        "Namespace": "Test",
        "MetricName": name,
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    } | parameters
    client("cloudwatch").put_metric_alarm(**{key: value for key, value in request.items() if value is not None})


def put_value(client: Client, endpoint: str, name: str, value: float, **datum: Any) -> None:
    """Put a value of Test/NAME and wait until alarms are evaluated."""
    datums = [{"MetricName": name, "Value": value, **datum}]
    client("cloudwatch").put_metric_data(Namespace="Test", MetricData=datums)
    drain(endpoint)


def alarm(client: Client, name: str) -> dict[str, Any]:
    (found,) = client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return dict(found)


def state(client: Client, name: str) -> str:
    return str(alarm(client, name)["StateValue"])


def history(client: Client, name: str, kind: str | None = None) -> list[dict[str, Any]]:
    """Return an alarm's history, oldest first."""
    filters = {"HistoryItemType": kind} if kind else {}
    items = client("cloudwatch").describe_alarm_history(AlarmName=name, ScanBy="TimestampAscending", **filters)
    return list(items["AlarmHistoryItems"])


def alarm_names(client: Client, **parameters: Any) -> list[str]:
    """Return the names of the metric and composite alarms that DescribeAlarms lists."""
    described = client("cloudwatch").describe_alarms(**parameters)
    return [found["AlarmName"] for kind in ("MetricAlarms", "CompositeAlarms") for found in described.get(kind, [])]


def set_state(client: Client, name: str, value: str, **more: str) -> None:
    client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=value, StateReason="a test", **more)


def error_code(call: Any, **parameters: Any) -> str:
    """Return the error code of a call that must fail."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return str(caught.value.response["Error"]["Code"])
