"""One question to IAM, and the questions about the resources of an action."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.iam.actions import RESOURCE_TYPES
from embedded_aws.iam.conditions import Values, caller_context, request_context, resource_context
from embedded_aws.iam.resources import find_key, resource_arns

EVERY_RESOURCE = "*"
"""The resource of an action on no resource, or on any."""


@dataclass(frozen=True)
class Question:
    """Whether the caller may do an action on a resource.

    Attributes:
        action: such as ``kms:Decrypt``.
        resource: an ARN, or `EVERY_RESOURCE`.
        context: condition keys and their values.
        by_name: whether only the name of the action is judged, because its resources are not in the table.
        key_policy: the policy of a key that does not have it yet.
        error: the error of a refusal, where it differs from the usual one.
    """

    action: str
    resource: str
    context: Values
    by_name: bool = False
    key_policy: str | None = None
    error: AwsError | None = None


def question_of(call: Call, action: str, resource: str, context: Values | None = None) -> Question:
    """Return the question whether a call may do an action on a resource, by default with the keys of the request."""
    request = request_context(call) if context is None else context
    return Question(action, resource, {**caller_context(call), **request, **resource_context(call, resource)})


def resource_questions(call: Call, action: str) -> Iterator[Question]:
    """Yield one question for each resource of an action."""
    types = RESOURCE_TYPES.get(action)
    if types is None:
        yield replace(question_of(call, action, EVERY_RESOURCE), by_name=True)
        return
    if "key" in types and _names_no_key(call):
        return
    for resource in [found for each in types for found in resource_arns(action, each, call)] or [EVERY_RESOURCE]:
        yield question_of(call, action, resource)


def _names_no_key(call: Call) -> bool:
    """Return whether a call of KMS names a key that does not exist, which KMS answers without asking its policy.

    That is our reading, not seen on AWS: IAM could not tell which policy decides.
    """
    name = call.parameters.get("TargetKeyId") or call.parameters.get("KeyId")
    return call.service == "kms" and bool(name) and find_key(call, str(name)) is None
