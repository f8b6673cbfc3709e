"""Errors have the status, member and message of AWS's recorded answers."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.raw_call import raw_call

Client = Callable[[str], Any]
NOT_FOUND = "Secrets Manager can't find the specified secret."
NO_TOKEN = "You must provide a ClientRequestToken value. We recommend a UUID-type value."


@pytest.fixture
def name(aws_client: Client) -> str:
    made = str(uuid.uuid4())
    aws_client("secretsmanager").create_secret(Name=made, SecretString="v", ClientRequestToken=made)
    return made


@pytest.mark.parametrize(
    "action", ["DescribeSecret", "GetSecretValue", "DeleteSecret", "ListSecretVersionIds", "GetResourcePolicy"]
)
def test_a_missing_secret_is_a_bad_request_with_the_member_message(embedded_aws: str, action: str) -> None:
    answer = raw_call(embedded_aws, "secretsmanager", action, {"SecretId": "none"}, "json")
    assert (answer.status, answer.code) == (400, "ResourceNotFoundException")
    assert json.loads(answer.body)["Message"] == NOT_FOUND


@pytest.mark.parametrize(
    ("asked", "code", "message"),
    [
        ({"VersionStage": "AWSPENDING"}, "ResourceNotFoundException", "value for staging label: AWSPENDING"),
        ({"VersionId": "v" * 32}, "ResourceNotFoundException", f"value for VersionId: {'v' * 32}"),
        (
            {"VersionId": "<name>", "VersionStage": "AWSPREVIOUS"},
            "InvalidRequestException",
            "You provided a VersionStage that is not associated to the provided VersionId.",
        ),
    ],
    ids=["missing stage", "missing version", "stage of another version"],
)
def test_a_missing_version_is_named(
    aws_client: Client, name: str, asked: dict[str, str], code: str, message: str
) -> None:
    options = {member: value.replace("<name>", name) for member, value in asked.items()}
    with pytest.raises(ClientError) as error:
        aws_client("secretsmanager").get_secret_value(SecretId=name, **options)
    answer = error.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, 400)
    assert answer["Error"]["Message"].endswith(message)


@pytest.mark.parametrize("invalid", ["Inv Name", " Name", "Inv*Name", "Name?", "Name\\"])
def test_a_name_with_other_characters_is_rejected(aws_client: Client, invalid: str) -> None:
    with pytest.raises(ClientError, match=r"ValidationException.*Invalid name\. Must be a valid name containing"):
        aws_client("secretsmanager").create_secret(Name=invalid, SecretString="v")


@pytest.mark.parametrize("action", ["DescribeSecret", "GetSecretValue", "DeleteSecret", "ValidateResourcePolicy"])
def test_a_secret_is_not_looked_up_by_an_invalid_name(embedded_aws: str, action: str) -> None:
    parameters = {"SecretId": "Inv Name"} | ({"ResourcePolicy": "{}"} if action.startswith("Validate") else {})
    answer = raw_call(embedded_aws, "secretsmanager", action, parameters, "json")
    assert (answer.status, answer.code) == (400, "ValidationException")
    assert answer.message.startswith("Invalid name. Must be a valid name")


@pytest.mark.parametrize("action", ["CreateSecret", "PutSecretValue", "UpdateSecret", "RotateSecret"])
def test_a_request_without_a_token_is_rejected(embedded_aws: str, action: str) -> None:
    parameters = {"Name" if action == "CreateSecret" else "SecretId": "none"}
    answer = raw_call(embedded_aws, "secretsmanager", action, parameters, "json")
    code = "InvalidParameterException" if action == "RotateSecret" else "InvalidRequestException"
    assert (answer.status, answer.code, answer.message) == (400, code, NO_TOKEN)


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
    """When this fails, moto has been fixed and the overrides can be removed."""
    client = moto_client("secretsmanager")
    client.create_secret(Name="Inv Name", SecretString="v")
    with pytest.raises(ClientError) as error:
        client.get_secret_value(SecretId="Inv Name", VersionStage="AWSPENDING")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
