"""A secret's stages after AWSCURRENT was moved, and versions without a stage.

After UpdateSecretVersionStage moved AWSCURRENT, moto 5.2.5 goes on giving the old version's value, and the next
PutSecretValue leaves two versions with AWSCURRENT. DescribeSecret and ListSecretVersionIds show versions without a
stage, which AWS calls deprecated and shows only to ListSecretVersionIds with IncludeDeprecated.
Source: Secrets Manager API reference, UpdateSecretVersionStage, DescribeSecret and ListSecretVersionIds.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend, secretsmanager_backends

from embedded_aws.errors import AwsError
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

_move = SecretsManagerBackend.update_secret_version_stage
_stages = FakeSecret._form_version_ids_to_stages


def _update_secret_version_stage(
    backend: SecretsManagerBackend, secret_id: str, version_stage: str, *versions: str, **named: str
) -> tuple[str, str]:
    answer = _move(backend, secret_id, version_stage, *versions, **named)
    secret = backend.secrets[secret_id]
    if isinstance(secret, FakeSecret):
        current = (name for name, version in secret.versions.items() if "AWSCURRENT" in version["version_stages"])
        secret.set_default_version_id(next(current, None))
    return answer


def _labelled(secret: FakeSecret) -> dict[str, str]:
    return {version: stages for version, stages in _stages(secret).items() if stages}


@override("secretsmanager", "ListSecretVersionIds")
def list_secret_version_ids(_world: World, call: Call) -> dict[str, Any]:
    """List the versions with a stage, and the others if the caller asks for them."""
    secret = secretsmanager_backends[call.account][call.region].secrets.get(call.parameters.get("SecretId", ""))
    if not secret:
        # moto fails on the name itself.
        raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    versions = [
        {
            "VersionId": name,
            "CreatedDate": datetime.fromtimestamp(version["createdate"], UTC),
            **({"VersionStages": version["version_stages"]} if version["version_stages"] else {}),
        }
        for name, version in secret.versions.items()
        if version["version_stages"] or call.parameters.get("IncludeDeprecated")
    ]
    return {"ARN": secret.arn, "Name": secret.name, "Versions": versions}


def close() -> None:
    """Replace moto's methods."""
    SecretsManagerBackend.update_secret_version_stage = _update_secret_version_stage  # type: ignore[assignment, method-assign]
    FakeSecret._form_version_ids_to_stages = _labelled  # type: ignore[assignment, method-assign]
