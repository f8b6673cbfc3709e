"""The module trail on the embedded AWS, checked with plain boto3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import (
    ARN,
    BUCKET,
    CLEARED,
    GROUP,
    NAME,
    OTHER_ROLE,
    SIMPLE,
    TOPIC,
    full_task,
    read_trail,
)
from tests.support.trail_setup import group_arn
from tools.generate_docs.modules import documented_actions


@pytest.mark.promise("changed")
def test_creates_a_trail(run_module: ModuleRunner, cloudtrail: Any, full_trail: dict[str, Any]) -> None:
    assert run_module.succeed(**full_trail)["changed"]
    trail = read_trail(cloudtrail)
    assert (trail["S3BucketName"], trail["IsMultiRegionTrail"], trail["logging"]) == (BUCKET, True, True)
    assert trail["SnsTopicARN"] == TOPIC


@pytest.mark.promise("changed")
def test_returns_the_same_trail_on_every_run(run_module: ModuleRunner, full_trail: dict[str, Any]) -> None:
    created = run_module.succeed(**full_trail)
    again = run_module.succeed(name=NAME)
    assert created["trail"] == again["trail"] == created["diff"]["after"]
    assert created["trail"]["arn"] == ARN
    assert created["delivery"].keys() == again["delivery"].keys()
    assert again["delivery"]["start_logging_time"]


@pytest.mark.promise("changed")
def test_deleting_the_trail_keeps_the_log_files(
    run_module: ModuleRunner, aws_client: Callable[..., Any], full_trail: dict[str, Any]
) -> None:
    run_module.succeed(**full_trail)
    before = [item["Key"] for item in aws_client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    run_module.succeed(name=NAME, state="absent")
    assert [item["Key"] for item in aws_client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]][
        : len(before)
    ] == before


@pytest.mark.promise("changed")
def test_supports_empty_tag_values(run_module: ModuleRunner, cloudtrail: Any, trail_keys: dict[str, str]) -> None:
    for tags in ({"a": ""}, {"a": "", "b": ""}):
        assert run_module.succeed(**SIMPLE, tags=tags)["trail"]["tags"].items() >= tags.items()
        assert read_trail(cloudtrail)["tags"].items() >= {"a": ""}.items()
        assert not run_module.succeed(**SIMPLE, tags=tags)["changed"]


@pytest.mark.promise("unset_options")
def test_keeps_omitted_settings(run_module: ModuleRunner, cloudtrail: Any, full_trail: dict[str, Any]) -> None:
    run_module.succeed(**full_trail | {"logging": False})
    before = read_trail(cloudtrail)
    assert not run_module.succeed(name=NAME)["changed"]
    run_module.succeed(name=NAME, s3_key_prefix="moved")
    assert read_trail(cloudtrail) == before | {"S3KeyPrefix": "moved"}


@pytest.mark.promise("unset_options")
def test_clears_settings(run_module: ModuleRunner, cloudtrail: Any, full_trail: dict[str, Any]) -> None:
    run_module.succeed(**full_trail)
    assert run_module.succeed(**CLEARED)["changed"]
    cleared = read_trail(cloudtrail)
    for setting in ("S3KeyPrefix", "SnsTopicARN", "KmsKeyId", "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"):
        assert setting not in cleared
    assert (cleared["insights"], cleared["tags"]) == ([], {"secmon:managed-by": "secmon.aws"})
    assert cleared["IsMultiRegionTrail"] and cleared["LogFileValidationEnabled"]
    assert not run_module.succeed(**CLEARED)["changed"]


@pytest.mark.promise("unset_options")
@pytest.mark.parametrize("option", ["log_group_arn", "log_group_role_arn"])
def test_clearing_log_group_or_role_clears_both(
    run_module: ModuleRunner, cloudtrail: Any, full_trail: dict[str, Any], option: str
) -> None:
    run_module.succeed(**full_trail)
    run_module.succeed(name=NAME, **{option: ""})
    assert not {"CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn"} & set(read_trail(cloudtrail))


@pytest.mark.promise("unset_options")
def test_accepts_a_log_group_arn_with_and_without_suffix(run_module: ModuleRunner, full_trail: dict[str, Any]) -> None:
    run_module.succeed(**full_trail)
    assert not run_module.succeed(name=NAME, log_group_arn=group_arn(GROUP).removesuffix(":*"))["changed"]


@pytest.mark.promise("unset_options")
def test_changes_the_role_of_a_log_group(
    run_module: ModuleRunner, cloudtrail: Any, aws_client: Callable[..., Any], full_trail: dict[str, Any]
) -> None:
    run_module.succeed(**full_trail)
    allow = aws_client("iam").get_role_policy(RoleName="deliver", PolicyName="deliver")["PolicyDocument"]
    aws_client("iam").put_role_policy(
        RoleName="other", PolicyName="deliver", PolicyDocument=str(allow).replace("'", '"')
    )
    run_module.succeed(name=NAME, log_group_role_arn=OTHER_ROLE)
    trail = read_trail(cloudtrail)
    assert (trail["CloudWatchLogsLogGroupArn"], trail["CloudWatchLogsRoleArn"]) == (group_arn(GROUP), OTHER_ROLE)


@pytest.mark.promise("unset_options")
def test_a_new_trail_logs_and_a_stopped_one_stays_stopped(
    run_module: ModuleRunner, cloudtrail: Any, trail_keys: dict[str, str]
) -> None:
    run_module.succeed(**SIMPLE)
    assert read_trail(cloudtrail)["logging"]
    cloudtrail.stop_logging(Name=NAME)
    assert not run_module.succeed(**SIMPLE)["changed"]
    assert not read_trail(cloudtrail)["logging"]


@pytest.mark.promise("check")
def test_check_mode_works_in_an_empty_account(run_module: ModuleRunner) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"
    predicted = run_module.succeed(check=True, **full_task(key))
    assert predicted["changed"]
    assert predicted["trail"]["arn"] == ARN


@pytest.mark.promise("diff")
def test_the_diff_shows_only_changes(run_module: ModuleRunner, full_trail: dict[str, Any]) -> None:
    run_module.succeed(**full_trail)
    diff = run_module.succeed(name=NAME, management_events="write", insight_types=[], log_file_validation=False)["diff"]
    changes = {key: (diff["before"][key], diff["after"][key]) for key in diff["after"]}
    assert {key: pair for key, pair in changes.items() if pair[0] != pair[1]} == {
        "management_events": ("all", "write"),
        "insight_types": (["ApiCallRateInsight", "ApiErrorRateInsight"], []),
        "log_file_validation": (True, False),
    }


@pytest.mark.promise("calls")
def test_makes_only_the_required_calls(run_module: ModuleRunner, full_trail: dict[str, Any]) -> None:
    actions = run_module.actions
    writes = ["CreateTrail", "PutEventSelectors", "PutInsightSelectors", "StartLogging"]
    reads = ["DescribeTrails", "GetTrailStatus", "GetEventSelectors", "GetInsightSelectors", "ListTags"]
    assert actions(check=True, **full_trail) == ["DescribeTrails", "GetCallerIdentity"]
    assert actions(**full_trail) == ["DescribeTrails", "GetCallerIdentity", *writes]
    assert actions(**full_trail) == reads
    assert actions(name=NAME, s3_key_prefix="", logging=False) == [*reads, "UpdateTrail", "StopLogging"]
    assert actions(name=NAME, state="absent") == [*reads, "DeleteTrail"]
    assert actions(name=NAME, state="absent") == ["DescribeTrails"]


@pytest.mark.promise("calls")
def test_an_update_sends_only_changed_settings(
    run_module: ModuleRunner, cloudtrail: Any, full_trail: dict[str, Any]
) -> None:
    run_module.succeed(**full_trail)
    cloudtrail.update_trail(Name=NAME, IsMultiRegionTrail=False)
    run_module.succeed(name=NAME, log_file_validation=False)
    assert not read_trail(cloudtrail)["IsMultiRegionTrail"]


@pytest.mark.promise("iam")
def test_documents_every_iam_action(
    run_module: ModuleRunner, aws_client: Callable[..., Any], full_trail: dict[str, Any]
) -> None:
    aws_client("organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")

    def use_every_action() -> None:
        run_module.succeed(**full_trail)
        run_module.succeed(**CLEARED, logging=False)
        run_module.succeed(name=NAME, tags={"more": "1"})
        run_module.succeed(name=NAME, state="absent")
        run_module.succeed(**SIMPLE, organization=True)

    assert run_module.iam_actions(use_every_action) == documented_actions("trail")
