# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The value of a secret: its stored text, its version ID, and the plan to make it current.

The value stored in AWS is never read. The caller of PutSecretValue chooses the version ID. This collection uses an HMAC
of the value, so the version IDs alone show which version holds the value of the task. Every principal with permission
to describe the secret can read the version IDs. The HMAC key prevents such a principal from guessing the value, which a
plain hash would allow.

Sources: Secrets Manager API reference, CreateSecret, PutSecretValue, UpdateSecretVersionStage, DescribeSecret and
RotateSecret; Secrets Manager user guide, "Staging labels".
"""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.problems import require

MAX_VALUE_BYTES = 65536
SHORTEST_KEY = 16
_FIRST_VERSIONS = uuid.uuid5(uuid.NAMESPACE_DNS, "first-version.secret.secmon.aws")
_HMAC_DOMAIN = "secmon.aws secret 1"
_CURRENT = "AWSCURRENT"
_PENDING = "AWSPENDING"

Versions = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class ValueChange:
    """The planned change of the value of a secret.

    Attributes:
        operation: The API operation; empty if the value is kept.
        parameters: Its parameters without SecretId. They contain the value, so they are never printed.
        version_id: The current version after the change; empty if the secret has no value.
        diff: The texts that replace the values in the diff, before and after.
    """

    operation: str
    parameters: Mapping[str, Any] = field(repr=False)
    version_id: str
    diff: tuple[str, str] = ("", "")


def value_problems(params: Mapping[str, Any]) -> Iterator[str]:
    """Yield the problems of the value and of the HMAC key, without printing either."""
    name, value, key = params["name"], params.get("value"), params.get("value_hmac_key")
    if key is not None and len(key) < SHORTEST_KEY:
        yield f"value_hmac_key of secret {name} has {len(key)} characters; use a random key of at least {SHORTEST_KEY}."
    if value is None:
        return
    if params.get("update_value") == "always" and key is None:
        yield (
            f"update_value: always for secret {name} requires value_hmac_key: the value is compared by its version ID,"
            " which every principal with permission to describe the secret can read. Set a random key of at least"
            f" {SHORTEST_KEY} characters, and keep it."
        )
    yield from _text_problems(name, value)


def _text_problems(name: str, value: Any) -> Iterator[str]:
    try:
        size = len(stored_text(value).encode())
    except ValueError:
        yield (
            f"The value of secret {name} cannot be stored: it contains NaN or infinity, or a character that UTF-8"
            " cannot encode."
        )
        return
    if not 1 <= size <= MAX_VALUE_BYTES:
        yield f"The value of secret {name} has {size} bytes; Secrets Manager allows 1-{MAX_VALUE_BYTES}."


def stored_text(value: Any) -> str:
    """Return the text to store: a string unchanged, any other value as JSON with sorted keys.

    Equal values give equal texts, because the API allows only one text for each version ID.
    """
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def version_of(params: Mapping[str, Any]) -> str:
    """Return the version ID for the value of the task.

    With a key, it is an HMAC (SHA-256, 64 hexadecimal digits) of the name and value of the secret. Without a key, it
    depends only on the name, so it reveals nothing about the value and a call whose response was lost can be retried.
    """
    name, key = params["name"], params.get("value_hmac_key")
    if key is None:
        return str(uuid.uuid5(_FIRST_VERSIONS, name))
    # A name cannot contain a line break, so every name and value have a unique message.
    message = f"{_HMAC_DOMAIN}\n{name}\n{stored_text(params['value'])}"
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()


def current_version(versions: Versions) -> str:
    """Return the ID of the current version, or an empty string."""
    return next((version for version, stages in versions.items() if _CURRENT in stages), "")


def rotating_version(versions: Versions) -> str:
    """Return the ID of the version that a rotation in progress creates, or an empty string."""
    return next((v for v, stages in versions.items() if _PENDING in stages and _CURRENT not in stages), "")


def is_compared(params: Mapping[str, Any]) -> bool:
    """Return whether the value of the task must replace an existing value."""
    return params.get("value") is not None and params["update_value"] == "always"


def may_be_deprecated(params: Mapping[str, Any], versions: Versions) -> bool:
    """Return whether a version without a stage, which DescribeSecret omits, may hold the value of the task."""
    return is_compared(params) and bool(current_version(versions)) and version_of(params) not in versions


def plan_value(params: Mapping[str, Any], versions: Versions) -> ValueChange:
    """Plan the change of the value of a secret.

    Args:
        params: The module's parameters.
        versions: The stages of each version, by version ID; a deprecated version has no stages.

    Raises:
        RequestError: The change would interfere with a rotation in progress.
    """
    current = current_version(versions)
    if params.get("value") is None or (current and not is_compared(params)):
        return ValueChange("", {}, current)
    desired = version_of(params)
    if desired == current:
        return ValueChange("", {}, current)
    reject_during_rotation(params["name"], versions)
    if current and desired in versions:
        move = {"VersionStage": _CURRENT, "MoveToVersionId": desired, "RemoveFromVersionId": current}
        diff = (f"the value of version {current}", f"the earlier value of version {desired}")
        return ValueChange("UpdateSecretVersionStage", move, desired, diff)
    put = {"ClientRequestToken": desired, "SecretString": stored_text(params["value"])}
    diff = (f"the value of version {current}" if current else "none", f"a new value, version {desired}")
    return ValueChange("PutSecretValue", put, desired, diff)


def reject_during_rotation(name: str, versions: Versions) -> None:
    """Raise RequestError if a rotation is in progress."""
    pending = rotating_version(versions)
    if pending:
        require(
            [
                f"A rotation of secret {name} is in progress or has failed (version {pending} is {_PENDING}). Nothing"
                f" was changed. Wait until it ends. If it failed, remove {_PENDING} from that version (aws"
                f" secretsmanager update-secret-version-stage --version-stage {_PENDING} --remove-from-version-id)."
            ]
        )
