"""Overrides of KMS."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from moto.kms.models import Key, kms_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State

# The key of a KMS call, by id or ARN.

PENDING_DELETION = "PendingDeletion"


def key_of(call: Call) -> Key:
    """Return moto's key. Raise NotFoundException if it does not exist."""
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


# ScheduleKeyDeletion and CancelKeyDeletion accept and return an ARN, and check the window and the key's state.
#
# moto 5.2.5 fails with an internal error for an ARN, and returns nothing for a window outside 7 to 30 days.
# Source: KMS API reference, ScheduleKeyDeletion and CancelKeyDeletion.

_WINDOW_DAYS = range(7, 31)


@override("kms", "ScheduleKeyDeletion")
def schedule_key_deletion(state: State, call: Call) -> dict[str, Any]:
    """Disable the key and schedule its deletion by the embedded clock."""
    key, days = key_of(call), call.parameters.get("PendingWindowInDays", 30)
    if days not in _WINDOW_DAYS:
        raise AwsError("ValidationException", f"Pending window in days must be between 7 and 30, not {days}.")
    if key.key_state == PENDING_DELETION:
        raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    at = state.clock.now().replace(microsecond=0) + timedelta(days=days)
    key.enabled = False
    key.key_state = PENDING_DELETION
    # moto keeps naive times, which are in UTC.
    key.deletion_date = at.replace(tzinfo=None)
    return {"KeyId": key.arn, "DeletionDate": at, "KeyState": PENDING_DELETION, "PendingWindowInDays": days}


@override("kms", "CancelKeyDeletion")
def cancel_key_deletion(_state: State, call: Call) -> dict[str, Any]:
    """Cancel the deletion; the key stays disabled."""
    key = key_of(call)
    if key.key_state != PENDING_DELETION:
        raise AwsError("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
    key.key_state = "Disabled"
    key.deletion_date = None
    return {"KeyId": key.arn}


# EnableKey and DisableKey accept an ARN, and reject a key that is pending deletion; moto 5.2.5 fails for an ARN.
#
# Source: KMS API reference, EnableKey and DisableKey; KMS developer guide, "Key states of KMS keys".


@override("kms", "EnableKey", "DisableKey")
def enable_key(_state: State, call: Call) -> dict[str, Any]:
    """Enable or disable a key; idempotent."""
    key = key_of(call)
    if key.key_state == PENDING_DELETION:
        raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    key.enabled = call.action == "EnableKey"
    key.key_state = "Enabled" if key.enabled else "Disabled"
    return {}
