"""Whose a trail is and where it is at home: other regions, organizations, the trails that a region can have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import ARN, BUCKET, NAME, SIMPLE, open_bucket, seen

MEMBER = "222222222222"
Witness = Callable[..., Any]


@pytest.fixture
def organization(witness: Witness) -> None:
    """Let CloudTrail into the organization, and make a bucket for its trail."""
    witness("organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    open_bucket(witness("s3"), BUCKET)


def writes(calls: list[dict[str, Any]]) -> list[str]:
    return [call["action"] for call in calls if call["access"] == "write"]


def as_member(run_module: ModuleRunner, **arguments: Any) -> dict[str, Any]:
    """Run the module in a member account."""
    sts = boto3.client(
        "sts",
        endpoint_url=run_module.endpoint,
        region_name="us-east-1",
        aws_access_key_id="witness",
        aws_secret_access_key="witness",
    )
    role = f"arn:aws:iam::{MEMBER}:role/OrganizationAccountAccessRole"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="tester")["Credentials"]
    run_module.access_key, run_module.secret_key = keys["AccessKeyId"], keys["SecretAccessKey"]
    return run_module(session_token=keys["SessionToken"], **arguments)


@pytest.mark.promise("partition")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_trail_at_home_elsewhere_is_refused_with_its_region(
    run_module: ModuleRunner, witness: Witness, state: str
) -> None:
    open_bucket(witness("s3"), BUCKET)
    run_module.succeed(**SIMPLE, multi_region=True)
    run_module.region = "eu-west-1"
    messages: list[str] = []
    calls = run_module.calls(lambda: messages.append(run_module.fail(**SIMPLE, state=state)))
    assert "Run the task with region: us-east-1" in messages[0]
    assert writes(calls) == []


@pytest.mark.promise("changed")
def test_an_organizations_trail_is_made_again_and_removed(
    run_module: ModuleRunner, cloudtrail: Any, organization: None
) -> None:
    task = {**SIMPLE, "multi_region": True, "organization": True}
    predicted = run_module.succeed(check=True, **task)
    made = run_module.succeed(**task)
    assert made["trail"]["arn"] == predicted["trail"]["arn"] == ARN
    assert seen(cloudtrail)["IsOrganizationTrail"]
    assert not run_module.succeed(**task)["changed"]
    assert not run_module.succeed(name=NAME)["changed"]
    assert run_module.succeed(name=NAME, organization=False)["changed"]
    assert not seen(cloudtrail)["IsOrganizationTrail"]
    assert run_module.succeed(**task)["changed"]
    assert run_module.succeed(name=NAME, state="absent")["changed"]


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_member_does_not_touch_the_organizations_trail(
    run_module: ModuleRunner, organization: None, state: str
) -> None:
    run_module.succeed(**SIMPLE, multi_region=True, organization=True)
    results: list[dict[str, Any]] = []
    calls = run_module.calls(lambda: results.append(as_member(run_module, **SIMPLE, state=state)))
    assert results[0]["failed"]
    assert f"belongs to account 123456789012; account {MEMBER} only shows it" in results[0]["msg"]
    assert writes(calls) == []


@pytest.mark.promise("changed")
def test_a_delegated_administrator_goes_on_with_the_management_accounts_arn(
    run_module: ModuleRunner, organization: None
) -> None:
    predicted = as_member(run_module, check=True, **SIMPLE, organization=True)
    assert predicted["trail"]["arn"] == ARN


@pytest.mark.promise("prerequisite")
def test_a_member_that_is_no_administrator_is_told_where_to_go(run_module: ModuleRunner, organization: None) -> None:
    message = as_member(run_module, **SIMPLE, organization=True)["msg"]
    assert "NotOrganizationMasterAccountException" in message
    assert "management account" in message and "delegated administrator" in message


@pytest.mark.promise("prerequisite")
def test_trusted_access_that_is_missing_is_explained(run_module: ModuleRunner, witness: Witness) -> None:
    open_bucket(witness("s3"), BUCKET)
    message = run_module.fail(**SIMPLE, organization=True)
    assert "enable-aws-service-access --service-principal cloudtrail.amazonaws.com" in message


@pytest.mark.promise("prerequisite")
def test_a_region_without_room_is_explained_before_anything_is_written(
    run_module: ModuleRunner, cloudtrail: Any, witness: Witness
) -> None:
    open_bucket(witness("s3"), BUCKET)
    for number in range(5):
        cloudtrail.create_trail(Name=f"trail-{number}", S3BucketName=BUCKET)
    messages: list[str] = []
    calls = run_module.calls(lambda: messages.append(run_module.fail(**SIMPLE)))
    assert "allows 5 trails in region us-east-1" in messages[0] and "adopt: true" in messages[0]
    assert writes(calls) == []
