# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The hosts of an inventory that are accounts, for the playbooks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible import context
from ansible.errors import AnsibleFilterError
from ansible_collections.secmon.aws.plugins.module_utils.organizations.names import ALL_ACCOUNTS, LOG_ARCHIVES

DOCUMENTATION = r"""
name: accounts
short_description: Return the group of the hosts that are accounts
version_added: 0.4.0
description:
  - Returns V(secmon_accounts) if the inventory has this group, else V(all).
  - Fails if the group has no host, or C(--limit) leaves none of them. Ansible itself ends a play without hosts as a
    success.
options:
  _input:
    description: Ansible's variable C(groups).
    type: dict
    required: true
  _part:
    description:
      - V(log archive) for the host that has only the bucket of an organization, V(others) for all but this one.
        V(site.yml) and V(teardown.yml) fill this group after the preflight.
    type: str
  selected:
    description:
      - The hosts that C(--limit) leaves, which Ansible has in C(ansible_play_hosts_all) where it reads C(hosts).
    type: list
    elements: str
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
- name: Name the accounts
  hosts: "{{ groups | secmon.aws.accounts(selected=ansible_play_hosts_all) }}"
  gather_facts: false
  tasks:
    - name: Show the account of each host
      ansible.builtin.debug:
        var: secmon_account_id
"""

RETURN = r"""
_value:
  description: The name of the group.
  type: str
"""

EMPTY = (
    "The inventory has no accounts: {}. Nothing was done. Name the inventory with -i, and look at its hosts with "
    "`ansible-inventory -i ... --graph`. docs/many_accounts.md says how to list accounts."
)

UNSELECTED = (
    "No account is selected: --limit {} leaves no host of the group {}. Nothing was done. Name an account that "
    "`ansible-inventory -i ... --graph` shows, or a group of them."
)


def accounts(groups: Mapping[str, Sequence[str]], part: str = "", selected: Sequence[str] | None = None) -> str:
    """Return a pattern for the hosts that are accounts. Raise AnsibleFilterError if there are none.

    Args:
        groups: The hosts of each group.
        part: `log archive` for the host that has only the bucket of an organization, `others` for all but this one.
        selected: The hosts that --limit leaves.
    """
    if part == "log archive":
        return LOG_ARCHIVES if LOG_ARCHIVES in groups else "!all"
    group = ALL_ACCOUNTS if ALL_ACCOUNTS in groups else "all"
    # ansible-lint and --syntax-check read a playbook without an inventory.
    if context.CLIARGS.get("syntax"):
        return group
    if not groups.get(group):
        why = f"its group {group} is empty" if group == ALL_ACCOUNTS else "it has no hosts"
        raise AnsibleFilterError(EMPTY.format(why))
    if selected is not None and not set(selected) & set(groups[group]):
        raise AnsibleFilterError(UNSELECTED.format(context.CLIARGS.get("subset"), group))
    return f"{group}:!{LOG_ARCHIVES}" if part and LOG_ARCHIVES in groups else group


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"accounts": accounts}
