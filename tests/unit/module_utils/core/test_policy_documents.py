from __future__ import annotations

import copy
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.policy_documents import (
    same_policy,
    same_statement,
    statements_of,
    with_statements,
)
from hypothesis import given
from hypothesis import strategies as st

OURS = {
    "Sid": "Ours",
    "Effect": "Allow",
    "Principal": {"Service": "a.amazonaws.com"},
    "Action": "s3:Get",
    "Resource": "r",
}
FOREIGN = {"Sid": "Foreign", "Effect": "Deny", "Principal": "*", "Action": ["s3:B", "s3:A"], "Resource": "r"}
STATEMENTS = st.lists(
    st.sampled_from(
        [OURS, FOREIGN, {**OURS, "Action": "s3:*"}, {"Effect": "Allow", "Action": "s3:X", "Resource": "q"}]
    ),
    max_size=4,
)


@pytest.mark.parametrize(
    "other",
    [
        {**OURS, "Action": ["s3:GET"]},
        {**OURS, "Resource": ["r"]},
        {**OURS, "Condition": {}},
        dict(reversed(OURS.items())),
    ],
)
def test_equivalent_statements_are_equal(other: dict[str, Any]) -> None:
    assert same_statement(OURS, other)


@pytest.mark.parametrize(
    "other",
    [
        {**OURS, "Effect": "Deny"},
        {**OURS, "Resource": "R"},
        {**OURS, "Principal": {"AWS": "a.amazonaws.com"}},
        {**OURS, "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    ],
)
def test_different_statements_are_not_equal(other: dict[str, Any]) -> None:
    assert not same_statement(OURS, other)


def test_an_account_id_equals_its_root_arn_and_a_boolean_its_text() -> None:
    one = {"Principal": {"AWS": "111122223333"}, "Condition": {"Bool": {"aws:SecureTransport": False}}}
    other = {
        "Principal": {"AWS": ["arn:aws:iam::111122223333:root"]},
        "Condition": {"bool": {"aws:securetransport": ["false"]}},
    }
    assert same_statement(one, other)


@given(STATEMENTS)
def test_the_order_of_statements_does_not_matter(statements: list[dict[str, Any]]) -> None:
    assert same_policy({"Statement": statements}, {"Statement": statements[::-1]})


@given(STATEMENTS)
def test_adding_a_managed_statement_is_idempotent(statements: list[dict[str, Any]]) -> None:
    found = {"Version": "2012-10-17", "Statement": copy.deepcopy(statements)}
    merged = with_statements(found, {"Ours": OURS})
    assert [same_statement(one, OURS) for one in statements_of(merged) if one.get("Sid") == "Ours"] == [True]
    assert with_statements(merged, {"Ours": OURS}) == merged


@given(STATEMENTS)
def test_other_statements_are_kept(statements: list[dict[str, Any]]) -> None:
    merged = with_statements({"Statement": statements}, {"Ours": OURS}, dropped={"Gone"})
    others = [one for one in statements if one.get("Sid") != "Ours"]
    assert [one for one in statements_of(merged) if one.get("Sid") != "Ours"] == others


def test_a_dropped_statement_is_removed() -> None:
    assert statements_of(with_statements({"Statement": [OURS, FOREIGN]}, {}, dropped={"Ours"})) == [FOREIGN]


def test_a_single_statement_without_a_list_is_accepted() -> None:
    assert with_statements({"Statement": OURS}, {"Ours": OURS}) == {"Statement": OURS}


DENIAL: dict[str, Any] = {
    "Effect": "Deny",
    "Principal": {"AWS": ["123456789012", "222222222222"]},
    "Action": ["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"],
    "Resource": "*",
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
OPEN = {"Effect": "Allow", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}
POLICY = {"Version": "2012-10-17", "Statement": [DENIAL, OPEN]}


def with_first(**elements: Any) -> dict[str, Any]:
    return {**POLICY, "Statement": [{**DENIAL, **elements}, OPEN]}


@pytest.mark.parametrize(
    "same",
    [
        {**POLICY, "Statement": [OPEN, DENIAL]},
        {**POLICY, "Statement": [DENIAL, {**OPEN, "Principal": {"AWS": ["*"]}}]},
        with_first(Principal={"AWS": ["222222222222", "arn:aws-cn:iam::123456789012:root"]}),
        with_first(Action=["secretsmanager:putsecretvalue", "secretsmanager:GetSecretValue"]),
        with_first(Resource=["*"]),
        with_first(Condition={"Bool": {"AWS:SecureTransport": [False]}}),
    ],
)
def test_equivalent_policies_are_equal(same: dict[str, Any]) -> None:
    assert same_policy(POLICY, same)
    assert same_policy(same, POLICY)


@pytest.mark.parametrize(
    "other",
    [
        {},
        {**POLICY, "Version": "2008-10-17"},
        {**POLICY, "Statement": [DENIAL]},
        with_first(Effect="Allow"),
        with_first(Sid="named"),
        with_first(Principal={"AWS": ["123456789012"]}),
        with_first(Principal={"Service": ["123456789012", "222222222222"]}),
        with_first(Action=["secretsmanager:GetSecretValue"]),
        with_first(Condition={"Bool": {"aws:SecureTransport": "true"}}),
        with_first(Condition={"BoolIfExists": {"aws:SecureTransport": "false"}}),
    ],
)
def test_different_policies_are_not_equal(other: dict[str, Any]) -> None:
    assert not same_policy(POLICY, other)


def test_empty_policies_are_equal() -> None:
    assert same_policy({}, {})
