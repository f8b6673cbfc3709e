"""Find the key that a KMS call names by id or ARN, or answer as KMS does when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.kms.models import Key, kms_backends
from moto.utilities.utils import get_partition

from embedded_aws.errors import AwsError

if TYPE_CHECKING:
    from embedded_aws.call import Call

PENDING_DELETION = "PendingDeletion"


def key_of(call: Call) -> Key:
    """Return moto's object of the key; NotFoundException if there is none."""
    backend = kms_backends[call.account][call.region]
    name = str(call.parameters.get("KeyId", ""))
    key: Key | None = backend.keys.get(backend.get_key_id(name))
    if key is None:
        arn = (
            name
            if name.startswith("arn:")
            else f"arn:{get_partition(call.region)}:kms:{call.region}:{call.account}:key/{name}"
        )
        raise AwsError("NotFoundException", f"Key '{arn}' does not exist")
    return key
