"""Ownership, home regions, partitions and organizations, and the quota of trails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.support.module_runner import ModuleRunner, writes
from tests.support.trail_prerequisites import ARN, BUCKET, NAME, SIMPLE, open_bucket, read_trail

MEMBER = "222222222222"
AwsClient = Callable[..., Any]


@pytest.fixture
def organization(aws_client: AwsClient) -> None:
    """Enable trusted access for CloudTrail, and create a bucket for the trail."""
    aws_client("organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    open_bucket(aws_client("s3"), BUCKET)


def as_member(run_module: ModuleRunner, **arguments: Any) -> dict[str, Any]:
    """Run the module in a member account."""
    sts = boto3.client(
        "sts",
        endpoint_url=run_module.endpoint,
        region_name="us-east-1",
        aws_access_key_id="tester",
        aws_secret_access_key="tester",
    )
    role = f"arn:aws:iam::{MEMBER}:role/OrganizationAccountAccessRole"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="tester")["Credentials"]
    run_module.access_key, run_module.secret_key = keys["AccessKeyId"], keys["SecretAccessKey"]
    return run_module(session_token=keys["SessionToken"], **arguments)


@pytest.mark.promise("partition")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_rejects_a_trail_with_another_home_region(run_module: ModuleRunner, aws_client: AwsClient, state: str) -> None:
    open_bucket(aws_client("s3"), BUCKET)
    run_module.succeed(**SIMPLE, multi_region=True)
    run_module.region = "eu-west-1"
    assert "Run the task with region: us-east-1" in run_module.fail_before_writes(**SIMPLE, state=state)


@pytest.mark.promise("changed")
def test_creates_converts_and_deletes_an_organization_trail(
    run_module: ModuleRunner, cloudtrail: Any, organization: None
) -> None:
    task = {**SIMPLE, "multi_region": True, "organization": True}
    predicted = run_module.succeed(check=True, **task)
    created = run_module.succeed(**task)
    assert created["trail"]["arn"] == predicted["trail"]["arn"] == ARN
    assert read_trail(cloudtrail)["IsOrganizationTrail"]
    assert not run_module.succeed(**task)["changed"]
    assert not run_module.succeed(name=NAME)["changed"]
    assert run_module.succeed(name=NAME, organization=False)["changed"]
    assert not read_trail(cloudtrail)["IsOrganizationTrail"]
    assert run_module.succeed(**task)["changed"]
    assert run_module.succeed(name=NAME, state="absent")["changed"]


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_member_account_cannot_change_an_organization_trail(
    run_module: ModuleRunner, organization: None, state: str
) -> None:
    run_module.succeed(**SIMPLE, multi_region=True, organization=True)
    results: list[dict[str, Any]] = []
    calls = run_module.calls(lambda: results.append(as_member(run_module, **SIMPLE, state=state)))
    assert results[0]["failed"]
    assert f"an organization trail of account 123456789012; {MEMBER} cannot change it" in results[0]["msg"]
    assert writes(calls) == []


@pytest.mark.promise("changed")
def test_a_member_account_has_a_trail_of_its_own_beside_the_organization_trail_of_the_same_name(
    run_module: ModuleRunner, organization: None
) -> None:
    run_module.succeed(**SIMPLE, multi_region=True, organization=True)
    own = {**SIMPLE, "organization": False}
    created = as_member(run_module, **own)
    assert created["trail"]["arn"] == ARN.replace("123456789012", MEMBER), created
    for changed in (True, False):
        assert as_member(run_module, **own, state="absent")["changed"] is changed


@pytest.mark.promise("changed")
def test_a_delegated_administrator_predicts_the_arn_in_the_management_account(
    run_module: ModuleRunner, organization: None
) -> None:
    predicted = as_member(run_module, check=True, **SIMPLE, organization=True)
    assert predicted["trail"]["arn"] == ARN


@pytest.mark.promise("prerequisite")
def test_explains_where_a_member_account_can_create_an_organization_trail(
    run_module: ModuleRunner, organization: None
) -> None:
    message = as_member(run_module, **SIMPLE, organization=True)["msg"]
    assert "NotOrganizationMasterAccountException" in message
    assert "management account" in message and "delegated administrator" in message


@pytest.mark.promise("prerequisite")
def test_explains_missing_trusted_access(run_module: ModuleRunner, aws_client: AwsClient) -> None:
    open_bucket(aws_client("s3"), BUCKET)
    message = run_module.fail(**SIMPLE, organization=True)
    assert "enable-aws-service-access --service-principal cloudtrail.amazonaws.com" in message


@pytest.mark.promise("prerequisite")
def test_reports_the_quota_of_trails_before_any_write(
    run_module: ModuleRunner, cloudtrail: Any, aws_client: AwsClient
) -> None:
    open_bucket(aws_client("s3"), BUCKET)
    for number in range(5):
        cloudtrail.create_trail(Name=f"trail-{number}", S3BucketName=BUCKET)
    message = run_module.fail_before_writes(**SIMPLE)
    assert "allows 5 trails in region us-east-1" in message and "adopt: true" in message
