"""Requests and answers about roles and policies that moto 5.2.5 treats otherwise than AWS.

Sources: recorded answers of AWS, 2025-2026; IAM API reference.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_limits import (
    MANAGED_POLICY_CHARACTERS,
    ROLE_POLICIES_CHARACTERS,
    TRUST_POLICY_CHARACTERS,
)
from moto.core.serialize import never_return, url_encode
from moto.iam.models import IAMBackend, ManagedPolicy, iam_backends
from moto.iam.responses import IamResponse
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State
from embedded_aws.iam.identity import user_identity

# CreateRole returns neither MaxSessionDuration nor RoleLastUsed, and ListRoles encodes the trust policies as GetRole.
#
# Clients decode every trust policy, so that one which is not encoded loses the percent signs of its own.

patch(IamResponse, "RESPONSE_KEY_PATH_TO_TRANSFORMER")(
    IamResponse.RESPONSE_KEY_PATH_TO_TRANSFORMER
    | {
        "CreateRoleResponse.Role.MaxSessionDuration": never_return,
        "CreateRoleResponse.Role.RoleLastUsed": never_return,
        "ListRolesResponse.Roles.Role.AssumeRolePolicyDocument": url_encode,
    }
)

# A trust policy is JSON.

_create_role = IAMBackend.create_role
_update_trust = IAMBackend.update_assume_role_policy


@patch(IAMBackend, "create_role")
def _create_role_with_json(
    backend: IAMBackend, role_name: str, assume_role_policy_document: str, *rest: Any, **named: Any
) -> Any:
    _check_json(assume_role_policy_document)
    return _create_role(backend, role_name, assume_role_policy_document, *rest, **named)


@patch(IAMBackend, "update_assume_role_policy")
def _update_trust_with_json(backend: IAMBackend, role_name: str, policy_document: str) -> None:
    _check_json(policy_document)
    _update_trust(backend, role_name, policy_document)


def _check_json(document: str) -> None:
    try:
        json.loads(document)
    except ValueError:
        raise AwsError("MalformedPolicyDocument", "This policy contains invalid Json", 400) from None


# Policies have the sizes of the IAM user guide, "IAM and AWS STS quotas", without white space; moto 5.2.5 checks none.
#
# Codes and texts: public reports (aws-cdk issue 12403, serverless issue 7643).

_MOST_CHARACTERS_OF_INLINE = {"Role": ROLE_POLICIES_CHARACTERS, "User": 2_048, "Group": 5_120}


def _characters(document: str) -> int:
    return len("".join(document.split()))


@override("iam", "CreateRole", "UpdateAssumeRolePolicy")
def check_trust_size(_state: State, call: Call) -> None:
    """Reject a trust policy that is too large; moto stores it."""
    document = call.parameters.get("AssumeRolePolicyDocument") or call.parameters.get("PolicyDocument") or ""
    if _characters(document) > TRUST_POLICY_CHARACTERS:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {TRUST_POLICY_CHARACTERS}", 409)


@override("iam", "CreatePolicy", "CreatePolicyVersion")
def check_managed_size(_state: State, call: Call) -> None:
    """Reject a managed policy that is too large; moto stores it."""
    if _characters(call.parameters.get("PolicyDocument", "")) > MANAGED_POLICY_CHARACTERS:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for PolicySize: {MANAGED_POLICY_CHARACTERS}", 409)


@override("iam", "PutRolePolicy", "PutUserPolicy", "PutGroupPolicy")
def check_inline_size(_state: State, call: Call) -> None:
    """Reject a policy with which all inline policies together are too large; moto stores it."""
    kind = call.action.removeprefix("Put").removesuffix("Policy")
    name, policy = call.parameters.get(f"{kind}Name", ""), str(call.parameters.get("PolicyName"))
    backend = iam_backends[call.account][get_partition(call.region)]
    others = {
        "Role": lambda: next((dict(role.policies) for role in backend.get_roles() if role.name == name), {}),
        "User": lambda: dict(backend.users[name].policies) if name in backend.users else {},
        "Group": lambda: dict(backend.groups[name].policies) if name in backend.groups else {},
    }[kind]()
    others[policy] = call.parameters.get("PolicyDocument", "")
    most = _MOST_CHARACTERS_OF_INLINE[kind]
    if sum(_characters(document) for document in others.values()) > most:
        text = f"Maximum policy size of {most} bytes exceeded for {kind.lower()} {name}"
        raise AwsError("LimitExceeded", text, 409)


# A policy is attached by its ARN, and a missing one "was not found".

_attach_to_role = IAMBackend.attach_role_policy
_attach_to_user = IAMBackend.attach_user_policy


@patch(IAMBackend, "attach_role_policy")
def _attach_to_role_by_arn(backend: IAMBackend, policy_arn: str, role_name: str) -> None:
    _check_arn(policy_arn)
    _attach_to_role(backend, policy_arn, role_name)


@patch(IAMBackend, "attach_user_policy")
def _attach_to_user_by_arn(backend: IAMBackend, policy_arn: str, user_name: str) -> None:
    _check_arn(policy_arn)
    _attach_to_user(backend, policy_arn, user_name)


def _check_arn(arn: str) -> None:
    if not arn.startswith("arn:"):
        # AWS leaves out the text that it could not parse.
        raise AwsError("ValidationError", "Invalid ARN:  Could not be parsed!", 400)


@patch(IAMBackend, "get_policy")
def _get_policy(backend: IAMBackend, policy_arn: str) -> ManagedPolicy:
    if policy_arn not in backend.managed_policies:
        raise AwsError("NoSuchEntity", f"Policy {policy_arn} was not found.", 404)
    return backend.managed_policies[policy_arn]


# GetUser without a name is for users only.


@override("iam", "GetUser")
def check_caller(_state: State, call: Call) -> None:
    """Reject the question of a role who it is."""
    if not call.parameters.get("UserName") and user_identity(call)["type"] == "AssumedRole":
        raise AwsError("ValidationError", "Must specify userName when calling with non-User credentials", 400)
