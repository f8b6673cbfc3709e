"""A secret's replicas are answered with its ARN; moto 5.2.5 answers with what the caller called the secret.

Source: Secrets Manager API reference, ReplicateSecretToRegions and RemoveRegionsFromReplication (ARN).
"""

from __future__ import annotations

from typing import Any

from moto.secretsmanager.models import SecretsManagerBackend

_replicate = SecretsManagerBackend.replicate_secret_to_regions
_remove = SecretsManagerBackend.remove_regions_from_replication


def _replicate_to_regions(backend: SecretsManagerBackend, secret_id: str, *rest: Any, **named: Any) -> Any:
    _named, statuses = _replicate(backend, secret_id, *rest, **named)
    return backend.describe_secret(secret_id).arn, statuses


def _remove_regions(backend: SecretsManagerBackend, secret_id: str, *rest: Any, **named: Any) -> Any:
    _named, statuses = _remove(backend, secret_id, *rest, **named)
    return backend.describe_secret(secret_id).arn, statuses


def close() -> None:
    """Replace moto's methods."""
    backend: Any = SecretsManagerBackend
    backend.replicate_secret_to_regions = _replicate_to_regions
    backend.remove_regions_from_replication = _remove_regions
