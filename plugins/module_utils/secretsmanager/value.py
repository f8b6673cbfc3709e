# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A secret's value: the text that is stored, the version that holds it, and whether that is the current one.

Nothing here needs the value that AWS holds. A version's id is chosen by whoever puts the value; ours is an HMAC of the
value, so that the ids alone say which version holds the value that the task names. Ids are visible to everybody who
may describe the secret, hence the key: without it, anybody could try out values against a plain hash.

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
    """What becomes of a secret's value.

    Attributes:
        operation: The API call that it takes, or nothing if the value stays.
        parameters: Its parameters but the secret's id. They hold the value, so they are never printed.
        version_id: The version that is current afterwards; empty if the secret has no value.
        said: What the diff says instead of the values, before and after.
    """

    operation: str
    parameters: Mapping[str, Any] = field(repr=False)
    version_id: str
    said: tuple[str, str] = ("", "")


def value_problems(params: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the value and its key, without a word of either."""
    name, value, key = params["name"], params.get("value"), params.get("value_hmac_key")
    if key is not None and len(key) < SHORTEST_KEY:
        yield f"value_hmac_key of secret {name} has {len(key)} characters; it takes {SHORTEST_KEY} or more, at random."
    if value is None:
        return
    if params.get("update_value") == "always" and key is None:
        yield (
            f"update_value: always for secret {name} needs value_hmac_key: the value is compared by the id of its"
            f" version, which everybody may see who may describe the secret. Give a random key of {SHORTEST_KEY}"
            " characters or more, and keep it."
        )
    yield from _text_problems(name, value)


def _text_problems(name: str, value: Any) -> Iterator[str]:
    try:
        size = len(stored_text(value).encode())
    except ValueError:
        yield (
            f"The value of secret {name} cannot be stored: it holds a number that JSON has not (NaN or infinity), or a"
            " character that UTF-8 has not."
        )
        return
    if not 1 <= size <= MAX_VALUE_BYTES:
        yield f"The value of secret {name} has {size} bytes; Secrets Manager takes 1 to {MAX_VALUE_BYTES}."


def stored_text(value: Any) -> str:
    """Return the text that Secrets Manager keeps: a text as it is, a structure as JSON with its keys in order.

    Equal structures have equal texts, so that a version's id stands for exactly one text, as the API demands.
    """
    if isinstance(value, str):
        return value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def version_of(params: Mapping[str, Any]) -> str:
    """Return the id of the version that holds the task's value.

    With a key it is an HMAC (SHA-256, 64 hexadecimal digits) over secret's name and value. Without one it says nothing
    about the value, and is the same each time, so that a call whose answer was lost can be made again.
    """
    name, key = params["name"], params.get("value_hmac_key")
    if key is None:
        return str(uuid.uuid5(_FIRST_VERSIONS, name))
    # A name holds no line break, so that no other name and value have the same message.
    message = f"{_HMAC_DOMAIN}\n{name}\n{stored_text(params['value'])}"
    return hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()


def current_version(versions: Versions) -> str:
    """Return the id of the current version, or nothing if there is none."""
    return next((version for version, stages in versions.items() if _CURRENT in stages), "")


def rotating_version(versions: Versions) -> str:
    """Return the id of the version that a rotation under way is making, or nothing."""
    return next((v for v, stages in versions.items() if _PENDING in stages and _CURRENT not in stages), "")


def is_compared(params: Mapping[str, Any]) -> bool:
    """Whether the task's value is to be the current one even if the secret has a value already."""
    return params.get("value") is not None and params["update_value"] == "always"


def may_be_deprecated(params: Mapping[str, Any], versions: Versions) -> bool:
    """Whether the task's value may be in a version without a stage, which DescribeSecret does not show."""
    return is_compared(params) and bool(current_version(versions)) and version_of(params) not in versions


def plan_value(params: Mapping[str, Any], versions: Versions) -> ValueChange:
    """Plan a secret's value.

    Args:
        params: The module's parameters.
        versions: The stages of each version; none for one that is deprecated.

    Raises:
        RequestError: A rotation is under way that the change would disturb.
    """
    current = current_version(versions)
    if params.get("value") is None or (current and not is_compared(params)):
        return ValueChange("", {}, current)
    wanted = version_of(params)
    if wanted == current:
        return ValueChange("", {}, current)
    refuse_during_rotation(params["name"], versions)
    if current and wanted in versions:
        move = {"VersionStage": _CURRENT, "MoveToVersionId": wanted, "RemoveFromVersionId": current}
        said = (f"the value of version {current}", f"the earlier value of version {wanted}")
        return ValueChange("UpdateSecretVersionStage", move, wanted, said)
    put = {"ClientRequestToken": wanted, "SecretString": stored_text(params["value"])}
    said = (f"the value of version {current}" if current else "none", f"a new value, version {wanted}")
    return ValueChange("PutSecretValue", put, wanted, said)


def refuse_during_rotation(name: str, versions: Versions) -> None:
    """Raise RequestError if a rotation is under way."""
    pending = rotating_version(versions)
    if pending:
        require(
            [
                f"A rotation of secret {name} is under way, or failed (version {pending} is {_PENDING}). Nothing was"
                f" changed. Wait for its end; after a failure, take {_PENDING} from that version (aws secretsmanager"
                f" update-secret-version-stage --version-stage {_PENDING} --remove-from-version-id)."
            ]
        )
