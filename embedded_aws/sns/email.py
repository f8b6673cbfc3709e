"""E-mail subscriptions of SNS and the texts of its e-mails."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from email.headerregistry import Address
from urllib.parse import urlencode

from moto.sns.models import SNSBackend, Subscription, Topic, sns_backends

from embedded_aws.core.state import State
from embedded_aws.sns.http import post_confirmation

# The sender, confirmation text and footer of e-mails. Pure functions.

DEFAULT_SENDER_NAME = "AWS Notifications"
DEFAULT_SUBJECT = "AWS Notification Message"
CONFIRMATION_SUBJECT = "AWS Notification - Subscription Confirmation"

_SENDER_ADDRESS = "no-reply@sns.amazonaws.com"
_NO_REPLY = "Please do not reply directly to this email."


def sender(display_name: str = "") -> str:
    """Return the From header; a topic's display name replaces the default one."""
    name = " ".join(display_name.split()) or DEFAULT_SENDER_NAME
    return str(Address(display_name=name, addr_spec=_SENDER_ADDRESS))


def confirmation_text(base_url: str, topic_arn: str, token: str) -> str:
    """Return the body of a subscription confirmation."""
    link = _link(base_url, Action="ConfirmSubscription", TopicArn=topic_arn, Token=token)
    return (
        f"You have chosen to subscribe to the topic:\n{topic_arn}\n\n"
        "To confirm this subscription, click or visit the link below (If this was in error no action is necessary):\n"
        f"{link}\n\n"
        f"{_NO_REPLY} If you wish to remove yourself from receiving all future SNS subscription confirmation requests "
        "please send an email to sns-opt-out"
    )


def unsubscribe_link(base_url: str, subscription_arn: str) -> str:
    """Return the link that ends a subscription."""
    return _link(base_url, Action="Unsubscribe", SubscriptionArn=subscription_arn)


def with_footer(text: str, base_url: str, subscription_arn: str) -> str:
    """Return a notification's text with the link that ends the subscription."""
    link = unsubscribe_link(base_url, subscription_arn)
    return (
        f"{text}\n\n--\nIf you wish to stop receiving notifications from this topic, please click or visit the link "
        f"below to unsubscribe:\n{link}\n\n"
        f"{_NO_REPLY} If you have any questions or comments regarding this email, please contact us at "
        "https://aws.amazon.com/support"
    )


def _link(base_url: str, **query: str) -> str:
    return f"{base_url}/?{urlencode(query, safe=':')}"


# E-mail subscriptions from the request to the confirmation, which moto lacks.
#
# A subscription is stored in moto's backend of the topic; what moto has no attribute for is in `SnsState`.
# Sources: SNS API reference, Subscribe, ConfirmSubscription and Unsubscribe; SNS developer guide, "Email notifications"
# and "Confirming the subscription".

EMAIL_PROTOCOLS = ("email", "email-json")
CONFIRMED_PROTOCOLS = (*EMAIL_PROTOCOLS, "http", "https")
"""The protocols whose endpoints confirm a subscription."""
PENDING_LIFETIME = timedelta(hours=48)
"""How long a subscription waits for its confirmation, and so the lifetime of its token."""

_LOGGER = logging.getLogger(__name__)
_TOKEN_BYTES = 144


def backend_of(arn: str) -> SNSBackend:
    """Return moto's backend for the ARN of a topic or subscription. Raise ValueError for an invalid ARN."""
    parts = arn.split(":")
    if len(parts) < 6 or not (parts[3] and parts[4]):
        raise ValueError(f"{arn} is not an ARN of SNS")
    backend: SNSBackend = sns_backends[parts[4]][parts[3]]
    return backend


def is_pending(subscription: Subscription) -> bool:
    """Return whether the subscription is not confirmed yet."""
    return bool(subscription.attributes.get("PendingConfirmation"))


def subscriptions_of(topic: Topic) -> list[Subscription]:
    """Return the subscriptions of a topic."""
    return [item for item in list(topic.sns_backend.subscriptions.values()) if item.topic is topic]


def drop_expired(state: State, backend: SNSBackend) -> None:
    """Remove the subscriptions that were not confirmed in time."""
    known, now = state.sns, state.clock.now()
    for arn, subscription in list(backend.subscriptions.items()):
        if is_pending(subscription) and now - known.asked.get(arn, now) > PENDING_LIFETIME:
            backend.unsubscribe(arn)
            known.remove(arn)


def request_confirmation(state: State, subscription: Subscription, base_url: str) -> None:
    """Send a confirmation link with a new token to the address or URL of a pending subscription."""
    known, now = state.sns, state.clock.now()
    token = secrets.token_hex(_TOKEN_BYTES)
    with state.lock:
        known.tokens[token] = subscription.arn
        known.base_urls[subscription.arn] = base_url
        known.asked[subscription.arn] = now
    if subscription.protocol not in EMAIL_PROTOCOLS:
        topic_arn = subscription.topic.arn
        link = _link(base_url, Action="ConfirmSubscription", TopicArn=topic_arn, Token=token)
        post_confirmation(subscription.endpoint, topic_arn, token, link, now)
        return
    body = confirmation_text(base_url, subscription.topic.arn, token)
    post(state, sender(), subscription.endpoint, CONFIRMATION_SUBJECT, body)


def post(state: State, sender_line: str, to: str, subject: str, body: str) -> None:
    """Send one e-mail; SNS does not report a failed delivery, so an error is only logged."""
    try:
        state.mailbox.deliver(sender_line, to, subject, body, at=state.clock.now())
    except OSError as error:
        _LOGGER.warning("The mail %r to %s was not delivered: %s", subject, to, error)
