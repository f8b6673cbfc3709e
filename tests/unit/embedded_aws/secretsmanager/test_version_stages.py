"""AWSCURRENT stays with one version wherever it is moved, and a version without a stage is deprecated."""

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


def test_the_value_is_that_of_the_version_the_stage_was_moved_to(aws_client: Client) -> None:
    client = aws_client("secretsmanager")
    name, first, second = moved_back(client)
    assert client.get_secret_value(SecretId=name)["SecretString"] == "A"
    stages = client.describe_secret(SecretId=name)["VersionIdsToStages"]
    assert stages == {first: ["AWSCURRENT"], second: ["AWSPREVIOUS"]}


def test_the_next_value_makes_it_the_previous_one(aws_client: Client) -> None:
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


def test_moto_still_has_the_gap(moto_client: Client) -> None:
    """When this fails, moto has closed the gap and our override can go."""
    client = moto_client("secretsmanager")
    name, _first, _second = moved_back(client)
    assert client.get_secret_value(SecretId=name)["SecretString"] == "B"
