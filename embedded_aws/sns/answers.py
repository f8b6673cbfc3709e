"""Errors of SNS, and the topic or subscription that a call names.

The texts are recorded answers of AWS (2023 to 2026).
"""

from __future__ import annotations

from moto.sns.models import SNSBackend, Subscription, Topic

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.sns.email import backend_of

_ELEMENTS = 6


def invalid(message: str) -> AwsError:
    """Return the error for an invalid parameter."""
    return AwsError("InvalidParameter", f"Invalid parameter: {message}", 400)


def not_found(what: str) -> AwsError:
    """Return the error for a missing topic or subscription."""
    return AwsError("NotFound", f"{what} does not exist", 404)


def check_arn(name: str, arn: str) -> None:
    """Raise AwsError for a parameter that is not an ARN."""
    elements = len(arn.split(":"))
    if elements < _ELEMENTS:
        raise invalid(f"{name} Reason: An ARN must have at least {_ELEMENTS} elements, not {elements}")


def check_topic_arn(call: Call, name: str = "TopicArn") -> str:
    """Return the ARN of the topic that a call names. Raise AwsError for the ARN of another Region."""
    arn: str = call.parameters.get(name, "")
    check_arn(name, arn)
    if arn.split(":")[3] != call.region:
        raise invalid(name)
    return arn


def topic_of(call: Call, name: str = "TopicArn") -> Topic:
    """Return the topic that a call names. Raise AwsError if it does not exist, or is in another Region."""
    arn = check_topic_arn(call, name)
    topic: Topic | None = _backend(name, arn).topics.get(arn)
    if topic is None:
        raise not_found("Topic")
    return topic


def subscription_of(call: Call) -> Subscription:
    """Return the subscription that a call names. Raise AwsError if it does not exist."""
    arn = call.parameters.get("SubscriptionArn", "")
    check_arn("SubscriptionArn", arn)
    subscription: Subscription | None = _backend("SubscriptionArn", arn).subscriptions.get(arn)
    if subscription is None:
        raise not_found("Subscription")
    return subscription


def _backend(name: str, arn: str) -> SNSBackend:
    try:
        return backend_of(arn)
    except ValueError:
        raise invalid(name) from None
