"""Two ways to write a policy, and whether they mean the same."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.plans.secret_policy import same_policy

STATEMENT: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": {"AWS": ["123456789012", "222222222222"]},
    "Action": ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
OTHER = {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [STATEMENT, OTHER]}


def with_first(**elements: Any) -> dict[str, Any]:
    return {**POLICY, "Statement": [{**STATEMENT, **elements}, OTHER]}


@pytest.mark.parametrize(
    "same",
    [
        {**POLICY, "Statement": [OTHER, STATEMENT]},
        {**POLICY, "Statement": [STATEMENT, {**OTHER, "Principal": {"AWS": ["*"]}}]},
        with_first(Principal={"AWS": ["222222222222", "arn:aws-cn:iam::123456789012:root"]}),
        with_first(Action=["secretsmanager:putsecretvalue", "secretsmanager:GetSecretValue"]),
        with_first(Resource=["*"]),
        with_first(Condition={"Bool": {"AWS:SecureTransport": [False]}}),
    ],
)
def test_what_means_the_same_is_the_same(same: dict[str, Any]) -> None:
    assert same_policy(POLICY, same)
    assert same_policy(same, POLICY)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {**POLICY, "Version": "2008-10-17"},
        {**POLICY, "Statement": [STATEMENT]},
        with_first(Effect="Allow"),
        with_first(Sid="named"),
        with_first(Principal={"AWS": ["123456789012"]}),
        with_first(Principal={"Service": ["123456789012", "222222222222"]}),
        with_first(Action=["secretsmanager:GetSecretValue"]),
        with_first(Condition={"Bool": {"aws:SecureTransport": "true"}}),
        with_first(Condition={"BoolIfExists": {"aws:SecureTransport": "false"}}),
    ],
)
def test_what_means_something_else_is_not(other: dict[str, Any]) -> None:
    assert not same_policy(POLICY, other)


def test_no_policy_is_no_policy() -> None:
    assert same_policy({}, {})
