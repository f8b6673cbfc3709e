"""A rotation stores its schedule, needs its function, and starts at once only on request."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.secret.secret_setup import FUNCTION, make_function

Client = Callable[[str], Any]
RULES = {"ScheduleExpression": "cron(0 8 1 * ? *)", "Duration": "3h"}


@pytest.fixture(scope="module")
def function(aws_client: Client) -> str:
    make_function(aws_client)
    return FUNCTION


@pytest.fixture
def name(aws_client: Client) -> str:
    made = str(uuid.uuid4())
    aws_client("secretsmanager").create_secret(Name=made, SecretString="v")
    return made


def test_the_schedule_is_stored_and_no_rotation_starts_before_its_date(
    aws_client: Client, name: str, function: str
) -> None:
    client = aws_client("secretsmanager")
    client.rotate_secret(SecretId=name, RotationLambdaARN=function, RotationRules=RULES, RotateImmediately=False)
    described = client.describe_secret(SecretId=name)
    assert (described["RotationEnabled"], described["RotationRules"]) == (True, RULES)
    assert list(described["VersionIdsToStages"].values()) == [["AWSCURRENT"]]


def test_rejects_a_rotation_while_another_is_in_progress(aws_client: Client, name: str, function: str) -> None:
    client = aws_client("secretsmanager")
    client.rotate_secret(SecretId=name, RotationLambdaARN=function, RotationRules=RULES)
    with pytest.raises(client.exceptions.InvalidRequestException, match="isn't complete"):
        client.rotate_secret(SecretId=name)


def test_a_function_that_does_not_exist_changes_nothing(aws_client: Client, name: str) -> None:
    client = aws_client("secretsmanager")
    with pytest.raises(ClientError, match=r"AccessDeniedException.*Ensure that the function policy grants access"):
        client.rotate_secret(SecretId=name, RotationLambdaARN=f"{FUNCTION}-none", RotationRules=RULES)
    assert "RotationRules" not in client.describe_secret(SecretId=name)


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    client = moto_client("secretsmanager")
    client.create_secret(Name="s", SecretString="v")
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.rotate_secret(SecretId="s", RotationLambdaARN=f"{FUNCTION}-none", RotationRules=RULES)
    assert client.describe_secret(SecretId="s")["RotationRules"] == {"AutomaticallyAfterDays": 0}
