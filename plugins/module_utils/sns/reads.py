# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read topics and subscriptions."""

from __future__ import annotations

from ..core.account import Account
from ..core.tags import as_mapping
from .plan import Topic, topic_arn
from .subscriptions import Subscription, subscriptions_of


def find_topic(account: Account, name: str) -> Topic | None:
    """Return the topic with this name, its tags and its subscriptions, or None."""
    arn = topic_arn(name, account.place)
    topic = f"topic {name}"
    answer = account.read_if_any(
        "sns", "GetTopicAttributes", topic, "NotFound", parameters={"TopicArn": arn}, resource_arn=arn
    )
    if not answer:
        return None
    tags = account.read("sns", "ListTagsForResource", topic, {"ResourceArn": arn}, resource_arn=arn)
    items = account.read_all(
        "sns", "ListSubscriptionsByTopic", topic, "Subscriptions", {"TopicArn": arn}, resource_arn=arn
    )
    return Topic(answer["Attributes"], as_mapping(tags["Tags"]), subscriptions_of(items))


def find_subscription(account: Account, arn: str) -> Subscription:
    """Return a confirmed subscription."""
    answer = account.read(
        "sns", "GetSubscriptionAttributes", f"subscription {arn}", {"SubscriptionArn": arn}, resource_arn=arn
    )
    (subscription,) = subscriptions_of([{**answer["Attributes"], "SubscriptionArn": arn}])
    return subscription
