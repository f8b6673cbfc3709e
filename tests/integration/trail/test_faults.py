"""The module trail on throttling, failures, denied calls, slow propagation and interrupted runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner, hidden_in
from tests.support.trail_prerequisites import (
    ARN,
    NAME,
    SIMPLE,
    read_trail,
)


@pytest.mark.promise("secrets")
def test_never_prints_the_secret_key(run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    canary = "canary/secret+key"
    run_module.secret_key = canary
    outputs = [run_module(**SIMPLE, timeout_seconds=0), run_module(name="ab"), run_module(name=NAME, state="absent")]
    monkeypatch.setattr(
        "ansible_collections.secmon.aws.plugins.modules.trail.choose_trail",
        lambda *_arguments: {}[f"signed with {canary}"],
    )
    outputs.append(run_module(**SIMPLE))
    assert [output.get("failed", False) for output in outputs] == [True, True, False, True]
    assert "bug in the module" in outputs[-1]["msg"]
    assert hidden_in(outputs, canary) == []


@pytest.mark.promise("retry")
@pytest.mark.parametrize(
    "fault",
    [
        {"error": "ThrottlingException", "times": 3},
        {"error": "InternalFailure", "status": 500, "times": 2},
        {"error": "ConflictException", "times": 2},
        {"mode": "reset"},
        {"mode": "kill_after"},
    ],
    ids=["throttled", "failed", "busy", "reset", "response lost"],
)
@pytest.mark.parametrize(
    "action", ["DescribeTrails", "CreateTrail", "PutEventSelectors", "PutInsightSelectors", "StartLogging"]
)
def test_retries_transient_errors(
    run_module: ModuleRunner, cloudtrail: Any, full_trail: dict[str, Any], action: str, fault: dict[str, Any]
) -> None:
    run_module.faults({"service": "cloudtrail", "action": action, **fault})
    assert run_module.succeed(**full_trail)["changed"]
    assert read_trail(cloudtrail)["logging"]
    assert not run_module.succeed(**full_trail)["changed"]


_DENIED = "Access denied. Verify in IAM that the role has adequate"
PROPAGATION = {
    "InsufficientS3BucketPolicyException": "Incorrect S3 bucket policy is detected for bucket: audit-logs",
    "InsufficientEncryptionPolicyException": "Insufficient permissions to access S3 bucket or KMS key.",
    "InvalidCloudWatchLogsRoleArnException": f"{_DENIED} trust relationships.",
    "InvalidCloudWatchLogsLogGroupArnException": f"{_DENIED} permissions.",
    "NoManagementAccountSLRExistsException": "The management account has no service-linked role.",
}


@pytest.mark.promise("retry")
@pytest.mark.parametrize("action", ["CreateTrail", "UpdateTrail"])
@pytest.mark.parametrize("code", PROPAGATION)
def test_retries_until_policies_have_propagated(
    run_module: ModuleRunner, cloudtrail: Any, full_trail: dict[str, Any], code: str, action: str
) -> None:
    if action == "UpdateTrail":
        run_module.succeed(**SIMPLE)
    run_module.faults(
        {"service": "cloudtrail", "action": action, "error": code, "message": PROPAGATION[code], "times": 4}
    )
    assert run_module.succeed(**full_trail)["changed"]
    assert read_trail(cloudtrail)["S3KeyPrefix"] == "trails"


@pytest.mark.promise("retry")
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidCloudWatchLogsLogGroupArnException", "CloudTrail cannot validate the specified log group ARN."),
        ("InsufficientSnsTopicPolicyException", "SNS Topic does not exist or the topic policy is incorrect!"),
        ("InvalidParameterCombinationException", "Insufficient"),
    ],
)
def test_does_not_retry_permanent_errors(
    run_module: ModuleRunner, full_trail: dict[str, Any], code: str, message: str
) -> None:
    run_module.faults({"service": "cloudtrail", "action": "CreateTrail", "error": code, "message": message})
    calls = run_module.calls(lambda: run_module.fail(**full_trail))
    assert [call["action"] for call in calls].count("CreateTrail") == 1


@pytest.mark.promise("budget")
@pytest.mark.parametrize("code", ["ThrottlingException", "ConflictException"])
def test_stops_retrying_after_timeout_seconds(run_module: ModuleRunner, trail_keys: dict[str, str], code: str) -> None:
    run_module.faults({"service": "cloudtrail", "action": "CreateTrail", "error": code, "times": 500})
    message = run_module.fail(**SIMPLE, timeout_seconds=60)
    assert code in message and "timeout_seconds" in message


@pytest.mark.promise("denied")
@pytest.mark.parametrize(
    "action",
    ["DescribeTrails", "CreateTrail", "PutEventSelectors", "PutInsightSelectors", "StartLogging"],
)
def test_a_denial_names_the_action_to_allow(run_module: ModuleRunner, full_trail: dict[str, Any], action: str) -> None:
    run_module.faults({"service": "cloudtrail", "action": action, "error": "AccessDeniedException"})
    message = run_module.fail(**full_trail)
    for word in (f"Allow cloudtrail:{action} on", f"trail {NAME}", "account 123456789012", "region us-east-1"):
        assert word in message


@pytest.mark.promise("denied")
@pytest.mark.parametrize(
    "action", ["GetTrailStatus", "GetEventSelectors", "GetInsightSelectors", "ListTags", "UpdateTrail", "AddTags"]
)
def test_a_denial_on_an_existing_trail_names_its_arn(
    run_module: ModuleRunner, full_trail: dict[str, Any], action: str
) -> None:
    run_module.succeed(**full_trail)
    run_module.faults({"service": "cloudtrail", "action": action, "error": "AccessDeniedException"})
    message = run_module.fail(name=NAME, s3_key_prefix="", tags={"more": "1"})
    assert f"Allow cloudtrail:{action} on {ARN}" in message
    assert "account 123456789012, region us-east-1" in message


@pytest.mark.promise("resume")
@pytest.mark.parametrize("mode", ["kill_after", "error"])
@pytest.mark.parametrize(
    "action", ["CreateTrail", "PutEventSelectors", "PutInsightSelectors", "StartLogging", "RemoveTags"]
)
def test_the_next_run_completes_an_interrupted_one(
    run_module: ModuleRunner, cloudtrail: Any, full_trail: dict[str, Any], action: str, mode: str
) -> None:
    del full_trail["logging"]
    fault = {"mode": mode} if mode == "kill_after" else {"error": "AccessDeniedException"}
    run_module.faults({"service": "cloudtrail", "action": action, **fault})
    run_module.fail(**full_trail, timeout_seconds=0)
    run_module.succeed(**full_trail)
    resumed = read_trail(cloudtrail)
    assert not run_module.succeed(**full_trail)["changed"]
    run_module.succeed(name=NAME, state="absent")
    run_module.succeed(**full_trail)
    assert resumed == read_trail(cloudtrail)
