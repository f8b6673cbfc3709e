"""A secret that is scheduled for deletion keeps its name and can be neither read nor written; a version never changes.

moto 5.2.5 gives such a secret new versions, has ResourceExistsException for its name, and lets a request token be used
again for another value while the version is AWSPENDING.
Source: Secrets Manager API reference, CreateSecret, PutSecretValue and GetSecretValue; InvalidRequestException of the
others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.secretsmanager.models import FakeSecret, ReplicaSecret, secretsmanager_backends

from embedded_aws.errors import AwsError
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

MARKED = "You can't perform this operation on the secret because it was marked for deletion."
NAME_TAKEN = "You can't create this secret because a secret with this name is already scheduled for deletion."


def _secret(call: Call, name: str) -> FakeSecret | ReplicaSecret | None:
    found: FakeSecret | ReplicaSecret | None = secretsmanager_backends[call.account][call.region].secrets.get(name)
    return found


@override("secretsmanager", "CreateSecret")
def create_secret(_world: World, call: Call) -> None:
    """Refuse the name of a secret that is scheduled for deletion."""
    secret = _secret(call, call.parameters.get("Name", ""))
    if secret and secret.is_deleted():
        raise AwsError("InvalidRequestException", NAME_TAKEN)


@override(
    "secretsmanager",
    *("GetSecretValue", "PutSecretValue", "UpdateSecret", "UpdateSecretVersionStage"),
    *("GetResourcePolicy", "PutResourcePolicy", "DeleteResourcePolicy", "TagResource", "UntagResource"),
    *("ReplicateSecretToRegions", "RemoveRegionsFromReplication", "RotateSecret", "CancelRotateSecret"),
)
def use_secret(_world: World, call: Call) -> None:
    """Refuse to read or write a secret that is scheduled for deletion."""
    secret = _secret(call, call.parameters.get("SecretId", ""))
    if secret and secret.is_deleted():
        raise AwsError("InvalidRequestException", MARKED)


@override("secretsmanager", "PutSecretValue")
def put_secret_value(_world: World, call: Call) -> None:
    """Refuse another value for a version that has one; moto answers the repeated value."""
    parameters = call.parameters
    secret = _secret(call, parameters.get("SecretId", ""))
    token = str(parameters.get("ClientRequestToken"))
    version = secret.versions.get(token, {}) if isinstance(secret, FakeSecret) else {}
    if "secret_string" in version and version["secret_string"] != parameters.get("SecretString"):
        reason = f"that value is already in use for a version of secret {secret.arn if secret else ''}."
        raise AwsError("ResourceExistsException", f"You can't use ClientRequestToken {token} because {reason}")
