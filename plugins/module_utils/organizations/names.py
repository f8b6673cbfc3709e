# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The names of hosts and groups for the accounts and organizational units of an organization.

Names of accounts may repeat and hold any character (Organizations API reference, Account); names of units are unique
below one parent. Ansible gives a meaning to many characters in the name of a host, and allows letters, digits and
underscores in that of a group.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from .accounts import OrganizationAccount

LOG_ARCHIVES = "__secmon_log_archive"
"""The group of the host that has only the bucket of an organization; site.yml and teardown.yml fill it."""
ALL_ACCOUNTS = "secmon_accounts"
"""The group of all accounts, which the playbooks choose."""
_RESERVED = {"", "all", "ungrouped", "localhost", ALL_ACCOUNTS}
_Place = tuple[str, ...]


def host_names(accounts: Sequence[OrganizationAccount], taken: Collection[str] = ()) -> dict[str, str]:
    """Return a host name for the ID of each account: its name, followed by the ID where the name is not unique."""
    plain = {account.id: re.sub(r"[^A-Za-z0-9._-]+", "-", account.name).strip("._-") for account in accounts}
    # Names that differ only in case would have the same file of variables on some file systems.
    count = Counter(name.lower() for name in plain.values())
    refused = _RESERVED | {name.lower() for name in taken}
    # A name in the form of another account's unique name, or of an ID, could be taken for that account.
    refused |= {f"{name}-{account}".lower() for account, name in plain.items()} | plain.keys()
    return {
        account: name if count[name.lower()] == 1 and name.lower() not in refused else f"{name}-{account}".strip("-")
        for account, name in plain.items()
    }


def group_names(units: Iterable[tuple[_Place, _Place]]) -> dict[_Place, str]:
    """Return a group name for the IDs that lead to each organizational unit, such as ``ou_workloads_production``.

    Args:
        units: The IDs that lead to a unit from the top, and the names of the same units.
    """
    plain = {ids: re.sub(r"[^A-Za-z0-9_]", "_", "_".join(("ou", *names))) for ids, names in units if ids}
    count = Counter(plain.values())
    # The last part of an ID is unique in the organization.
    return {
        ids: name if count[name] == 1 else f"{name}_{ids[-1].rpartition('-')[2]}" for ids, name in sorted(plain.items())
    }
