# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the calls that create, change and delete the alert topic.

Sources: SNS API reference (CreateTopic, SetTopicAttributes, DeleteTopic, Unsubscribe).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..core.aws_names import TOPIC_NAME, Place, partition_of
from ..core.plan import Plan, Write
from ..core.policy_limits import TOPIC_POLICY_BYTES, TOPIC_POLICY_STATEMENTS, size_problems
from ..core.problems import require
from ..core.tags import as_list, own_tags, require_ownership, tag_change, tag_problems
from .attributes import ATTRIBUTES, attribute_problems, topic_settings, uses_aws_key
from .subscriptions import (
    ABSENT,
    CONFIRMED,
    PENDING,
    Subscription,
    SubscriptionsPlan,
    plan_subscriptions,
    states,
    subscription_problems,
    unsubscribe,
)
from .topic_policy import default_policy, desired_policy


@dataclass(frozen=True)
class Topic:
    """An existing topic.

    Attributes:
        attributes: The attributes of GetTopicAttributes.
        tags: Its tags.
        subscriptions: Its subscriptions.
    """

    attributes: Mapping[str, str]
    tags: Mapping[str, str]
    subscriptions: tuple[Subscription, ...]


def topic_arn(name: str, place: Place) -> str:
    """Return the ARN of a topic."""
    return place.arn("sns", name)


def check_topic(params: Mapping[str, Any], region: str) -> None:
    """Raise RequestError with everything that SNS would reject, before any call."""
    require(_problems(params, region))


def _problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    name = params["name"]
    if name.endswith(".fifo"):
        yield f"{name} would be a FIFO topic, to which no email address can subscribe. Remove .fifo."
    elif not re.fullmatch(TOPIC_NAME, name):
        yield f"{name!r} is not a valid topic name: use 1-256 characters from a-z A-Z 0-9 _ -."
    yield from attribute_problems(params, region)
    yield from subscription_problems(params, partition_of(region))
    yield from tag_problems(params.get("tags"))


def plan_present(params: Mapping[str, Any], topic: Topic | None, place: Place) -> Plan:
    """Plan the topic that the task describes.

    Args:
        params: The module's parameters.
        topic: The topic with that name, or None.
        place: Its partition, region and account.

    Raises:
        RequestError: The topic is not managed by this collection, or the token may belong to several subscriptions.
    """
    arn = topic_arn(params["name"], place)
    found = topic.subscriptions if topic else ()
    subscriptions = plan_subscriptions(params, found, arn, place.account)
    if topic is None:
        return _plan_creation(params, subscriptions, place)
    _require_ownership(params, topic)
    before = _settings(params["name"], topic, place)
    after = _desired(params, before, place)
    old, new = subscriptions.difference
    return Plan(
        before={**before, "subscriptions": old},
        after={**after, "subscriptions": new},
        stages=(
            # First, so that the topic is managed by this collection if the run is killed afterwards.
            tuple(_tag_writes(before, after, place)),
            tuple(_attribute_writes(before, after, place)),
            subscriptions.writes,
        ),
        results=_results({**after, "arn": arn}, subscriptions.after),
        warnings=(*_key_warning(after), *subscriptions.warnings),
    )


def plan_absent(params: Mapping[str, Any], topic: Topic | None, place: Place) -> Plan:
    """Plan the deletion of the topic and its subscriptions; arguments and errors are those of `plan_present`."""
    if topic is None:
        return Plan(before={}, after={}, results=_results({}, ()))
    _require_ownership(params, topic)
    name, arn = params["name"], topic_arn(params["name"], place)
    # SNS lists the confirmed subscriptions of a deleted topic for hours (SNS developer guide, "Deleting a topic").
    ended = tuple(unsubscribe(item, arn) for item in topic.subscriptions if item.state == CONFIRMED)
    labels = ", ".join(f"{item.label} ({item.state})" for item in topic.subscriptions)
    return Plan(
        before={**_settings(name, topic, place), "subscriptions": states(topic.subscriptions)},
        after={},
        stages=(ended, (_write("DeleteTopic", name, place, TopicArn=arn),)),
        results=_results({}, (replace(item, state=ABSENT, arn="") for item in topic.subscriptions)),
        warnings=(f"The deletion of topic {name} ends its subscriptions: {labels}.",) if labels else (),
    )


def subscription_results(subscriptions: Iterable[Subscription]) -> dict[str, Any]:
    """Return the results of the module about subscriptions."""
    found = list(subscriptions)
    return {
        "subscriptions": [
            {
                "protocol": item.protocol,
                "endpoint": item.endpoint,
                "state": item.state,
                "subscription_arn": item.arn,
            }
            for item in found
        ],
        "pending": sum(item.state == PENDING for item in found),
    }


def _results(topic: Mapping[str, Any], subscriptions: Iterable[Subscription]) -> dict[str, Any]:
    return {"topic": topic, **subscription_results(subscriptions)}


def _settings(name: str, topic: Topic, place: Place) -> dict[str, Any]:
    return {"name": name, **topic_settings(topic.attributes, place), "tags": own_tags(topic.tags)}


def _desired(params: Mapping[str, Any], before: Mapping[str, Any], place: Place) -> dict[str, Any]:
    attributes = {option: params[option] for option in ATTRIBUTES if params.get(option) is not None}
    tags = tag_change(before["tags"], params.get("tags"), params.get("purge_tags", True)).after
    policy = desired_policy(before["policy"], params.get("publishers"), topic_arn(params["name"], place), place)
    if policy != before["policy"]:
        require(size_problems(f"topic {params['name']}", policy, TOPIC_POLICY_BYTES, TOPIC_POLICY_STATEMENTS))
    return {**before, **attributes, "policy": policy, "tags": dict(tags)}


def _plan_creation(params: Mapping[str, Any], subscriptions: SubscriptionsPlan, place: Place) -> Plan:
    name = params["name"]
    arn = topic_arn(name, place)
    new = {"name": name, **dict.fromkeys(ATTRIBUTES, ""), "policy": default_policy(arn, place), "tags": {}}
    after = _desired(params, new, place)
    attributes = {api_name: after[option] for option, api_name in ATTRIBUTES.items() if after[option]}
    attributes["Policy"] = json.dumps(after["policy"])
    create = _write("CreateTopic", name, place, Name=name, Attributes=attributes, Tags=as_list(after["tags"]))
    return Plan(
        before={},
        after={**after, "subscriptions": subscriptions.difference[1]},
        # A second call fails if the attributes differ, and SNS may return a policy in another form than it was sent.
        stages=((replace(create, repeatable=False),), subscriptions.writes),
        results=_results({**after, "arn": arn}, subscriptions.after),
        warnings=subscriptions.warnings,
    )


def _tag_writes(before: Mapping[str, Any], after: Mapping[str, Any], place: Place) -> Iterator[Write]:
    name, arn = after["name"], topic_arn(after["name"], place)
    change = tag_change(before["tags"], after["tags"])
    if change.add:
        yield _write("TagResource", name, place, ResourceArn=arn, Tags=as_list(change.add))
    if change.remove:
        yield _write("UntagResource", name, place, ResourceArn=arn, TagKeys=list(change.remove))


def _attribute_writes(before: Mapping[str, Any], after: Mapping[str, Any], place: Place) -> Iterator[Write]:
    for option, api_name in {**ATTRIBUTES, "policy": "Policy"}.items():
        if before[option] != after[option]:
            value = json.dumps(after[option]) if option == "policy" else after[option]
            arn = topic_arn(after["name"], place)
            parameters = {"TopicArn": arn, "AttributeName": api_name, "AttributeValue": value}
            yield _write("SetTopicAttributes", after["name"], place, **parameters)


def _write(operation: str, name: str, place: Place, **parameters: Any) -> Write:
    key = parameters.get("Attributes", {}).get("KmsMasterKeyId") or parameters.get("AttributeName") == "KmsMasterKeyId"
    return Write(
        service="sns",
        operation=operation,
        parameters=parameters,
        resource=f"topic {name}",
        resource_arn=topic_arn(name, place),
        remedies=_key_remedies(place) if key else {},
    )


def _key_remedies(place: Place) -> dict[str, str]:
    remedy = (
        f"The key must exist and be enabled in region {place.region}, and its policy must allow"
        " cloudwatch.amazonaws.com to call kms:Decrypt and kms:GenerateDataKey*:"
        " secmon.aws.encryption_key creates it."
    )
    return dict.fromkeys(("KMSNotFound", "KMSDisabled", "KMSInvalidState", "KMSAccessDenied"), remedy)


def _require_ownership(params: Mapping[str, Any], topic: Topic) -> None:
    # CreateTopic sets the tags, so that no interrupted run leaves a topic without them.
    require_ownership(f"topic {params['name']}", topic.tags, adopt=params["adopt"])


def _key_warning(topic: Mapping[str, Any]) -> Iterator[str]:
    if uses_aws_key(topic["kms_key_arn"]):
        yield (
            f"Topic {topic['name']} is encrypted with alias/aws/sns, which CloudWatch cannot use: alarms are silently"
            " dropped. Set kms_key_arn to a customer managed key, or to '' for no encryption."
        )
