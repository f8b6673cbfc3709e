# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate the attributes of a topic between the module's options and SNS's API, and validate them.

Sources: SNS API reference, SetTopicAttributes; SNS developer guide, "Key management".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.aws_names import KEY_ALIAS_ARN, KEY_ARN, Place, is_of_region

# The options that set an attribute; an empty string clears it.
ATTRIBUTES = {"display_name": "DisplayName", "kms_key_arn": "KmsMasterKeyId"}
_MAX_DISPLAY_NAME = 100
_AWS_KEY = "alias/aws/sns"


def topic_settings(attributes: Mapping[str, str], place: Place) -> dict[str, Any]:
    """Return the attributes of GetTopicAttributes by option, and the policy as a document."""
    settings: dict[str, Any] = {option: attributes.get(name, "") for option, name in ATTRIBUTES.items()}
    return {
        **settings,
        "kms_key_arn": _key_arn(settings["kms_key_arn"], place),
        "policy": json.loads(attributes["Policy"]),
    }


def _key_arn(key: str, place: Place) -> str:
    """Return the ARN of a key that was set by its ID or an alias, as the console does."""
    if not key or key.startswith("arn:"):
        return key
    return place.arn("kms", key if key.startswith("alias/") else f"key/{key}")


def uses_aws_key(kms_key: str) -> bool:
    """Return whether this is the AWS managed key of SNS, which CloudWatch alarms cannot use."""
    return kms_key.endswith(_AWS_KEY)


def attribute_problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    """Yield which attributes SNS would reject, or accept although deliveries would then fail."""
    topic, key = params["name"], params.get("kms_key_arn") or ""
    display_name = params.get("display_name") or ""
    if len(display_name) > _MAX_DISPLAY_NAME or not display_name.isprintable():
        yield (
            f"The display_name of topic {topic} has {len(display_name)} characters; use up to {_MAX_DISPLAY_NAME}"
            " printable characters."
        )
    if uses_aws_key(key):
        yield (
            f"Topic {topic} would silently drop every alarm if encrypted with {_AWS_KEY}: CloudWatch cannot be allowed"
            " to use that key. Set the ARN of a customer managed key whose policy allows cloudwatch.amazonaws.com to"
            " call kms:Decrypt and kms:GenerateDataKey*, or '' for no encryption."
        )
    elif key and not re.fullmatch(rf"{KEY_ARN}|{KEY_ALIAS_ARN}", key):
        yield f"kms_key_arn of topic {topic} is {key!r}; set the ARN of a key or of an alias, or '' for no encryption."
    elif key and not is_of_region(key, region):
        yield f"kms_key_arn of topic {topic} is {key}; SNS in {region} can only use keys of {region}."
