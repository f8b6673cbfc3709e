"""Files that are encrypted with a key are validated with the permissions of docs/deployer_policy.json."""

from __future__ import annotations

import hashlib
import json
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import boto3
import pytest

from tests.support import guide_chain as chain
from tests.support.deployer import shipped
from tests.support.embedded_control import advance
from tests.support.in_process import ADMINISTRATOR
from tests.support.module_runner import ModuleRunner

Aws = Callable[..., Any]


def key_policy() -> str:
    account = {"Sid": "Account", "Effect": "Allow", "Principal": {"AWS": chain.ACCOUNT}, "Action": "kms:*"}
    trail = {"Sid": "Trail", "Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "kms:*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [each | {"Resource": "*"} for each in (account, trail)]})


def enforce_iam(endpoint: str, enforced: bool) -> None:
    """Enforce IAM from the first call on, or never; moto's own API."""
    count, headers = b"0" if enforced else b"inf", {"Content-Type": "text/plain"}
    urllib.request.urlopen(urllib.request.Request(f"{endpoint}/moto-api/reset-auth", count, headers)).close()


@pytest.fixture
def encrypted(run_module: ModuleRunner, aws_client: Aws) -> Iterator[str]:
    """Yield the ARN of the key of the guide's trail, after an hour with events, while IAM is enforced."""
    for step in chain.chain_steps():
        assert chain.with_boto3(run_module.endpoint, step) is None
    key = aws_client("kms").create_key(Policy=key_policy())["KeyMetadata"]["Arn"]
    aws_client("cloudtrail").update_trail(Name=chain.TRAIL, KmsKeyId=key)
    aws_client("secretsmanager").list_secrets()
    advance(run_module.endpoint, 7200)
    enforce_iam(run_module.endpoint, True)
    yield key
    enforce_iam(run_module.endpoint, False)


def as_deployer(run_module: ModuleRunner, aws_client: Aws) -> tuple[ModuleRunner, Callable[[Any], None]]:
    """Return the module with the key of a user without permissions, and a function that adds what a policy allows."""
    administrator = {"aws_access_key_id": ADMINISTRATOR, "aws_secret_access_key": "embedded"}
    iam = boto3.client("iam", endpoint_url=run_module.endpoint, region_name=chain.REGION, **administrator)
    iam.create_user(UserName="deployer")
    key = iam.create_access_key(UserName="deployer")["AccessKey"]

    # The policy fits into a role, but not into a user or one managed policy.
    def permit(policy: Any) -> None:
        for statement in policy["Statement"]:
            document = json.dumps(policy | {"Statement": [statement]})
            name = hashlib.sha256(document.encode()).hexdigest()
            with suppress(iam.exceptions.EntityAlreadyExistsException):
                arn = iam.create_policy(PolicyName=name, PolicyDocument=document)["Policy"]["Arn"]
                iam.attach_user_policy(UserName="deployer", PolicyArn=arn)

    return replace(run_module, access_key=key["AccessKeyId"], secret_key=key["SecretAccessKey"]), permit


def test_the_deployer_validates_them_and_a_denial_names_the_key(
    run_module: ModuleRunner, aws_client: Aws, encrypted: str
) -> None:
    deployer, permit = as_deployer(run_module, aws_client)
    policy = shipped("deployer_policy.json")
    rest = [statement for statement in policy["Statement"] if statement["Sid"] != "EncryptFiles"]
    permit(policy | {"Statement": rest})
    assert f"Allow kms:Decrypt on {encrypted} to " in deployer.fail(trail_name=chain.TRAIL)
    permit(policy)
    result = deployer.succeed(trail_name=chain.TRAIL)
    assert result["state"] == "validated" and result["digests"] >= 1
