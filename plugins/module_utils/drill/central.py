# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Reach the central account of an organization, in which a member's read is followed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.account import Account
from ..core.problems import require

# The options of `central`, and the arguments of a boto3 client. Empty ones stand for those of the environment.
_ARGUMENTS = {
    "access_key": "aws_access_key_id",
    "secret_key": "aws_secret_access_key",
    "session_token": "aws_session_token",
    "profile": "profile_name",
}


def central_account(account: Account, params: Mapping[str, Any]) -> Account:
    """Return the account that has the chain: the account itself, or the one of the option `central`."""
    central = params.get("central")
    if not central or not account.impersonate:
        return account
    return account.impersonate({name: central[option] or None for option, name in _ARGUMENTS.items()})


def check_central(account: Account, params: Mapping[str, Any]) -> None:
    """Raise RequestError if the credentials of the central account are those of another one."""
    if not params.get("central"):
        return
    wanted, found = params["central"]["account_id"], central_account(account, params).place.account
    if wanted != found:
        require(
            [
                f"The credentials for the central account {wanted} belong to account {found}, so that the read could"
                " not be followed. The secret was not read. Set secmon_central_role_arn to a role of that account."
            ]
        )
