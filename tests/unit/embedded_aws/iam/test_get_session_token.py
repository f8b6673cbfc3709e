"""A session token has the identity of its requester."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.exceptions
import pytest

from tests.support.in_process import PRODUCTION, InProcess, aws

__all__ = ["aws"]


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


def test_moto_still_needs_the_override(moto_client: Callable[[str], Any]) -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    keys = [moto_client("sts").get_session_token()["Credentials"]["AccessKeyId"] for _turn in range(2)]
    assert keys[0] == keys[1]
