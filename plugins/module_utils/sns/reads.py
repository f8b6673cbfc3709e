# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read topics and subscriptions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..core.account import Account
from ..core.errors import AwsError
from ..core.tags import Listed, as_mapping, listed_tags
from .endpoints import EMAIL_PROTOCOLS, identity
from .plan import Topic, topic_arn
from .subscriptions import Subscription, subscriptions_of, unnamed_subscriptions, unnamed_warning


def find_topic(account: Account, name: str, listed: Listed | None = None) -> Topic | None:
    """Return the topic with this name, its tags, read unless they are listed, and its subscriptions, or None."""
    arn = topic_arn(name, account.place)
    attributes = topic_attributes(account, arn)
    if attributes is None:
        return None
    tags = listed_tags(listed, arn) or topic_tags(account, arn)
    return Topic(attributes, tags, subscriptions_of(topic_subscriptions(account, arn)))


def topic_attributes(account: Account, arn: str) -> dict[str, str] | None:
    """Return the attributes of a topic, or None if it does not exist. SNS rejects the ARN of another region."""
    missing = ("NotFound", "NotFoundException", "InvalidParameter")
    options: dict[str, Any] = {"parameters": {"TopicArn": arn}, "resource_arn": arn}
    answer = account.read_if_any("sns", "GetTopicAttributes", _label(arn), *missing, **options)
    attributes: dict[str, str] | None = answer.get("Attributes")
    return attributes


def topic_tags(account: Account, arn: str) -> dict[str, str]:
    """Return the tags of a topic; none if it was deleted."""
    options: dict[str, Any] = {"parameters": {"ResourceArn": arn}, "resource_arn": arn}
    answer = account.read_if_any("sns", "ListTagsForResource", _label(arn), "ResourceNotFound", **options)
    return as_mapping(answer.get("Tags", []))


def topic_subscriptions(account: Account, arn: str) -> list[dict[str, Any]]:
    """Return the subscriptions of a topic in the form of ListSubscriptionsByTopic."""
    listing = ("ListSubscriptionsByTopic", _label(arn), "Subscriptions", {"TopicArn": arn})
    return account.read_all("sns", *listing, resource_arn=arn)


def unnamed_subscriptions_of(account: Account, topic: str, named: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Yield a warning about the confirmed subscriptions of a topic, if it exists, that are not among the named ones."""
    try:
        found = subscriptions_of(topic_subscriptions(account, topic_arn(topic, account.place)))
    except AwsError as error:
        if error.code not in ("NotFound", "NotFoundException"):
            raise
        return
    identities = {identity(entry["protocol"], entry["endpoint"]) for entry in named}
    yield from unnamed_warning(topic, unnamed_subscriptions(found, identities))


def _label(arn: str) -> str:
    return f"topic {arn.rsplit(':', 1)[-1]}"


def open_addresses(account: Account, subscriptions: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the email addresses whose subscription anybody with one of its emails can end.

    Args:
        account: The account.
        subscriptions: The subscriptions in the form of ListSubscriptionsByTopic.
    """
    emails = [item for item in subscriptions if item["Protocol"] in EMAIL_PROTOCOLS]
    confirmed = [item for item in emails if item["SubscriptionArn"].startswith("arn:")]
    return [item["Endpoint"] for item in confirmed if not _is_authenticated(account, item["SubscriptionArn"])]


def _is_authenticated(account: Account, arn: str) -> bool:
    options: dict[str, Any] = {"parameters": {"SubscriptionArn": arn}, "resource_arn": arn}
    answer = account.read_if_any(
        "sns", "GetSubscriptionAttributes", f"subscription {arn}", "NotFound", "NotFoundException", **options
    )
    # A subscription that has ended since it was listed is not open either.
    return bool(answer.get("Attributes", {}).get("ConfirmationWasAuthenticated", "true") == "true")


def find_subscription(account: Account, arn: str) -> Subscription:
    """Return a confirmed subscription."""
    answer = account.read(
        "sns", "GetSubscriptionAttributes", f"subscription {arn}", {"SubscriptionArn": arn}, resource_arn=arn
    )
    (subscription,) = subscriptions_of([{**answer["Attributes"], "SubscriptionArn": arn}])
    return subscription
