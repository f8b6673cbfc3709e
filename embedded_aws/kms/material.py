"""Overrides of KMS: the use and the rotation of a key's material."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import moto.kms.models
from moto.core.exceptions import JsonRESTError
from moto.kms.models import Key
from moto.kms.responses import KmsResponse
from moto.kms.utils import decrypt, encrypt

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State
from embedded_aws.kms.keys import PENDING_DELETION, state_error
from embedded_aws.kms.overrides import key_of, renew_material, require_enabled

# A key that is disabled or pending deletion neither encrypts nor decrypts; in moto 5.2.5 it does.
#
# Only moto knows the key of a ciphertext, so these functions are patched, which Encrypt, Decrypt, ReEncrypt and the
# operations for data keys share. Sources: KMS developer guide, "Key states of AWS KMS keys"; recorded answers of AWS.


@patch(moto.kms.models, "encrypt")
def _encrypt_with_enabled_key(master_keys: dict[str, Key], key_id: str, **named: Any) -> bytes:
    if key_id in master_keys:
        _check_state(master_keys[key_id])
    ciphertext: bytes = encrypt(master_keys=master_keys, key_id=key_id, **named)
    return ciphertext


@patch(moto.kms.models, "decrypt")
def _decrypt_with_enabled_key(master_keys: dict[str, Key], **named: Any) -> tuple[bytes, str]:
    plaintext, key_id = decrypt(master_keys=master_keys, **named)
    _check_state(master_keys[key_id])
    return plaintext, key_id


def _check_state(key: Key) -> None:
    error = state_error(key)
    if error:
        raise JsonRESTError(*error)


# The algorithm of a symmetric key, which moto 5.2.5 leaves out. Source: recorded answers of AWS.

_encrypt_response = KmsResponse.encrypt
_decrypt_response = KmsResponse.decrypt
_re_encrypt_response = KmsResponse.re_encrypt


@patch(KmsResponse, "encrypt")
def _encrypt_with_algorithm(response: KmsResponse) -> str:
    return _with(_encrypt_response(response), EncryptionAlgorithm=_algorithm(response, "EncryptionAlgorithm"))


@patch(KmsResponse, "decrypt")
def _decrypt_with_algorithm(response: KmsResponse) -> str:
    return _with(_decrypt_response(response), EncryptionAlgorithm=_algorithm(response, "EncryptionAlgorithm"))


@patch(KmsResponse, "re_encrypt")
def _re_encrypt_with_algorithms(response: KmsResponse) -> str:
    names = ("SourceEncryptionAlgorithm", "DestinationEncryptionAlgorithm")
    return _with(_re_encrypt_response(response), **{name: _algorithm(response, name) for name in names})


def _algorithm(response: KmsResponse, name: str) -> str:
    return str(response._get_param(name) or "SYMMETRIC_DEFAULT")


def _with(answer: str, **members: str) -> str:
    return json.dumps(json.loads(answer) | members)


# Rotation: its period and next date, and RotateKeyOnDemand, which needs an enabled symmetric key.
#
# moto 5.2.5 has one status without a date, and answers the id. A rotation on demand does not move the next date.
# Sources: KMS API reference, EnableKeyRotation, GetKeyRotationStatus and RotateKeyOnDemand; recorded answers of AWS,
# 2025-04, with 10 rotations on demand as the limit.

_DAYS = 365
_MOST_ON_DEMAND = 10
_NO_MORE = (
    "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed"
    " for this key: {}"
)


def _require_rotatable(key: Key) -> None:
    require_enabled(key)
    if key.key_spec != "SYMMETRIC_DEFAULT":
        raise AwsError("UnsupportedOperationException", "")


@override("kms", "EnableKeyRotation", "DisableKeyRotation")
def enable_key_rotation(state: State, call: Call) -> dict[str, Any]:
    """Start or stop the yearly rotation, or one with another period."""
    key = key_of(call)
    _require_rotatable(key)
    key.key_rotation_status = call.action == "EnableKeyRotation"
    key.rotation_days = int(call.parameters.get("RotationPeriodInDays") or _DAYS)  # type: ignore[attr-defined]
    key.next_rotation = state.clock.now() + timedelta(days=key.rotation_days)  # type: ignore[attr-defined]
    return {}


@override("kms", "GetKeyRotationStatus")
def get_key_rotation_status(_state: State, call: Call) -> dict[str, Any]:
    """Return the period and the next date; a key that is pending deletion is not rotated."""
    key = key_of(call)
    enabled = key.key_rotation_status and key.key_state != PENDING_DELETION
    status = {"KeyId": key.arn, "KeyRotationEnabled": enabled}
    if not enabled:
        return status
    days, date = key.rotation_days, key.next_rotation  # type: ignore[attr-defined]
    return status | {"RotationPeriodInDays": days, "NextRotationDate": date}


@override("kms", "RotateKeyOnDemand")
def rotate_key_on_demand(state: State, call: Call) -> dict[str, Any]:
    """Rotate at once, at most ten times."""
    key = key_of(call)
    _require_rotatable(key)
    if len(key.rotations) >= _MOST_ON_DEMAND:
        raise AwsError("LimitExceededException", _NO_MORE.format(key.arn))
    date = state.clock.now().timestamp()
    key.rotations.append({"KeyId": key.id, "RotationDate": date, "RotationType": "ON_DEMAND"})
    renew_material(key)
    return {"KeyId": key.arn}
