# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read keys from AWS KMS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..core.account import Account
from ..core.tags import is_managed
from .key import ALIAS_MARK, Key


def find_key(account: Account, key_id: str) -> dict[str, Any] | None:
    """Return a key in the form of DescribeKey, by its ID, ARN or alias, or None if it does not exist."""
    missing = ("NotFoundException", "InvalidArnException")
    parameters = {"KeyId": key_id}
    answer = account.read_if_any("kms", "DescribeKey", f"key {key_id}", *missing, parameters=parameters)
    key: dict[str, Any] | None = answer.get("KeyMetadata")
    return key


def key_policy(account: Account, key: Mapping[str, Any]) -> dict[str, Any]:
    """Return the policy of a key."""
    parameters = {"KeyId": key["KeyId"], "PolicyName": "default"}
    answer = account.read("kms", "GetKeyPolicy", f"key {key['KeyId']}", parameters, resource_arn=key["Arn"])
    policy: dict[str, Any] = json.loads(answer["Policy"])
    return policy


def key_tags(account: Account, arn: str, *closed: str) -> dict[str, str]:
    """Return the tags of a key; none for the error codes in `closed`."""
    options: dict[str, Any] = {"parameters": {"KeyId": arn}, "resource_arn": arn}
    answer = account.read_if_any("kms", "ListResourceTags", f"key {arn.rpartition('/')[2]}", *closed, **options)
    return {tag["TagKey"]: tag["TagValue"] for tag in answer.get("Tags", [])}


def read_key(account: Account, metadata: Mapping[str, Any], alias: str = "") -> Key:
    """Return a key with its tags."""
    return Key(metadata, key_tags(account, metadata["Arn"]), alias)


def read_settings(account: Account, key: Key) -> Key:
    """Return a key with its policy, and whether it is rotated."""
    arn = key.arn
    answer = account.read("kms", "GetKeyRotationStatus", f"key {arn}", {"KeyId": arn}, resource_arn=arn)
    return replace(key, policy=key_policy(account, key.metadata), rotates=answer["KeyRotationEnabled"])


def aliases_by_key(account: Account) -> dict[str, list[str]]:
    """Return the aliases of each key by its ID."""
    found: dict[str, list[str]] = {}
    for entry in account.read_all("kms", "ListAliases", "aliases", "Aliases"):
        found.setdefault(entry.get("TargetKeyId", ""), []).append(entry["AliasName"])
    return found


def unnamed_keys(account: Account, alias: str) -> list[Key]:
    """Return the keys without an alias that were made for an alias, without those that are pending deletion.

    The tagging API may list a new key minutes later, so the tags are read from KMS, of keys without an alias only.
    """
    named = aliases_by_key(account)
    found = []
    for entry in account.read_all("kms", "ListKeys", "keys", "Keys"):
        if entry["KeyId"] in named:
            continue
        # A key whose policy keeps its tags from the caller was not made by the caller.
        tags = key_tags(account, entry["KeyArn"], "AccessDeniedException", "NotFoundException")
        if is_managed(tags) and tags.get(ALIAS_MARK) == alias:
            metadata = find_key(account, entry["KeyArn"])
            found += [Key(metadata, tags)] if metadata else []
    return sorted((key for key in found if not key.is_pending), key=lambda key: key.age)
