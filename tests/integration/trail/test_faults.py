"""The module trail on throttling, failures, denied calls, slow propagation and interrupted runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import (
    SIMPLE,
    read_trail,
)

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
