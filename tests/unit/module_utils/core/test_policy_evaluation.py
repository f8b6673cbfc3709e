from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import (
    Caller,
    Request,
    Verdict,
    evaluate,
)

TOPIC = "arn:aws:sns:us-east-1:111122223333:alerts"
ALARM = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:Reads"
USER = "arn:aws:iam::111122223333:user/a"
CLOUDWATCH = Caller(service="cloudwatch.amazonaws.com")
ALLOW = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudwatch.amazonaws.com"},
    "Action": "sns:Publish",
    "Resource": TOPIC,
}
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "SNS:Publish",
    "Resource": TOPIC,
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}


def verdict(*statements: dict[str, Any], caller: Caller = CLOUDWATCH, whole: bool = True, **context: str) -> Verdict:
    keys = {name.replace("__", ":"): value for name, value in context.items()}
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    return evaluate([policy], Request("sns:Publish", TOPIC, caller, keys, whole))


def condition(operator: str, key: str, value: Any) -> dict[str, Any]:
    return ALLOW | {"Condition": {operator: {key: value}}}


def test_a_request_that_no_statement_concerns_is_neither_allowed_nor_denied() -> None:
    assert verdict() is Verdict.NEITHER
    assert verdict(ALLOW | {"Action": "sns:Subscribe"}) is Verdict.NEITHER
    assert verdict(ALLOW | {"Resource": TOPIC + "2"}) is Verdict.NEITHER
    assert verdict(ALLOW, caller=Caller(service="events.amazonaws.com")) is Verdict.NEITHER


def test_a_statement_allows_the_principals_that_it_names() -> None:
    assert verdict(ALLOW) is Verdict.ALLOWED
    assert verdict(ALLOW | {"Action": ["SNS:Get*", "SNS:*"], "Resource": "*"}) is Verdict.ALLOWED
    assert verdict(ALLOW | {"Principal": {"AWS": "*"}}) is Verdict.ALLOWED


@pytest.mark.parametrize("principal", ["111122223333", "arn:aws:iam::111122223333:root", USER])
def test_a_user_is_named_by_arn_or_account(principal: str) -> None:
    statement = ALLOW | {"Principal": {"AWS": [principal]}}

    assert verdict(statement, caller=Caller(arn=USER)) is Verdict.ALLOWED
    assert verdict(statement, caller=Caller(arn="arn:aws:iam::444455556666:user/a")) is Verdict.NEITHER


def test_a_deny_wins_over_an_allow() -> None:
    assert verdict(ALLOW, TLS_ONLY, aws__SecureTransport="false") is Verdict.DENIED
    assert verdict(ALLOW, TLS_ONLY, aws__SecureTransport="true") is Verdict.ALLOWED


def test_not_action_and_not_principal_invert_a_statement() -> None:
    statement = {"Effect": "Deny", "NotPrincipal": ALLOW["Principal"], "NotAction": "sns:Subscribe"}

    assert verdict(ALLOW, statement) is Verdict.ALLOWED
    assert verdict(statement, caller=Caller(service="events.amazonaws.com")) is Verdict.DENIED


@pytest.mark.parametrize(
    ("operator", "expected", "actual", "holds"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", ["b", "a"], "a", True),
        ("StringEquals", "A", "a", False),
        ("StringNotEquals", ["b", "a"], "a", False),
        ("StringEqualsIgnoreCase", "A", "a", True),
        ("StringLike", "a?c*", "abcde", True),
        ("StringLike", "a.c", "abc", False),
        ("ArnLike", "arn:aws:cloudwatch:*:111122223333:alarm:*", ALARM, True),
        ("ArnLike", "arn:aws:cloudwatch:*", ALARM, False),
        ("ArnLike", "arn:*", ALARM, False),
        ("ArnLike", "arn:*:cloudwatch:*:*:*", ALARM, True),
        ("ArnLike", "*", "x", False),
        ("ArnEquals", "arn:aws:cloudwatch:*:alarm:*", ALARM, False),
        ("ArnNotLike", "arn:aws:cloudwatch:*:*:alarm:*", ALARM, False),
        ("Bool", True, "true", True),
        ("NumericLessThan", "1.2", "1.3", False),
        ("NumericLessThan", 1.2, "1.1", True),
        ("NumericLessThan", "1.2", "none", False),
        ("NumericNotEquals", "5", "6", True),
        ("IpAddress", "127.0.0.0/8", "127.0.0.1", True),
        ("NotIpAddress", "10.0.0.0/8", "127.0.0.1", True),
        ("Null", "true", "x", False),
        ("Null", "false", "x", True),
        ("ForAnyValue:StringEquals", ["a"], "a", True),
    ],
)
def test_an_operator_compares_as_documented(operator: str, expected: Any, actual: str, holds: bool) -> None:
    said = verdict(condition(operator, "aws:Key", expected), aws__key=actual)

    assert said is (Verdict.ALLOWED if holds else Verdict.NEITHER)


@pytest.mark.parametrize(
    ("operator", "holds"),
    [("StringEquals", False), ("StringNotEquals", True), ("StringEqualsIfExists", True), ("Bool", False)],
)
def test_a_condition_key_that_is_missing_from_the_request(operator: str, holds: bool) -> None:
    assert verdict(condition(operator, "aws:Missing", "x")) is (Verdict.ALLOWED if holds else Verdict.NEITHER)


UNSUPPORTED = {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}


def test_an_unsupported_operator_never_allows_and_always_denies() -> None:
    assert verdict(ALLOW | {"Condition": UNSUPPORTED}) is Verdict.NEITHER
    assert verdict(ALLOW, ALLOW | {"Effect": "Deny", "Condition": UNSUPPORTED}) is Verdict.DENIED


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringEqualsIfExists", "Null"])
def test_a_condition_on_an_unknown_key_leaves_the_verdict_undetermined(operator: str) -> None:
    depends = {"Condition": {operator: {"aws:PrincipalOrgID": "o-1"}}}

    assert verdict(ALLOW | depends, whole=False) is Verdict.UNDETERMINED
    assert verdict(ALLOW, ALLOW | depends | {"Effect": "Deny"}, whole=False) is Verdict.UNDETERMINED
    assert verdict(ALLOW | depends, ALLOW, whole=False) is Verdict.ALLOWED
    assert verdict(ALLOW | depends | {"Effect": "Deny"}, whole=False) is Verdict.NEITHER


def test_an_unsupported_operator_leaves_the_verdict_undetermined_without_the_whole_context() -> None:
    context = {"aws__CurrentTime": "2026-01-02T00:00:00Z"}

    assert verdict(ALLOW | {"Condition": UNSUPPORTED}, whole=False, **context) is Verdict.UNDETERMINED


def test_an_unmet_condition_decides_even_if_others_are_unknown() -> None:
    conditions = {"StringEquals": {"aws:PrincipalOrgID": "o-1", "aws:SourceAccount": "444455556666"}}

    asked = verdict(ALLOW | {"Condition": conditions}, whole=False, aws__SourceAccount="111122223333")
    assert asked is Verdict.NEITHER


def test_several_policies_are_evaluated_together() -> None:
    stream = Request("logs:PutLogEvents", "arn:aws:logs:us-east-1:111122223333:log-group:g:log-stream:s")
    allow = {"Statement": {"Effect": "Allow", "Action": "logs:Put*", "Resource": "arn:aws:logs:*:*:log-group:g:*"}}
    deny = '{"Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'

    assert evaluate([], stream).refuses
    assert not evaluate([allow], stream).refuses
    assert evaluate([allow, deny], stream) is Verdict.DENIED


@pytest.mark.parametrize(
    ("operator", "tags", "holds"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "c"], False),
        ("ForAllValues:StringEquals", None, True),
        ("ForAnyValue:StringEquals", ["a", "c"], True),
        ("ForAnyValue:StringEquals", ["c"], False),
        ("ForAnyValue:StringEquals", None, False),
        ("ForAnyValue:StringNotEquals", None, False),
        ("ForAllValues:StringNotEquals", ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["a", "d"], False),
    ],
)
def test_a_key_with_several_values_is_compared_by_the_set_operator(
    operator: str, tags: list[str] | None, holds: bool
) -> None:
    context = {} if tags is None else {"aws:TagKeys": tags}
    policy = {"Statement": condition(operator, "aws:TagKeys", ["a", "b"])}
    request = Request("sns:Publish", TOPIC, CLOUDWATCH, context)
    assert (evaluate([policy], request) is Verdict.ALLOWED) is holds


def test_the_session_of_a_role_is_named_by_the_role() -> None:
    role = "arn:aws:iam::111122223333:role/r"
    session = Caller(arn="arn:aws:sts::111122223333:assumed-role/r/s", role_arn=role)
    assert verdict(ALLOW | {"Principal": {"AWS": role}}, caller=session) is Verdict.ALLOWED
    assert verdict(ALLOW | {"Principal": {"AWS": role + "2"}}, caller=session) is Verdict.NEITHER
