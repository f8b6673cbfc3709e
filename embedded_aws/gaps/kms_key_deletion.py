"""ScheduleKeyDeletion and CancelKeyDeletion take an ARN, answer with one, and check the window and the key's state.

moto 5.2.5 answers an ARN with an internal error, and answers nothing for a window outside 7 to 30 days.
Source: KMS API reference, ScheduleKeyDeletion and CancelKeyDeletion.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from embedded_aws.errors import AwsError
from embedded_aws.gaps.kms_key_lookup import PENDING_DELETION, key_of
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

_WINDOW_DAYS = range(7, 31)


@override("kms", "ScheduleKeyDeletion")
def schedule_key_deletion(world: World, call: Call) -> dict[str, Any]:
    """Disable the key and date its deletion by the embedded clock."""
    key, days = key_of(call), call.parameters.get("PendingWindowInDays", 30)
    if days not in _WINDOW_DAYS:
        raise AwsError("ValidationException", f"Pending window in days must be between 7 and 30, not {days}.")
    if key.key_state == PENDING_DELETION:
        raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    at = world.clock.now().replace(microsecond=0) + timedelta(days=days)
    key.enabled = False
    key.key_state = PENDING_DELETION
    # moto keeps naive times, which are in UTC.
    key.deletion_date = at.replace(tzinfo=None)
    return {"KeyId": key.arn, "DeletionDate": at, "KeyState": PENDING_DELETION, "PendingWindowInDays": days}


@override("kms", "CancelKeyDeletion")
def cancel_key_deletion(_world: World, call: Call) -> dict[str, Any]:
    """Keep the key, which stays disabled."""
    key = key_of(call)
    if key.key_state != PENDING_DELETION:
        raise AwsError("KMSInvalidStateException", f"{key.arn} is not pending deletion.")
    key.key_state = "Disabled"
    key.deletion_date = None
    return {"KeyId": key.arn}
