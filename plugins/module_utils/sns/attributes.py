# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The attributes of a topic in the module's terms, and what SNS would refuse of them.

Sources: SNS API reference, SetTopicAttributes; SNS developer guide, "Creating an HTTP/S delivery policy" and "Key
management".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from ..core.aws_names import Place, is_of_region

API_NAMES = {
    "display_name": "DisplayName",
    "kms_key_arn": "KmsMasterKeyId",
    "delivery_policy": "DeliveryPolicy",
    "policy": "Policy",
}
_MAX_DISPLAY_NAME = 100
_KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:(key|alias)/\S+")
_AWS_KEY = "alias/aws/sns"
_RETRY_RANGES = {
    "minDelayTarget": (1, 3600),
    "maxDelayTarget": (1, 3600),
    "numRetries": (0, 100),
    "numNoDelayRetries": (0, 100),
    "numMinDelayRetries": (0, 100),
    "numMaxDelayRetries": (0, 100),
}
_BACKOFF_FUNCTIONS = ("linear", "arithmetic", "geometric", "exponential")


def described_attributes(attributes: Mapping[str, str], place: Place) -> dict[str, Any]:
    """Return the attributes of GetTopicAttributes in the module's terms."""
    return {
        "display_name": attributes.get("DisplayName", ""),
        "kms_key_arn": _key_arn(attributes.get("KmsMasterKeyId", ""), place),
        "delivery_policy": json.loads(attributes.get("DeliveryPolicy") or "{}"),
        "policy": json.loads(attributes["Policy"]),
    }


def attribute_value(value: str | Mapping[str, Any]) -> str:
    """Return an attribute as SNS takes it; an empty string clears it."""
    return value if isinstance(value, str) else json.dumps(value) if value else ""


def uses_aws_key(kms_key: str) -> bool:
    """Whether this is the key of SNS's own, which no alarm can use."""
    return kms_key.endswith(_AWS_KEY)


def camel_cased(value: Any) -> Any:
    """Return a delivery policy in SNS's own terms; amazon.aws's modules write them with underscores."""
    if isinstance(value, Mapping):
        return {_camel(key): camel_cased(item) for key, item in value.items()}
    return value


def attribute_problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    """Yield what SNS would refuse, or take and then fail to deliver."""
    display_name = params.get("display_name") or ""
    if len(display_name) > _MAX_DISPLAY_NAME or not display_name.isprintable():
        yield (
            f"The display_name of topic {params['name']} has {len(display_name)} characters; SNS takes"
            f" {_MAX_DISPLAY_NAME} at most, all in one line."
        )
    yield from _key_problems(params["name"], params.get("kms_key_arn") or "", region)
    yield from _delivery_problems(params["name"], camel_cased(params.get("delivery_policy") or {}))


def _key_problems(topic: str, key: str, region: str) -> Iterator[str]:
    found = _KEY_ARN.fullmatch(key)
    if uses_aws_key(key):
        yield (
            f"Topic {topic} would drop every alarm without a word if it were encrypted with {_AWS_KEY}: nobody can"
            " allow CloudWatch to use that key. Give the ARN of a customer managed key whose policy lets"
            " cloudwatch.amazonaws.com call kms:Decrypt and kms:GenerateDataKey*, or '' for none."
        )
    elif key and not found:
        yield f"kms_key_arn of topic {topic} is {key!r}; it takes the ARN of a key, or '' for none."
    elif found and not is_of_region(key, region):
        yield f"kms_key_arn of topic {topic} is {key}; SNS in {region} can use keys of {region} only."


def _delivery_problems(topic: str, policy: Mapping[str, Any]) -> Iterator[str]:
    if not policy:
        return
    retries = policy["http"].get("defaultHealthyRetryPolicy") if isinstance(policy.get("http"), Mapping) else None
    if set(policy) != {"http"} or not isinstance(policy["http"], Mapping):
        yield f"delivery_policy of topic {topic} takes one key, http, with what SNS calls a delivery policy in it."
    elif isinstance(retries, Mapping):
        yield from _retry_problems(topic, retries)
    elif retries is not None:
        yield f"defaultHealthyRetryPolicy in delivery_policy of topic {topic} is {retries!r}; SNS takes a mapping."


def _retry_problems(topic: str, retries: Mapping[str, Any]) -> Iterator[str]:
    for name, (least, most) in _RETRY_RANGES.items():
        value = retries.get(name, least)
        if not _is_number(value) or not least <= value <= most:
            yield f"{name} in delivery_policy of topic {topic} is {value!r}; SNS takes {least} to {most}."
    shortest, longest = (retries.get(name) for name in ("minDelayTarget", "maxDelayTarget"))
    if _is_number(shortest) and _is_number(longest) and shortest > longest:
        yield f"minDelayTarget in delivery_policy of topic {topic} is {shortest}, more than maxDelayTarget, {longest}."
    function = retries.get("backoffFunction", _BACKOFF_FUNCTIONS[0])
    if function not in _BACKOFF_FUNCTIONS:
        allowed = ", ".join(_BACKOFF_FUNCTIONS)
        yield f"backoffFunction in delivery_policy of topic {topic} is {function!r}; SNS knows {allowed}."


def _is_number(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def _key_arn(key: str, place: Place) -> str:
    """Return the ARN of a key that was given by its id or by an alias, as the console does."""
    if not key or key.startswith("arn:"):
        return key
    return place.arn("kms", key if key.startswith("alias/") else f"key/{key}")
