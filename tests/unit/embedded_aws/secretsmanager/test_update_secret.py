"""A description can be cleared, and a replica keeps its key."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

Client = Callable[[str], Any]


def updated(client: Any) -> dict[str, Any]:
    """Describe a secret whose description was cleared and whose replica was given a key."""
    name = str(uuid.uuid4())
    replica = {"Region": "eu-west-1", "KmsKeyId": "alias/replica"}
    client.create_secret(Name=name, SecretString="v", Description="old", AddReplicaRegions=[replica])
    client.update_secret(SecretId=name, Description="")
    described: dict[str, Any] = client.describe_secret(SecretId=name)
    return described


def test_an_empty_description_clears_it(aws_client: Client) -> None:
    assert not updated(aws_client("secretsmanager")).get("Description")


def test_a_replica_keeps_its_key(aws_client: Client) -> None:
    (replica,) = updated(aws_client("secretsmanager"))["ReplicationStatus"]
    assert replica["KmsKeyId"] == "alias/replica"


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    assert updated(moto_client("secretsmanager"))["Description"] == "old"
