"""BlockPublicPolicy rejects a public policy."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

Client = Callable[[str], Any]
PUBLIC = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "secretsmanager:*", "Resource": "*"}


def put(client: Any, statement: dict[str, Any], **options: Any) -> None:
    name = str(uuid.uuid4())
    client.create_secret(Name=name, SecretString="v")
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    client.put_resource_policy(SecretId=name, ResourcePolicy=document, **options)


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["*"]}])
def test_rejects_a_public_policy(aws_client: Client, principal: Any) -> None:
    client = aws_client("secretsmanager")
    with pytest.raises(client.exceptions.PublicPolicyException):
        put(client, {**PUBLIC, "Principal": principal}, BlockPublicPolicy=True)


@pytest.mark.parametrize(
    ("statement", "options"),
    [
        (PUBLIC, {}),
        ({**PUBLIC, "Effect": "Deny"}, {"BlockPublicPolicy": True}),
        ({**PUBLIC, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, {"BlockPublicPolicy": True}),
    ],
)
def test_accepts_other_policies_and_calls_without_block_public_policy(
    aws_client: Client, statement: dict[str, Any], options: dict[str, Any]
) -> None:
    put(aws_client("secretsmanager"), statement, **options)


@pytest.mark.parametrize(
    ("condition", "passed"), [({}, False), ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, True)]
)
def test_a_validation_finds_a_public_policy(aws_client: Client, condition: dict[str, Any], passed: bool) -> None:
    document = json.dumps({"Version": "2012-10-17", "Statement": [PUBLIC | {"Condition": condition}]})
    answer = aws_client("secretsmanager").validate_resource_policy(ResourcePolicy=document)
    assert (answer["PolicyValidationPassed"], len(answer["ValidationErrors"])) == (passed, 0 if passed else 1)


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    put(moto_client("secretsmanager"), PUBLIC, BlockPublicPolicy=True)
