"""Overrides of Secrets Manager: the versions of a secret, their staging labels, and when they were read."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from moto.secretsmanager.models import FakeSecret, ReplicaSecret, SecretsManagerBackend, secretsmanager_backends

from embedded_aws.core.call import Answer, Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import after, override, patch
from embedded_aws.core.state import State

# GetSecretValue names a missing staging label, and a read of the value sets the day of the last access.
#
# moto 5.2.5 answers for a missing label as for a missing secret, and keeps no date. AWS records the day without the
# time, and only GetSecretValue counts. Sources: recorded answers of AWS; Secrets Manager API reference, DescribeSecret
# and SecretVersionsListEntry, LastAccessedDate.

_NO_LABEL = "Secrets Manager can't find the specified secret value for staging label: {}"


def last_access(secret: FakeSecret | ReplicaSecret) -> float | None:
    """Return the day on which a secret's value was last read in its Region, as a time stamp; None if it was not."""
    found: float | None = getattr(secret, "last_access", None)
    return found


@override("secretsmanager", "GetSecretValue")
def get_secret_value(_state: State, call: Call) -> None:
    """Record the read of a version, or reject a label that no version has; moto answers."""
    backend, parameters = secretsmanager_backends[call.account][call.region], call.parameters
    secret = backend.secrets.get(parameters["SecretId"])
    if secret is None:
        return
    version: Any = parameters.get("VersionId")
    label: Any = parameters.get("VersionStage")
    labels = {name for stored in secret.versions.values() for name in stored["version_stages"]}
    if label and not version and label not in labels:
        raise AwsError("ResourceNotFoundException", _NO_LABEL.format(label))
    found = backend.get_secret_value(parameters["SecretId"], version, label)
    day = call.at.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    secret.versions[found["VersionId"]]["last_access"] = day
    secret.last_access = day  # type: ignore[union-attr]


_replica_to_dict = ReplicaSecret.to_dict


@patch(ReplicaSecret, "to_dict")
def _described_replica(replica: ReplicaSecret) -> dict[str, Any]:
    return _replica_to_dict(replica) | {"LastAccessedDate": last_access(replica)}


@override("secretsmanager", "DescribeSecret")
def describe_secret(_state: State, call: Call) -> dict[str, Any]:
    """Describe a secret; moto adds a member of ListSecrets."""
    secret = secretsmanager_backends[call.account][call.region].describe_secret(call.parameters["SecretId"])
    described = secret.to_dict()
    return {name: value for name, value in described.items() if name != "SecretVersionsToStages" and value is not None}


# A change has its time with fractions of a second; moto 5.2.5 keeps the second. Source: recorded answers of AWS.


@after("secretsmanager", "CreateSecret", "PutSecretValue", "UpdateSecret")
def keep_time(_state: State, call: Call, _answer: Answer) -> None:
    """Keep the time of a change."""
    name = call.parameters.get("SecretId") or call.parameters["Name"]
    secret = secretsmanager_backends[call.account][call.region].secrets.get(name)
    if isinstance(secret, FakeSecret):
        secret.last_changed_date = call.at.timestamp()  # type: ignore[assignment]


# Staging labels after AWSCURRENT was moved, and versions without a label.
#
# After UpdateSecretVersionStage moved AWSCURRENT, moto 5.2.5 still returns the old version's value, and the next
# PutSecretValue leaves two versions with AWSCURRENT. DescribeSecret and ListSecretVersionIds show versions without a
# stage, which AWS calls deprecated and shows only to ListSecretVersionIds with IncludeDeprecated.
# Sources: Secrets Manager API reference, UpdateSecretVersionStage, DescribeSecret and ListSecretVersionIds; the name of
# the key that AWS manages is in recorded answers. That a customer's key is listed as it was given is our reading.

_OWN_KEY = "DefaultEncryptionKey"

_moto_moves_stage = SecretsManagerBackend.update_secret_version_stage
_moto_stages = FakeSecret._form_version_ids_to_stages


@patch(SecretsManagerBackend, "update_secret_version_stage")
def _update_secret_version_stage(
    backend: SecretsManagerBackend, secret_id: str, version_stage: str, *versions: str, **named: str
) -> tuple[str, str]:
    answer = _moto_moves_stage(backend, secret_id, version_stage, *versions, **named)
    secret = backend.secrets[secret_id]
    if isinstance(secret, FakeSecret):
        current = (name for name, version in secret.versions.items() if "AWSCURRENT" in version["version_stages"])
        secret.set_default_version_id(next(current, None))
    return answer


@patch(FakeSecret, "_form_version_ids_to_stages")
def _labelled(secret: FakeSecret) -> dict[str, str]:
    return {version: stages for version, stages in _moto_stages(secret).items() if stages}


@override("secretsmanager", "ListSecretVersionIds")
def list_secret_version_ids(_state: State, call: Call) -> dict[str, Any]:
    """List the versions with a staging label, with IncludeDeprecated also the others."""
    secret = secretsmanager_backends[call.account][call.region].secrets.get(call.parameters.get("SecretId", ""))
    if not secret:
        # moto fails with an internal error.
        raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    versions = [
        _version(secret, name, version)
        for name, version in secret.versions.items()
        if version["version_stages"] or call.parameters.get("IncludeDeprecated")
    ]
    return {"ARN": secret.arn, "Name": secret.name, "Versions": versions}


def _version(secret: FakeSecret | ReplicaSecret, name: str, version: dict[str, Any]) -> dict[str, Any]:
    described = {
        "VersionId": name,
        "CreatedDate": datetime.fromtimestamp(version["createdate"], UTC),
        "KmsKeyIds": [getattr(secret, "kms_key_id", None) or _OWN_KEY],
        "LastAccessedDate": version.get("last_access"),
        "VersionStages": version["version_stages"],
    }
    return {member: value for member, value in described.items() if value}
