"""The inventory of an organization, read by the plugin from an embedded AWS in the same process."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible_collections.secmon.aws.plugins.inventory import organization
from ansible_collections.secmon.aws.plugins.module_utils.core.retries import Budget
from ansible_collections.secmon.aws.plugins.module_utils.organizations.accounts import OrganizationAccount, Unit
from botocore.exceptions import NoCredentialsError

from embedded_aws.core.faults import Fault
from tests.support.in_process import PRODUCTION, InProcess, aws, organization_aws

__all__ = ["aws", "organization_aws"]

Read = Callable[..., InventoryData]
MEMBER = "OrganizationAccountAccessRole"


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Return what the plugin prints as warnings, and with -v."""
    found: dict[str, list[str]] = {"warning": [], "v": []}
    for level, lines in found.items():
        monkeypatch.setattr(
            f"ansible.utils.display.Display.{level}", lambda _self, text, lines=lines: lines.append(text)
        )
    return found


@pytest.fixture
def read(aws: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    return reader(aws, tmp_path, monkeypatch)


@pytest.fixture
def read_100(organization_aws: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    return reader(organization_aws, tmp_path, monkeypatch)


def documented_options() -> dict[str, Any]:
    """Return the options of the plugin, with those of its fragments."""
    documented = yaml.safe_load(organization.DOCUMENTATION)
    options = dict(documented["options"])
    for name in documented["extends_documentation_fragment"]:
        package, _dot, rest = name.rpartition("amazon.aws.")
        home = "ansible_collections.amazon.aws.plugins" if package + _dot else "ansible.plugins"
        module, _dot, part = rest.partition(".")
        fragment = import_module(f"{home}.doc_fragments.{module}").ModuleDocFragment
        options |= yaml.safe_load(getattr(fragment, part.upper() or "DOCUMENTATION", "{}")).get("options", {})
    return options


def make_plugin() -> organization.InventoryModule:
    """Return the plugin as Ansible's loader would, which cannot load from a collection that is imported already."""
    plugin = organization.InventoryModule()
    plugin._load_name, plugin.ansible_name, plugin._redirected_names = organization.__name__, plugin.NAME, [plugin.NAME]
    constants.config.initialize_plugin_configuration_definitions("inventory", plugin._load_name, documented_options())
    return plugin


def reader(aws: InProcess, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Return a function that reads an inventory with some options, whose waits take no time."""
    clock = [0.0]

    def budget(seconds: float) -> Budget:
        return Budget(seconds, now=lambda: clock[0], sleep=lambda delay: clock.__setitem__(0, clock[0] + delay))

    monkeypatch.setattr(organization, "Budget", budget)

    def read(use_cache: bool = False, credentials: dict[str, str] | None = None, **options: Any) -> InventoryData:
        plugin = make_plugin()

        def client(service: str, **_options: Any) -> Any:
            frozen = {name: value for name, value in plugin._frozen_credentials.items() if name != "profile_name"}
            return aws.client(service, **(credentials or frozen))

        plugin.client = client
        path = folder / "a.secmon_org.yml"
        path.write_text(yaml.safe_dump({"plugin": "secmon.aws.organization", **options}))
        assert plugin.verify_file(str(path)) and not plugin.verify_file(str(folder))
        inventory = InventoryData()
        plugin.parse(inventory, DataLoader(), str(path), cache=use_cache)
        if use_cache:
            plugin.update_cache_if_changed()
        inventory.reconcile_inventory()
        return inventory

    return read


def message_of(call: Callable[[], Any]) -> str:
    with pytest.raises(AnsibleError) as caught:
        call()
    return str(caught.value)


def members(inventory: InventoryData, group: str) -> list[str]:
    return sorted(host.name for host in inventory.groups[group].get_hosts())


def test_the_accounts_are_hosts_in_the_groups_of_their_units(read: Read) -> None:
    inventory = read()
    assert members(inventory, "secmon_accounts") == ["guide", "production", "sandbox"]
    assert members(inventory, "ou_workloads") == ["production", "sandbox"]
    assert members(inventory, "ou_workloads_production") == ["production"]
    (parent,) = inventory.groups["ou_workloads"].parent_groups
    assert parent.name == "secmon_accounts"

    variables = inventory.hosts["production"].vars
    assert variables["secmon_account_id"] == variables["aws_account_id"] == PRODUCTION
    assert variables["aws_account_name"] == "production"
    assert variables["aws_account_email"] == "production@example.com"
    assert variables["aws_account_state"] == "ACTIVE"
    assert variables["aws_account_ou"] == "workloads/production"
    assert [unit[:3] for unit in variables["aws_account_ou_ids"]] == ["ou-", "ou-"]
    assert variables["aws_organization_id"].startswith("o-")
    assert "aws_account_tags" not in variables and "secmon_assume_role_arn" not in variables
    assert inventory.hosts["guide"].vars["aws_account_is_management"] is True


def test_an_organization_of_100_accounts_takes_two_calls_for_each_unit(
    read_100: Read, organization_aws: InProcess, said: dict[str, list[str]]
) -> None:
    inventory = read_100()
    assert len(inventory.hosts) == 100
    assert {"payments-000000000021", "payments-000000000022", "log-archive", "Backup-Restore"} <= inventory.hosts.keys()
    units = 14
    # Two of the units have more than one page of accounts, each with an empty page between them.
    assert organization_aws.calls("organizations") == {
        "ListRoots": 1,
        "ListOrganizationalUnitsForParent": units + 1,
        "ListAccountsForParent": units + 1 + 4,
    }
    assert len(said["v"]) == 4
    assert "account 000000000901 (acquired): its state is SUSPENDED, and states allows ACTIVE" in said["v"][0]


def test_tags_take_a_call_for_each_account_that_may_be_a_host(read_100: Read, organization_aws: InProcess) -> None:
    options = {"keyed_groups": [{"key": "aws_account_tags.environment", "prefix": "environment"}]}
    inventory = read_100(organizational_units=["workloads"], exclude_accounts=["000000000021"], **options)
    assert organization_aws.calls("organizations")["ListTagsForResource"] == len(inventory.hosts) == 77
    assert len(members(inventory, "environment_staging")) == 19
    assert inventory.hosts["bank-01"].vars["aws_account_tags"] == {"environment": "production", "pci": ""}


def test_the_documented_policy_allows_exactly_the_calls(
    read_100: Read, organization_aws: InProcess, repository: Path
) -> None:
    read_100(read_tags=True, organizational_units=["security"])
    section = (repository / "docs/permissions.md").read_text().split("## The inventory of an organization")[1]
    policy = json.loads(section.split("```json")[1].split("```")[0])
    calls = {f"organizations:{action}" for action in organization_aws.calls("organizations")}
    assert set(policy["Statement"][0]["Action"]) == calls | {"organizations:DescribeOrganization"}


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ({"organizational_units": ["/workloads/bank/"]}, 32),
        ({"organizational_units": ["workloads/bank/staging", "security"]}, 12),
        ({"exclude_organizational_units": ["workloads", "workloads/bank"]}, 22),
        ({"organizational_units": ["workloads"], "exclude_organizational_units": ["workloads/retail"]}, 32),
        ({"accounts": ["000000000011", "000000000012"]}, 2),
        ({"exclude_accounts": ["000000000011"]}, 99),
        ({"states": ["CLOSED", "SUSPENDED"]}, 2),
        ({"tags": {"environment": ["staging", "test"]}}, 19),
        ({"tags": {"pci": None}}, 21),
        ({"exclude_tags": {"monitoring": "off"}}, 88),
        ({"tags": {"environment": "production"}, "exclude_tags": {"pci": None}}, 38),
    ],
)
def test_filters_choose_the_hosts(read_100: Read, options: dict[str, Any], count: int) -> None:
    assert len(read_100(**options).hosts) == count


def test_only_the_units_that_may_be_wanted_are_read(read_100: Read, organization_aws: InProcess) -> None:
    read_100(organizational_units=["workloads/bank/staging"])
    assert organization_aws.calls("organizations") == {
        "ListRoots": 1,
        "ListOrganizationalUnitsForParent": 4,
        "ListAccountsForParent": 1,
    }


def test_a_unit_can_be_named_by_its_id(read: Read) -> None:
    unit = read().hosts["production"].vars["aws_account_ou_ids"][0]
    assert sorted(read(organizational_units=[unit]).hosts) == ["production", "sandbox"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            {"organizational_units": ["workload"]},
            "organizational_units: 'workload' is not an organizational unit that was read. Did you mean \"workloads\"?",
        ),
        (
            {"exclude_organizational_units": ["zzz"]},
            "exclude_organizational_units: 'zzz' is not an organizational unit that was read. Units that were read:"
            " workloads, workloads/production, workloads/sandbox.",
        ),
        ({"exclude_account": ["1"]}, "'exclude_account' is not an option. Did you mean \"exclude_accounts\"?"),
        ({"accounts": [12345678901]}, "accounts: '12345678901' is not an account ID. Write 12 digits in quotes"),
        (
            {"tags": {"monitoring": False}},
            "tags: the value of 'monitoring' must be a string, a list of strings, or null",
        ),
        ({"states": ["OPEN"]}, "Invalid value ['OPEN'] for config 'states'"),
        (
            {"account_role": "{{ aws_account_tags.deployer }}"},
            "account_role for account 222222222222 (production): ",
        ),
        (
            {"account_role": "no such role"},
            "account_role for account 222222222222 (production) is 'no such role', which is not the name of a role",
        ),
    ],
)
def test_a_wrong_option_is_an_error_that_says_what_to_write(read: Read, options: dict[str, Any], says: str) -> None:
    assert says in message_of(lambda: read(**options))


def test_an_account_that_is_chosen_but_missing_is_a_warning(read: Read, said: dict[str, list[str]]) -> None:
    assert list(read(accounts=["999999999999"]).hosts) == []
    assert said["warning"] == [
        "accounts: 999999999999 is not in the organizational units that were read.",
        "No account of the organization is a host; 3 are left out (-v says why).",
    ]


def test_the_role_of_each_account_is_a_name_or_a_template(read: Read) -> None:
    def roles(**options: Any) -> list[str]:
        return [host.vars["secmon_assume_role_arn"] for _name, host in sorted(read(**options).hosts.items())]

    arn = "arn:aws:iam::{}:role/{}".format
    assert roles(account_role="path/Deployer") == [
        "",
        arn(PRODUCTION, "path/Deployer"),
        arn("333333333333", "path/Deployer"),
    ]
    template = "{{ 'A' if aws_account_name == 'production' else '' }}"
    assert roles(account_role=template, management_account_role="Own") == [
        arn("123456789012", "Own"),
        arn(PRODUCTION, "A"),
        "",
    ]


def test_members_of_a_large_organization_are_reached_by_their_role(read_100: Read, organization_aws: InProcess) -> None:
    sts = organization_aws.client("sts")
    hosts = read_100(account_role="SecurityMonitoringDeployer").hosts
    assert hosts.pop("management").vars["secmon_assume_role_arn"] == ""
    for host in list(hosts.values())[::9]:
        session = sts.assume_role(RoleArn=host.vars["secmon_assume_role_arn"], RoleSessionName="secmon")
        assert f":{host.vars['secmon_account_id']}:" in session["AssumedRoleUser"]["Arn"]


def test_a_name_that_looks_like_a_template_stays_text(read: Read, aws: InProcess) -> None:
    hostile = "{{ lookup('pipe', 'echo owned') }}"
    aws.client("organizations").create_account(AccountName=hostile, Email="x@example.com")
    inventory = read(compose={"shown": "aws_account_name"}, strict=True)
    assert inventory.hosts["lookup-pipe-echo-owned"].vars["shown"] == hostile


def test_constructed_options_work_as_in_every_inventory_plugin(read: Read) -> None:
    inventory = read(
        compose={"secmon_region": "'eu-west-1' if 'production' in aws_account_ou else 'us-east-1'"},
        groups={"live": "aws_account_ou == 'workloads/production'"},
        keyed_groups=[{"key": "aws_account_state | lower", "prefix": "state"}],
        hostnames="id",
    )
    assert inventory.hosts[PRODUCTION].vars["secmon_region"] == "eu-west-1"
    assert members(inventory, "live") == [PRODUCTION]
    assert len(members(inventory, "state_active")) == 3
    read(compose={"x": "undefined_one"})
    with pytest.raises(Exception, match="undefined_one"):
        read(compose={"x": "undefined_one"}, strict=True)


def test_the_cache_answers_the_same_question_only(read: Read, aws: InProcess, tmp_path: Path) -> None:
    cached = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}

    def hosts_and_calls(**options: Any) -> tuple[int, int]:
        before = len(aws.state.calls)
        return len(read(use_cache=True, **cached, **options).hosts), len(aws.state.calls) - before

    assert hosts_and_calls() == (3, 9)
    assert hosts_and_calls() == (3, 0)
    # What is made of the accounts may change; which accounts, and with which credentials, may not.
    assert hosts_and_calls(account_role="Deployer", hostnames="id") == (3, 0)
    assert hosts_and_calls(exclude_accounts=[PRODUCTION]) == (2, 9)
    assert hosts_and_calls(exclude_accounts=[PRODUCTION], read_tags=True) == (2, 11)
    assert hosts_and_calls(profile="other") == (3, 9)


def test_what_is_refused_says_who_may_read_the_organization(read: Read, aws: InProcess) -> None:
    session = aws.session(MEMBER)
    text = message_of(lambda: read(credentials=session))
    assert (
        "ListRoots failed for the organization in account 222222222222, region us-east-1: AccessDeniedException" in text
    )
    assert "Only the management account of an organization and its delegated administrators may list it." in text
    assert text.endswith(" is 123456789012.")

    administrator = {"AccountId": PRODUCTION, "ServicePrincipal": "ssm.amazonaws.com"}
    aws.client("organizations").register_delegated_administrator(**administrator)
    assert len(read(credentials=session).hosts) == 3
    aws.client("organizations").deregister_delegated_administrator(**administrator)

    aws.client("organizations").remove_account_from_organization(AccountId=PRODUCTION)
    text = message_of(lambda: read(credentials=session))
    assert "AWSOrganizationsNotInUseException: Your account is not a member of an organization." in text
    assert "inventory/examples/single_account" in text


@pytest.mark.parametrize(
    ("error", "message", "says"),
    [
        (
            "AccessDeniedException",
            "User: arn:aws:iam::123456789012:user/u is not authorized to perform: organizations:ListRoots on resource:"
            " * because no identity-based policy allows the organizations:ListRoots action",
            "Allow organizations:ListRoots on * to arn:aws:iam::123456789012:user/u.",
        ),
        ("TooManyRequestsException", "Rate exceeded", "AWS kept throttling the calls until timeout_seconds expired."),
        ("UnrecognizedClientException", "The security token is invalid.", "AWS rejected the credentials, or the"),
    ],
)
def test_a_refused_call_says_what_to_do(read: Read, aws: InProcess, error: str, message: str, says: str) -> None:
    aws.state.faults.add([Fault("organizations", "ListRoots", error=error, message=message, times=100_000)])
    text = message_of(read)
    assert f"ListRoots failed for the organization in account 123456789012, region us-east-1: {error}" in text
    assert says in text


def test_missing_credentials_say_where_they_may_be(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_arguments: Any, **_options: Any) -> Any:
        raise NoCredentialsError

    monkeypatch.setattr("botocore.signers.RequestSigner.sign", none)
    assert "Unable to locate credentials. Set credentials by profile" in message_of(read)


def test_the_role_of_the_plugin_is_assumed_with_a_clear_error(read: Read) -> None:
    role = f"arn:aws:iam::{PRODUCTION}:role/"
    text = message_of(lambda: read(assume_role_arn=f"{role}None"))
    assert f"AssumeRole failed for the role {role}None" in text and "does not exist" in text
    assert "in account 222222222222" in message_of(lambda: read(assume_role_arn=f"{role}{MEMBER}"))


@pytest.mark.parametrize(
    ("answer", "state"),
    [({"State": "CLOSED", "Status": "SUSPENDED"}, "CLOSED"), ({"Status": "SUSPENDED"}, "SUSPENDED"), ({}, "")],
)
def test_the_state_is_read_from_status_where_aws_sends_no_state(answer: dict[str, str], state: str) -> None:
    described = {"Id": "1", "Arn": "arn:aws:organizations::2:account/o-1/1", **answer}
    assert OrganizationAccount.described(described, Unit("r-1")).state == state
