"""Topics: what moto 5.2.5 ignores in CreateTopic, and the counts of subscriptions.

Source: SNS API reference, CreateTopic (a topic of that name with other attributes or tags is InvalidParameter) and
GetTopicAttributes.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.sns.models import Topic, sns_backends
from moto.sns.utils import make_arn_for_topic

from embedded_aws.core.call import Call
from embedded_aws.core.consistency import SNS_SUBSCRIPTIONS
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State
from embedded_aws.sns.answers import invalid, topic_of
from embedded_aws.sns.email import drop_expired, is_pending, subscriptions_of


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
    return invalid(f"{parameter} Reason: Topic already exists with different {what}")


@override("sns", "GetTopicAttributes")
def get_topic_attributes(state: State, call: Call) -> None:
    """Update the counts that moto returns."""
    topic = topic_of(call.parameters.get("TopicArn", ""))
    drop_expired(state, topic.sns_backend)
    pending = [is_pending(subscription) for subscription in subscriptions_of(topic)]
    topic.subscriptions_pending = sum(pending)
    topic.subscriptions_confimed = len(pending) - sum(pending)  # moto's spelling


@override("sns", "DeleteTopic")
def delete_topic(state: State, call: Call) -> dict[str, Any] | None:
    """Delete a topic; with the delays of AWS, its subscriptions are listed for hours. Source: `SNS_SUBSCRIPTIONS`."""
    arn = call.parameters.get("TopicArn", "")
    if arn.count(":") < 5:
        raise invalid(f"TopicArn Reason: An ARN must have at least 6 elements, not {len(arn.split(':'))}")
    if not state.consistency.lags or arn not in sns_backends[call.account][call.region].topics:
        return None
    orphans, topic = state.sns.orphans, topic_of(arn)
    for item in subscriptions_of(topic):
        orphans[item.arn] = item
        state.consistency.later(SNS_SUBSCRIPTIONS, partial(orphans.pop, item.arn, None), item.endpoint)
    topic.sns_backend.delete_topic(arn)
    return {}
