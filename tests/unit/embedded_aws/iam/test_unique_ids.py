"""Unique ids have the prefix of their resource type."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Client = Callable[[str], Any]

TRUST = '{"Version": "2012-10-17", "Statement": []}'


def ids(iam: Any) -> list[str]:
    """Make a user, a group and a role, and return their unique ids."""
    return [
        iam.create_user(UserName="u")["User"]["UserId"],
        iam.create_group(GroupName="g")["Group"]["GroupId"],
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["RoleId"],
    ]


def test_ids_have_the_prefixes_of_aws(aws_client: Client) -> None:
    iam = aws_client("iam")
    for prefix, own in zip(("AIDA", "AGPA", "AROA"), ids(iam), strict=True):
        assert re.fullmatch(f"{prefix}[A-Z2-7]{{17}}", own)


def test_get_caller_identity_returns_the_users_id(aws_client: Client) -> None:
    iam = aws_client("iam")
    created = iam.create_user(UserName="caller")["User"]["UserId"]
    assert iam.get_user(UserName="caller")["User"]["UserId"] == created


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    user, group, role = ids(moto_client("iam"))
    assert not user.startswith("AIDA")
    assert not group.startswith("AGPA")
    assert role.startswith("AROA")
