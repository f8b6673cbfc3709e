"""A secret scheduled for deletion rejects all calls, and versions are immutable, as on AWS."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[[str], Any]


@pytest.fixture
def name() -> str:
    return f"secret-{uuid.uuid4()}"


def token() -> str:
    return str(uuid.uuid4())


@pytest.mark.parametrize(
    "use",
    [
        lambda client, name: client.get_secret_value(SecretId=name),
        lambda client, name: client.put_secret_value(SecretId=name, SecretString="new"),
        lambda client, name: client.update_secret(SecretId=name, SecretString="new"),
    ],
    ids=["GetSecretValue", "PutSecretValue", "UpdateSecret"],
)
def test_a_secret_scheduled_for_deletion_cannot_be_read_or_written(
    aws_client: Client, name: str, use: Callable[..., Any]
) -> None:
    client = aws_client("secretsmanager")
    client.create_secret(Name=name, SecretString="old")
    client.delete_secret(SecretId=name)

    with pytest.raises(client.exceptions.InvalidRequestException, match="because it was marked for deletion"):
        use(client, name)
    client.restore_secret(SecretId=name)
    assert client.get_secret_value(SecretId=name)["SecretString"] == "old"


def test_the_name_of_a_secret_scheduled_for_deletion_is_taken(aws_client: Client, name: str) -> None:
    client = aws_client("secretsmanager")
    client.create_secret(Name=name, SecretString="old")
    client.delete_secret(SecretId=name)

    with pytest.raises(client.exceptions.InvalidRequestException, match="already scheduled for deletion"):
        client.create_secret(Name=name, SecretString="new")


def test_the_same_token_with_the_same_value_does_nothing(aws_client: Client, name: str) -> None:
    client, first = aws_client("secretsmanager"), token()
    client.create_secret(Name=name, SecretString="a", ClientRequestToken=first)
    client.put_secret_value(SecretId=name, SecretString="b")

    answer = client.put_secret_value(SecretId=name, SecretString="a", ClientRequestToken=first)

    assert (answer["VersionId"], answer["VersionStages"]) == (first, ["AWSPREVIOUS"])
    assert client.get_secret_value(SecretId=name)["SecretString"] == "b"


@pytest.mark.parametrize("stage", ["AWSCURRENT", "AWSPENDING"])
def test_the_same_token_with_another_value_is_rejected(aws_client: Client, name: str, stage: str) -> None:
    client, second = aws_client("secretsmanager"), token()
    client.create_secret(Name=name, SecretString="a")
    client.put_secret_value(SecretId=name, SecretString="b", ClientRequestToken=second, VersionStages=[stage])

    with pytest.raises(client.exceptions.ResourceExistsException):
        client.put_secret_value(SecretId=name, SecretString="c", ClientRequestToken=second, VersionStages=[stage])
    assert client.get_secret_value(SecretId=name, VersionStage=stage)["SecretString"] == "b"


def test_moto_still_needs_the_override(moto_client: Client, name: str) -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    client, first = moto_client("secretsmanager"), token()
    client.create_secret(Name=name, SecretString="a")
    client.put_secret_value(SecretId=name, SecretString="b", ClientRequestToken=first, VersionStages=["AWSPENDING"])
    client.put_secret_value(SecretId=name, SecretString="c", ClientRequestToken=first, VersionStages=["AWSPENDING"])
    client.delete_secret(SecretId=name)
    client.put_secret_value(SecretId=name, SecretString="new")
    with pytest.raises(ClientError, match="ResourceExistsException"):
        client.create_secret(Name=name, SecretString="new")
