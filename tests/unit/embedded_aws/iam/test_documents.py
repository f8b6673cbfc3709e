"""Roles and policies are answered as in AWS's recorded answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.in_process import InProcess, aws

__all__ = ["aws"]

Client = Callable[[str], Any]
NO_POLICY = "arn:aws:iam::123456789012:policy/none"


def trust(account: str = "123456789012", **condition: Any) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole", **condition}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def name(aws_client: Client) -> str:
    made = f"role-{uuid.uuid4()}"
    aws_client("iam").create_role(RoleName=made, AssumeRolePolicyDocument=trust())
    return made


def rejection(call: Callable[..., Any], **parameters: Any) -> tuple[str, str, int]:
    with pytest.raises(ClientError) as error:
        call(**parameters)
    answer = error.value.response
    return answer["Error"]["Code"], answer["Error"]["Message"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_a_new_role_is_returned_without_what_only_getrole_returns(aws_client: Client) -> None:
    iam = aws_client("iam")
    made = iam.create_role(RoleName="made", AssumeRolePolicyDocument=trust())["Role"]
    assert not {"MaxSessionDuration", "RoleLastUsed"} & made.keys()
    assert iam.get_role(RoleName="made")["Role"]["MaxSessionDuration"] == 3600


@pytest.mark.parametrize("operation", ["create_role", "update_assume_role_policy"])
def test_a_trust_policy_that_is_not_json_is_rejected(aws_client: Client, name: str, operation: str) -> None:
    parameter = "PolicyDocument" if operation.startswith("update") else "AssumeRolePolicyDocument"
    role = name if operation.startswith("update") else "broken"
    found = rejection(getattr(aws_client("iam"), operation), RoleName=role, **{parameter: "{"})
    assert found == ("MalformedPolicyDocument", "This policy contains invalid Json", 400)


def test_a_policy_is_attached_by_its_arn(aws_client: Client, name: str) -> None:
    iam = aws_client("iam")
    iam.create_user(UserName=name)
    expected = ("ValidationError", "Invalid ARN:  Could not be parsed!", 400)
    assert rejection(iam.attach_role_policy, RoleName=name, PolicyArn="longpolicynamebutnoarn") == expected
    assert rejection(iam.attach_user_policy, UserName=name, PolicyArn="longpolicynamebutnoarn") == expected
    assert rejection(iam.attach_role_policy, RoleName=name, PolicyArn=NO_POLICY)[0] == "NoSuchEntity"


def test_a_missing_policy_was_not_found(aws_client: Client) -> None:
    found = rejection(aws_client("iam").delete_policy, PolicyArn=NO_POLICY)
    assert found == ("NoSuchEntity", f"Policy {NO_POLICY} was not found.", 404)


def test_percent_signs_of_a_trust_policy_are_kept(aws_client: Client) -> None:
    iam, condition = aws_client("iam"), {"StringEquals": {"sts:ExternalId": "a%2Fb"}}
    iam.create_role(RoleName="encoded", AssumeRolePolicyDocument=trust(Condition=condition))
    listed = {role["RoleName"]: role for role in iam.list_roles()["Roles"]}
    for role in (listed["encoded"], iam.get_role(RoleName="encoded")["Role"]):
        assert role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"] == condition


@pytest.mark.parametrize(
    "arn",
    ["nothing-valid-in-here", "arn::b:::something/test-role", "arn:a::::something/test-role", "arn:a:a::aaaaaaaaaa:"],
)
def test_a_role_whose_name_is_no_arn_is_invalid(aws_client: Client, arn: str) -> None:
    found = rejection(aws_client("sts").assume_role, RoleArn=arn, RoleSessionName="tester")
    assert found == ("ValidationError", f"{arn} is invalid", 400)


def test_a_role_does_not_ask_which_user_it_is(aws: InProcess) -> None:
    trusting = trust()
    aws.client("iam").create_role(RoleName="asking", AssumeRolePolicyDocument=trusting)
    session = aws.session("asking", "123456789012")
    expected = ("ValidationError", "Must specify userName when calling with non-User credentials", 400)
    assert rejection(aws.client("iam", **session).get_user) == expected


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
    iam = moto_client("iam")
    assert "MaxSessionDuration" in iam.create_role(RoleName="broken", AssumeRolePolicyDocument="{")["Role"]
    assert rejection(iam.delete_policy, PolicyArn=NO_POLICY)[1] == f"Policy {NO_POLICY} not found"
