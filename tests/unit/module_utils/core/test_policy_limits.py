"""A policy that AWS would refuse, or that locks out its writer, is found before it is written."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.policy_limits import (
    denies,
    lock_out_problems,
    size_problems,
)

SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"
USER = "arn:aws:iam::123456789012:user/alice"
ROLE = "arn:aws:iam::123456789012:role/Deployer"
SESSION = "arn:aws:sts::123456789012:assumed-role/Deployer/run"
PUT = "secretsmanager:PutResourcePolicy"


def deny(principal: Any = "*", actions: Any = "secretsmanager:*", **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Deny", "Principal": principal, "Action": actions, "Resource": "*", **more}]}


def test_the_size_is_counted_without_white_space_and_in_bytes() -> None:
    policy = {"Statement": [{"Sid": "ä"}]}
    assert list(size_problems("bucket b", policy, 28)) == []
    assert list(size_problems("bucket b", policy, 27)) == [
        "The policy of bucket b would have 28 bytes; AWS allows 27. Remove statements that are no longer needed from"
        " the policy. Nothing was written."
    ]


def test_statements_are_counted() -> None:
    (problem,) = size_problems("topic t", {"Statement": [{}] * 3}, 1000, 2)
    assert problem.startswith("The policy of topic t would have 3 statements; AWS allows 2.")


@pytest.mark.parametrize(
    ("caller", "policy"),
    [
        (USER, deny()),
        (USER, deny({"AWS": USER}, [PUT])),
        (SESSION, deny({"AWS": ROLE})),
        (USER, deny(Condition={"StringNotEquals": {"aws:PrincipalArn": ROLE}})),
        (USER, deny(Condition={"StringNotEquals": {"aws:PrincipalAccount": "999999999999"}})),
    ],
)
def test_a_certain_denial_of_the_caller_is_a_problem(caller: str, policy: dict[str, Any]) -> None:
    assert denies(policy)
    (problem,) = lock_out_problems("secret db", SECRET, policy, PUT, caller)
    assert problem.startswith(f"The policy of secret db would deny {PUT} to {caller}")


@pytest.mark.parametrize(
    ("caller", "policy"),
    [
        (USER, deny(actions="secretsmanager:GetSecretValue")),
        (USER, deny({"AWS": ROLE})),
        (SESSION, deny(Condition={"StringNotEquals": {"aws:PrincipalArn": ROLE}})),
        (SESSION, deny(Condition={"StringNotEquals": {"aws:PrincipalArn": ROLE.replace("role/", "role/ops/")}})),
        (USER, deny(Condition={"NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}})),
        (USER, {"Statement": [{"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "*", "Resource": "*"}]}),
    ],
)
def test_what_may_leave_the_caller_in_control_is_none(caller: str, policy: dict[str, Any]) -> None:
    assert list(lock_out_problems("secret db", SECRET, policy, PUT, caller)) == []
