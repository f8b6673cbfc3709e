"""UpdateSecret takes an empty description, and a replica keeps the key that it was given.

moto 5.2.5 takes an empty description for none, and describes every replica with the key aws/secretsmanager.
Source: Secrets Manager API reference, UpdateSecret and ReplicateSecretToRegions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.secretsmanager.models import FakeSecret, ReplicaSecret, secretsmanager_backends

from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

_create_replicas = FakeSecret.create_replicas


@override("secretsmanager", "UpdateSecret")
def update_secret(_world: World, call: Call) -> None:
    """Clear the description if it is to be empty; moto does the rest."""
    secret = secretsmanager_backends[call.account][call.region].secrets.get(call.parameters.get("SecretId", ""))
    if isinstance(secret, FakeSecret) and not secret.is_deleted() and call.parameters.get("Description") == "":
        secret.description = None


def _with_keys(
    secret: FakeSecret, replica_regions: list[dict[str, str]], *force: bool, **named: bool
) -> list[ReplicaSecret]:
    replicas = _create_replicas(secret, replica_regions, *force, **named)
    keys: dict[str, Any] = {asked["Region"]: asked.get("KmsKeyId") for asked in replica_regions}
    for replica in replicas:
        replica.config["KmsKeyId"] = keys[replica.region] or replica.config["KmsKeyId"]
    return replicas


def close() -> None:
    """Replace moto's method."""
    FakeSecret.create_replicas = _with_keys  # type: ignore[assignment, method-assign]
