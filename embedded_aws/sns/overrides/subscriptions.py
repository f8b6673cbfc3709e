"""Subscriptions of e-mail addresses and URLs: pending until confirmed. moto 5.2.5 confirms them at once.

Sources: SNS API reference, Subscribe, ConfirmSubscription, Unsubscribe and ListSubscriptionsByTopic; recorded answers
of AWS (2026-09) for ConfirmSubscription.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from moto.core.exceptions import ServiceException
from moto.sns.models import SNSBackend, Subscription, Topic, sns_backends

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.pages import page
from embedded_aws.core.state import State
from embedded_aws.iam.identity import user_identity
from embedded_aws.sns.answers import check_arn, invalid, topic_of
from embedded_aws.sns.email import (
    CONFIRMED_PROTOCOLS,
    EMAIL_PROTOCOLS,
    backend_of,
    drop_expired,
    is_pending,
    request_confirmation,
    subscriptions_of,
)
from embedded_aws.sns.overrides.subscription_attributes import require_same, set_attribute

_PROTOCOLS = frozenset({"application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"})
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
# The tokens in public examples are 288 hexadecimal digits; AWS calls "randomtoken" malformed.
_TOKEN = re.compile(r"[0-9a-f]{128,}")
_PENDING_ARN = "PendingConfirmation"
_PAGE = 100
_ELEMENTS_OF_A_TOPIC = 6


@override("sns", "Subscribe")
def check_protocol(_state: State, call: Call) -> None:
    """Reject an unknown protocol, or the endpoint of another protocol; moto accepts any."""
    protocol, address = str(call.parameters.get("Protocol")), str(call.parameters.get("Endpoint", ""))
    if protocol not in _PROTOCOLS:
        raise invalid(f"Amazon SNS does not support this protocol string: {protocol}")
    if protocol in ("http", "https") and not address.startswith(f"{protocol}://"):
        raise invalid("Endpoint must match the specified protocol")


@override("sns", "Subscribe")
def subscribe(state: State, call: Call) -> dict[str, Any]:
    """Subscribe an endpoint; an e-mail address or URL gets a link unless its subscription is confirmed."""
    parameters = call.parameters
    topic = topic_of(call)
    if parameters["Protocol"] in EMAIL_PROTOCOLS and not _ADDRESS.fullmatch(parameters.get("Endpoint", "")):
        raise invalid("Email address")
    drop_expired(state, topic.sns_backend)
    subscription = _subscription(topic, call)
    if not is_pending(subscription):
        return {"SubscriptionArn": subscription.arn}
    request_confirmation(state, subscription, f"{call.environ['wsgi.url_scheme']}://{call.environ['HTTP_HOST']}")
    return {"SubscriptionArn": subscription.arn if parameters.get("ReturnSubscriptionArn") else "pending confirmation"}


def _subscription(topic: Topic, call: Call) -> Subscription:
    """Return the subscription of an endpoint, new with the attributes of the call, or existing with the same ones."""
    backend: SNSBackend = topic.sns_backend
    protocol, attributes = call.parameters["Protocol"], call.parameters.get("Attributes", {})
    known = set(backend.subscriptions)
    subscription: Subscription = backend.subscribe(topic.arn, call.parameters.get("Endpoint", ""), protocol)
    if subscription.arn in known:
        require_same(subscription, attributes)
        return subscription
    subscription.owner = call.account
    subscription.attributes |= {"Owner": call.account, "SubscriptionPrincipal": user_identity(call).get("arn", "")}
    if protocol in CONFIRMED_PROTOCOLS:
        subscription.attributes |= {"PendingConfirmation": True, "ConfirmationWasAuthenticated": False}
    try:
        # Reverse order: FilterPolicyScope comes before FilterPolicy, whose check depends on it.
        for name, value in sorted(attributes.items(), reverse=True):
            set_attribute(subscription, name, value, "Attributes Reason: ")
    except ServiceException:
        backend.unsubscribe(subscription.arn)
        raise
    return subscription


@override("sns", "ConfirmSubscription")
def confirm_subscription(state: State, call: Call) -> dict[str, Any]:
    """Confirm the subscription that the token belongs to, of any topic; a signed call can lock it."""
    token = call.parameters.get("Token", "")
    arn = state.sns.tokens.get(token, "")
    if not arn:
        raise invalid("Token") if _TOKEN.fullmatch(token) else AwsError("InvalidParameter", "Invalid token", 400)
    drop_expired(state, backend_of(arn))
    authenticate = call.parameters.get("AuthenticateOnUnsubscribe") == "true"
    # Subscriptions of a deleted topic stay confirmed.
    if arn in state.sns.confirmed:
        if authenticate:
            raise AwsError("AuthorizationError", "Subscription already confirmed", 403)
    elif arn in backend_of(arn).subscriptions:
        _confirm(state, backend_of(arn).subscriptions[arn], signed=call.access_key is not None, lock=authenticate)
    else:
        raise AwsError("NotFound", "Subscription does not exist", 404)
    return {"SubscriptionArn": arn}


def _confirm(state: State, subscription: Subscription, *, signed: bool, lock: bool) -> None:
    subscription.attributes |= {"PendingConfirmation": False, "ConfirmationWasAuthenticated": signed}
    state.sns.confirmed.add(subscription.arn)
    if signed and lock:
        state.sns.locked.add(subscription.arn)


@override("sns", "Unsubscribe")
def unsubscribe(state: State, call: Call) -> dict[str, Any]:
    """Remove a confirmed subscription; a pending one is rejected."""
    arn = call.parameters.get("SubscriptionArn", "")
    check_arn("SubscriptionArn", arn)
    if len(arn.split(":")) <= _ELEMENTS_OF_A_TOPIC:
        raise invalid("SubscriptionId")
    if state.sns.orphans.pop(arn, None):
        state.sns.remove(arn)
        return {}
    subscription = backend_of(arn).subscriptions.get(arn)
    if subscription is None:
        return {}
    if is_pending(subscription):
        raise invalid("This operation cannot be performed on a subscription that is pending confirmation")
    if arn in state.sns.locked and call.access_key is None:
        raise AwsError("AuthorizationError", "The unsubscribe request must be signed by AWS credentials", 403)
    backend_of(arn).unsubscribe(arn)
    state.sns.remove(arn)
    subscription.topic.subscriptions_deleted += 1
    return {}


@override("sns", "ListSubscriptions")
def list_subscriptions(state: State, call: Call) -> dict[str, Any]:
    """List the account's subscriptions, pending ones without an ARN."""
    backend: SNSBackend = sns_backends[call.account][call.region]
    drop_expired(state, backend)
    orphans = [item for item in state.sns.orphans.values() if item.topic.sns_backend is backend]
    return _page([*backend.subscriptions.values(), *orphans], call)


@override("sns", "ListSubscriptionsByTopic")
def list_subscriptions_bytopic_of(state: State, call: Call) -> dict[str, Any]:
    """List a topic's subscriptions, pending ones without an ARN."""
    topic = topic_of(call)
    drop_expired(state, topic.sns_backend)
    return _page(subscriptions_of(topic), call)


def _page(subscriptions: Iterable[Subscription], call: Call) -> dict[str, Any]:
    question = (call.account, call.region, call.parameters.get("TopicArn"))
    shown, token = page(list(subscriptions), _PAGE, call.parameters.get("NextToken"), question, invalid("NextToken"))
    return {"Subscriptions": [_item(item) for item in shown]} | ({"NextToken": token} if token else {})


def _item(subscription: Subscription) -> dict[str, str]:
    return {
        "SubscriptionArn": _PENDING_ARN if is_pending(subscription) else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic.arn,
    }
