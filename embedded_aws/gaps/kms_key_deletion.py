"""ScheduleKeyDeletion and CancelKeyDeletion take an ARN, answer with one, and check the window and the key's state.

moto 5.2.5 answers an ARN with an internal error, and answers nothing for a window outside 7 to 30 days.
Source: KMS API reference, ScheduleKeyDeletion and CancelKeyDeletion.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from moto.kms.models import Key, kms_backends

from embedded_aws.errors import AwsError
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

_PENDING = "PendingDeletion"
_WINDOW_DAYS = range(7, 31)


def _key(call: Call) -> Key:
    backend = kms_backends[call.account][call.region]
    name = str(call.parameters.get("KeyId", ""))
    key: Key | None = backend.keys.get(backend.get_key_id(name))
    if key is None:
        arn = name if name.startswith("arn:") else f"arn:aws:kms:{call.region}:{call.account}:key/{name}"
        raise AwsError("NotFoundException", f"Key '{arn}' does not exist")
    return key


@override("kms", "ScheduleKeyDeletion")
def schedule_key_deletion(world: World, call: Call) -> dict[str, Any]:
    """Disable the key and date its deletion by the embedded clock."""
    key, days = _key(call), call.parameters.get("PendingWindowInDays", 30)
    if days not in _WINDOW_DAYS:
        raise AwsError("ValidationException", f"Pending window in days must be between 7 and 30, not {days}.")
    if key.key_state == _PENDING:
        raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    at = world.clock.now().replace(microsecond=0) + timedelta(days=days)
    key.enabled = False
    key.key_state = _PENDING
    # moto keeps naive times, which are in UTC.
    key.deletion_date = at.replace(tzinfo=None)
    return {"KeyId": key.arn, "DeletionDate": at, "KeyState": _PENDING, "PendingWindowInDays": days}


@override("kms", "CancelKeyDeletion")
def cancel_key_deletion(_world: World, call: Call) -> dict[str, Any]:
    """Keep the key, which stays disabled."""
    key = _key(call)
    if key.key_state != _PENDING:
        raise AwsError("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
    key.key_state = "Disabled"
    key.deletion_date = None
    return {"KeyId": key.arn}
