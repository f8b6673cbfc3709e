"""EnableKey and DisableKey take an ARN, and refuse a key that is pending deletion; moto 5.2.5 fails at an ARN.

Source: KMS API reference, EnableKey and DisableKey; KMS developer guide, "Key states of KMS keys".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_aws.errors import AwsError
from embedded_aws.gaps.kms_key_lookup import PENDING_DELETION, key_of
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World


@override("kms", "EnableKey", "DisableKey")
def switch_key(_world: World, call: Call) -> dict[str, Any]:
    """Switch a key on or off; one that is so already stays so."""
    key = key_of(call)
    if key.key_state == PENDING_DELETION:
        raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
    key.enabled = call.action == "EnableKey"
    key.key_state = "Enabled" if key.enabled else "Disabled"
    return {}
