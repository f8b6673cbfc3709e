"""Replication returns the secret's ARN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Client = Callable[[str], Any]


def test_the_response_has_the_arn_of_the_secret(aws_client: Client) -> None:
    client = aws_client("secretsmanager")
    arn = client.create_secret(Name="copied", SecretString="s")["ARN"]
    added = client.replicate_secret_to_regions(SecretId="copied", AddReplicaRegions=[{"Region": "eu-west-1"}])
    removed = client.remove_regions_from_replication(SecretId="copied", RemoveReplicaRegions=["eu-west-1"])
    assert added["ARN"] == removed["ARN"] == arn


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    """When this fails, moto has been fixed and the patch can be removed."""
    client = moto_client("secretsmanager")
    client.create_secret(Name="copied", SecretString="s")
    added = client.replicate_secret_to_regions(SecretId="copied", AddReplicaRegions=[{"Region": "eu-west-1"}])
    assert added["ARN"] == "copied"
