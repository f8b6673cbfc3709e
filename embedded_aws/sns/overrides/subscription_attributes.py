"""The attributes of subscriptions, of which moto 5.2.5 checks none but filter policies.

Sources: SNS API reference, Subscribe, SetSubscriptionAttributes; recorded answers of AWS (2023 to 2026).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from moto.sns.models import Subscription

from embedded_aws.core.call import Call
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State
from embedded_aws.sns.answers import invalid, subscription_of
from embedded_aws.sns.email import drop_expired

_NAMES = frozenset(
    {
        "DeliveryPolicy",
        "FilterPolicy",
        "FilterPolicyScope",
        "RawMessageDelivery",
        "RedrivePolicy",
        "ReplayPolicy",
        "SubscriptionRoleArn",
    }
)
_JSON = frozenset({"DeliveryPolicy", "FilterPolicy", "RedrivePolicy", "ReplayPolicy"})
_DEFAULTS = {"RawMessageDelivery": "false", "FilterPolicyScope": "MessageAttributes"}


@override("sns", "GetSubscriptionAttributes")
def get_subscription_attributes(state: State, call: Call) -> None:
    """Reject an ARN of no subscription; moto answers."""
    subscription = subscription_of(call)
    drop_expired(state, subscription.topic.sns_backend)


@override("sns", "SetSubscriptionAttributes")
def set_subscription_attributes(_state: State, call: Call) -> dict[str, Any]:
    """Set an attribute of a subscription."""
    subscription = subscription_of(call)
    set_attribute(subscription, call.parameters["AttributeName"], call.parameters.get("AttributeValue", ""))
    return {}


def set_attribute(subscription: Subscription, name: str, value: str, prefix: str = "") -> None:
    """Check and set an attribute; `prefix` begins the message of an error."""
    if name not in _NAMES:
        raise invalid("AttributeName")
    if name == "RawMessageDelivery" and value.lower() not in ("true", "false"):
        raise invalid(f"{prefix}RawMessageDelivery: Invalid value [{value}]. Must be true or false.")
    if name in _JSON and value:
        _check_json(name, value, prefix)
    stored: Any = value.lower() == "true" if name == "RawMessageDelivery" else value
    try:
        subscription.topic.sns_backend.set_subscription_attributes(subscription.arn, name, stored)
    except ServiceException:
        raise
    except ValueError as rejected:
        # moto does not handle every invalid filter policy.
        raise invalid(f"{prefix}{name}: {rejected}") from rejected


def _check_json(name: str, value: str, prefix: str) -> None:
    try:
        document = json.loads(value)
    except ValueError:
        # AWS adds the words of its parser.
        raise invalid(f"{prefix}{name}: failed to parse JSON.") from None
    if name == "RedrivePolicy" and not str(document.get("deadLetterTargetArn", "")).startswith("arn:"):
        raise invalid(f"{prefix}RedrivePolicy: deadLetterTargetArn is an invalid arn")


def require_same(subscription: Subscription, attributes: Mapping[str, str]) -> None:
    """Raise AwsError if a subscription that exists has other attributes than a second Subscribe asks for."""
    for name, value in attributes.items():
        present = subscription.attributes.get(name, _DEFAULTS.get(name, ""))
        if str(present).lower() != value.lower():
            raise invalid("Attributes Reason: Subscription already exists with different attributes")
