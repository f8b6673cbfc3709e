"""Messages about missing prerequisites name the resource and the module that creates it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.embedded_control import drain
from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import ARN, BUCKET, NAME, SIMPLE
from tests.support.trail_setup import ACCOUNT, document, group_arn

Break = Callable[[Callable[..., Any], dict[str, Any]], Any]
KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
ROOT_ONLY = document({"Effect": "Allow", "Principal": ROOT, "Action": "kms:*", "Resource": "*"})

MISSING: dict[str, tuple[Break, list[str]]] = {
    "bucket": (
        lambda _aws, task: task.update(s3_bucket_name="missing"),
        ["S3BucketDoesNotExistException", "Create the bucket missing first", "secmon.aws.log_bucket"],
    ),
    "bucket's policy": (
        lambda aws, _task: aws("s3").delete_bucket_policy(Bucket=BUCKET),
        [
            "InsufficientS3BucketPolicyException",
            f"arn:aws:s3:::{BUCKET}/trails/AWSLogs/{ACCOUNT}/*",
            f"aws:SourceArn = {ARN}",
            "secmon.aws.log_bucket",
        ],
    ),
    "key": (
        lambda _aws, task: task.update(kms_key_arn=KEY),
        ["InsufficientEncryptionPolicyException", KEY, "must exist", "secmon.aws.encryption_key"],
    ),
    "key's policy": (
        lambda aws, task: task.update(kms_key_arn=aws("kms").create_key(Policy=ROOT_ONLY)["KeyMetadata"]["Arn"]),
        ["InsufficientEncryptionPolicyException", "kms:GenerateDataKey*", "kms:DescribeKey"],
    ),
    "key's region": (
        lambda _aws, task: task.update(kms_key_arn=KEY.replace("us-east-1", "eu-west-1")),
        ["KmsKeyNotFoundException", f"in the region of the bucket {BUCKET}"],
    ),
    "key's state": (
        lambda aws, task: aws("kms").disable_key(KeyId=task["kms_key_arn"].split("/")[1]),
        ["KmsException", "disabled", "secmon.aws.encryption_key"],
    ),
    "log group": (
        lambda _aws, task: task.update(log_group_arn=group_arn("missing")),
        ["InvalidCloudWatchLogsLogGroupArnException", "secmon.aws.log_group", group_arn("missing")],
    ),
    "role": (
        lambda _aws, task: task.update(log_group_role_arn=f"arn:aws:iam::{ACCOUNT}:role/missing"),
        ["InvalidCloudWatchLogsRoleArnException", "role/missing", "trust cloudtrail", "amazon.aws.iam_role"],
    ),
    "role's policy": (
        lambda aws, _task: aws("iam").delete_role_policy(RoleName="deliver", PolicyName="deliver"),
        ["logs:CreateLogStream and logs:PutLogEvents", f"log-stream:{ACCOUNT}_CloudTrail_us-east-1*"],
    ),
    "topic": (
        lambda _aws, task: task.update(sns_topic_name="missing"),
        ["InsufficientSnsTopicPolicyException", f":{ACCOUNT}:missing", "community.aws.sns_topic"],
    ),
}


@pytest.mark.promise("prerequisite")
@pytest.mark.parametrize("missing", MISSING)
def test_a_creation_names_the_missing_prerequisite(
    run_module: ModuleRunner, cloudtrail: Any, aws_client: Callable[..., Any], full_trail: dict[str, Any], missing: str
) -> None:
    break_prerequisite, expected = MISSING[missing]
    break_prerequisite(aws_client, full_trail)
    message = run_module.fail(**full_trail)
    for words in (*expected, f"trail {NAME}", f"account {ACCOUNT}", "region us-east-1"):
        assert words in message
    assert cloudtrail.describe_trails()["trailList"] == []


@pytest.mark.promise("prerequisite")
@pytest.mark.parametrize("missing", MISSING)
def test_an_update_names_the_missing_prerequisite(
    run_module: ModuleRunner, aws_client: Callable[..., Any], full_trail: dict[str, Any], missing: str
) -> None:
    run_module.succeed(**SIMPLE)
    break_prerequisite, expected = MISSING[missing]
    break_prerequisite(aws_client, full_trail)
    message = run_module.fail(**full_trail)
    assert "UpdateTrail failed" in message
    for words in expected:
        assert words in message


@pytest.mark.promise("prerequisite")
def test_a_new_trail_needs_a_bucket(run_module: ModuleRunner) -> None:
    assert "Set s3_bucket_name to create it" in run_module.fail(name=NAME)


@pytest.mark.promise("prerequisite")
def test_a_log_group_needs_a_role(run_module: ModuleRunner, trail_keys: dict[str, str]) -> None:
    message = run_module.fail(**SIMPLE, log_group_arn=group_arn("audit-events"))
    assert "Set both log_group_arn and log_group_role_arn" in message


@pytest.mark.promise("prerequisite")
def test_insights_need_management_events(run_module: ModuleRunner, trail_keys: dict[str, str]) -> None:
    task = {**SIMPLE, "insight_types": ["ApiCallRateInsight", "ApiErrorRateInsight"]}
    message = run_module.fail(**task, management_events="read")
    assert "ApiCallRateInsight needs write management events" in message and "ApiErrorRate" not in message
    assert "ApiErrorRateInsight needs read or write" in run_module.fail(**task, management_events="none")


@pytest.mark.promise("prerequisite")
def test_warns_about_a_failed_delivery(
    run_module: ModuleRunner, cloudtrail: Any, aws_client: Callable[..., Any], full_trail: dict[str, Any]
) -> None:
    run_module.succeed(**full_trail)
    aws_client("s3").delete_bucket_policy(Bucket=BUCKET)
    aws_client("iam").list_users()
    drain(run_module.endpoint)
    result = run_module.succeed(name=NAME)
    assert not result["changed"]
    assert result["delivery"]["latest_delivery_error"] == "AccessDenied"
    assert result["delivery"]["latest_cloudwatch_logs_delivery_time"]
    assert any(f"bucket {BUCKET}" in warning and "AccessDenied" in warning for warning in result["warnings"])
