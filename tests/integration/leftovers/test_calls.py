"""Leftovers only reads, and reports failed and denied calls."""

from __future__ import annotations

import pytest

from tests.integration.leftovers.leftovers_setup import (
    ACCOUNT,
    MAKERS,
    MANAGED_TAGS,
    SYSTEM,
    Client,
    leftover_reasons,
    make_bucket,
    make_key,
    make_role,
    make_secret,
)
from tests.support.module_runner import ModuleRunner, hidden_in, writes
from tools.generate_docs.modules import documented_actions


@pytest.mark.promise("check")
def test_only_reads_and_check_mode_is_the_same(run_module: ModuleRunner, aws_client: Client) -> None:
    for make, _name in MAKERS.values():
        make(aws_client, MANAGED_TAGS)
    checked, calls = run_module.recorded(check=True, **SYSTEM)
    found, more_calls = run_module.recorded(**SYSTEM)
    assert writes(calls + more_calls) == []
    assert "GetSecretValue" not in [call["action"] for call in calls + more_calls]
    assert checked["leftovers"] == found["leftovers"] != []


@pytest.mark.promise("secrets")
def test_never_prints_the_secret_value_or_the_secret_access_key(run_module: ModuleRunner, aws_client: Client) -> None:
    make_secret(aws_client, MANAGED_TAGS)
    run_module.secret_key = "canary/secret+key"
    outputs = [run_module(**SYSTEM)]
    run_module.faults({"service": "iam", "action": "GetRole", "error": "AccessDenied", "status": 403})
    outputs.append(run_module(**SYSTEM))
    assert [output.get("failed", False) for output in outputs] == [False, True]
    assert hidden_in(outputs, "canary/secret+key") == []
    assert hidden_in(outputs, "canary-value") == []


@pytest.mark.promise("retry")
def test_retries_transient_failures(run_module: ModuleRunner, aws_client: Client) -> None:
    make_role(aws_client, MANAGED_TAGS)
    calls = (("resourcegroupstaggingapi", "GetResources"), ("iam", "GetRole"), ("sns", "ListSubscriptions"))
    faults = ({"error": "ThrottlingException"}, {"error": "InternalFailure", "status": 500}, {"mode": "reset"})
    run_module.faults(
        *({"service": service, "action": action, **fault} for service, action in calls for fault in faults)
    )
    assert list(leftover_reasons(run_module)) == [("role", "CloudTrailToCloudWatchLogs")]


@pytest.mark.promise("budget")
def test_gives_up_after_timeout_seconds(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "iam", "action": "GetRole", "error": "ThrottlingException", "times": 500})
    message = run_module.fail(**SYSTEM, timeout_seconds=60)
    assert "ThrottlingException" in message and "timeout_seconds" in message


@pytest.mark.promise("denied")
@pytest.mark.parametrize(
    ("service", "action", "iam_action"),
    [
        ("resourcegroupstaggingapi", "GetResources", "tag:GetResources"),
        ("s3", "ListBuckets", "s3:ListAllMyBuckets"),
        ("kms", "DescribeKey", "kms:DescribeKey"),
        ("iam", "GetRole", "iam:GetRole"),
    ],
)
def test_denial_names_the_action_to_allow(run_module: ModuleRunner, service: str, action: str, iam_action: str) -> None:
    run_module.faults({"service": service, "action": action, "error": "AccessDenied", "status": 403})
    message = run_module.fail(**SYSTEM)
    for word in (f"Allow {iam_action} on", f"account {ACCOUNT}", "region us-east-1"):
        assert word in message


@pytest.mark.promise("partition")
def test_uses_the_partition_of_the_region(run_module: ModuleRunner, aws_client: Client, partition: str) -> None:
    topic = aws_client("sns", run_module.region).create_topic(Name="SecurityAlarms", Tags=MANAGED_TAGS)
    (item,) = run_module.succeed(**SYSTEM)["leftovers"]
    assert item["arn"] == topic["TopicArn"] == f"arn:{partition}:sns:{run_module.region}:{ACCOUNT}:SecurityAlarms"


@pytest.mark.promise("partition")
def test_rejects_invalid_arns_before_the_first_call(run_module: ModuleRunner) -> None:
    message = run_module.fail_before_calls(existing_topic_arn="SecurityAlarms", existing_key_arn="alias/k")
    assert "existing_topic_arn" in message and "existing_key_arn" in message


@pytest.mark.promise("iam")
def test_calls_exactly_the_documented_iam_actions(run_module: ModuleRunner, aws_client: Client) -> None:
    for make, _name in MAKERS.values():
        make(aws_client, [])
    make_bucket(aws_client, MANAGED_TAGS, "managed")
    make_key(aws_client, MANAGED_TAGS, alias="")
    aws_client("iam").tag_role(RoleName="CloudTrailToCloudWatchLogs", Tags=MANAGED_TAGS)
    used = run_module.iam_actions(lambda: leftover_reasons(run_module, log_folders=["AWSLogs/"]))
    used |= run_module.iam_actions(
        lambda: run_module.succeed(purpose="report", topic_name="SecurityAlarms", subscriptions=[])
    )
    assert used == documented_actions("leftovers")
