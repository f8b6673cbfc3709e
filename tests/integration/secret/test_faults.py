"""Test secret with API faults, denied calls, interrupted runs and invalid parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.secret.secret_setup import (
    DESIRED,
    FUNCTION,
    KEY,
    NAME,
    POLICY,
    make_function,
    make_keys,
    state_of,
    value,
)
from tests.support.module_runner import ModuleRunner

KEY_ID = "11111111-2222-3333-4444-555555555555"

pytestmark = pytest.mark.usefixtures("never_reads_values")

AwsClient = Callable[..., Any]
ALWAYS = {"update_value": "always", "value_hmac_key": KEY}
# The update of a secret from DESIRED to CHANGED makes each of the calls in UPDATING.


@pytest.fixture(autouse=True)
def _function_and_keys(aws_client: AwsClient) -> None:
    make_function(aws_client)
    make_keys(aws_client)


def key_of(aws_client: AwsClient) -> str:
    """Return the id of the key of DESIRED."""
    return str(aws_client("kms").describe_key(KeyId="alias/secrets")["KeyMetadata"]["KeyId"])


@pytest.mark.promise("retry")
def test_restarts_a_listing_with_an_expired_token(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    run_module.succeed(name=NAME, value="A", **ALWAYS)
    fault = {"service": "secretsmanager", "action": "ListSecretVersionIds", "error": "InvalidNextTokenException"}
    run_module.faults(fault)
    assert run_module.succeed(name=NAME, value="B", **ALWAYS)["changed"]
    assert value(aws_client) == "B"


@pytest.mark.promise("retry")
def test_waits_for_the_deletion_of_a_secret_of_the_same_name(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    message = "You can't create this secret because a secret with this name is already scheduled for deletion."
    fault = {"error": "InvalidRequestException", "message": message, "times": 4}
    run_module.faults({"service": "secretsmanager", "action": "CreateSecret", **fault})
    assert run_module.succeed(name=NAME, value="v")["changed"]
    assert value(aws_client) == "v"


@pytest.mark.promise("retry")
def test_waits_for_the_removal_of_replicas(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    message = f"You can't delete secret {NAME} that still has replica regions [eu-west-1]"
    fault = {"error": "InvalidParameterException", "message": message, "times": 3}
    run_module.succeed(name=NAME, value="v", replica_regions=["eu-west-1"])
    run_module.faults({"service": "secretsmanager", "action": "DeleteSecret", **fault})
    assert run_module.succeed(name=NAME, state="absent")["changed"]
    assert list(state_of(aws_client)) == ["deleted"]


@pytest.mark.promise("prerequisite")
def test_explains_a_key_that_the_caller_may_not_use(run_module: ModuleRunner) -> None:
    fault = {"error": "AccessDeniedException", "message": "Access to KMS is not allowed"}
    run_module.faults({"service": "secretsmanager", "action": "CreateSecret", **fault})
    message = run_module.fail(**DESIRED)
    assert "The key must exist" in message and "secmon.aws.encryption_key" in message
    assert "Allow secretsmanager" not in message


@pytest.mark.promise("prerequisite")
@pytest.mark.parametrize("operation", ["disable_key", "schedule_key_deletion"])
def test_explains_a_key_that_is_not_enabled(run_module: ModuleRunner, aws_client: AwsClient, operation: str) -> None:
    getattr(aws_client("kms"), operation)(KeyId=key_of(aws_client))
    message = run_module.fail(**DESIRED)
    assert "EncryptionFailure" in message and "The key must exist and be enabled" in message


@pytest.mark.promise("prerequisite")
def test_explains_a_missing_function(run_module: ModuleRunner) -> None:
    message = run_module.fail(**{**DESIRED, "rotation": {"lambda_arn": f"{FUNCTION}-none", "days": 1}})
    assert "amazon.aws.lambda" in message and "not written: rotation of secret MySampleSecret" in message


@pytest.mark.promise("prerequisite")
def test_rejects_and_explains_a_public_policy(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    public = {**POLICY, "Statement": [{**POLICY["Statement"][0], "Principal": "*"}]}
    message = run_module.fail(**{**DESIRED, "resource_policy": public})
    assert "PublicPolicyException" in message and "Name principals" in message
    assert state_of(aws_client)["policy"] == {}


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"name": "with space"}, "not a valid secret name"),
        ({"name": "x" * 513}, "1-512"),
        ({"value": "x" * 65537}, "65537 bytes"),
        ({"value": "ü" * 32769}, "65538 bytes"),
        ({"value": ""}, "0 bytes"),
        ({"value": {"number": float("nan")}}, "NaN"),
        ({"description": "x" * 2049}, "2048"),
        ({"kms_key_id": "key"}, "kms_key_id"),
        ({"kms_key_id": f"arn:aws:kms:eu-west-1:123456789012:key/{KEY_ID}"}, "eu-west-1"),
        (
            {"kms_key_id": f"arn:aws-cn:kms:us-east-1:123456789012:key/{KEY_ID}"},
            "use a key in region us-east-1",
        ),
        ({"resource_policy": "no policy"}, "not valid JSON"),
        ({"resource_policy": {"Statment": []}}, "not a valid policy"),
        ({"resource_policy": {"Statement": [{"Sid": "x" * 20480}]}}, "20480"),
        ({"replica_regions": ["us-east-1"]}, "Remove it"),
        ({"replica_regions": ["eu-west-1", {"region": "eu-west-1"}]}, "more than once"),
        ({"replica_regions": ["cn-north-1"]}, "partition aws-cn"),
        ({"replica_regions": ["nowhere"]}, "has the region 'nowhere'"),
        ({"replica_regions": [{"regoin": "eu-west-1"}]}, 'Did you mean "region"?'),
        ({"replica_regions": [{"region": "eu-west-1", "kms_key_id": 5}]}, "kms_key_id"),
        ({"rotation": {"lambda_arn": "rotate", "days": 1}}, "lambda_arn"),
        ({"rotation": {"lambda_arn": FUNCTION.replace("us-east-1", "eu-west-1"), "days": 1}}, "in region us-east-1"),
        ({"rotation": {"lambda_arn": FUNCTION.replace("arn:aws", "arn:aws-cn"), "days": 1}}, "in region us-east-1"),
        ({"rotation": {"lambda_arn": FUNCTION, "days": 1001}}, "1-1000"),
        ({"rotation": {"lambda_arn": FUNCTION, "days": 1, "schedule": "rate(1 day)"}}, "choose one"),
        ({"rotation": {"lambda_arn": FUNCTION, "schedule": "daily"}}, "cron(...)"),
        ({"recovery_window_days": 6}, "7-30"),
        ({"tags": {"aws:mine": "x"}}, "aws:"),
    ],
)
def test_rejects_invalid_parameters_before_the_first_call(
    run_module: ModuleRunner, wrong: dict[str, Any], expected: str
) -> None:
    message = ""

    def rejected() -> None:
        nonlocal message
        message = run_module.fail(**{**DESIRED, **wrong})

    assert run_module.calls(rejected) == []
    assert expected in message


@pytest.mark.promise("partition")
def test_reports_all_problems_together(run_module: ModuleRunner) -> None:
    result = run_module(name="with space", description="x" * 3000, recovery_window_days=1)
    assert len(result["problems"]) == 3


@pytest.mark.promise("partition")
def test_rejects_an_incomplete_rotation_before_any_write(run_module: ModuleRunner) -> None:
    calls = run_module.calls(lambda: run_module.fail(name=NAME, value="v", rotation={"days": 3}))
    assert {call["access"] for call in calls} == {"read"}


@pytest.mark.promise("partition")
def test_warns_about_a_name_like_the_end_of_an_arn(run_module: ModuleRunner) -> None:
    warnings = run_module.succeed(name="sample-abc123", value="v")["warnings"]
    assert any("hyphen and six characters" in warning for warning in warnings)
