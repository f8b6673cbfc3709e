"""Topics: names, tags, attributes and permissions, which moto 5.2.5 checks in part.

Sources: SNS API reference, CreateTopic (a topic of that name with other attributes or tags is InvalidParameter) and
GetTopicAttributes; recorded answers of AWS (2023 to 2026).
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_documents import statements_of
from ansible_collections.secmon.aws.plugins.module_utils.core.policy_limits import (
    TOPIC_POLICY_BYTES,
    TOPIC_POLICY_STATEMENTS,
    policy_bytes,
)
from moto.core.utils import camelcase_to_underscores
from moto.sns.models import VALID_POLICY_ACTIONS, Topic, sns_backends
from moto.sns.utils import make_arn_for_topic

from embedded_aws.core.call import Call
from embedded_aws.core.consistency import SNS_SUBSCRIPTIONS
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State
from embedded_aws.sns.answers import check_topic_arn, invalid, topic_of
from embedded_aws.sns.delivery_policy import as_stored, effective
from embedded_aws.sns.email import drop_expired, is_pending, subscriptions_of

_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")
_FIFO_NAME = re.compile(r"(?=.{1,256}$)[A-Za-z0-9_-]+\.fifo")
# Only attributes with a value are answered.
_OPTIONAL = ("KmsMasterKeyId", "SignatureVersion", "TracingConfig", "MaximumMessageSize", "ArchivePolicy")


@override("sns", "CreateTopic")
def create_topic(_state: State, call: Call) -> None:
    """Reject a bad name, and attributes or tags that the existing topic does not have; moto does the rest."""
    parameters = call.parameters
    name, attributes = parameters.get("Name", ""), parameters.get("Attributes", {})
    pattern = _FIFO_NAME if attributes.get("FifoTopic", "").lower() == "true" else _NAME
    if not pattern.fullmatch(name):
        raise invalid("Topic Name")
    _check_policy(attributes.get("Policy", ""))
    tags = _tags(call)
    arn = make_arn_for_topic(call.account, name, call.region)
    topic: Topic | None = sns_backends[call.account][call.region].topics.get(arn)
    if topic is None:
        return
    if not tags.items() <= topic._tags.items():
        raise _differs("Tags", "tags")
    if not all(_has(topic, name, value) for name, value in attributes.items()):
        raise _differs("Attributes", "attributes")


@override("sns", "TagResource")
def tag_resource(_state: State, call: Call) -> None:
    """Reject a key that is given twice."""
    _tags(call)


def _tags(call: Call) -> dict[str, str]:
    given = call.parameters.get("Tags", [])
    tags = {tag["Key"]: tag["Value"] for tag in given}
    if len(tags) < len(given):
        raise invalid("Duplicated keys are not allowed.")
    return tags


def _has(topic: Topic, name: str, value: str) -> bool:
    present: Any = getattr(topic, camelcase_to_underscores(name), None)
    if isinstance(present, bool):
        return str(present).lower() == value.lower()
    return bool(present == value) or (name == "Policy" and json.loads(present) == json.loads(value))


def _differs(parameter: str, what: str) -> AwsError:
    return invalid(f"{parameter} Reason: Topic already exists with different {what}")


@override("sns", "DeleteTopic")
def delete_topic(state: State, call: Call) -> dict[str, Any] | None:
    """Delete a topic; with the delays of AWS, its subscriptions are listed for hours. Source: `SNS_SUBSCRIPTIONS`."""
    arn = check_topic_arn(call)
    if not state.consistency.lags or arn not in sns_backends[call.account][call.region].topics:
        return None
    orphans, topic = state.sns.orphans, topic_of(call)
    for item in subscriptions_of(topic):
        orphans[item.arn] = item
        state.consistency.later(SNS_SUBSCRIPTIONS, partial(orphans.pop, item.arn, None), item.endpoint)
    topic.sns_backend.delete_topic(arn)
    return {}


@override("sns", "SetTopicAttributes")
def set_topic_attributes(_state: State, call: Call) -> None:
    """Reject a topic that does not exist, and a policy that is too large; moto stores the attribute."""
    topic_of(call)
    if call.parameters.get("AttributeName") == "Policy":
        _check_policy(call.parameters.get("AttributeValue", ""))


def _check_policy(text: str) -> None:
    """Reject a policy above the quotas of the SNS developer guide, "Policy quotas"; the texts are our reading."""
    try:
        policy = json.loads(text)
    except ValueError:
        return
    if isinstance(policy, dict) and policy_bytes(policy) > TOPIC_POLICY_BYTES:
        raise invalid(f"Policy exceeds the maximum of {TOPIC_POLICY_BYTES} bytes")
    if isinstance(policy, dict) and len(statements_of(policy)) > TOPIC_POLICY_STATEMENTS:
        raise invalid(f"Policy exceeds the maximum of {TOPIC_POLICY_STATEMENTS} statements")


@override("sns", "GetTopicAttributes")
def get_topic_attributes(state: State, call: Call) -> dict[str, Any]:
    """Return the attributes of a topic."""
    topic = topic_of(call)
    drop_expired(state, topic.sns_backend)
    pending = [is_pending(subscription) for subscription in subscriptions_of(topic)]
    attributes = {
        "Policy": topic.policy,
        "Owner": topic.account_id,
        "SubscriptionsPending": str(sum(pending)),
        "SubscriptionsConfirmed": str(len(pending) - sum(pending)),
        "SubscriptionsDeleted": str(topic.subscriptions_deleted),
        "TopicArn": topic.arn,
        "DisplayName": topic.display_name,
        "EffectiveDeliveryPolicy": effective(topic.delivery_policy),
    }
    stored = as_stored(topic.delivery_policy)
    attributes |= {"DeliveryPolicy": stored} if stored else {}
    attributes |= {name: value for name in _OPTIONAL if (value := getattr(topic, camelcase_to_underscores(name), ""))}
    if topic.fifo_topic:
        attributes |= {
            "FifoTopic": "true",
            "ContentBasedDeduplication": str(topic.content_based_deduplication).lower(),
        }
    return {"Attributes": attributes}


@override("sns", "AddPermission")
def add_permission(_state: State, call: Call) -> None:
    """Reject a label that exists, and an action that a topic policy cannot name."""
    topic = topic_of(call)
    label, actions = call.parameters["Label"], call.parameters["ActionName"]
    if any(statement.get("Sid") == label for statement in topic._policy_json["Statement"]):
        raise invalid("Statement already exists")
    if not set(actions) <= set(VALID_POLICY_ACTIONS):
        raise invalid("Policy statement action out of service scope!")
