# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Assume a role, or read the identity of the caller, with a message that says what to do if AWS refuses.

Sources: STS API reference, AssumeRole and GetCallerIdentity; IAM user guide, "Troubleshoot IAM roles" (I can't assume a
role) and "Manage AWS STS in an AWS Region" (credentials are rejected in a region that the account has not enabled).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..core.account import Account
from ..core.aws_names import ROLE_ARN, Arn
from ..core.errors import AwsError
from ..core.problems import NotProvedError, require
from ..tagging.reads import managed_resources

# The keys of a session, and the arguments of a boto3 client.
_ARGUMENTS = {
    "access_key": "aws_access_key_id",
    "secret_key": "aws_secret_access_key",
    "session_token": "aws_session_token",
}
_RENEW = "Renew the credentials, such as by aws sso login, or set others (profile, access_key)."
_REJECTED = (
    "STS does not know these credentials, or the account has not enabled this region. Correct access_key, secret_key"
    " and session_token, or the profile; or enable the region."
)
_ROLE_REFUSED = (
    "Either this role does not exist, or its trust policy does not allow this caller (with this external_id, if it asks"
    " for one), or the caller's own policies do not allow sts:AssumeRole on it; AWS does not say which. Create or"
    " correct the role, or correct role_arn."
)
_REMEDIES = {
    "ExpiredToken": _RENEW,
    "ExpiredTokenException": _RENEW,
    "InvalidClientTokenId": _REJECTED,
    "UnrecognizedClientException": _REJECTED,
    "RegionDisabledException": "STS is deactivated for this region in the account. Activate it, or use another region.",
    "SSOTokenLoadError": _RENEW,
    "TokenRetrievalError": _RENEW,
    "UnauthorizedSSOTokenError": _RENEW,
}


def obtain(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    """Return account and ARN of the caller, and the credentials of the session if a role is assumed."""
    required, lists = params["required_account"], params["list_resources"]
    listed = _listed(account) if lists and not params["role_arn"] else {}
    if required and _accounts_in(listed) == {required}:
        return {"account": required, "arn": "", "sts_creds": {}, **listed}
    found = _session(params, account) if params["role_arn"] else _caller(account)
    if required not in ("", found["account"]):
        owner = {name: found[name] for name in ("account", "arn")}
        raise NotProvedError(f"The credentials belong to account {found['account']}, not {required}.", owner)
    if lists and params["role_arn"] and account.impersonate:
        keys = {name: found["sts_creds"][option] for option, name in _ARGUMENTS.items()}
        listed = _listed(account.impersonate(keys))
    return found | listed


def _listed(account: Account) -> dict[str, Any]:
    """Return what has the tag of this collection; nothing if AWS refuses, since each module can read what it needs."""
    try:
        found = managed_resources(account)
    except AwsError:
        return {}
    alarms = {arn: tags for arn, tags in found.items() if ":alarm:" in arn}
    return {"listed": {"alarms": alarms, "others": {arn: found[arn] for arn in found.keys() - alarms.keys()}}}


def _accounts_in(listed: Mapping[str, Any]) -> set[str]:
    """Return the accounts of listed resources.

    GetResources lists resources of the caller's account only (Resource Groups Tagging API reference), so that they
    prove whose credentials these are as an answer of STS does. The ARN of a bucket names no account.
    """
    return {arn.split(":")[4] for part in listed.get("listed", {}).values() for arn in part} - {""}


def _caller(account: Account) -> dict[str, Any]:
    caller = account.read("sts", "GetCallerIdentity", "caller of AWS", remedies=_REMEDIES)
    return {"account": caller["Account"], "arn": caller["Arn"], "sts_creds": {}}


def _session(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    session = _assume(params, account)
    credentials, arn = session["Credentials"], session["AssumedRoleUser"]["Arn"]
    return {
        "account": Arn.parse(arn).account,
        "arn": arn,
        "sts_creds": {
            "access_key": credentials["AccessKeyId"],
            "secret_key": credentials["SecretAccessKey"],
            "session_token": credentials["SessionToken"],
            "expiration": credentials["Expiration"].isoformat(),
        },
    }


def _assume(params: Mapping[str, Any], account: Account) -> dict[str, Any]:
    arn = params["role_arn"]
    require(_problems(arn))
    account.learn_place(arn)
    wanted = {"RoleArn": arn, "RoleSessionName": params["session_name"]}
    if params["external_id"]:
        wanted["ExternalId"] = params["external_id"]
    remedies = {**_REMEDIES, "AccessDenied": _ROLE_REFUSED}
    return account.read("sts", "AssumeRole", f"role {arn}", wanted, resource_arn=arn, remedies=remedies)


def _problems(arn: str) -> list[str]:
    if re.fullmatch(ROLE_ARN, arn):
        return []
    return [f"{arn!r} is not the ARN of a role. Write it as arn:aws:iam::111122223333:role/deployer."]
