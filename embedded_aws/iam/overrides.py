"""Overrides of IAM and STS."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import conditions_hold
from moto.iam.models import AccessKey, Group, Role, User, iam_backends
from moto.iam.utils import generate_access_key_id_from_account_id
from moto.organizations.models import organizations_backends
from moto.sts.utils import random_session_token
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State
from embedded_aws.iam.identity import TEMPORARY_KEY, user_identity

# AssumeRole rejects a role that does not exist or does not trust the caller; moto 5.2.5 accepts any ARN.
#
# AWS does not distinguish the cases: both are AccessDenied. Only a text that is not an ARN is a ValidationError. Of a
# trust policy's conditions only the external id is judged, the others count as met. No session is longer than its role
# allows. Without IAM enforcement the caller itself may do everything, so that its own policies never deny the call.
# Sources: STS API reference, AssumeRole; IAM user guide, "AWS JSON policy elements: Principal" and "Role chaining"; the
# ValidationError is a recorded answer of AWS.

_CHAINED_SESSION_SECONDS = 3_600
_LONGEST_SESSION_SECONDS = 3_600
"""The default MaxSessionDuration of a role."""


@override("sts", "AssumeRole")
def check_trust(_state: State, call: Call) -> None:
    """Raise AwsError unless the role trusts the caller; moto creates the session."""
    identity = user_identity(call)
    arn = str(call.parameters.get("RoleArn", ""))
    parts = arn.split(":", 5)
    if len(parts) < 6 or not all((parts[1], parts[2], parts[5])):
        raise AwsError("ValidationError", f"{arn} is invalid", 400)
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
    """Return whether the trust policy allows the caller and no statement denies."""
    statements = json.loads(role.assume_role_policy_document)["Statement"]
    effects = {
        statement["Effect"]
        for statement in (statements if isinstance(statements, list) else [statements])
        if "sts:AssumeRole" in _texts(statement.get("Action")) or {"sts:*", "*"} & set(_texts(statement.get("Action")))
        if _principals(statement) & _names(identity) and _accepts_external_id(statement, external_id)
    }
    return effects == {"Allow"}


def _accepts_external_id(statement: dict[str, Any], external_id: str | None) -> bool:
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
    """Return all names of the caller in a trust policy."""
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


# An unknown access key belongs to the account's root user; moto 5.2.5 returns a user "moto" that does not exist.
#
# moto's ARN, ``arn:aws:sts::123456789012:user/moto``, is not a valid form on AWS.
# Source: STS API reference, GetCallerIdentity.


@override("sts", "GetCallerIdentity")
def get_caller_identity(_state: State, call: Call) -> dict[str, Any]:
    """Return the caller, as in the call's own record."""
    identity = user_identity(call)
    return {"UserId": identity["principalId"], "Account": identity["accountId"], "Arn": identity["arn"]}


# GetSessionToken returns a key of the caller; moto 5.2.5 returns the same unknown key to every caller.
#
# With that key a user's session would be the root user of the management account. Enforced IAM in moto rejects it.
# Sources: STS API reference, GetSessionToken; CloudTrail user guide, "CloudTrail userIdentity element".

_SESSION_TOKEN_SECONDS = 43_200


@override("sts", "GetSessionToken")
def get_session_token(state: State, call: Call) -> dict[str, Any]:
    """Create a temporary key of the calling user or root user. Raise AwsError for session credentials."""
    identity = user_identity(call)
    if identity["type"] == "AssumedRole" or "sessionContext" in identity:
        raise AwsError("AccessDenied", "Cannot call GetSessionToken with session credentials", 403)
    key = AccessKey(identity.get("userName"), TEMPORARY_KEY, call.account)  # type: ignore[abstract]
    iam_backends[call.account][get_partition(call.region)].access_keys[key.access_key_id] = key
    duration = timedelta(seconds=int(call.parameters.get("DurationSeconds") or _SESSION_TOKEN_SECONDS))
    return {
        "Credentials": {
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "SessionToken": random_session_token(),
            "Expiration": state.clock.now() + duration,
        }
    }


# The unique ids of users start with AIDA and those of groups with AGPA; moto 5.2.5 uses lower-case letters.
#
# A record's `principalId` is such an id. Those of roles (AROA) are correct in moto.
# Source: IAM user guide, "IAM identifiers", unique identifiers.

_LENGTH = 21
_init_user = User.__init__
_init_group = Group.__init__


@patch(User, "__init__")
def _user_with_id(user: User, account_id: str, *arguments: Any, **options: Any) -> None:
    _init_user(user, account_id, *arguments, **options)
    user.id = generate_access_key_id_from_account_id(account_id, "AIDA", _LENGTH)


@patch(Group, "__init__")
def _group_with_id(group: Group, account_id: str, *arguments: Any, **options: Any) -> None:
    _init_group(group, account_id, *arguments, **options)
    group.id = generate_access_key_id_from_account_id(account_id, "AGPA", _LENGTH)
