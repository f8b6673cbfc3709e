"""Log groups, metric filters and alarms for tests, and the control surface of the embedded AWS."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from datetime import datetime
from typing import Any

Client = Callable[[str], Any]

TRANSFORMATION = {"metricName": "Calls", "metricNamespace": "Test", "metricValue": "1"}


def post(endpoint: str, path: str, body: Any = None) -> Any:
    """Post to /_embedded/PATH and return the answer."""
    request = urllib.request.Request(
        f"{endpoint}/_embedded/{path}", json.dumps(body or {}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def drain(endpoint: str) -> None:
    post(endpoint, "drain")


def advance(endpoint: str, seconds: float) -> datetime:
    """Move the clock, do what is due, and return the new time."""
    now = datetime.fromisoformat(post(endpoint, "clock", {"advance_seconds": seconds})["time"])
    drain(endpoint)
    return now


def now_of(endpoint: str) -> datetime:
    return datetime.fromisoformat(post(endpoint, "clock", {"advance_seconds": 0})["time"])


def make_group(client: Client, name: str) -> str:
    logs = client("logs")
    logs.create_log_group(logGroupName=name)
    logs.create_log_stream(logGroupName=name, logStreamName="stream")
    return name


def put_filter(client: Client, group: str, name: str, pattern: str = "", **transformation: Any) -> None:
    client("logs").put_metric_filter(
        logGroupName=group,
        filterName=name,
        filterPattern=pattern,
        metricTransformations=[TRANSFORMATION | transformation],
    )


def put_messages(client: Client, endpoint: str, group: str, *messages: str, seconds_ago: float = 0) -> None:
    """Put log events by hand and wait until they were filtered and evaluated."""
    at = int((now_of(endpoint).timestamp() - seconds_ago) * 1000)
    events = [{"timestamp": at, "message": message} for message in messages]
    client("logs").put_log_events(logGroupName=group, logStreamName="stream", logEvents=events)
    drain(endpoint)


def put_alarm(client: Client, name: str, **parameters: Any) -> None:
    """Put an alarm on Sum >= 1 of Test/NAME in one minute, or as the parameters say; None leaves one out."""
    given = {
        "AlarmName": name,
        "Namespace": "Test",
        "MetricName": name,
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    } | parameters
    client("cloudwatch").put_metric_alarm(**{key: value for key, value in given.items() if value is not None})


def put_value(client: Client, endpoint: str, name: str, value: float, **datum: Any) -> None:
    """Put a value of Test/NAME and wait until alarms were evaluated."""
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
