"""CreateTopic answers an existing topic only for what the topic has; moto 5.2.5 answers it for anything.

Source: SNS API reference, CreateTopic: a topic of that name with other attributes or tags is InvalidParameter.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from moto.core.utils import camelcase_to_underscores
from moto.sns.models import Topic, sns_backends
from moto.sns.utils import make_arn_for_topic

from embedded_aws.errors import AwsError
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World


@override("sns", "CreateTopic")
def create_topic(_world: World, call: Call) -> None:
    """Refuse attributes or tags that the existing topic does not have; moto answers the rest."""
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
    return AwsError(
        "InvalidParameter", f"Invalid parameter: {parameter} Reason: Topic already exists with different {what}", 400
    )
