# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Say why the credentials of an account cannot be used, in the variables of the role account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.problems import sentence


def refusal(
    asked: Mapping[str, Any], result: Mapping[str, Any], host: str, passed_on: bool, state: str = "ACTIVE"
) -> str:
    """Return what is wrong with the result of the module account_credentials, or an empty string.

    Args:
        asked: The options of the module.
        result: Its result.
        host: The name of the host.
        passed_on: Whether the modules of later tasks use the same credentials.
        state: The state of the account, as the inventory of the organization knows it.
    """
    wanted, found = asked.get("required_account"), result.get("account")
    if not found:
        message = sentence(str(result.get("msg") or "The module did not run"))
        # AWS refuses the roles of an account that is not active as if they did not exist.
        closed = "" if state == "ACTIVE" else f" AWS Organizations calls the account {state}."
        return _none(asked, message + closed, host) if wanted else message
    if wanted and found != wanted:
        return (
            f"The credentials for host {host} belong to account {found} ({result['arn']}), but the inventory says"
            f" {wanted}. Nothing was changed. Correct secmon_account_id, or use other credentials: secmon_aws_profile,"
            " secmon_assume_role_arn, or the environment."
        )
    if wanted and not passed_on and any(asked.get(name) for name in ("role_arn", "profile", "access_key")):
        return (
            f"Later tasks of host {host} would use credentials of the environment. Nothing was changed. Set the play's"
            ' module_defaults for group/secmon.aws.aws to "{{ secmon_connection }}".'
        )
    return ""


def _none(asked: Mapping[str, Any], message: str, host: str) -> str:
    place = f"host {host}, account {asked['required_account']}, region {asked.get('region')}"
    return (
        f"No credentials for {place}; nothing was changed. {message} The credentials are those of {_source(asked)}"
        f"{_role(asked)}. Correct this, then run again with --limit {host}."
    )


def _source(asked: Mapping[str, Any]) -> str:
    if asked.get("profile"):
        return f"the profile {asked['profile']} (secmon_aws_profile)"
    if asked.get("access_key"):
        return "secmon_access_key"
    return "the environment, as neither secmon_aws_profile nor secmon_access_key is set"


def _role(asked: Mapping[str, Any]) -> str:
    if not asked.get("role_arn"):
        return ""
    external_id = "with" if asked.get("external_id") else "without"
    return (
        f", which assume {asked['role_arn']} (secmon_assume_role_arn) {external_id} an external id"
        " (secmon_assume_role_external_id)"
    )
