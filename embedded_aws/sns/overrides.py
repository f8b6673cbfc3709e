"""Overrides of SNS."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.utils import camelcase_to_underscores
from moto.sns.models import SNSBackend, Subscription, Topic, sns_backends
from moto.sns.utils import make_arn_for_topic
from requests.exceptions import RequestException

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.pages import page
from embedded_aws.core.state import State
from embedded_aws.sns.email import (
    EMAIL_PROTOCOLS,
    backend_of,
    drop_expired,
    is_pending,
    request_confirmation,
)

# An e-mail subscription is pending until its link is followed; moto 5.2.5 confirms it at once and sends no e-mail.
#
# Source: SNS API reference, Subscribe, ConfirmSubscription, Unsubscribe, ListSubscriptionsByTopic, GetTopicAttributes.

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_PENDING_ARN = "PendingConfirmation"
_PAGE = 100


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameter", f"Invalid parameter: {message}", 400)


def _topic(arn: str) -> Topic:
    try:
        topic: Topic | None = backend_of(arn).topics.get(arn)
    except ValueError:
        raise _invalid("TopicArn") from None
    if topic is None:
        raise AwsError("NotFound", "Topic does not exist", 404)
    return topic


@override("sns", "Subscribe")
def subscribe(state: State, call: Call) -> dict[str, Any] | None:
    """Subscribe an e-mail address, and send the link unless the subscription is confirmed."""
    parameters = call.parameters
    protocol, address = parameters.get("Protocol"), parameters.get("Endpoint", "")
    if protocol not in EMAIL_PROTOCOLS:
        return None
    topic = _topic(parameters["TopicArn"])
    if not _ADDRESS.fullmatch(address):
        raise _invalid("Email address")
    drop_expired(state, topic.sns_backend)
    subscription = _subscription(topic, address, protocol, call)
    if not is_pending(subscription):
        return {"SubscriptionArn": subscription.arn}
    request_confirmation(state, subscription, f"{call.environ['wsgi.url_scheme']}://{call.environ['HTTP_HOST']}")
    return {"SubscriptionArn": subscription.arn if parameters.get("ReturnSubscriptionArn") else "pending confirmation"}


def _subscription(topic: Topic, address: str, protocol: str, call: Call) -> Subscription:
    """Return the subscription of an address, new or existing, with the attributes of the call."""
    backend: SNSBackend = topic.sns_backend
    known = set(backend.subscriptions)
    subscription: Subscription = backend.subscribe(topic.arn, address, protocol)
    is_new = subscription.arn not in known
    if is_new:
        subscription.owner = call.account
        subscription.attributes |= {
            "PendingConfirmation": True,
            "ConfirmationWasAuthenticated": False,
            "Owner": call.account,
        }
    try:
        # Reverse order: FilterPolicyScope comes before FilterPolicy, whose check depends on it.
        for name, value in sorted(call.parameters.get("Attributes", {}).items(), reverse=True):
            backend.set_subscription_attributes(subscription.arn, name, value)
    except (ServiceException, ValueError) as rejected:
        if is_new:
            backend.unsubscribe(subscription.arn)
        if isinstance(rejected, ValueError):
            # moto does not handle invalid JSON.
            raise _invalid(f"{name}: failed to parse JSON.") from rejected
        raise
    return subscription


@override("sns", "ConfirmSubscription")
def confirm_subscription(state: State, call: Call) -> dict[str, Any]:
    """Confirm a subscription by its token; a signed request can require signed unsubscribe requests."""
    parameters = call.parameters
    topic = _topic(parameters.get("TopicArn", ""))
    known = state.sns
    token = known.tokens.get(parameters.get("Token", ""))
    subscription = topic.sns_backend.subscriptions.get(token.subscription_arn) if token else None
    if token is None or token.expires <= state.clock.now() or subscription is None or subscription.topic is not topic:
        raise _invalid("Token")
    signed = call.access_key is not None
    if is_pending(subscription):
        subscription.attributes |= {"PendingConfirmation": False, "ConfirmationWasAuthenticated": signed}
        if signed and parameters.get("AuthenticateOnUnsubscribe") == "true":
            known.locked.add(subscription.arn)
    return {"SubscriptionArn": subscription.arn}


@override("sns", "Unsubscribe")
def unsubscribe(state: State, call: Call) -> dict[str, Any] | None:
    """Remove a confirmed subscription; a pending one is rejected."""
    arn = call.parameters.get("SubscriptionArn", "")
    try:
        backend = backend_of(arn)
    except ValueError:
        elements = len(arn.split(":"))
        raise _invalid(f"SubscriptionArn Reason: An ARN must have at least 6 elements, not {elements}") from None
    subscription = backend.subscriptions.get(arn)
    if subscription is None or subscription.protocol not in EMAIL_PROTOCOLS:
        return None
    if is_pending(subscription):
        raise _invalid("This operation cannot be performed on a subscription that is pending confirmation")
    known = state.sns
    if arn in known.locked and call.access_key is None:
        raise AwsError("AuthorizationError", "The unsubscribe request must be signed by AWS credentials", 403)
    backend.unsubscribe(arn)
    known.remove(arn)
    subscription.topic.subscriptions_deleted += 1
    return {}


@override("sns", "ListSubscriptions")
def list_subscriptions(state: State, call: Call) -> dict[str, Any]:
    """List the account's subscriptions, pending ones without an ARN."""
    backend: SNSBackend = sns_backends[call.account][call.region]
    drop_expired(state, backend)
    return _page(backend.subscriptions.values(), call)


@override("sns", "ListSubscriptionsByTopic")
def list_subscriptions_by_topic(state: State, call: Call) -> dict[str, Any]:
    """List a topic's subscriptions, pending ones without an ARN."""
    topic = _topic(call.parameters.get("TopicArn", ""))
    drop_expired(state, topic.sns_backend)
    return _page(_subscriptions_of(topic), call)


@override("sns", "GetTopicAttributes")
def get_topic_attributes(state: State, call: Call) -> None:
    """Update the counts that moto returns."""
    topic = _topic(call.parameters.get("TopicArn", ""))
    drop_expired(state, topic.sns_backend)
    pending = [is_pending(subscription) for subscription in _subscriptions_of(topic)]
    topic.subscriptions_pending = sum(pending)
    topic.subscriptions_confimed = len(pending) - sum(pending)  # moto's spelling


def _subscriptions_of(topic: Topic) -> list[Subscription]:
    return [item for item in topic.sns_backend.subscriptions.values() if item.topic is topic]


def _page(subscriptions: Iterable[Subscription], call: Call) -> dict[str, Any]:
    question = (call.account, call.region, call.parameters.get("TopicArn"))
    shown, token = page(list(subscriptions), _PAGE, call.parameters.get("NextToken"), question, _invalid("NextToken"))
    return {"Subscriptions": [_item(item) for item in shown]} | ({"NextToken": token} if token else {})


def _item(subscription: Subscription) -> dict[str, str]:
    return {
        "SubscriptionArn": _PENDING_ARN if is_pending(subscription) else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic.arn,
    }


# CreateTopic returns an existing topic only if attributes and tags are equal; moto 5.2.5 ignores them.
#
# Source: SNS API reference, CreateTopic: a topic of that name with other attributes or tags is InvalidParameter.


@override("sns", "CreateTopic")
def create_topic(_state: State, call: Call) -> None:
    """Reject attributes or tags that the existing topic does not have; moto does the rest."""
    parameters = call.parameters
    arn = make_arn_for_topic(call.account, parameters.get("Name", ""), call.region)
    topic: Topic | None = sns_backends[call.account][call.region].topics.get(arn)
    if topic is None:
        return
    tags = {tag["Key"]: tag["Value"] for tag in parameters.get("Tags", [])}
    if not tags.items() <= topic._tags.items():
        raise _differs("Tags", "tags")
    if not all(_has(topic, name, value) for name, value in parameters.get("Attributes", {}).items()):
        raise _differs("Attributes", "attributes")


def _has(topic: Topic, name: str, value: str) -> bool:
    present: Any = getattr(topic, camelcase_to_underscores(name), None)
    if isinstance(present, bool):
        return str(present).lower() == value.lower()
    return bool(present == value) or (name == "Policy" and json.loads(present) == json.loads(value))


def _differs(parameter: str, what: str) -> AwsError:
    return AwsError(
        "InvalidParameter", f"Invalid parameter: {parameter} Reason: Topic already exists with different {what}", 400
    )


# Publish succeeds if an HTTP endpoint does not answer; moto 5.2.5 fails, and later subscribers get no message.
#
# Subscribe accepts SNS's protocols only, each with its form of endpoint; moto accepts any.
# Sources: SNS developer guide, "Amazon SNS message delivery retries": deliveries follow the answer to Publish; SNS API
# reference, Subscribe.

_PROTOCOLS = frozenset({"application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"})
_LOGGER = logging.getLogger(__name__)
_publish_by_moto = Subscription.publish


@override("sns", "Subscribe")
def check_protocol(_state: State, call: Call) -> None:
    """Reject an unknown protocol, or the endpoint of another protocol."""
    protocol, address = str(call.parameters.get("Protocol")), str(call.parameters.get("Endpoint", ""))
    if protocol not in _PROTOCOLS:
        message = f"Invalid parameter: Amazon SNS does not support this protocol string: {protocol}"
        raise AwsError("InvalidParameter", message, 400)
    if protocol in ("http", "https") and not address.startswith(f"{protocol}://"):
        raise AwsError("InvalidParameter", "Invalid parameter: Endpoint must match the specified protocol", 400)


@patch(Subscription, "publish")
def _publish(subscription: Subscription, *arguments: Any, **named: Any) -> None:
    try:
        _publish_by_moto(subscription, *arguments, **named)
    except RequestException as error:
        _LOGGER.warning("%s was not reached for %s: %s", subscription.endpoint, subscription.topic.arn, error)
