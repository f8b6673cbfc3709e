"""Deliver a published message to a topic's subscribers: queues and HTTP endpoints by moto, e-mail by SMTP."""

from __future__ import annotations

import json
import logging
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.sns.models import Subscription, Topic

from embedded_aws.core.call import Answer, Call
from embedded_aws.core.state import State
from embedded_aws.sns.email import (
    DEFAULT_SUBJECT,
    EMAIL_PROTOCOLS,
    backend_of,
    is_pending,
    post,
    sender,
    subscriptions_of,
    unsubscribe_link,
    with_footer,
)

MESSAGES_KEPT = 100
"""How many messages moto's list of a topic's messages keeps; it would grow without limit."""

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True)
class Notification:
    """A published message.

    Attributes:
        structure: "json" if the message is a JSON object of texts by protocol; None for one text.
        attributes: by name, {"Type", "Value"}; evaluated by filter policies.
    """

    id: str
    message: str
    subject: str | None = None
    structure: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def text_for(self, protocol: str) -> str:
        """Return the text for subscribers of a protocol."""
        return text_for(self.message, protocol) if self.structure == "json" else self.message


def text_for(message: str, protocol: str) -> str:
    """Return the text for a protocol from a JSON object; AWS ignores a value that is not a string."""
    texts: dict[str, Any] = json.loads(message)
    text = texts.get(protocol)
    return text if text and isinstance(text, str) else str(texts["default"])


def find_topic(arn: str) -> Topic | None:
    """Return moto's topic, or None if it does not exist."""
    try:
        topic: Topic | None = backend_of(arn).topics.get(arn)
    except ValueError:
        return None
    return topic


def publish(state: State, topic: Topic, message: str, subject: str | None = None, structure: str | None = None) -> None:
    """Publish to all subscribers for a service; failed deliveries are only logged."""
    notification = Notification(str(uuid.uuid4()), message, subject, structure)
    for subscription in subscriptions_of(topic):
        if subscription.protocol not in EMAIL_PROTOCOLS:
            try:
                subscription.publish(message, notification.id, subject, message_structure=structure)
            except Exception as error:  # a deleted queue, an HTTP endpoint that does not answer
                _LOGGER.warning("%s was not reached for %s: %s", subscription.endpoint, topic.arn, error)
    mail_subscribers(state, topic, notification)


def mail_subscribers(state: State, topic: Topic, notification: Notification) -> None:
    """Send e-mails to the confirmed subscribers whose filter policy matches the message."""
    del topic.sent_notifications[:-MESSAGES_KEPT]
    for subscription in subscriptions_of(topic):
        if _takes(subscription, notification):
            _mail(state, subscription, notification)


def _takes(subscription: Subscription, notification: Notification) -> bool:
    if subscription.protocol not in EMAIL_PROTOCOLS or is_pending(subscription):
        return False
    matcher = subscription._filter_policy_matcher
    return matcher is None or bool(matcher.matches(dict(notification.attributes), notification.message))


def _mail(state: State, subscription: Subscription, notification: Notification) -> None:
    topic = subscription.topic
    region = topic.sns_backend.region_name
    base_url = state.sns.base_urls.get(subscription.arn, f"https://sns.{region}.amazonaws.com")
    subject = notification.subject or DEFAULT_SUBJECT
    text = notification.text_for(subscription.protocol)
    if subscription.protocol == "email-json":
        body = subscription.get_post_data(text, notification.id, subject, dict(notification.attributes))
        text = json.dumps(body | {"UnsubscribeURL": unsubscribe_link(base_url, subscription.arn)}, indent=2)
    else:
        text = with_footer(text, base_url, subscription.arn)
    post(state, sender(topic.display_name), subscription.endpoint, subject, text)


def email_published_messages(state: State, call: Call, answer: Answer) -> None:
    """Send the e-mails for a client's Publish or PublishBatch; moto has delivered to the other protocols."""
    topic = find_topic(call.parameters.get("TopicArn") or call.parameters.get("TargetArn") or "")
    if topic and not answer.error_code:
        for notification in _notifications(call.parameters, answer.parsed(call)):
            mail_subscribers(state, topic, notification)


def _notifications(parameters: dict[str, Any], response: dict[str, Any]) -> Iterator[Notification]:
    entries = {entry["Id"]: entry for entry in parameters.get("PublishBatchRequestEntries", [])}
    if not entries:
        yield _notification(response["MessageId"], parameters)
    for success in response.get("Successful", []):
        yield _notification(success["MessageId"], entries[success["Id"]])


def _notification(message_id: str, entry: dict[str, Any]) -> Notification:
    attributes = {
        name: {"Type": value["DataType"], "Value": value.get("StringValue") or value.get("BinaryValue")}
        for name, value in entry.get("MessageAttributes", {}).items()
    }
    return Notification(message_id, entry["Message"], entry.get("Subject"), entry.get("MessageStructure"), attributes)
