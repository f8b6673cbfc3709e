# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: organization
short_description: The accounts of an AWS Organization as hosts
version_added: 0.4.0
description:
  - Lists the accounts of an organization, one host each, for the playbooks of this collection. The name of the file
    ends with C(secmon_org.yml) or C(secmon_org.yaml).
  - All hosts are in the group C(secmon_accounts), which the playbooks choose. Each organizational unit with hosts is
    a group inside that of its parent, such as C(ou_workloads_production) inside C(ou_workloads), so C(group_vars)
    apply to a unit and all below it. Characters that a group name cannot have become underscores. If two units get
    the same name that way, the end of their IDs follows.
  - A host is named after its account. Characters that Ansible gives a meaning become hyphens. If two accounts have
    the same name, or the name is reserved, the ID follows, such as C(payments-111122223333).
  - Only accounts in the state C(ACTIVE) are hosts, unless O(states) says otherwise. With C(-v), the plugin prints
    which accounts are left out, and why.
options:
  plugin:
    description: Must be C(secmon.aws.organization).
    type: str
    required: true
    choices: [secmon.aws.organization]
  organizational_units:
    description:
      - The organizational units whose accounts are hosts, with all units below; empty for the whole organization.
        Others are not read.
      - A unit is the names from the top with slashes between them, such as C(workloads/production), or an ID. An
        entry that does not exist is an error.
    type: list
    elements: str
    default: []
  exclude_organizational_units:
    description: Organizational units that are not read, with all units below, written as in O(organizational_units).
    type: list
    elements: str
    default: []
  accounts:
    description: The IDs of the accounts that are hosts; empty for all. Write them in quotes.
    type: list
    elements: str
    default: []
  exclude_accounts:
    description: The IDs of accounts that are no hosts.
    type: list
    elements: str
    default: []
  states:
    description:
      - The states of the accounts that are hosts. AWS refuses the roles of accounts that are not C(ACTIVE).
    type: list
    elements: str
    choices: [PENDING_ACTIVATION, ACTIVE, SUSPENDED, PENDING_CLOSURE, CLOSED]
    default: [ACTIVE]
  tags:
    description: Tags that the account of a host has, each with a value, a list of possible values, or null for any
      value.
    type: dict
    default: {}
  exclude_tags:
    description: Tags of accounts that are no hosts, written as in O(tags). One of them is enough.
    type: dict
    default: {}
  read_tags:
    description:
      - Whether to read the tags of each account into C(aws_account_tags), which takes a call for each.
      - Tags are also read if O(tags) or O(exclude_tags) is set, or another option mentions C(aws_account_tags).
    type: bool
    default: false
  hostnames:
    description:
      - V(name) names hosts after their accounts. V(id) uses the IDs, which never change, so that C(host_vars) still
        apply when an account is renamed or gets a namesake.
    type: str
    choices: [name, id]
    default: name
  account_role:
    description:
      - The role that the playbooks assume in each account, which sets C(secmon_assume_role_arn). A name, with its
        path if it has one, or an ARN. It may be a Jinja2 template with the variables of the host; an empty result
        means no role.
      - If it is not set, the plugin does not set the variable. O(assume_role_arn) is another role, that of the plugin
        itself.
    type: str
  management_account_role:
    description:
      - The same for the management account. By default, if O(account_role) is set, its host uses the credentials of
        the environment without assuming a role, as they are usually those of this account.
      - Set it if they are not, for example if they belong to a delegated administrator.
    type: str
  timeout_seconds:
    description:
      - Number of seconds for which the plugin retries throttled calls, internal errors of AWS and broken connections,
        all retries together.
    type: int
    default: 120
notes:
  - The plugin needs the IAM actions C(organizations:ListRoots), C(organizations:ListOrganizationalUnitsForParent),
    C(organizations:ListAccountsForParent) and, for tags, C(organizations:ListTagsForResource). With
    C(organizations:DescribeOrganization) an error names the management account.
  - It makes two calls for each organizational unit, one for the root, and, for tags, one for each account. Pages of
    more than 20 entries take further calls.
  - Without O(region), C(us-east-1) is used. Outside the commercial partition, set a region of the partition.
  - Ansible continues without an inventory that cannot be read. Set C(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true)
    to stop instead.
extends_documentation_fragment:
  - inventory_cache
  - constructed
  - amazon.aws.boto3
  - amazon.aws.common.plugins
  - amazon.aws.region.plugins
  - amazon.aws.assume_role.plugins
author:
  - The secmon.aws founders (@secmon)
"""

EXAMPLES = r"""
# accounts.secmon_org.yml: every active account of the organization. The credentials of the environment are those of the
# management account.
plugin: secmon.aws.organization
account_role: SecurityMonitoringDeployer

---
# Two organizational units without one below them. A delegated administrator reads the organization, with a profile.
plugin: secmon.aws.organization
profile: audit
organizational_units: [workloads, security]
exclude_organizational_units: [workloads/sandbox]
exclude_accounts: ["012345678901"]
account_role: security/SecurityMonitoringDeployer
management_account_role: security/SecurityMonitoringDeployer

---
# Groups and variables from tags: environment_production, and another role and e-mail address by tag. The answers of AWS
# are kept for an hour.
plugin: secmon.aws.organization
account_role: "{{ 'PciDeployer' if 'pci' in aws_account_tags else 'Deployer' }}"
exclude_tags:
  monitoring: "off"
keyed_groups:
  - key: aws_account_tags.environment
    prefix: environment
groups:
  recent: aws_account_joined is search('2026')
compose:
  secmon_emails: "[aws_account_email]"
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/secmon
cache_timeout: 3600
"""

import dataclasses
import json
import re
from typing import Any

from ansible.errors import AnsibleError, AnsibleParserError
from ansible_collections.amazon.aws.plugins.plugin_utils.inventory import AWSInventoryBase
from ansible_collections.secmon.aws.plugins.module_utils.core.account import Account, client_config
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import ROLE_ARN, Arn, role_arn
from ansible_collections.secmon.aws.plugins.module_utils.core.errors import AwsError
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError, did_you_mean, require
from ansible_collections.secmon.aws.plugins.module_utils.core.retries import Budget
from ansible_collections.secmon.aws.plugins.module_utils.organizations.accounts import (
    OrganizationAccount,
    host_variables,
)
from ansible_collections.secmon.aws.plugins.module_utils.organizations.names import (
    ALL_ACCOUNTS,
    group_names,
    host_names,
)
from ansible_collections.secmon.aws.plugins.module_utils.organizations.reads import Found, explain, find_accounts
from ansible_collections.secmon.aws.plugins.module_utils.organizations.selection import Scope, Selection
from ansible_collections.secmon.aws.plugins.module_utils.sts.credentials import obtain

_TAGS = "aws_account_tags"
_FILTERS = (
    *("organizational_units", "exclude_organizational_units", "accounts", "exclude_accounts", "states"),
    *("tags", "exclude_tags"),
)
# Of another organization, if one of these is another.
_CONNECTION = ("profile", "assume_role_arn", "endpoint_url", "region")
_MAY_USE_TAGS = ("compose", "groups", "keyed_groups", "account_role", "management_account_role")


class InventoryModule(AWSInventoryBase):
    """Lists the accounts of an organization as hosts."""

    NAME = "secmon.aws.organization"
    INVENTORY_FILE_SUFFIXES = ("secmon_org.yml", "secmon_org.yaml")

    def parse(self, inventory: Any, loader: Any, path: str, cache: bool = True) -> None:
        """Add the hosts and groups of one file."""
        super().parse(inventory, loader, path, cache=cache)
        try:
            found = self._found(path, cache)
            self._populate(found)
        except RequestError as error:
            raise AnsibleParserError("\n".join(error.problems)) from None
        for warning in found.warnings:
            self.display.warning(warning)
        for sentence in found.left_out:
            self.display.v(f"{self.NAME}: left out: {sentence}")
        if not found.accounts:
            self.display.warning(
                f"No account of the organization is a host; {len(found.left_out)} are left out (-v says why)."
            )

    def _read_config_data(self, path: str) -> dict[str, Any]:
        """Read the file. Raise AnsibleParserError for a key that is not an option, which Ansible ignores."""
        config: dict[str, Any] = super()._read_config_data(path)
        definitions = self.option_definitions.items()
        known = {name for option, definition in definitions for name in (option, *definition.get("aliases", ()))}
        unknown = [f"{key!r} is not an option.{did_you_mean(key, known)}" for key in config if key not in known]
        if unknown:
            raise AnsibleParserError("\n".join(unknown))
        return config

    def _found(self, path: str, cache: bool) -> Found:
        """Return the accounts from the cache, if the answer to the same question is there, or from AWS."""
        with_tags = self._needs_tags()
        question = {name: self.get_option(name) for name in (*_FILTERS, *_CONNECTION)} | {"with_tags": with_tags}
        question = json.loads(json.dumps(question, default=str))
        is_cached, stored = self.get_cached_result(path, cache)
        if is_cached and stored["question"] == question:
            accounts = [OrganizationAccount.cached(one) for one in stored["accounts"]]
            return Found(accounts, list(stored["left_out"]), list(stored["warnings"]))
        found = self._read(with_tags)
        if self.get_option("cache"):
            self._cache[self.get_cache_key(path)] = {"question": question, **dataclasses.asdict(found)}
        return found

    def _needs_tags(self) -> bool:
        if any(self.get_option(name) for name in ("read_tags", "tags", "exclude_tags")):
            return True
        return _TAGS in json.dumps([self.get_option(name) for name in _MAY_USE_TAGS], default=str)

    def _read(self, with_tags: bool) -> Found:
        selection = Selection(
            states=tuple(self.get_option("states")),
            ids=tuple(map(str, self.get_option("accounts"))),
            excluded_ids=tuple(map(str, self.get_option("exclude_accounts"))),
            tags=self.get_option("tags"),
            excluded_tags=self.get_option("exclude_tags"),
        )
        require(selection.problems())
        scope = Scope.of(self.get_option("organizational_units"), self.get_option("exclude_organizational_units"))
        account = self._account()
        try:
            if self.get_option("assume_role_arn"):
                super()._set_frozen_credentials()
                account = self._account()
            return find_accounts(account, scope, selection, with_tags=with_tags)
        except AwsError as error:
            # Ansible would append the message of a cause, which is in this one.
            raise AnsibleParserError(explain(account, error)) from None

    def _account(self) -> Account:
        region = self.region or "us-east-1"
        return Account(
            make_client=lambda service: self.client(service, region=region, config=client_config()),
            region=region,
            budget=Budget(self.get_option("timeout_seconds")),
        )

    def _set_frozen_credentials(self) -> None:
        """Assume no role yet: the cache may have the answer."""

    def _freeze_iam_role(self, iam_role_arn: str) -> None:
        """Assume the plugin's own role, with the retries and messages of this collection."""
        role = {"role_arn": iam_role_arn, "session_name": "secmon-inventory", "external_id": ""}
        keys = obtain(role | {"required_account": "", "list_resources": False}, self._account())["sts_creds"]
        self._frozen_credentials = {
            "profile_name": None,
            "aws_access_key_id": keys["access_key"],
            "aws_secret_access_key": keys["secret_key"],
            "aws_session_token": keys["session_token"],
        }

    def _populate(self, found: Found) -> None:
        accounts = found.accounts
        units = {
            account.unit_ids[:depth]: account.unit_names[:depth]
            for account in accounts
            for depth in range(len(account.unit_ids) + 1)
        }
        groups = {(): ALL_ACCOUNTS, **group_names(units.items())}
        self.inventory.add_group(ALL_ACCOUNTS)
        for ids in sorted(filter(None, groups), key=lambda ids: units[ids]):
            self.inventory.add_group(groups[ids])
            self.inventory.add_child(groups[ids[:-1]], groups[ids])
        by_id = self.get_option("hostnames") == "id"
        hosts = {account.id: account.id for account in accounts} if by_id else host_names(accounts, groups.values())
        for account in accounts:
            self._add_account(hosts[account.id], groups[account.unit_ids], account)

    def _add_account(self, host: str, group: str, account: OrganizationAccount) -> None:
        self.inventory.add_host(host, group=group)
        variables = host_variables(account)
        variables |= self._role_variable(account, variables)
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, host, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)

    def _role_variable(self, account: OrganizationAccount, variables: dict[str, Any]) -> dict[str, str]:
        """Return the variable for the role that the playbooks assume, if an option says which one."""
        option = "management_account_role" if account.is_management else "account_role"
        template = self.get_option(option)
        if template is None:
            is_set = account.is_management and self.get_option("account_role") is not None
            return {"secmon_assume_role_arn": ""} if is_set else {}
        self.templar.available_variables = variables
        try:
            name = str(self.templar.template(template)).strip().lstrip("/")
        except AnsibleError as error:
            raise AnsibleParserError(f"{option} for {account}: {error} Give the template a default.") from None
        arn = (
            name
            if not name or name.startswith("arn:")
            else role_arn(Arn.parse(account.arn).partition, account.id, name)
        )
        if arn and not re.fullmatch(ROLE_ARN, arn):
            require([f"{option} for {account} is {name!r}, which is not the name of a role or its ARN."])
        return {"secmon_assume_role_arn": arn}
