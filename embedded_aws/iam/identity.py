"""The caller of an API call as CloudTrail's `userIdentity`; user guide, "CloudTrail userIdentity element"."""

from __future__ import annotations

from typing import Any

from moto.iam.models import AccessKey, iam_backends
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Call

TEMPORARY_KEY = "ASIA"
"""The prefix of temporary access keys."""

_REMEMBERED = 4_096
_TIME = "%Y-%m-%dT%H:%M:%SZ"


class Identities:
    """A cache of identities by access key; invalidate it when IAM changes."""

    def __init__(self) -> None:
        """Start with an empty cache."""
        self._known: dict[tuple[str, str], dict[str, Any]] = {}

    def of(self, call: Call) -> dict[str, Any]:
        """Return the identity of a call; do not change the result."""
        if call.access_key is None:
            return user_identity(call)
        key = call.account, call.access_key
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[key] = user_identity(call)
        return known

    def invalidate(self) -> None:
        """Empty the cache."""
        self._known.clear()


def user_identity(call: Call) -> dict[str, Any]:
    """Return the identity behind a call's access key.

    An unknown key belongs to the account's root user, as in GetCallerIdentity.
    """
    if call.access_key is None:
        return _unsigned(call)
    return _assumed_role(call) or _iam_user(call) or _root(call)


def service_identity(service: str) -> dict[str, Any]:
    """Return the identity of an AWS service, such as ``cloudtrail.amazonaws.com``."""
    return {"type": "AWSService", "invokedBy": service}


def _root(call: Call) -> dict[str, Any]:
    return {
        "type": "Root",
        "principalId": call.account,
        "arn": f"arn:{get_partition(call.region)}:iam::{call.account}:root",
        "accountId": call.account,
        "accessKeyId": call.access_key,
    }


def _iam_user(call: Call) -> dict[str, Any] | None:
    backend = iam_backends[call.account][get_partition(call.region)]
    key = backend.access_keys.get(str(call.access_key))
    user = backend.users.get(key.user_name) if key and key.user_name else None
    if key is None or user is None:
        return None
    identity: dict[str, Any] = {
        "type": "IAMUser",
        "principalId": user.id,
        "arn": user.arn,
        "accountId": call.account,
        "accessKeyId": call.access_key,
        "userName": user.name,
    }
    if key.access_key_id.startswith(TEMPORARY_KEY):
        identity["sessionContext"] = {"sessionIssuer": {}, "webIdFederationData": {}, "attributes": _attributes(key)}
    return identity


def _assumed_role(call: Call) -> dict[str, Any] | None:
    backend = sts_backends[call.account][get_partition(call.region)]
    session = backend.get_assumed_role_from_access_key(str(call.access_key))
    if session is None:
        return None
    return {
        "type": "AssumedRole",
        "principalId": session.user_id,
        "arn": session.arn,
        "accountId": call.account,
        "accessKeyId": call.access_key,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": session.user_id.partition(":")[0],
                "arn": session.role_arn,
                "accountId": call.account,
                "userName": session.role_arn.rpartition("/")[2],
            },
            "attributes": _attributes(session.access_key),
        },
    }


def _attributes(key: AccessKey) -> dict[str, str]:
    return {"creationDate": key.create_date.strftime(_TIME), "mfaAuthenticated": "false"}


def _unsigned(call: Call) -> dict[str, Any]:
    if call.service == "sts":
        kind = "SAMLUser" if call.action == "AssumeRoleWithSAML" else "WebIdentityUser"
        return {"type": kind, "principalId": "", "userName": ""}
    return {"type": "AWSAccount", "principalId": "", "accountId": "anonymous"}
