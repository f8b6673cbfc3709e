"""The stages of versions, and the day on which a value was last read."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

Client = Callable[[str], Any]


def moved_back(client: Any) -> tuple[str, str, str]:
    """Put A and B, and move AWSCURRENT back to A; return the name and the two versions."""
    name, first, second = (str(uuid.uuid4()) for _number in range(3))
    client.create_secret(Name=name, SecretString="A", ClientRequestToken=first)
    client.put_secret_value(SecretId=name, SecretString="B", ClientRequestToken=second)
    move = {"MoveToVersionId": first, "RemoveFromVersionId": second}
    client.update_secret_version_stage(SecretId=name, VersionStage="AWSCURRENT", **move)
    return name, first, second


def test_the_current_value_is_that_of_the_version_with_awscurrent(aws_client: Client) -> None:
    client = aws_client("secretsmanager")
    name, first, second = moved_back(client)
    assert client.get_secret_value(SecretId=name)["SecretString"] == "A"
    stages = client.describe_secret(SecretId=name)["VersionIdsToStages"]
    assert stages == {first: ["AWSCURRENT"], second: ["AWSPREVIOUS"]}


def test_the_next_value_moves_awsprevious(aws_client: Client) -> None:
    client = aws_client("secretsmanager")
    name, first, second = moved_back(client)
    third = client.put_secret_value(SecretId=name, SecretString="C")["VersionId"]
    stages = client.describe_secret(SecretId=name)["VersionIdsToStages"]
    assert stages == {first: ["AWSPREVIOUS"], third: ["AWSCURRENT"]}

    def listed(**options: Any) -> set[str]:
        return {
            version["VersionId"] for version in client.list_secret_version_ids(SecretId=name, **options)["Versions"]
        }

    assert listed() == {first, third}
    assert listed(IncludeDeprecated=True) == {first, second, third}


def test_moto_still_needs_the_stages(moto_client: Client) -> None:
    client = moto_client("secretsmanager")
    name, _first, _second = moved_back(client)
    assert client.get_secret_value(SecretId=name)["SecretString"] == "B"


@pytest.fixture
def name(aws_client: Client) -> str:
    made = str(uuid.uuid4())
    aws_client("secretsmanager").create_secret(Name=made, SecretString="v", ClientRequestToken=made)
    return made


def test_a_read_of_the_value_sets_the_day_of_the_secret_and_of_its_version(aws_client: Client, name: str) -> None:
    client = aws_client("secretsmanager")
    client.put_secret_value(SecretId=name, SecretString="w")
    client.get_secret_value(SecretId=name)

    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    assert client.describe_secret(SecretId=name)["LastAccessedDate"] == today
    previous, current = client.list_secret_version_ids(SecretId=name)["Versions"]
    assert current["LastAccessedDate"] == today
    assert "LastAccessedDate" not in previous


def test_a_secret_that_was_never_read_has_no_day(aws_client: Client, name: str) -> None:
    client = aws_client("secretsmanager")
    client.update_secret(SecretId=name, SecretString="w")
    described = client.describe_secret(SecretId=name)
    assert "LastAccessedDate" not in described


def test_the_key_of_a_version_is_listed(aws_client: Client, name: str) -> None:
    client = aws_client("secretsmanager")
    (version,) = client.list_secret_version_ids(SecretId=name)["Versions"]
    assert version["KmsKeyIds"] == ["DefaultEncryptionKey"]


def test_moto_still_keeps_no_day(moto_client: Client) -> None:
    client = moto_client("secretsmanager")
    client.create_secret(Name="s", SecretString="v")
    client.get_secret_value(SecretId="s")
    assert "LastAccessedDate" not in client.describe_secret(SecretId="s")
