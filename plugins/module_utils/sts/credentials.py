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
from ..core.problems import NotProvedError, require

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
    found = _session(params, account) if params["role_arn"] else _caller(account)
    if params["required_account"] not in ("", found["account"]):
        owner = {name: found[name] for name in ("account", "arn")}
        raise NotProvedError(
            f"The credentials belong to account {found['account']}, not {params['required_account']}.", owner
        )
    return found


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
