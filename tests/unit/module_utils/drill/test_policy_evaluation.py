"""What a policy says of a request, as far as it can be told from the policy."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.drill.policy_evaluation import Answer, Request, permits

TOPIC = "arn:aws:sns:us-east-1:123456789012:SecurityAlarms"
SOURCE = {"aws:SourceArn": "arn:aws:cloudwatch:us-east-1:123456789012:alarm:A", "aws:SourceAccount": "123456789012"}
PUBLISH = Request("sns:Publish", TOPIC, "cloudwatch.amazonaws.com", SOURCE)


def allow(**changed: Any) -> dict[str, Any]:
    principal = {"Service": "cloudwatch.amazonaws.com"}
    return {"Effect": "Allow", "Principal": principal, "Action": "sns:Publish", "Resource": TOPIC} | changed


STATEMENTS: list[tuple[dict[str, Any], Answer]] = [
    (allow(), Answer.YES),
    (allow(Action="SNS:*"), Answer.YES),
    (allow(Action=["sns:Subscribe"]), Answer.NO),
    (allow(NotAction="sns:Publish", Action=[]), Answer.NO),
    (allow(Resource=f"{TOPIC}2"), Answer.NO),
    (allow(Principal={"Service": ["events.amazonaws.com"]}), Answer.NO),
    (allow(Principal={"AWS": "arn:aws:iam::123456789012:root"}), Answer.NO),
    (allow(Principal={"AWS": "*"}), Answer.YES),
    (allow(Principal="*"), Answer.YES),
    (allow(Condition={"StringEquals": {"AWS:SourceAccount": "123456789012"}}), Answer.YES),
    (allow(Condition={"StringEquals": {"aws:SourceAccount": ["210987654321"]}}), Answer.NO),
    (allow(Condition={"StringNotEquals": {"aws:SourceAccount": "210987654321"}}), Answer.YES),
    (allow(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:123456789012:alarm:*"}}), Answer.YES),
    (allow(Condition={"ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:*:210987654321:alarm:*"}}), Answer.NO),
    (allow(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), Answer.UNSURE),
    (allow(Condition={"IpAddress": {"aws:SourceAccount": "10.0.0.0/8"}}), Answer.UNSURE),
]


@pytest.mark.parametrize(("statement", "answer"), STATEMENTS)
def test_one_statement_is_understood(statement: dict[str, Any], answer: Answer) -> None:
    assert permits([{"Statement": statement}], PUBLISH) is answer


def test_a_denial_wins_and_one_that_depends_leaves_it_open() -> None:
    deny = allow(Effect="Deny")
    depends = allow(Effect="Deny", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})
    assert permits([{"Statement": [allow(), deny]}], PUBLISH) is Answer.NO
    assert permits([{"Statement": [allow()]}, {"Statement": depends}], PUBLISH) is Answer.UNSURE


def test_what_nobody_allows_is_not_allowed() -> None:
    assert permits([], PUBLISH) is Answer.NO


def test_the_policies_of_a_role_name_nobody() -> None:
    document = {"Statement": {"Effect": "Allow", "Action": "logs:Put*", "Resource": "arn:aws:logs:*:*:log-group:g:*"}}
    asked = Request("logs:PutLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:g:log-stream:s")
    assert permits([document], asked) is Answer.YES
