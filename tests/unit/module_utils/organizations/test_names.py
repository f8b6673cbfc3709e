"""Hosts and groups have names that Ansible takes as they are, each once."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.organizations.accounts import OrganizationAccount, Unit
from ansible_collections.secmon.aws.plugins.module_utils.organizations.names import group_names, host_names
from hypothesis import given
from hypothesis import strategies as st

ACCOUNT = OrganizationAccount.described(
    {"Id": "111122223333", "Arn": "arn:aws:organizations::999999999999:account/o-a1b2c3d4e5/111122223333"}, Unit("r-1")
)


def named(*names: str) -> list[str]:
    """Return the host names of accounts with these names, whose IDs end with their position."""
    accounts = [replace(ACCOUNT, id=f"{number:012}", name=name) for number, name in enumerate(names)]
    return [host.replace("-00000000000", "#") for host in host_names(accounts, {"ou_security"}).values()]


@pytest.mark.parametrize(
    ("names", "hosts"),
    [
        (("production",), ["production"]),
        (("Log Archive",), ["Log-Archive"]),
        (("payments", "payments", "other"), ["payments#0", "payments#1", "other"]),
        (("Payments", "payments"), ["Payments#0", "payments#1"]),
        (("a b", "a-b"), ["a-b#0", "a-b#1"]),
        (("web[1:3]", "!prod,&x", "@file"), ["web-1-3", "prod-x", "file"]),
        (("all", "localhost", "ou_security"), ["all#0", "localhost#1", "ou_security#2"]),
        (("[]",), ["000000000000"]),
        (("x", "x", "x-000000000000"), ["x#0", "x#1", "x#0#2"]),
    ],
)
def test_a_host_is_named_after_its_account(names: tuple[str, ...], hosts: list[str]) -> None:
    assert named(*names) == hosts


@given(st.lists(st.text(max_size=6) | st.sampled_from(["a", "A", "a-000000000000", "000000000001"]), max_size=6))
def test_host_names_are_unique_and_safe_whatever_the_accounts_are_called(names: list[str]) -> None:
    hosts = named(*names)
    assert len({host.lower() for host in hosts}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._#-]*", host) for host in hosts)


def test_groups_are_named_after_the_path_of_their_unit() -> None:
    units = {("ou-1-a",): ("a b",), ("ou-1-a", "ou-1-c"): ("a b", "c"), ("ou-1-d",): ("a b_c",), (): ()}
    assert group_names(units.items()) == {
        ("ou-1-a",): "ou_a_b",
        ("ou-1-a", "ou-1-c"): "ou_a_b_c_c",
        ("ou-1-d",): "ou_a_b_c_d",
    }
