"""The plays reach accounts from this machine whatever the inventory leaves out, and leave other hosts alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import run

# No account sets a connection, as in the README; a web server in the same inventory is reached by ssh.
INVENTORY: dict[str, Any] = {
    "all": {
        "vars": {"secmon_region": "us-east-1"},
        "hosts": {"web": {"ansible_host": "192.0.2.1"}},
        "children": {
            "secmon_accounts": {
                "hosts": {
                    "guide": {"secmon_account_id": "123456789012"},
                    "other": {
                        "secmon_account_id": "210987654321",
                        "ansible_python_interpreter": "/usr/local/bin/python3.13",
                    },
                }
            }
        },
    }
}
SHOW = {"ansible.builtin.debug": {"msg": "{{ inventory_hostname }} uses {{ ansible_python_interpreter }}"}}


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    path = tmp_path / "hosts.yml"
    path.write_text(yaml.safe_dump(INVENTORY))
    return path


def test_the_plays_take_the_group_of_accounts_and_the_python_of_ansible(
    repository: Path, inventory: Path, tmp_path: Path
) -> None:
    plays = yaml.safe_load((repository / "playbooks/site.yml").read_text())
    kept = {name: plays[-1][name] for name in ("hosts", "connection", "gather_facts", "vars")}
    plays = [plays[0], kept | {"tasks": [SHOW]}]
    (tmp_path / "play.yml").write_text(yaml.safe_dump(plays))
    result = run("ansible-playbook", "-i", inventory, tmp_path / "play.yml")
    assert result.returncode == 0, result.stdout
    assert "other uses /usr/local/bin/python3.13" in result.stdout
    assert "guide uses " in result.stdout and "/bin/python" in result.stdout.partition("guide uses ")[2].splitlines()[0]
    assert "web" not in result.stdout


@pytest.mark.parametrize(
    ("groups", "says"),
    [
        ({}, "The inventory has no accounts: it has no hosts. Nothing was done."),
        ({"hosts": {"web": {}}, "children": {"secmon_accounts": {}}}, "its group secmon_accounts is empty"),
    ],
)
def test_an_inventory_without_accounts_is_refused(
    repository: Path, tmp_path: Path, groups: dict[str, Any], says: str
) -> None:
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": groups}))
    result = run("ansible-playbook", "-i", tmp_path / "hosts.yml", repository / "playbooks/site.yml")
    assert result.returncode != 0
    assert says in " ".join(result.stderr.split())


def test_a_limit_that_selects_no_account_is_refused(repository: Path, inventory: Path) -> None:
    playbook = repository / "playbooks/site.yml"
    result = run("ansible-playbook", "-i", inventory, "--limit", "web", "--list-tasks", playbook)
    assert result.returncode != 0
    says = "No account is selected: --limit web leaves no host of the group secmon_accounts. Nothing was done."
    assert says in " ".join(result.stderr.split())
    for name in ("confirm", "verify", "drill", "posture", "forecast", "prune", "teardown"):
        first, *_others = yaml.safe_load((repository / f"playbooks/{name}.yml").read_text())
        assert first["hosts"] == yaml.safe_load(playbook.read_text())[0]["hosts"], name


def test_a_remote_connection_is_refused_before_any_call(repository: Path, inventory: Path) -> None:
    playbook = repository / "playbooks/site.yml"
    result = run("ansible-playbook", "-i", inventory, playbook, "-e", "ansible_connection=ssh")
    assert result.returncode != 0
    assert ": ansible_connection: is ssh, but a host stands for an AWS account" in result.stdout
    assert "write ansible_connection: secmon.aws.warm" in result.stdout
    assert "No AWS API was called" in result.stdout


def test_every_play_for_accounts_sets_hosts_connection_and_python(repository: Path) -> None:
    for name in ("site", "confirm", "verify", "teardown"):
        for play in yaml.safe_load((repository / f"playbooks/{name}.yml").read_text()):
            assert "secmon.aws.accounts" in play["hosts"], (name, play["name"])
            assert play["connection"] == "secmon.aws.warm", (name, play["name"])
            assert "module_defaults" not in play or "ansible_python_interpreter" in play["vars"], (name, play["name"])
