"""Roles are assumed if they trust the caller; sessions, tokens and unknown keys have AWS's identities."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import botocore.exceptions
import pytest

from tests.support.in_process import ADMINISTRATOR, GUIDE, PRODUCTION, InProcess, aws

__all__ = ["aws"]


def assume(sts: Any, role: str, account: str = PRODUCTION, **parameters: Any) -> Any:
    return sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/{role}", RoleSessionName="tester", **parameters)


def trust(aws: InProcess, principal: dict[str, str], **more: Any) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"} | more
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws.client("iam").create_role(RoleName="picky", AssumeRolePolicyDocument=document)


def test_a_session_accesses_the_account_of_its_role(aws: InProcess) -> None:
    aws.client("secretsmanager").create_secret(Name="guide", SecretString="x")
    session = aws.session("SecurityMonitoringDeployer")
    assert aws.client("secretsmanager", **session).list_secrets()["SecretList"] == []
    assert aws.client("sts", **session).get_caller_identity()["Account"] == PRODUCTION


@pytest.mark.parametrize("account", [GUIDE, PRODUCTION, "999999999999"])
def test_a_role_that_does_not_exist_is_rejected(aws: InProcess, account: str) -> None:
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        assume(aws.client("sts"), "unknown", account)
    error = caught.value.response
    assert (error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]) == ("AccessDenied", 403)
    assert error["Error"]["Message"] == (
        f"User: arn:aws:iam::{GUIDE}:root is not authorized to perform: sts:AssumeRole "
        f"on resource: arn:aws:iam::{account}:role/unknown"
    )


@pytest.mark.parametrize(
    ("principal", "trusted"),
    [
        ({"Service": "cloudtrail.amazonaws.com"}, False),
        ({"AWS": f"arn:aws:iam::{PRODUCTION}:root"}, False),
        ({"AWS": f"arn:aws:iam::{GUIDE}:user/other"}, False),
        ({"AWS": f"arn:aws:iam::{GUIDE}:root"}, True),
        ({"AWS": GUIDE}, True),
        ({"AWS": f"arn:aws:iam::{GUIDE}:user/administrator"}, True),
        ({"AWS": "*"}, True),
    ],
)
def test_the_trust_policy_decides(aws: InProcess, principal: dict[str, str], trusted: bool) -> None:
    trust(aws, principal)
    sts = aws.client("sts", aws_access_key_id=ADMINISTRATOR)
    if trusted:
        assert assume(sts, "picky", GUIDE)["Credentials"]
    else:
        with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
            assume(sts, "picky", GUIDE)


@pytest.mark.parametrize(
    ("condition", "given", "trusted"),
    [
        ({"StringEquals": {"sts:ExternalId": "sesame"}}, "sesame", True),
        ({"StringEquals": {"sts:ExternalId": "sesame"}}, "other", False),
        ({"StringEquals": {"sts:ExternalId": "sesame"}}, None, False),
        ({"StringLike": {"STS:externalid": ["a*", "b*"]}}, "bcd", True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, None, True),
    ],
)
def test_the_external_id_of_a_trust_policy_is_required(
    aws: InProcess, condition: dict[str, Any], given: str | None, trusted: bool
) -> None:
    trust(aws, {"AWS": GUIDE}, Condition=condition)
    parameters = {} if given is None else {"ExternalId": given}
    if trusted:
        assert assume(aws.client("sts"), "picky", GUIDE, **parameters)["Credentials"]
    else:
        with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
            assume(aws.client("sts"), "picky", GUIDE, **parameters)


def test_a_session_is_no_longer_than_its_role_allows(aws: InProcess) -> None:
    trust(aws, {"AWS": GUIDE})
    sts = aws.client("sts")
    with pytest.raises(botocore.exceptions.ClientError, match=r"ValidationError.*MaxSessionDuration"):
        assume(sts, "picky", GUIDE, DurationSeconds=7200)
    aws.client("iam").update_role(RoleName="picky", MaxSessionDuration=7200)
    assert assume(sts, "picky", GUIDE, DurationSeconds=7200)["Credentials"]


def test_a_suspended_account_is_rejected(aws: InProcess) -> None:
    aws.client("organizations").close_account(AccountId=PRODUCTION)
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        aws.session("SecurityMonitoringDeployer")


def test_a_chained_session_lasts_an_hour_at_most(aws: InProcess) -> None:
    trust(aws, {"AWS": f"arn:aws:iam::{PRODUCTION}:root"})
    aws.client("iam").update_role(RoleName="picky", MaxSessionDuration=7200)
    chained = aws.client("sts", **aws.session("SecurityMonitoringDeployer"))
    with pytest.raises(botocore.exceptions.ClientError, match="1 hour session limit"):
        assume(chained, "picky", GUIDE, DurationSeconds=7200)
    assert assume(chained, "picky", GUIDE)["Credentials"]


def test_moto_still_assumes_any_role(moto_client: Callable[[str], Any]) -> None:
    assert assume(moto_client("sts"), "unknown")["Credentials"]


def with_token(aws: InProcess, **credentials: str) -> dict[str, str]:
    made = aws.client("sts", **credentials).get_session_token()["Credentials"]
    return {
        "aws_access_key_id": made["AccessKeyId"],
        "aws_secret_access_key": made["SecretAccessKey"],
        "aws_session_token": made["SessionToken"],
    }


def test_a_users_session_has_the_identity_of_the_user(aws: InProcess) -> None:
    member = aws.client("iam", **aws.session("OrganizationAccountAccessRole"))
    member.create_user(UserName="operator")
    key = member.create_access_key(UserName="operator")["AccessKey"]
    session = with_token(aws, aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])
    assert session["aws_access_key_id"].startswith("ASIA")
    aws.client("ec2", **session).describe_vpcs()
    record = aws.record()
    identity = record["userIdentity"]
    assert (identity["type"], identity.get("userName"), record["recipientAccountId"]) == (
        "IAMUser",
        "operator",
        PRODUCTION,
    )
    assert identity["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"
    assert len(member.list_access_keys(UserName="operator")["AccessKeyMetadata"]) == 1


def test_a_root_session_has_the_identity_of_the_root_user(aws: InProcess) -> None:
    session = with_token(aws)
    assert aws.client("sts", **session).get_caller_identity()["Arn"].endswith(":root")


def test_rejects_session_credentials(aws: InProcess) -> None:
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        with_token(aws, **aws.session("OrganizationAccountAccessRole"))


def test_moto_still_forgets_the_requester(moto_client: Callable[[str], Any]) -> None:
    keys = [moto_client("sts").get_session_token()["Credentials"]["AccessKeyId"] for _turn in range(2)]
    assert keys[0] == keys[1]


def test_an_unknown_key_is_the_root_user(aws: InProcess) -> None:
    identity = aws.client("sts").get_caller_identity()
    assert (identity["UserId"], identity["Account"], identity["Arn"]) == (GUIDE, GUIDE, f"arn:aws:iam::{GUIDE}:root")


def test_a_users_key_identifies_the_user(aws: InProcess) -> None:
    identity = aws.client("sts", aws_access_key_id=ADMINISTRATOR).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{GUIDE}:user/administrator"


def test_moto_still_has_another_identity(moto_client: Callable[[str], Any]) -> None:
    assert moto_client("sts").get_caller_identity()["Arn"].endswith(":user/moto")
