"""E-mail subscriptions of SNS from the request to the confirmation, which moto does not have.

A subscription lives in moto's backend of the topic; what moto has no place for is kept here, in the world's state.
Source: SNS API reference, Subscribe, ConfirmSubscription and Unsubscribe; SNS developer guide, "Email notifications".
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from moto.sns.models import SNSBackend, Subscription, sns_backends

from embedded_aws.stages.mail_text import CONFIRMATION_SUBJECT, confirmation_text, sender

if TYPE_CHECKING:
    from embedded_aws.world import World

EMAIL_PROTOCOLS = ("email", "email-json")
TOKEN_LIFETIME = timedelta(days=2)
PENDING_LIFETIME = timedelta(days=3)

_LOGGER = logging.getLogger(__name__)
_TOKEN_BYTES = 72


@dataclass(frozen=True)
class Token:
    """What the link in a confirmation mail stands for."""

    subscription_arn: str
    expires: datetime


@dataclass
class EmailSubscriptions:
    """What is known of e-mail subscriptions beyond moto.

    Attributes:
        tokens: the tokens that were mailed, expired ones until the next mail.
        base_urls: by subscription ARN, where the subscriber's links lead: to the endpoint that took the Subscribe.
        asked: by subscription ARN, when the subscription was asked for.
        locked: the subscriptions that only a signed request may end.
    """

    tokens: dict[str, Token] = field(default_factory=dict)
    base_urls: dict[str, str] = field(default_factory=dict)
    asked: dict[str, datetime] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)

    def forget(self, subscription_arn: str) -> None:
        """Drop all about a subscription that has ended."""
        self.tokens = {key: token for key, token in self.tokens.items() if token.subscription_arn != subscription_arn}
        self.base_urls.pop(subscription_arn, None)
        self.asked.pop(subscription_arn, None)
        self.locked.discard(subscription_arn)


def email_subscriptions(world: World) -> EmailSubscriptions:
    """Return the world's only instance."""
    with world.lock:
        known: EmailSubscriptions = world.state.setdefault("sns.email_subscriptions", EmailSubscriptions())
    return known


def backend_of(arn: str) -> SNSBackend:
    """Return moto's backend of the account and region in a topic's or subscription's ARN. ValueError for no ARN."""
    parts = arn.split(":")
    if len(parts) < 6 or not (parts[3] and parts[4]):
        raise ValueError(f"{arn} is not an ARN of SNS")
    backend: SNSBackend = sns_backends[parts[4]][parts[3]]
    return backend


def is_pending(subscription: Subscription) -> bool:
    """Tell whether the owner of the address has not confirmed yet."""
    return bool(subscription.attributes.get("PendingConfirmation"))


def drop_expired(world: World, backend: SNSBackend) -> None:
    """End the subscriptions that nobody confirmed in time, as AWS does by itself."""
    known, now = email_subscriptions(world), world.clock.now()
    for arn, subscription in list(backend.subscriptions.items()):
        if is_pending(subscription) and now - known.asked.get(arn, now) > PENDING_LIFETIME:
            backend.unsubscribe(arn)
            known.forget(arn)


def request_confirmation(world: World, subscription: Subscription, base_url: str) -> None:
    """Mail a link with a new token to the address of a pending subscription."""
    known, now = email_subscriptions(world), world.clock.now()
    token = secrets.token_hex(_TOKEN_BYTES)
    with world.lock:
        known.tokens = {key: kept for key, kept in known.tokens.items() if kept.expires > now}
        known.tokens[token] = Token(subscription.arn, now + TOKEN_LIFETIME)
        known.base_urls[subscription.arn] = base_url
        known.asked.setdefault(subscription.arn, now)
    body = confirmation_text(base_url, subscription.topic.arn, token)
    post(world, sender(), subscription.endpoint, CONFIRMATION_SUBJECT, body)


def post(world: World, sender_line: str, to: str, subject: str, body: str) -> None:
    """Send one mail; SNS tells nobody that a mail could not be delivered, so that only the log says it."""
    try:
        world.mailbox.deliver(sender_line, to, subject, body, at=world.clock.now())
    except OSError as error:
        _LOGGER.warning("The mail %r to %s was not delivered: %s", subject, to, error)
