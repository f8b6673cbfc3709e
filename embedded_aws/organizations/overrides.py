"""Overrides of the listings of AWS Organizations.

Sources: Organizations API reference, ListAccounts, ListAccountsForParent, ListOrganizationalUnitsForParent, ListRoots
and ListTagsForResource; Organizations user guide, "Monitor the state of your AWS accounts". The text of
AccessDeniedException is from public reports of denials.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from moto.organizations.models import FakeAccount, OrganizationsBackend, organizations_backends
from moto.utilities.utils import get_partition

from embedded_aws.core.call import Answer, Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import after, override
from embedded_aws.core.pages import page
from embedded_aws.core.state import State

# Only the management account and delegated administrators may list; moto 5.2.5 answers members with empty lists.


def _organization(call: Call) -> OrganizationsBackend:
    """Return moto's backend of the caller's organization. Raise AwsError for a caller that may not list it."""
    partition = get_partition(call.region)
    owner, partition = organizations_backends.master_accounts.get(call.account, (call.account, partition))
    backend: OrganizationsBackend = organizations_backends[owner][partition]
    if backend.org is None:
        raise AwsError("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    if call.account not in (owner, *(admin.account.id for admin in backend.admins)):
        raise AwsError("AccessDeniedException", "You don't have permissions to access this resource.")
    return backend


# A page has 20 items at most, and may be empty although more follow; moto's are larger and never empty.
#
# Here an empty page follows each full one, so that a client that stops there always misses something.

_PER_PAGE = 20


def _answer(call: Call, key: str, items: Sequence[Any]) -> dict[str, Any]:
    parameters = call.parameters
    chunks = list(_chunks(items, parameters.get("MaxResults") or _PER_PAGE)) or [[]]
    question = (call.account, call.action, {**parameters, "NextToken": None})
    rejection = AwsError("InvalidInputException", "You specified an invalid value: NextToken.")
    (shown,), token = page(chunks, 1, parameters.get("NextToken"), question, rejection)
    return {key: shown, **({"NextToken": token} if token else {})}


def _chunks(items: Sequence[Any], size: int) -> Iterator[list[Any]]:
    for start in range(0, len(items), size):
        if start:
            yield []
        yield list(items[start : start + size])


@override("organizations", "ListRoots")
def list_roots(_state: State, call: Call) -> dict[str, Any]:
    """List the root of the organization."""
    return _answer(call, "Roots", _organization(call).list_roots()["Roots"])


@override("organizations", "ListOrganizationalUnitsForParent")
def list_units(_state: State, call: Call) -> dict[str, Any]:
    """List the organizational units directly below a root or another unit."""
    backend = _organization(call)
    parent = _parent(backend, call)
    units = [unit for unit in backend.ou if unit.parent_id == parent]
    return _answer(call, "OrganizationalUnits", [unit.describe()["OrganizationalUnit"] for unit in units])


@override("organizations", "ListAccountsForParent")
def list_accounts_of_parent(_state: State, call: Call) -> dict[str, Any]:
    """List the accounts directly below a root or a unit."""
    backend = _organization(call)
    parent = _parent(backend, call)
    return _answer(call, "Accounts", [_described(made) for made in backend.accounts if made.parent_id == parent])


@override("organizations", "ListAccounts")
def list_accounts(_state: State, call: Call) -> dict[str, Any]:
    """List all accounts of the organization."""
    return _answer(call, "Accounts", [_described(made) for made in _organization(call).accounts])


def _parent(backend: OrganizationsBackend, call: Call) -> str:
    parent = str(call.parameters["ParentId"])
    if parent not in [unit.id for unit in backend.ou]:
        message = "You specified a parent that doesn't exist."
        raise AwsError("ParentNotFoundException", message)
    return parent


# An account has a State; its Status was retired in September 2026, and moto answers both.


def _described(account: FakeAccount) -> dict[str, Any]:
    return {key: value for key, value in account.describe().items() if key != "Status"}


@after("organizations", "CloseAccount")
def close(_state: State, call: Call, _answer: Answer) -> None:
    """Set the state of a closed account; SUSPENDED, which moto sets, is an account that AWS restricts."""
    _organization(call).get_account_by_id(call.parameters["AccountId"]).state = "CLOSED"


@override("organizations", "ListTagsForResource")
def list_tags(_state: State, call: Call) -> dict[str, Any]:
    """List the tags of an account, unit, root or policy."""
    return _answer(call, "Tags", _organization(call).list_tags_for_resource(**call.parameters)["Tags"])
