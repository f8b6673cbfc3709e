# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read the accounts of an organization: its tree of units, the accounts of each, and their tags if they are needed.

Sources: Organizations API reference, ListRoots, ListOrganizationalUnitsForParent, ListAccountsForParent and
ListTagsForResource. A page has 20 entries at most and may be empty although others follow. ListAccounts is not used: it
does not say in which unit an account is.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from ..core.account import Account
from ..core.errors import AwsError
from ..core.problems import require
from .accounts import OrganizationAccount, Unit
from .selection import Scope, Selection

_WORKERS = 8
_WHO_MAY = (
    "Only the management account of an organization and its delegated administrators may list it. Use credentials of"
    " one of them (profile, access_key, assume_role_arn)."
)
_REMEDIES = {
    "AWSOrganizationsNotInUseException": (
        f"{_WHO_MAY} For an account without organization, write an inventory as in inventory/examples/single_account."
    ),
    "AccessDeniedException You don't have permissions": _WHO_MAY,
    "TooManyRequestsException": (
        "AWS kept throttling the calls until timeout_seconds expired. Run it again later, raise timeout_seconds, or set"
        " cache so that not every run reads the organization."
    ),
}


@dataclass
class Found:
    """What was read: the accounts that become hosts, and sentences about what is left out and what is suspicious."""

    accounts: list[OrganizationAccount] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def find_accounts(account: Account, scope: Scope, selection: Selection, *, with_tags: bool) -> Found:
    """Return the accounts of an organization that are wanted.

    Args:
        account: The caller: the management account or a delegated administrator.
        scope: Which units are read.
        selection: Which of their accounts are wanted.
        with_tags: Whether to read the tags, one call for each account that is wanted otherwise.

    Raises:
        RequestError: The scope names a unit that is not there.
        AwsError: AWS refused a call permanently.
    """
    found = Found()
    read = _read_units(account, scope, found)
    for missing in selection.unknown(read):
        found.warnings.append(f"accounts: {missing} is not in the organizational units that were read.")
    for one in sorted(read, key=lambda one: one.id):
        reason = selection.reason_without_tags(one)
        _add(found, one, reason)
    if with_tags:
        _select_by_tags(account, selection, found)
    return found


def _add(found: Found, one: OrganizationAccount, reason: str) -> None:
    if reason:
        found.left_out.append(f"{one}: {reason}")
    else:
        found.accounts.append(one)


def _read_units(account: Account, scope: Scope, found: Found) -> list[OrganizationAccount]:
    """Return the accounts of the units in the scope; all units of one level are read at the same time."""
    roots = _list(account, "ListRoots", "organization", "Roots")
    level, units, accounts = [Unit(root["Id"]) for root in roots], list[Unit](), list[OrganizationAccount]()
    with ThreadPoolExecutor(max_workers=_WORKERS) as workers:
        while level:
            units += level
            excluded = [unit for unit in level if scope.excludes(unit)]
            found.left_out += [
                f"organizational unit {unit.path}: it is in exclude_organizational_units" for unit in excluded
            ]
            read = [unit for unit in level if unit not in excluded]
            for more in workers.map(lambda unit: _accounts_of(account, unit), filter(scope.includes, read)):
                accounts += more
            level = [
                below
                for more in workers.map(lambda unit: _units_below(account, unit), filter(scope.may_lead_to, read))
                for below in more
            ]
    require(scope.problems(units))
    return accounts


def _accounts_of(account: Account, unit: Unit) -> list[OrganizationAccount]:
    place = f"accounts of {_named(unit)}"
    answers = _list(account, "ListAccountsForParent", place, "Accounts", {"ParentId": unit.id})
    return [OrganizationAccount.described(answer, unit) for answer in answers]


def _units_below(account: Account, unit: Unit) -> list[Unit]:
    place, parent = f"organizational units below {_named(unit)}", {"ParentId": unit.id}
    answers = _list(account, "ListOrganizationalUnitsForParent", place, "OrganizationalUnits", parent)
    return [unit.child(answer) for answer in answers]


def _named(unit: Unit) -> str:
    return f"organizational unit {unit.path}" if unit.ids else "the root"


def _select_by_tags(account: Account, selection: Selection, found: Found) -> None:
    """Read the tags of the accounts, and keep those whose tags are wanted."""
    with ThreadPoolExecutor(max_workers=_WORKERS) as workers:
        tagged = list(workers.map(lambda one: _with_tags(account, one), found.accounts))
    found.accounts = []
    for one in tagged:
        _add(found, one, "it left the organization meanwhile" if one.tags is None else selection.reason_of_tags(one))


def _with_tags(account: Account, one: OrganizationAccount) -> OrganizationAccount:
    try:
        tags = _list(account, "ListTagsForResource", f"tags of {one}", "Tags", {"ResourceId": one.id})
    except AwsError as error:
        if error.code == "TargetNotFoundException":
            return one
        raise
    return replace(one, tags={tag["Key"]: tag["Value"] for tag in tags})


def _list(
    account: Account, operation: str, resource: str, items: str, parameters: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    return account.read_all("organizations", operation, resource, items, parameters, remedies=_REMEDIES)


def explain(account: Account, error: AwsError) -> str:
    """Return the message for a call that failed; for a member account, it names the management account."""
    text = error.described(account.known_place())
    if error.hint == _WHO_MAY:
        try:
            organization = account.read("organizations", "DescribeOrganization", "organization")["Organization"]
        except AwsError:
            return text
        text += f" The management account of {organization['Id']} is {organization['MasterAccountId']}."
    return text
