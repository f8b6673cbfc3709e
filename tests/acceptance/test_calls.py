"""A run takes few calls and few connections, which users pay for in time and in rate limits."""

from __future__ import annotations

import json
from typing import Any

from tests.support.embedded_control import ask
from tools.demo.playbooks import run_playbook

# As in the benchmark: 16 rules, without event alerts.
VARIABLES = {"secmon_profile": "cis", "secmon_event_alerts": []}
# docs/performance.md says of each what it finds.
AGAIN = {
    "tagging": ["GetResources"],
    "logs": ["DescribeLogGroups", "DescribeMetricFilters"],
    "secretsmanager": ["DescribeSecret", "GetResourcePolicy"],
    "sns": ["GetTopicAttributes", "ListSubscriptionsByTopic"],
    "iam": ["GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies", "ListRoles"],
    "s3": [
        "GetBucketEncryption",
        "GetBucketLifecycleConfiguration",
        "GetBucketLogging",
        "GetBucketOwnershipControls",
        "GetBucketPolicy",
        "GetBucketVersioning",
        "GetPublicAccessBlock",
    ],
    "cloudtrail": ["DescribeTrails", "GetTrailStatus"],
    "cloudwatch": ["DescribeAlarms"],
}


def test_a_first_run_takes_60_calls_and_a_run_that_changes_nothing_22_on_10_connections(embedded_aws: str) -> None:
    first = calls_of_a_run(embedded_aws)
    assert len(first) <= 60
    # Filters and alarms are written by several threads, each of which may open a connection.
    one_at_a_time = [call for call in first if not call["action"].startswith("PutMetric")]
    assert len(connections(one_at_a_time)) <= 13

    again = calls_of_a_run(embedded_aws)
    actions: dict[str, list[str]] = {}
    for call in again:
        service = call["service"].removeprefix("resourcegroups").removesuffix("api")
        actions.setdefault(service, []).append(call["action"])
    assert {service: sorted(names) for service, names in actions.items()} == AGAIN
    # One for each service of each module: logs and IAM serve two.
    assert len(again) == 22
    assert len(connections(again)) == 10


def calls_of_a_run(endpoint: str) -> list[dict[str, Any]]:
    before = max((call["id"] for call in ask(endpoint, "calls")), default=0)
    assert run_playbook(endpoint, "site", "--limit", "guide", "-e", json.dumps(VARIABLES)).code == 0
    calls: list[dict[str, Any]] = ask(endpoint, f"calls?since={before}")
    return calls


def connections(calls: list[dict[str, Any]]) -> set[int]:
    return {call["connection"] for call in calls}
