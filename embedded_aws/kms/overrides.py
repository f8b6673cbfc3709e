"""Overrides of KMS: the life of a key, its description, its tags and aliases."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_limits import KEY_POLICY_BYTES
from moto.kms.exceptions import NotFoundException
from moto.kms.models import Key, kms_backends
from moto.kms.responses import KmsResponse
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State
from embedded_aws.kms.keys import PENDING_DELETION, find_key, state_error

# The key of a KMS call, by id or ARN.


def key_of(call: Call) -> Key:
    """Return moto's key. Raise NotFoundException if it does not exist in the account and Region of the call."""
    name = str(call.parameters.get("KeyId", ""))
    check_region(name, call.region)
    key = find_key(call.account, call.region, name)
    if key is None or key.account_id != call.account:
        arn = (
            name
            if name.startswith("arn:")
            else f"arn:{get_partition(call.region)}:kms:{call.region}:{call.account}:key/{name}"
        )
        raise AwsError("NotFoundException", f"Key '{arn}' does not exist")
    return key


def check_region(name: str, region: str) -> None:
    """Raise AwsError for an ARN of another Region, as recorded of AWS."""
    parts = name.split(":")
    if len(parts) == 6 and parts[3] != region:
        raise AwsError("NotFoundException", f"Invalid arn {parts[3]}")


def require_enabled(key: Key) -> None:
    """Raise AwsError if a key is disabled or pending deletion."""
    error = state_error(key)
    if error:
        raise AwsError(*error)


# A key is described with its usage, MultiRegion and the id of its material, and without members that it does not have.
#
# moto 5.2.5 keeps the defaults of CreateKey as null, and does not know the material. It quotes no invalid id, and fails
# for the grants of a missing key.
# Sources: recorded answers of AWS; KMS API reference, KeyMetadata.

_KEY_ID = re.compile(r"(mrk-)?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|mrk-[0-9a-f]{32}")

_init_key = Key.__init__
_to_dict = Key.to_dict
_validate_key_id = KmsResponse._validate_cmk_id


@patch(Key, "__init__")
def _key_with_defaults(key: Key, *arguments: Any, **options: Any) -> None:
    _init_key(key, *arguments, **options)
    key.key_usage = key.key_usage or "ENCRYPT_DECRYPT"
    key.multi_region = bool(key.multi_region)
    renew_material(key)


def renew_material(key: Key) -> None:
    """Give the key another id of its material."""
    key.material_id = secrets.token_hex(32)  # type: ignore[attr-defined]


@patch(Key, "to_dict")
def _described(key: Key) -> dict[str, Any]:
    described = _to_dict(key)["KeyMetadata"]
    if key.key_usage == "GENERATE_VERIFY_MAC":
        described |= {"MacAlgorithms": [key.key_spec.replace("_", "_SHA_")], "EncryptionAlgorithms": None}
        described["SigningAlgorithms"] = None
    if key.key_spec == "SYMMETRIC_DEFAULT" and key.origin == "AWS_KMS":
        described["CurrentKeyMaterialId"] = key.material_id  # type: ignore[attr-defined]
    return {"KeyMetadata": {name: value for name, value in described.items() if value is not None}}


@patch(KmsResponse, "_validate_cmk_id")
def _validate_id(response: KmsResponse, key_id: str) -> None:
    if not key_id.startswith("arn:") and not _KEY_ID.fullmatch(key_id):
        raise NotFoundException(f"Invalid keyId '{key_id}'")
    check_region(key_id, response.region)
    if key_id.startswith("mrk-") and key_id not in response.kms_backend.keys:
        # moto knows another form of these ids.
        raise NotFoundException(f"Key '{response._display_arn(key_id)}' does not exist")
    _validate_key_id(response, key_id)


_list_grants = KmsResponse.list_grants
_create_grant = KmsResponse.create_grant


@patch(KmsResponse, "list_grants")
def _list_grants_of_key(response: KmsResponse) -> str:
    response._validate_cmk_id(response._get_param("KeyId"))
    return _list_grants(response)


@patch(KmsResponse, "create_grant")
def _create_grant_for_key(response: KmsResponse) -> str:
    response._validate_cmk_id(response._get_param("KeyId"))
    return _create_grant(response)


# Tags are unique, at most 50, and not AWS's own; moto 5.2.5 takes them all. A key that is pending deletion takes none.
#
# Sources: recorded answers of AWS; KMS API reference, TagResource; KMS developer guide, "Key states of AWS KMS keys".

_MOST_TAGS = 50


@override("kms", "CreateKey", "TagResource")
def check_tags(_state: State, call: Call) -> None:
    """Reject tags that AWS rejects."""
    keys = [tag["TagKey"] for tag in call.parameters.get("Tags", [])]
    if len(set(keys)) < len(keys):
        raise AwsError("TagException", "Duplicate tag keys")
    if any(key.lower().startswith("aws:") for key in keys):
        raise AwsError("TagException", "Tags beginning with aws: are reserved")
    if len(keys) > _MOST_TAGS:
        raise AwsError("TagException", "Too many tags")


@override("kms", "TagResource", "UntagResource", "UpdateKeyDescription")
def check_not_pending(_state: State, call: Call) -> None:
    """Reject the change of a key that is pending deletion; moto reports a missing key."""
    key = find_key(call.account, call.region, call.parameters["KeyId"])
    if key and key.key_state == PENDING_DELETION:
        require_enabled(key)


# An alias has its prefix; moto 5.2.5 has another message. Source: recorded answer of AWS.

_NO_PREFIX = (
    'Alias must start with the prefix "alias/". Please see'
    " https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
)


@override("kms", "CreateAlias")
def check_alias(_state: State, call: Call) -> None:
    """Reject a name without the prefix, and a key that is pending deletion; moto creates the alias."""
    if not call.parameters["AliasName"].startswith("alias/"):
        raise AwsError("ValidationException", _NO_PREFIX)
    key = find_key(call.account, call.region, call.parameters["TargetKeyId"])
    if key and key.key_state == PENDING_DELETION:
        require_enabled(key)


# A key policy has at most 32 KB; moto 5.2.5 takes any.
#
# Source: KMS API reference, PutKeyPolicy. The text is our reading, not seen on AWS.


@override("kms", "CreateKey", "PutKeyPolicy")
def check_policy_size(_state: State, call: Call) -> None:
    """Reject a policy that is too large; moto stores it."""
    size = len(str(call.parameters.get("Policy") or "").encode())
    if size > KEY_POLICY_BYTES:
        text = f"The policy has {size} bytes, and the quota for key policies is {KEY_POLICY_BYTES} bytes."
        raise AwsError("LimitExceededException", text)


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
        require_enabled(key)
    at = state.clock.now().replace(microsecond=0) + timedelta(days=days)
    key.enabled = False
    key.key_state = PENDING_DELETION
    # moto keeps naive times, which are in UTC.
    key.deletion_date = at.replace(tzinfo=None)
    state.consistency.at(at, lambda: _delete(key, at))
    return {"KeyId": key.arn, "DeletionDate": at, "KeyState": PENDING_DELETION, "PendingWindowInDays": days}


def _delete(key: Key, at: datetime) -> None:
    """Delete a key and its aliases, unless the deletion was cancelled; KMS developer guide, "Deleting KMS keys"."""
    if key.key_state == PENDING_DELETION and key.deletion_date == at.replace(tzinfo=None):
        # The aliases are kept by the key.
        kms_backends[key.account_id][key.region].keys.pop(key.id, None)


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
        require_enabled(key)
    key.enabled = call.action == "EnableKey"
    key.key_state = "Enabled" if key.enabled else "Disabled"
    return {}
