# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read keys from AWS KMS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..core.account import Account


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


def key_tags(account: Account, key: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of a key."""
    arn = key["Arn"]
    answer = account.read("kms", "ListResourceTags", f"key {key['KeyId']}", {"KeyId": arn}, resource_arn=arn)
    return {tag["TagKey"]: tag["TagValue"] for tag in answer.get("Tags", [])}
