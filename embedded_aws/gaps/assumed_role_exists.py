"""AssumeRole refuses a role that does not exist or trusts somebody else; moto 5.2.5 gives a session for any ARN.

AWS does not tell the cases apart: both are AccessDenied. Of a trust policy's conditions only the external id is judged,
the others count as met. No session is longer than its role allows. Without IAM enforcement the caller itself may do
everything, so that its own policies never refuse the call.
Sources: STS API reference, AssumeRole; IAM user guide, "AWS JSON policy elements: Principal" and "Role chaining".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import conditions_hold
from moto.iam.models import Role, iam_backends
from moto.organizations.models import organizations_backends
from moto.utilities.utils import get_partition

from embedded_aws.call import Call
from embedded_aws.errors import AwsError
from embedded_aws.overrides import override
from embedded_aws.stages.identity import user_identity
from embedded_aws.world import World

_CHAINED_SESSION_SECONDS = 3_600
_LONGEST_SESSION_SECONDS = 3_600
"""MaxSessionDuration of a role that does not set it."""


@override("sts", "AssumeRole")
def refuse_unless_trusted(_world: World, call: Call) -> None:
    """Let moto make the session of a role that trusts the caller. AwsError otherwise."""
    identity = user_identity(call)
    arn = str(call.parameters.get("RoleArn", ""))
    role = _role(arn)
    if (
        role is None
        or not _trusts(role, identity, call.parameters.get("ExternalId"))
        or _is_suspended(arn.split(":")[4], call.region)
    ):
        message = f"User: {identity.get('arn')} is not authorized to perform: sts:AssumeRole on resource: {arn}"
        raise AwsError("AccessDenied", message, 403)
    duration = int(call.parameters.get("DurationSeconds") or _CHAINED_SESSION_SECONDS)
    if duration > int(role.max_session_duration or _LONGEST_SESSION_SECONDS):
        message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise AwsError("ValidationError", message, 400)
    if identity["type"] == "AssumedRole" and duration > _CHAINED_SESSION_SECONDS:
        message = "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining"
        raise AwsError("ValidationError", message, 400)


def _role(arn: str) -> Role | None:
    parts = arn.split(":")
    if len(parts) != 6 or parts[2] != "iam" or not parts[5].startswith("role/") or parts[4] not in iam_backends:
        return None
    return next((role for role in iam_backends[parts[4]][parts[1]].roles.values() if role.arn == arn), None)


def _trusts(role: Role, identity: dict[str, Any], external_id: str | None) -> bool:
    """Return whether the trust policy allows the caller, and no statement of it denies."""
    statements = json.loads(role.assume_role_policy_document)["Statement"]
    effects = {
        statement["Effect"]
        for statement in (statements if isinstance(statements, list) else [statements])
        if "sts:AssumeRole" in _texts(statement.get("Action")) or {"sts:*", "*"} & set(_texts(statement.get("Action")))
        if _principals(statement) & _names(identity) and _takes_external_id(statement, external_id)
    }
    return effects == {"Allow"}


def _takes_external_id(statement: dict[str, Any], external_id: str | None) -> bool:
    conditions = {
        operator: judged
        for operator, keys in statement.get("Condition", {}).items()
        if (judged := {key: value for key, value in keys.items() if key.lower() == "sts:externalid"})
    }
    context = {} if external_id is None else {"sts:ExternalId": external_id}
    return bool(conditions_hold({"Effect": statement["Effect"], "Condition": conditions}, context))


def _texts(value: Any) -> Iterable[str]:
    return [value] if isinstance(value, str) else value or []


def _principals(statement: dict[str, Any]) -> set[str]:
    principal = statement.get("Principal")
    return set(_texts(principal if isinstance(principal, str) else (principal or {}).get("AWS")))


def _names(identity: dict[str, Any]) -> set[str]:
    """Return every way in which a trust policy can name the caller."""
    account = identity["accountId"]
    issuer = identity.get("sessionContext", {}).get("sessionIssuer", {})
    partition = str(identity["arn"]).split(":")[1]
    names = {"*", account, f"arn:{partition}:iam::{account}:root", identity["arn"], issuer.get("arn")}
    return {name for name in names if name}


def _is_suspended(account: str, region: str) -> bool:
    partition = get_partition(region)
    owner, _rest = organizations_backends.master_accounts.get(account, (account, partition))
    members = organizations_backends[owner][partition].accounts
    return any(member.id == account and member.status != "ACTIVE" for member in members)
