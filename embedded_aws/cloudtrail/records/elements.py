"""Write parameters and results as CloudTrail does: lower camel case, readable times, and nothing secret."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from botocore.model import Shape

HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"

# Never logged; Secrets Manager API reference ("not logged") and published records of IAM and STS. The others are
# secrets that the models do not mark as sensitive.
_NEVER_LOGGED = frozenset(
    {
        "AuthToken",
        "ClientSecret",
        "HsmPartitionPassword",
        "MasterUserPassword",
        "NewPassword",
        "OldPassword",
        "OneTimePassword",
        "Password",
        "PlatformCredential",
        "PrivateKey",
        "RotationToken",
        "SecretAccessKey",
        "SecretBinary",
        "SecretString",
        "ServiceAccountPassword",
        "certificatePrivateKey",
    }
)


def elements(shape: Shape | None, value: Any) -> Any:
    """Return a value of a botocore shape as CloudTrail logs it, or None if CloudTrail does not log it.

    Bytes are not logged, and members that the model marks as sensitive are hidden.
    """
    if value is None or shape is None or isinstance(value, bytes | bytearray):
        return None
    if shape.metadata.get("sensitive"):
        return HIDDEN
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return _structure(shape, value)
    if shape.type_name == "map" and isinstance(value, Mapping):
        return {key: elements(shape.value, entry) for key, entry in value.items() if key not in _NEVER_LOGGED}
    if shape.type_name == "list" and isinstance(value, list | tuple):
        return [elements(shape.member, entry) for entry in value]
    return _scalar(value)


def _structure(shape: Shape, value: Mapping[str, Any]) -> dict[str, Any]:
    members: Mapping[str, Shape] = shape.members
    written = {}
    for name, entry in value.items():
        if name in members and name not in _NEVER_LOGGED:
            element = elements(members[name], entry)
            if element is not None:
                written[_lower_camel(name)] = element
    return written


def _lower_camel(name: str) -> str:
    """Return "secretId" for "SecretId" and "arn" for "ARN"."""
    return name.lower() if name.isupper() else name[:1].lower() + name[1:]


def _scalar(value: Any) -> Any:
    if isinstance(value, datetime):
        # "Jul 18, 2014 4:07:39 PM": day and hour without a leading zero.
        return f"{value:%b} {value.day}, {value:%Y} {value.hour % 12 or 12}:{value:%M:%S %p}"
    return value if isinstance(value, str | int | float | bool) else None
