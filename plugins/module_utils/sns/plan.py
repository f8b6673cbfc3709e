# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What it takes to make a topic for alerts what it should be.

Sources: SNS API reference (CreateTopic, SetTopicAttributes, DeleteTopic).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..core.aws_names import Place, partition_of
from ..core.plan import Plan, Write
from ..core.problems import require
from ..core.tags import as_list, own_tags, require_ownership, tag_change, tag_problems
from .attributes import (
    API_NAMES,
    attribute_problems,
    attribute_value,
    camel_cased,
    described_attributes,
    uses_aws_key,
)
from .subscriptions import (
    ABSENT,
    PENDING,
    Subscription,
    SubscriptionsPlan,
    plan_subscriptions,
    states,
    subscription_problems,
)
from .topic_policy import default_policy, is_default, wanted_policy

_NAME = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True)
class FoundTopic:
    """A topic as it is.

    Attributes:
        attributes: What GetTopicAttributes gives.
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
    """Raise RequestError for everything that SNS would refuse, before it is asked."""
    require(_problems(params, region))


def _problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    name = params["name"]
    if name.endswith(".fifo"):
        yield f"{name} would be a FIFO topic, to which no e-mail address can subscribe. Leave .fifo out."
    elif not _NAME.fullmatch(name):
        yield f"{name!r} is no name for a topic: 1 to 256 of the characters a-z A-Z 0-9 _ -."
    yield from attribute_problems(params, region)
    yield from subscription_problems(params, partition_of(region))
    yield from tag_problems(params.get("tags"))


def plan_present(params: Mapping[str, Any], topic: FoundTopic | None, place: Place) -> Plan:
    """Plan the topic that the task asks for.

    Args:
        params: The module's parameters.
        topic: The topic of that name, or None.
        place: Where it is.

    Raises:
        RequestError: It is somebody else's, or it cannot be said which subscription the token is for.
    """
    arn = topic_arn(params["name"], place)
    found = topic.subscriptions if topic else ()
    subscriptions = plan_subscriptions(params, found, arn, place.account)
    if topic is None:
        return _plan_creation(params, subscriptions, place)
    _require_ours(params, topic, place)
    before = _described(params["name"], topic, place)
    after = _wanted(params, before, place)
    old, new = subscriptions.difference
    change = tag_change(before["tags"], after["tags"])
    # Tags first: by the mark, a run that is killed afterwards is known for ours.
    tagging = [_write("TagResource", place, params["name"], ResourceArn=arn, Tags=as_list(change.add))]
    untagging = [_write("UntagResource", place, params["name"], ResourceArn=arn, TagKeys=list(change.remove))]
    return Plan(
        before={**before, "subscriptions": old},
        after={**after, "subscriptions": new},
        stages=(
            (*(tagging if change.add else []), *(untagging if change.remove else [])),
            tuple(_updates(before, after, place)),
            subscriptions.writes,
        ),
        results=_results({**after, "arn": arn}, subscriptions.after),
        warnings=(*_key_warning(after), *subscriptions.warnings),
    )


def plan_absent(params: Mapping[str, Any], topic: FoundTopic | None, place: Place) -> Plan:
    """Plan the topic's deletion, which ends its subscriptions; the arguments are those of `plan_present`."""
    if topic is None:
        return Plan(before={}, after={}, results=_results({}, ()))
    _require_ours(params, topic, place)
    name = params["name"]
    delete = _write("DeleteTopic", place, name, TopicArn=topic_arn(name, place))
    return Plan(
        before={**_described(name, topic, place), "subscriptions": states(topic.subscriptions)},
        after={},
        stages=((delete,),),
        results=_results({}, (replace(item, state=ABSENT, arn="") for item in topic.subscriptions)),
        warnings=_loss(name, topic.subscriptions),
    )


def results_of(subscriptions: Iterable[Subscription]) -> dict[str, Any]:
    """Return what the module returns of subscriptions."""
    kept = list(subscriptions)
    return {
        "subscriptions": [
            {
                "protocol": item.protocol,
                "endpoint": item.endpoint,
                "state": item.state,
                "subscription_arn": item.arn,
            }
            for item in kept
        ],
        "pending": sum(item.state == PENDING for item in kept),
    }


def _results(topic: Mapping[str, Any], subscriptions: Iterable[Subscription]) -> dict[str, Any]:
    return {"topic": topic, **results_of(subscriptions)}


def _described(name: str, topic: FoundTopic, place: Place) -> dict[str, Any]:
    return {"name": name, **described_attributes(topic.attributes, place), "tags": own_tags(topic.tags)}


def _wanted(params: Mapping[str, Any], before: Mapping[str, Any], place: Place) -> dict[str, Any]:
    settings = ("display_name", "kms_key_arn", "delivery_policy")
    mentioned = {key: camel_cased(params[key]) for key in settings if params.get(key) is not None}
    arn = topic_arn(params["name"], place)
    change = tag_change(before["tags"], params.get("tags"), params.get("purge_tags", True))
    policy = wanted_policy(before["policy"], params.get("publishers"), arn, place)
    return {**before, **mentioned, "policy": policy, "tags": dict(change.after)}


def _plan_creation(params: Mapping[str, Any], subscriptions: SubscriptionsPlan, place: Place) -> Plan:
    name = params["name"]
    arn = topic_arn(name, place)
    bare = {"name": name, "display_name": "", "kms_key_arn": "", "delivery_policy": {}, "tags": {}}
    after = _wanted(params, {**bare, "policy": default_policy(arn, place)}, place)
    attributes = {API_NAMES[key]: attribute_value(after[key]) for key in API_NAMES if after[key]}
    create = _write("CreateTopic", place, name, Name=name, Attributes=attributes, Tags=as_list(after["tags"]))
    return Plan(
        before={},
        after={**after, "subscriptions": subscriptions.difference[1]},
        # SNS compares the attributes if it is asked again, and whether it reads a policy as we wrote it is not known.
        stages=((replace(create, repeatable=False),), subscriptions.writes),
        results=_results({**after, "arn": arn}, subscriptions.after),
        warnings=subscriptions.warnings,
    )


def _updates(before: Mapping[str, Any], after: Mapping[str, Any], place: Place) -> Iterator[Write]:
    for key, api_name in API_NAMES.items():
        if before[key] != after[key]:
            yield _write(
                "SetTopicAttributes",
                place,
                after["name"],
                TopicArn=topic_arn(after["name"], place),
                AttributeName=api_name,
                AttributeValue=attribute_value(after[key]),
            )


def _write(operation: str, place: Place, name: str, **parameters: Any) -> Write:
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
        f"The key must exist and be enabled in region {place.region}, and its policy must let cloudwatch.amazonaws.com"
        " call kms:Decrypt and kms:GenerateDataKey*: amazon.aws.kms_key makes it."
    )
    return dict.fromkeys(("KMSNotFound", "KMSDisabled", "KMSInvalidState", "KMSAccessDenied"), remedy)


def _require_ours(params: Mapping[str, Any], topic: FoundTopic, place: Place) -> None:
    found = _described(params["name"], topic, place)
    touched = found["display_name"] or found["kms_key_arn"] or found["delivery_policy"] or topic.tags
    unfinished = not touched and not topic.subscriptions and is_default(found["policy"])
    require_ownership(f"topic {params['name']}", topic.tags, adopt=params["adopt"], unfinished=unfinished)


def _key_warning(topic: Mapping[str, Any]) -> Iterator[str]:
    if uses_aws_key(topic["kms_key_arn"]):
        yield (
            f"Topic {topic['name']} is encrypted with alias/aws/sns, which CloudWatch cannot use: alarms are dropped"
            " without a word. Set kms_key_arn to a customer managed key, or to '' for none."
        )


def _loss(name: str, subscriptions: Iterable[Subscription]) -> tuple[str, ...]:
    labels = ", ".join(f"{item.label} ({item.state})" for item in subscriptions)
    return (f"Deleting topic {name} ends its subscriptions: {labels}.",) if labels else ()
