"""What SNS itself writes into e-mails: sender, confirmation request, footer. Pure."""

from __future__ import annotations

from email.headerregistry import Address
from urllib.parse import urlencode

DEFAULT_SENDER_NAME = "AWS Notifications"
DEFAULT_SUBJECT = "AWS Notification Message"
CONFIRMATION_SUBJECT = "AWS Notification - Subscription Confirmation"

_ADDRESS = "no-reply@sns.amazonaws.com"
_NO_REPLY = "Please do not reply directly to this email."


def sender(display_name: str = "") -> str:
    """Return the From header; a topic's display name replaces the default one."""
    name = " ".join(display_name.split()) or DEFAULT_SENDER_NAME
    return str(Address(display_name=name, addr_spec=_ADDRESS))


def confirmation_text(base_url: str, topic_arn: str, token: str) -> str:
    """Return the body of the mail that asks the owner of an address to confirm a subscription."""
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
