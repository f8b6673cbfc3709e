"""teardown.yml removes what site.yml created, and keeps and reports what boto3 created."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import run
from tests.support.embedded_control import ask

# Each test runs a playbook several times.
pytestmark = pytest.mark.long

ACCOUNT = "123456789012"
CONFIRM = ("-e", f"secmon_teardown_confirm={ACCOUNT}")
BUCKET = f"secrets-manager-trail-{ACCOUNT}"
GROUP = "/aws/cloudtrail/logs"
MARK = {"secmon:managed-by": "secmon.aws"}

Client = Callable[[str], Any]
Playbook = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(autouse=True)
def _empty(embedded_aws: str) -> None:
    ask(embedded_aws, "reset", method="POST")


@pytest.fixture
def playbook(embedded_aws: str) -> Playbook:
    """Return a function that runs a playbook on the account `guide`."""

    def play(name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ("ansible-playbook", "-i", "inventory/embedded", "--limit", "guide", f"playbooks/{name}.yml")
        return run(*command, *arguments, AWS_ENDPOINT_URL=embedded_aws)

    return play


def writes(endpoint: str, act: Callable[[], Any]) -> list[str]:
    """Return the writing calls during an action."""
    before = ask(endpoint, "calls")
    act()
    since = before[-1]["id"] if before else 0
    return [call["action"] for call in ask(endpoint, f"calls?since={since}") if call["access"] == "write"]


def changed(result: subprocess.CompletedProcess[str]) -> int:
    assert result.returncode == 0, result.stdout + result.stderr
    match = re.search(r"changed=(\d+)", result.stdout)
    assert match
    return int(match[1])


def test_a_dry_run_lists_what_a_confirmed_run_removes_and_a_second_run_changes_nothing(
    embedded_aws: str, playbook: Playbook, aws_client: Client
) -> None:
    assert changed(playbook("site")) > 0

    shown: list[subprocess.CompletedProcess[str]] = []
    assert writes(embedded_aws, lambda: shown.append(playbook("teardown"))) == []
    assert writes(embedded_aws, lambda: shown.append(playbook("teardown", "--check", *CONFIRM))) == []
    removed = playbook("teardown", *CONFIRM)
    for dry_run in shown:
        assert "Would be removed (8):" in dry_run.stdout
        assert f"-e secmon_teardown_confirm={ACCOUNT}" in dry_run.stdout
        assert changed(dry_run) == changed(removed)
    assert "Removed (8):" in removed.stdout
    assert re.search(rf"log bucket +{BUCKET} +kept: log bucket, secmon_purge_log_bucket is false", removed.stdout)
    assert re.search(r"secret +MySampleSecret +in its recovery window until \d{4}-\d\d-\d\d", removed.stdout)
    assert [bucket["Name"] for bucket in aws_client("s3").list_buckets()["Buckets"]] == [BUCKET]
    assert aws_client("iam").list_roles()["Roles"] == []

    again: list[subprocess.CompletedProcess[str]] = []
    assert writes(embedded_aws, lambda: again.append(playbook("teardown", *CONFIRM))) == []
    assert changed(again[0]) == 0
    assert "Removed: nothing" in again[0].stdout

    purged = playbook("teardown", *CONFIRM, "-e", '{"secmon_purge_log_bucket": true}')
    assert changed(purged) == 1
    assert aws_client("s3").list_buckets()["Buckets"] == []


def test_a_confirmation_of_an_unknown_account_stops_the_run(embedded_aws: str, playbook: Playbook) -> None:
    results: list[subprocess.CompletedProcess[str]] = []
    wrong = ("-e", f"secmon_teardown_confirm={ACCOUNT},999999999999")
    assert writes(embedded_aws, lambda: results.append(playbook("teardown", *wrong))) == []
    assert results[0].returncode != 0
    assert "secmon_teardown_confirm names 999999999999, which is not the secmon_account_id" in results[0].stdout


def test_an_unmanaged_resource_is_kept_and_the_others_are_removed(playbook: Playbook, aws_client: Client) -> None:
    aws_client("logs").create_log_group(logGroupName=GROUP, tags={"owner": "another-team"})
    tags = [{"Key": key, "Value": value} for key, value in MARK.items()]
    aws_client("sns").create_topic(Name="SecurityAlarms", Tags=tags)
    aws_client("iam").create_role(RoleName="CloudTrailToCloudWatchLogs", AssumeRolePolicyDocument="{}", Tags=tags)

    result = playbook("teardown", *CONFIRM)

    assert result.returncode != 0
    assert re.search(r"log group +/aws/cloudtrail/logs +not managed by this collection", result.stdout)
    assert "Not removed: cloudwatch_logs: The log group /aws/cloudtrail/logs already exists" in result.stdout
    assert [group["logGroupName"] for group in aws_client("logs").describe_log_groups()["logGroups"]] == [GROUP]
    assert aws_client("sns").list_topics()["Topics"] == []
    assert aws_client("iam").list_roles()["Roles"] == []


def test_a_managed_resource_that_no_variable_names_fails_the_run(playbook: Playbook, aws_client: Client) -> None:
    aws_client("sns").create_topic(Name="OldName", Tags=[{"Key": key, "Value": value} for key, value in MARK.items()])
    result = playbook("teardown", *CONFIRM)
    assert result.returncode != 0
    assert re.search(
        r"topic +OldName +UNEXPECTED: it has the tag of this collection, but no variable names it", result.stdout
    )
    assert f"Host guide, account {ACCOUNT}, region us-east-1: unexpected resources are left: OldName" in result.stdout
    assert len(aws_client("sns").list_topics()["Topics"]) == 1


def test_an_existing_log_group_is_kept_without_the_metric_filters_of_the_rules(
    playbook: Playbook, aws_client: Client
) -> None:
    logs = aws_client("logs")
    logs.create_log_group(logGroupName="/yours")
    transformation = {"metricName": "SecretAccessCount", "metricNamespace": "SecurityMetrics", "metricValue": "1"}
    for name in ("TrackSecretAccess", "OfAnOldRule"):
        logs.put_metric_filter(
            logGroupName="/yours", filterName=name, filterPattern="x", metricTransformations=[transformation]
        )
    # The alarm shows that the filter of its rule was made by this collection.
    aws_client("cloudwatch").put_metric_alarm(
        AlarmName="SecretIsAccessed",
        Namespace="SecurityMetrics",
        MetricName="SecretAccessCount",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Tags=[{"Key": key, "Value": value} for key, value in {**MARK, "secmon:log-group": "/yours"}.items()],
    )
    result = playbook("teardown", *CONFIRM, "-e", "secmon_existing_log_group_name=/yours")
    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"log group +/yours +existing resource \(secmon_existing_\*\)", result.stdout)
    assert re.search(
        r"metric filter +OfAnOldRule +it publishes to a metric namespace of this deployment", result.stdout
    )
    (left,) = logs.describe_metric_filters(logGroupName="/yours")["metricFilters"]
    assert left["filterName"] == "OfAnOldRule"


def test_a_tag_removes_one_part(playbook: Playbook, aws_client: Client) -> None:
    tags = [{"Key": key, "Value": value} for key, value in MARK.items()]
    aws_client("sns").create_topic(Name="SecurityAlarms", Tags=tags)
    aws_client("secretsmanager").create_secret(Name="MySampleSecret", SecretString="x", Tags=tags)
    dry_run = playbook("teardown", "--tags", "notify")
    assert "DRY RUN: nothing is removed." in dry_run.stdout and "Would be removed (1):" in dry_run.stdout
    assert "MySampleSecret" not in dry_run.stdout and len(aws_client("sns").list_topics()["Topics"]) == 1
    assert changed(playbook("teardown", *CONFIRM, "--tags", "notify")) == 1
    assert aws_client("sns").list_topics()["Topics"] == []
    assert len(aws_client("secretsmanager").list_secrets()["SecretList"]) == 1
