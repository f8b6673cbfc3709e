"""Find a key by any of its names, and say whether its state allows to use it."""

from __future__ import annotations

import re

from moto.kms.models import Key, kms_backends

from embedded_aws.kms.propagation import is_known

PENDING_DELETION = "PendingDeletion"

_ARN = re.compile(r"arn:[^:]+:kms:(?P<region>[^:]+):(?P<account>\d{12}):(?:key/)?(?P<name>.+)")


def find_key(account: str, region: str, name: str) -> Key | None:
    """Return moto's key, or None if it does not exist.

    Args:
        account: of a key that is not named by its ARN; so is `region`.
        name: an id, an ARN, an alias, or the ARN of an alias.
    """
    arn = _ARN.fullmatch(name)
    if arn:
        account, region, name = arn["account"], arn["region"], arn["name"]
    if region not in kms_backends[account]:
        return None
    backend = kms_backends[account][region]
    key_id = backend.get_key_id_from_alias(name) if name.startswith("alias/") else name
    found: Key | None = backend.keys.get(key_id or "")
    return found


def find_key_for_service(account: str, region: str, name: str) -> Key | None:
    """Return the key that another service asks for; None also while it does not know a new key."""
    key = find_key(account, region, name)
    return key if key is None or is_known(key) else None


def state_error(key: Key) -> tuple[str, str] | None:
    """Return code and message of KMS's error for the use of a key that is not enabled, or None if it is.

    Sources: KMS developer guide, "Key states of AWS KMS keys"; the messages are those of AWS's recorded answers.
    """
    if key.key_state == PENDING_DELETION:
        return "KMSInvalidStateException", f"{key.arn} is pending deletion."
    return None if key.enabled else ("DisabledException", f"{key.arn} is disabled.")


def is_own_key(name: str) -> bool:
    """Return whether a name is the alias of a key that AWS manages, such as ``alias/aws/sns``."""
    return name.rpartition(":")[2].startswith("alias/aws/")


def is_usable(account: str, region: str, name: str | None) -> bool:
    """Return whether a service can use the key that it was given; True for no key and for a key that AWS manages."""
    if not name or is_own_key(name):
        return True
    key = find_key_for_service(account, region, name)
    return key is not None and state_error(key) is None
