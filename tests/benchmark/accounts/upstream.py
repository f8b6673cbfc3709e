"""A playbook of upstream's modules that builds the system, as a user without this collection writes it."""

from __future__ import annotations

import json
from typing import Any

import yaml

from tests.benchmark.accounts.organization import REGION, SECRET, access_key


def upstream_playbook(endpoint: str, wanted: dict[str, Any]) -> str:
    """Return the text of a playbook for one account, with one task for each resource."""
    connection = {
        "region": REGION,
        "endpoint_url": endpoint,
        "access_key": access_key(wanted["account"]),
        "secret_key": SECRET,
    }
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}"},
        "module_defaults": {"group/amazon.aws.aws": connection, "group/community.aws.aws": connection},
        "tasks": [{"name": f"Ensure {name}", module: _literal(options)} for name, module, options in _tasks(wanted)],
    }
    return yaml.safe_dump([play], sort_keys=False, width=1000)


def _literal(value: Any) -> Any:
    """Return a value whose braces are no templates: filter patterns contain them."""
    if isinstance(value, str) and "{" in value:
        return "{% raw %}" + value + "{% endraw %}"
    if isinstance(value, dict):
        return {name: _literal(item) for name, item in value.items()}
    return [_literal(item) for item in value] if isinstance(value, list) else value


def _tasks(w: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    trust = json.loads(w["trust"])
    topic = w["topic_arn"].rpartition(":")[2]
    subscription = {"endpoint": w["email"], "protocol": "email"}
    logs = f"arn:aws:logs:{REGION}:{w['account']}:log-group:{w['group']}:*"
    role = f"arn:aws:iam::{w['account']}:role/{w['role']}"
    trail = {
        "name": w["trail"],
        "s3_bucket_name": w["bucket"],
        "is_multi_region_trail": True,
        "enable_log_file_validation": True,
        "cloudwatch_logs_log_group_arn": logs,
        "cloudwatch_logs_role_arn": role,
    }
    encryption = {"encryption": "AES256", "public_access": {f"{word}_public_{kind}": True for word, kind in _BLOCKED}}
    return [
        ("the identity", "amazon.aws.aws_caller_info", {}),
        ("the secret", "community.aws.secretsmanager_secret", {"name": w["secret"], "secret": "x", "overwrite": False}),
        (
            "the topic",
            "community.aws.sns_topic",
            {"name": topic, "subscriptions": [subscription], "policy": json.loads(w["topic_policy"])},
        ),
        (
            "the log group",
            "amazon.aws.cloudwatchlogs_log_group",
            {"log_group_name": w["group"], "retention": w["retention"]},
        ),
        (
            "the role",
            "amazon.aws.iam_role",
            {
                "name": w["role"],
                "create_instance_profile": False,
                "assume_role_policy_document": trust,
            },
        ),
        (
            "the role's policy",
            "amazon.aws.iam_policy",
            {
                "iam_type": "role",
                "iam_name": w["role"],
                "policy_name": w["policy"],
                "policy_json": json.loads(w["permissions"]),
            },
        ),
        (
            "the bucket",
            "amazon.aws.s3_bucket",
            {"name": w["bucket"], "versioning": True, "policy": json.loads(w["bucket_policy"]), **encryption},
        ),
        ("the trail", "amazon.aws.cloudtrail", {**trail, "include_global_events": True}),
        ("that the trail logs", "amazon.aws.cloudtrail", {**trail, "enable_logging": True}),
        *(_filter(one) for one in w["filters"]),
        *(_alarm(one) for one in w["alarms"]),
    ]


_BLOCKED = (("block", "acls"), ("block", "policy"), ("ignore", "acls"))


def _filter(one: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    metric = one["metricTransformations"][0]
    options = {
        "log_group_name": one["logGroupName"],
        "filter_name": one["filterName"],
        "filter_pattern": one["filterPattern"],
        "metric_transformation": {
            "metric_namespace": metric["metricNamespace"],
            "metric_name": metric["metricName"],
            "metric_value": metric["metricValue"],
            "default_value": metric.get("defaultValue", 0),
        },
        "state": "present",
    }
    return f"the filter {one['filterName']}", "amazon.aws.cloudwatchlogs_log_group_metric_filter", options


def _alarm(one: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    options = {
        "name": one["AlarmName"],
        "description": one["AlarmDescription"],
        "namespace": one["Namespace"],
        "metric_name": one["MetricName"],
        "statistic": one["Statistic"],
        "period": one["Period"],
        "evaluation_periods": one["EvaluationPeriods"],
        "threshold": one["Threshold"],
        "comparison": one["ComparisonOperator"],
        "treat_missing_data": one["TreatMissingData"],
        "alarm_actions": one["AlarmActions"],
    }
    return f"the alarm {one['AlarmName']}", "amazon.aws.cloudwatch_metric_alarm", options
