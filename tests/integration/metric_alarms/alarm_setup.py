"""Tasks for tests of metric_alarms, and reads and changes of alarms with plain boto3."""

from __future__ import annotations

from typing import Any

ARN = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
TOPIC = "arn:aws:sns:us-east-1:123456789012:SecurityAlarms"
OTHER_TOPIC = "arn:aws:sns:us-east-1:123456789012:Others"
MANAGED_TAG = {"secmon:managed-by": "secmon.aws"}
MINIMAL = {
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
    **MINIMAL,
    "description": "A secret value was read.",
    "evaluation_periods": 3,
    "datapoints_to_alarm": 2,
    "missing_data": "notBreaching",
    "unit": "Count",
    "dimensions": {"Account": "123456789012"},
    "alarm_actions": [TOPIC],
    "ok_actions": [TOPIC],
    "insufficient_data_actions": [TOPIC],
    "tags_in_notifications": True,
}
TASK: dict[str, Any] = {
    "alarms": [ALARM, {"name": "minimal", **MINIMAL}],
    "tags": {"team": "security"},
}
ABSENT: dict[str, Any] = {
    "alarms": [{"name": "read"}, {"name": "minimal"}],
    "state": "absent",
}
TWENTY = [{"name": f"alarm-{number:02}", **MINIMAL} for number in range(20)]
_TIMES = ("AlarmConfigurationUpdatedTimestamp", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
_STATE = (*_TIMES, "StateValue", "StateReason", "StateReasonData")


def alarms(cloudwatch: Any) -> dict[str, dict[str, Any]]:
    """Return all alarms with all settings except the state, by name."""
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
    request = {key: value for key, value in {**usual, **settings}.items() if value is not None}
    cloudwatch.put_metric_alarm(AlarmName=name, **request)


def change_manually(cloudwatch: Any, name: str, changes: dict[str, Any]) -> None:
    """Change settings of an alarm and keep the others; None removes one."""
    settings = {**alarms(cloudwatch)[name], **changes}
    request = {key: value for key, value in settings.items() if key not in ("AlarmArn", "Tags") and value is not None}
    cloudwatch.put_metric_alarm(**request)
