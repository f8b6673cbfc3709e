"""Tasks for tests of metric_alarms, and reads and changes of alarms with plain boto3."""

from __future__ import annotations

from typing import Any

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
TOPIC = "arn:aws:sns:us-east-1:123456789012:SecurityAlarms"
OTHER_TOPIC = "arn:aws:sns:us-east-1:123456789012:Others"
MARK = {"secmon:managed-by": "secmon.aws"}
LEAST = {
    "metric_namespace": "SecurityMetrics",
    "metric_name": "SecretAccessCount",
    "statistic": "Sum",
    "period_seconds": 60,
    "evaluation_periods": 1,
    "threshold": 1,
    "comparison": "GreaterThanOrEqualToThreshold",
}
ALARM = {
    "name": "read",
    **LEAST,
    "description": "A secret value was read.",
    "evaluation_periods": 3,
    "datapoints_to_alarm": 2,
    "missing_data": "notBreaching",
    "unit": "Count",
    "dimensions": {"Account": "123456789012"},
    "alarm_actions": [TOPIC],
    "ok_actions": [TOPIC],
    "insufficient_data_actions": [TOPIC],
}
WANTED: dict[str, Any] = {
    "alarms": [ALARM, {"name": "quiet", **LEAST}],
    "tags": {"team": "security"},
}
GONE: dict[str, Any] = {
    "alarms": [{"name": "read"}, {"name": "quiet"}],
    "state": "absent",
}
TWENTY = [{"name": f"alarm-{number:02}", **LEAST} for number in range(20)]
_TIMES = ("AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
_STATE = (*_TIMES, "StateValue", "StateReason", "StateReasonData")


def alarms(cloudwatch: Any) -> dict[str, dict[str, Any]]:
    """Return all alarms with everything but their state, by name."""
    pages = cloudwatch.get_paginator("describe_alarms").paginate()
    found = [alarm for page in pages for alarm in page["MetricAlarms"]]
    return {
        alarm["AlarmName"]: {key: value for key, value in alarm.items() if key not in _STATE}
        | {"Tags": tags(cloudwatch, alarm["AlarmName"])}
        for alarm in found
    }


def tags(cloudwatch: Any, name: str) -> dict[str, str]:
    found = cloudwatch.list_tags_for_resource(ResourceARN=ARN + name)["Tags"]
    return {tag["Key"]: tag["Value"] for tag in found}


def put_manually(cloudwatch: Any, name: str, **settings: Any) -> None:
    """Create an alarm as another principal would; None omits a setting."""
    usual = {
        "Namespace": "SecurityMetrics",
        "MetricName": "SecretAccessCount",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }
    given = {key: value for key, value in {**usual, **settings}.items() if value is not None}
    cloudwatch.put_metric_alarm(AlarmName=name, **given)


def change_manually(cloudwatch: Any, name: str, changes: dict[str, Any]) -> None:
    """Change settings of an alarm and keep the others; None removes one."""
    settings = {**alarms(cloudwatch)[name], **changes}
    given = {key: value for key, value in settings.items() if key not in ("AlarmArn", "Tags") and value is not None}
    cloudwatch.put_metric_alarm(**given)


def writes(calls: list[dict[str, Any]]) -> list[str]:
    return [call["action"] for call in calls if call["access"] == "write"]
