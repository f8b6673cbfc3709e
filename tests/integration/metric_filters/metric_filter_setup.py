"""Tasks for the tests of the module metric_filters, and reads and changes of filters with plain boto3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.tags import OWNER_MARK, as_list
from ansible_collections.secmon.aws.plugins.module_utils.logs.ownership import log_group_mark

GROUP = "/aws/cloudtrail/logs"
NAMESPACE = "SecurityMetrics"
READS: dict[str, Any] = {
    "name": "TrackSecretAccess",
    "pattern": '{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") }',
    "metric_namespace": NAMESPACE,
    "metric_name": "SecretAccessCount",
    "metric_value": "1",
    "default_value": 0,
    "unit": "Count",
}
LOGINS: dict[str, Any] = {
    "name": "ConsoleLogins",
    "pattern": '{ ($.eventName = "ConsoleLogin") && ($.userIdentity.type = *) }',
    "metric_namespace": NAMESPACE,
    "metric_name": "ConsoleLoginCount",
    "dimensions": {"UserType": "$.userIdentity.type"},
}
CENTRAL: dict[str, Any] = {
    "name": "CentralErrors",
    "pattern": "ERROR",
    "metric_namespace": NAMESPACE,
    "metric_name": "ErrorCount",
    "field_selection_criteria": '@aws.region = "eu-west-1"',
    "emit_system_field_dimensions": ["@aws.region", "@aws.account"],
}
TASK: dict[str, Any] = {"log_group_name": GROUP, "filters": [READS, LOGINS]}
REQUIRED = ("name", "pattern", "metric_namespace", "metric_name")
NAMES = [{"name": READS["name"]}, {"name": LOGINS["name"]}]

# The calls that read who made the log group and its filters.
READ_OWNER = ["DescribeLogGroups", "ListTagsForResource"]

Change = Callable[[dict[str, Any]], Any]


def make_group(logs: Any, name: str = GROUP, **options: Any) -> None:
    """Create a log group of this collection with plain boto3."""
    logs.create_log_group(logGroupName=name, tags=OWNER_MARK, **options)


def filters(logs: Any) -> dict[str, dict[str, Any]]:
    """Return the filters by name, with all settings except the creation time."""
    pages = logs.get_paginator("describe_metric_filters").paginate(logGroupName=GROUP)
    found = [item for page in pages for item in page["metricFilters"]]
    settings = {item["filterName"]: {key: item[key] for key in item if key != "creationTime"} for item in found}
    assert len(settings) == len(found)
    return settings


def put(logs: Any, name: str, namespace: str = NAMESPACE, pattern: str = "ERROR", **more: Any) -> None:
    """Create a filter with plain boto3."""
    transformation = {"metricNamespace": namespace, "metricName": "Manual", "metricValue": "1"} | more
    logs.put_metric_filter(
        logGroupName=GROUP, filterName=name, filterPattern=pattern, metricTransformations=[transformation]
    )


def make_alarm(cloudwatch: Any, item: dict[str, Any], group: str = GROUP) -> None:
    """Create the alarm of a filter as metric_alarms does, with plain boto3."""
    cloudwatch.put_metric_alarm(
        AlarmName=f"{item['name']} of {group}",
        Namespace=item["metric_namespace"],
        MetricName=item["metric_name"],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Tags=as_list({**OWNER_MARK, **log_group_mark(group)}),
    )


def change(logs: Any, name: str, change_manually: Change) -> None:
    """Change a filter with plain boto3."""
    request = filters(logs)[name]
    change_manually(request)
    logs.put_metric_filter(**request)


def make_filters(number: int, **more: Any) -> list[dict[str, Any]]:
    return [
        {**READS, "name": f"Filter{index:03}", "metric_name": f"Metric{index:03}", **more} for index in range(number)
    ]


def actions(calls: list[dict[str, Any]]) -> list[str]:
    return [call["action"] for call in calls]
