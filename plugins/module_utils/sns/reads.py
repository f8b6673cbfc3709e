# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is read from SNS."""

from __future__ import annotations

from ..core.account import Account
from ..core.tags import as_mapping
from .plan import FoundTopic, topic_arn
from .subscriptions import Subscription, listed


def find_topic(account: Account, name: str) -> FoundTopic | None:
    """Return the topic of this name with its tags and subscriptions, or None."""
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
    return FoundTopic(answer["Attributes"], as_mapping(tags["Tags"]), listed(items))


def find_subscription(account: Account, arn: str) -> Subscription:
    """Return a confirmed subscription."""
    answer = account.read(
        "sns", "GetSubscriptionAttributes", f"subscription {arn}", {"SubscriptionArn": arn}, resource_arn=arn
    )
    attributes = answer["Attributes"]
    (subscription,) = listed([{**attributes, "SubscriptionArn": arn}])
    return subscription
