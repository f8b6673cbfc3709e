"""The playbooks on the embedded AWS, with plain boto3 as the witness of what they did."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import run

ACCOUNT_ID = "123456789012"
TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT_ID}:SecurityAlarms"


class Playbooks:
    """Runs the playbooks on inventory/embedded."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def __call__(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ("ansible-playbook", "-i", "inventory/embedded", f"playbooks/{name}.yml")
        return run(*command, *arguments, AWS_ENDPOINT_URL=self.endpoint)


@pytest.fixture(scope="module")
def playbook(embedded_aws: str) -> Playbooks:
    return Playbooks(embedded_aws)


@pytest.fixture(scope="module")
def built(playbook: Playbooks) -> Iterator[Playbooks]:
    result = playbook("site")
    assert result.returncode == 0, result.stdout + result.stderr
    return playbook


def changed(output: str) -> int:
    return int(re.search(r"changed=(\d+)", output).group(1))


def test_credentials_of_another_account_are_refused_before_anything_is_written(
    playbook: Playbooks, aws_client: Callable[[str], Any]
) -> None:
    result = playbook("site", "-e", "secmon_account_id='999999999999'", "-e", "secmon_secret_name=never")
    assert result.returncode != 0
    assert "belong to account 123456789012, but the inventory says 999999999999. Nothing was changed." in result.stdout
    assert "never" not in [secret["Name"] for secret in aws_client("secretsmanager").list_secrets()["SecretList"]]


def test_site_makes_the_metric_filter_of_the_guide(built: Playbooks, aws_client: Callable[[str], Any]) -> None:
    (metric_filter,) = aws_client("logs").describe_metric_filters(logGroupName="/aws/cloudtrail/logs")["metricFilters"]
    assert metric_filter["filterName"] == "TrackSecretAccess"
    (transformation,) = metric_filter["metricTransformations"]
    assert transformation["metricNamespace"] == "SecurityMetrics"
    assert transformation["metricName"] == "SecretAccessCount"
    assert (transformation["metricValue"], transformation["defaultValue"]) == ("1", 0)


def test_site_makes_an_alarm_on_the_filters_metric_that_tells_the_topic(
    built: Playbooks, aws_client: Callable[[str], Any]
) -> None:
    (alarm,) = aws_client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("SecurityMetrics", "SecretAccessCount")
    assert (alarm["Statistic"], alarm["Period"], alarm["Threshold"]) == ("Sum", 60, 1)
    assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    assert alarm["AlarmActions"] == [TOPIC_ARN]


def test_site_subscribes_the_addresses(built: Playbooks, aws_client: Callable[[str], Any]) -> None:
    (subscription,) = aws_client("sns").list_subscriptions_by_topic(TopicArn=TOPIC_ARN)["Subscriptions"]
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "security@example.com")


def test_site_makes_a_logging_multi_region_trail_with_validation(
    built: Playbooks, aws_client: Callable[[str], Any]
) -> None:
    cloudtrail = aws_client("cloudtrail")
    (trail,) = cloudtrail.describe_trails()["trailList"]
    assert trail["IsMultiRegionTrail"]
    assert trail["LogFileValidationEnabled"]
    assert trail["CloudWatchLogsLogGroupArn"] == f"arn:aws:logs:us-east-1:{ACCOUNT_ID}:log-group:/aws/cloudtrail/logs:*"
    assert cloudtrail.get_trail_status(Name=trail["TrailARN"])["IsLogging"]


def test_only_the_trail_may_write_to_its_bucket(built: Playbooks, aws_client: Callable[[str], Any]) -> None:
    s3 = aws_client("s3")
    bucket = aws_client("cloudtrail").describe_trails()["trailList"][0]["S3BucketName"]
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    trail_arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT_ID}:trail/secrets-manager-trail"
    for statement in policy["Statement"]:
        assert statement["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        assert statement["Condition"]["StringEquals"]["aws:SourceArn"] == trail_arn
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())


def test_the_role_may_write_to_the_streams_of_this_group_only(
    built: Playbooks, aws_client: Callable[[str], Any]
) -> None:
    policy = aws_client("iam").get_role_policy(RoleName="CloudTrailToCloudWatchLogs", PolicyName="WriteTrailEvents")
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == (
        f"arn:aws:logs:us-east-1:{ACCOUNT_ID}:log-group:/aws/cloudtrail/logs:log-stream:{ACCOUNT_ID}_CloudTrail_us-east-1*"
    )


def test_a_second_run_changes_nothing_and_keeps_the_secrets_value(
    built: Playbooks, aws_client: Callable[[str], Any]
) -> None:
    def versions() -> Any:
        return aws_client("secretsmanager").describe_secret(SecretId="MySampleSecret")["VersionIdsToStages"]

    before = versions()
    result = built("site")
    assert result.returncode == 0, result.stdout + result.stderr
    assert changed(result.stdout) == 0
    assert versions() == before


def test_teardown_without_confirmation_removes_nothing(built: Playbooks, aws_client: Callable[[str], Any]) -> None:
    result = built("teardown")
    assert result.returncode != 0
    assert "Nothing was removed from account 123456789012 (guide)." in result.stdout
    assert len(aws_client("cloudtrail").describe_trails()["trailList"]) == 1


def test_teardown_keeps_the_log_bucket_unless_told_otherwise(
    built: Playbooks, aws_client: Callable[[str], Any]
) -> None:
    confirmed = ("-e", f"secmon_teardown_confirm={ACCOUNT_ID}", "-e", "secmon_secret_recovery_window_days=0")
    result = built("teardown", *confirmed)
    assert result.returncode == 0, result.stdout + result.stderr
    assert [bucket["Name"] for bucket in aws_client("s3").list_buckets()["Buckets"]] == [
        f"secrets-manager-trail-{ACCOUNT_ID}"
    ]
    assert aws_client("cloudtrail").describe_trails()["trailList"] == []
    assert aws_client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert aws_client("logs").describe_log_groups()["logGroups"] == []
    assert aws_client("sns").list_topics()["Topics"] == []
    assert aws_client("iam").list_roles()["Roles"] == []
    assert aws_client("secretsmanager").list_secrets()["SecretList"] == []

    result = built("teardown", *confirmed, "-e", "secmon_purge_log_bucket=true")
    assert result.returncode == 0, result.stdout + result.stderr
    assert aws_client("s3").list_buckets()["Buckets"] == []
