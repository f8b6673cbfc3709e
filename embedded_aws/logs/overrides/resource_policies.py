"""Overrides of the operations on resource policies: AWS keeps a policy in its own form; moto 5.2.5 as it was sent.

Source: recorded answers of AWS, 2025.
"""

from __future__ import annotations

import json
from typing import Any

from moto.logs.models import LogResourcePolicy

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State
from embedded_aws.logs.overrides.log_groups import INVALID, backend_and_parameters

_OLDEST_VERSION = "2008-10-17"


@override("logs", "PutResourcePolicy")
def put_resource_policy(_state: State, call: Call) -> dict[str, Any] | None:
    """Keep a policy of the account, and answer it as it was sent; moto answers for the policy of a log group."""
    backend, parameters = backend_and_parameters(call)
    if parameters.get("resourceArn"):
        return None
    name, document = parameters.get("policyName"), parameters.get("policyDocument")
    if not name or not document:
        raise AwsError(INVALID, "policyName and policyDocument must be specified.")
    policy = backend.put_resource_policy(name, _kept(document))
    return {"resourcePolicy": _described(policy) | {"policyDocument": document}}


@override("logs", "DescribeResourcePolicies")
def describe_resource_policies(_state: State, call: Call) -> dict[str, Any]:
    """List the policies of the account."""
    backend, _parameters = backend_and_parameters(call)
    return {"resourcePolicies": [_described(policy) for policy in backend.describe_resource_policies()]}


@override("logs", "DeleteResourcePolicy")
def delete_resource_policy(_state: State, call: Call) -> None:
    """Reject the name of a missing policy; otherwise moto answers."""
    backend, parameters = backend_and_parameters(call)
    name = parameters.get("policyName")
    if name and name not in backend.resource_policies:
        raise AwsError("ResourceNotFoundException", f"Policy with name [{name}] does not exist.")


def _described(policy: LogResourcePolicy) -> dict[str, Any]:
    return policy.describe() | {"policyScope": "ACCOUNT"}


def _kept(document: str) -> str:
    """Return the document with a version, and with a text in place of a list of one principal."""
    try:
        policy = json.loads(document)
    except ValueError as error:
        raise AwsError(INVALID, "The policyDocument is not valid JSON.") from error
    if not isinstance(policy, dict):
        raise AwsError(INVALID, "The policyDocument is not a JSON object.")
    statements = policy.get("Statement") or []
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal")
        if isinstance(principal, dict):
            statement["Principal"] = {
                kind: own[0] if isinstance(own, list) and len(own) == 1 else own for kind, own in principal.items()
            }
    return json.dumps({"Version": _OLDEST_VERSION} | policy, separators=(",", ":"))
