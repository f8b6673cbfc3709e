"""Check whether an AWS service may publish to a topic: topic policy, and key policy if the topic is encrypted.

Sources: SNS developer guide, "Allow Amazon CloudWatch alarms to publish" and "Key management"; EventBridge user guide,
"Using resource-based policies": the topic's statement for EventBridge must not have a condition, so
its calls do not carry the keys that name a source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import (
    Caller,
    Request,
    Verdict,
    evaluate,
)
from moto.kms.models import Key
from moto.sns.models import Topic

from embedded_aws.kms.keys import find_key_for_service, is_own_key, state_error

_KEY_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")


@dataclass(frozen=True)
class Publisher:
    """A service that publishes on behalf of a resource.

    Attributes:
        service: the principal, such as ``cloudwatch.amazonaws.com``.
        context: the condition keys of its calls.
    """

    service: str
    context: Mapping[str, str] = field(default_factory=dict)


def cloudwatch(account: str, alarm_arn: str) -> Publisher:
    """Return CloudWatch, acting for an alarm."""
    source = {"aws:SourceArn": alarm_arn, "aws:SourceAccount": account, "aws:SourceOwner": account}
    return Publisher("cloudwatch.amazonaws.com", source)


def eventbridge() -> Publisher:
    """Return EventBridge, acting for a rule."""
    return Publisher("events.amazonaws.com")


def cloudtrail(account: str, trail_arn: str) -> Publisher:
    """Return CloudTrail, acting for a trail."""
    return Publisher("cloudtrail.amazonaws.com", {"aws:SourceArn": trail_arn, "aws:SourceAccount": account})


def may_publish(publisher: Publisher, topic: Topic) -> bool:
    """Return whether the topic policy allows the service to publish."""
    return _allows(topic.policy, publisher, "sns:Publish", topic.arn)


def may_encrypt(publisher: Publisher, topic: Topic) -> bool:
    """Return whether the service may use the topic's key; True for a topic without a key."""
    if not topic.kms_master_key_id:
        return True
    key = topic_key(topic)
    if key is None or state_error(key):
        return False
    return all(_allows(key.policy, publisher, action, key.arn) for action in _KEY_ACTIONS)


def topic_key(topic: Topic) -> Key | None:
    """Return the topic's customer key, or None for AWS's own key, whose policy allows no service."""
    name = str(topic.kms_master_key_id)
    if is_own_key(name):
        return None
    return find_key_for_service(topic.account_id, topic.sns_backend.region_name, name)


def _allows(policy: str, publisher: Publisher, action: str, resource: str) -> bool:
    context = {"aws:SecureTransport": "true", **publisher.context}
    asked = Request(action, resource, Caller(service=publisher.service), context)
    return evaluate([policy], asked) is Verdict.ALLOWED
