"""AWSCURRENT belongs to one version, and a version without a label is deprecated."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

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


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    client = moto_client("secretsmanager")
    name, _first, _second = moved_back(client)
    assert client.get_secret_value(SecretId=name)["SecretString"] == "B"
