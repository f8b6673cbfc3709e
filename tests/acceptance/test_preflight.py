"""`secmon.aws.preflight` in a play with valid and invalid inventories."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.secmon.aws.plugins.plugin_utils.account_locks import account_key, keep_accounts

from tests.conftest import run
from tests.support.embedded_control import ask

CANARY = "canary-4711-secret"
PLAY: dict[str, Any] = {
    "name": "Validate the variables of all accounts",
    "hosts": "all",
    "gather_facts": False,
    "any_errors_fatal": True,
    "tags": "always",
    "tasks": [
        {
            "name": "Validate all variables of all hosts",
            "secmon.aws.preflight": None,
            "run_once": True,
            "register": "found",
        },
        {"name": "Show", "ansible.builtin.debug": {"msg": "reached with {{ found.detections | length }}"}},
    ],
}
VALID = {"secmon_region": "us-east-1", "secmon_emails": ["a@example.com"]}
HOSTS: dict[str, dict[str, Any]] = {
    "guide": {"secmon_account_id": "123456789012"},
    "production": {"secmon_account_id": "210987654321"},
    "sandbox": {"secmon_account_id": "012345678901"},
}


class Inventory:
    """A folder with three accounts and the play."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.play = PLAY

    def check(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        (self.folder / "play.yml").write_text(yaml.safe_dump([self.play]))
        command = ("ansible-playbook", "-i", self.folder / "hosts.yml", self.folder / "play.yml")
        return run(*command, *arguments, **environment)

    def write(self, group: dict[str, Any] | None = None, **hosts: dict[str, Any]) -> None:
        everywhere = {"ansible_connection": "local", **VALID, **(group or {})}
        named = {host: {**own, **hosts.get(host, {})} for host, own in HOSTS.items()}
        (self.folder / "hosts.yml").write_text(yaml.safe_dump({"all": {"vars": everywhere, "hosts": named}}))


@pytest.fixture
def inventory(tmp_path: Path) -> Inventory:
    inventory = Inventory(tmp_path)
    inventory.write()
    return inventory


def lines(result: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in result.stdout.splitlines() if re.match(r"hosts? \w", line)]


@pytest.fixture
def keys(embedded_aws: str) -> dict[str, str]:
    """Return variables with which a call would reach the embedded AWS."""
    ask(embedded_aws, "reset", method="POST")
    return {"secmon_endpoint_url": embedded_aws, "secmon_access_key": "k" * 20, "secmon_secret_key": "s" * 40}


def test_valid_accounts_pass_without_a_call_and_every_host_gets_all_detections(
    inventory: Inventory, embedded_aws: str, keys: dict[str, str]
) -> None:
    inventory.write(group=keys)
    result = inventory.check(AWS_ENDPOINT_URL=embedded_aws)
    assert result.returncode == 0, result.stdout
    assert ask(embedded_aws, "calls") == []
    assert lines(result) == []
    assert result.stdout.count("reached with 3") == 3


def test_prints_all_problems_of_all_hosts_each_once_and_calls_no_api(
    inventory: Inventory, embedded_aws: str, keys: dict[str, str]
) -> None:
    inventory.write(
        group={**keys, "secmon_retension_days": 30},
        guide={"secmon_account_id": 123456789012, "secmon_create_secret": "yes"},
        production={"secmon_topic_name": "{{ nowhere }}"},
        sandbox={"secmon_rules": {"secret_acess": {"enabled": False}}},
    )
    result = inventory.check("--tags", "trial,logs,mine", AWS_ENDPOINT_URL=embedded_aws)
    assert result.returncode != 0
    assert ask(embedded_aws, "calls") == []
    assert '--tags: trial is not a part of the system. Did you mean "trail"?' in result.stdout
    misspelt = 'secmon_retension_days: is not a known variable. Did you mean "secmon_retention_days"?'
    assert lines(result) == [
        f"hosts guide, production, sandbox: {misspelt}",
        'host guide: secmon_account_id: must be a string, not the number 123456789012: quote it: "123456789012", since'
        " IDs may start with 0",
        'host guide: secmon_create_secret: must be a boolean, not the string "yes": write true without quotes',
        "host production: secmon_topic_name: cannot be resolved: 'nowhere' is undefined",
        "host sandbox: secmon_rules: secret_acess: no rule has this id. Did you mean"
        ' "secret_access"? To add a rule, write title, pattern, tests',
    ]
    assert "5 problems in the variables of 3 of 3 hosts" in result.stdout
    assert "reached" not in result.stdout


def test_reads_variables_from_every_source(inventory: Inventory, tmp_path: Path) -> None:
    for folder, name in (("group_vars", "all"), ("host_vars", "guide")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.yml").write_text(f"secmon_from_{folder}: 1\n")
    (tmp_path / "more.yml").write_text("secmon_from_file: 1\n")
    inventory.play = {**PLAY, "vars": {"secmon_from_play": 1}, "vars_files": ["more.yml"]}
    result = inventory.check("-e", "secmon_from_command=1")
    found = {line.split(": ")[1] for line in lines(result) if "guide" in line.split(": ")[0]}
    assert found == {f"secmon_from_{place}" for place in ("group_vars", "host_vars", "file", "play", "command")}
    assert len(lines(result)) == 5


def test_converts_strings_from_the_command_line_for_the_hosts_of_a_limit(inventory: Inventory) -> None:
    inventory.write(sandbox={"secmon_region": "nowhere"})
    valid = ("-e", "secmon_purge_log_bucket=true", "-e", json.dumps({"secmon_teardown_confirm": "123456789012"}))
    result = inventory.check(*valid, "-e", "secmon_retention_days=31", "--limit", "guide,production")
    (line,) = lines(result)
    assert line.startswith("hosts guide, production: secmon_retention_days: 31 is not allowed:")


def test_resolves_lookups_templates_and_vaulted_values(inventory: Inventory, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("open sesame")
    (tmp_path / "group_vars").mkdir()
    vault = ("--vault-password-file", str(tmp_path / "password"))
    encrypted = run("ansible-vault", "encrypt_string", *vault, "-n", "secmon_secret_value", CANARY)
    (tmp_path / "group_vars/all.yml").write_text(encrypted.stdout)
    inventory.write(
        group={
            "days": 7,
            "secmon_retention_days": "{{ days * 2 }}",
            "secmon_verify_timeout_seconds": "{{ lookup('ansible.builtin.env', 'SECONDS_TO_WAIT') }}",
            "secmon_aws_profile": "{{ omit }}",
            "secmon_tags": {"host": "{{ inventory_hostname }}"},
        }
    )
    result = inventory.check(*vault, SECONDS_TO_WAIT="60")
    assert result.returncode == 0, result.stdout
    without = inventory.check(SECONDS_TO_WAIT="soon")
    assert len(lines(without)) == 2
    assert "secmon_secret_value: cannot be resolved: the reason could contain the secret" in without.stdout
    assert 'secmon_verify_timeout_seconds: must be an integer, not the string "soon"' in without.stdout


def test_prints_no_secret_at_any_verbosity(inventory: Inventory) -> None:
    secrets = ("secret_value", "secret_key", "session_token", "secret_value_hmac_key", "access_key")
    odd = {f"secmon_{name}": [CANARY] for name in secrets}
    inventory.write(guide=odd, production=dict.fromkeys(odd, "{{ ('" + CANARY + "' | no_filter) }}"))
    result = inventory.check("-vvv")
    for host in ("guide", "production"):
        assert sum(line.startswith(f"host {host}:") for line in lines(result)) >= len(secrets) - 1
    assert CANARY not in result.stdout + result.stderr


def test_defaults_of_roles_in_the_same_play_are_not_variables_of_an_account(inventory: Inventory) -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    inventory.write(group={"secmon_existing_kms_key_arn": key})
    inventory.play = {**PLAY, "pre_tasks": PLAY["tasks"], "tasks": [], "roles": ["secmon.aws.common"]}
    result = inventory.check()
    assert lines(result) == []
    assert result.returncode == 0, result.stdout


def test_runs_once_without_run_once(inventory: Inventory) -> None:
    inventory.write(production={"secmon_region": "nowhere"})
    task = {key: value for key, value in PLAY["tasks"][0].items() if key not in {"run_once", "register"}}
    inventory.play = {**PLAY, "tasks": [task]}
    result = inventory.check()
    assert len(lines(result)) == 1
    assert result.returncode != 0


def test_returns_the_printed_problems_such_as_a_confirmation_in_the_inventory(inventory: Inventory) -> None:
    inventory.write(guide={"secmon_teardown_confirm": "123456789012"})
    task = {**PLAY["tasks"][0], "ignore_errors": True}
    inventory.play = {**PLAY, "tasks": [task, {"ansible.builtin.debug": {"msg": "{{ found.problems | to_json }}"}}]}
    result = inventory.check()
    assert lines(result)[0].startswith("host guide: secmon_teardown_confirm: is set in the inventory or a playbook")
    assert json.dumps(lines(result)[0])[1:-1].replace('\\"', '\\\\\\"') in result.stdout


@pytest.mark.parametrize("check", [False, True])
def test_an_account_that_another_run_keeps_is_refused_with_its_holder(
    inventory: Inventory, tmp_path: Path, check: bool
) -> None:
    variables = {**VALID, **HOSTS["production"]}
    assert keep_accounts(tmp_path / "home/secmon_accounts", {"production": account_key(variables)}) == []
    validate, show = PLAY["tasks"]
    inventory.play = {**PLAY, "tasks": [{**validate, "secmon.aws.preflight": {"exclusive": True}}, show]}

    result = inventory.check(*["--check"] * check, ANSIBLE_HOME=str(tmp_path / "home"))

    refused = f"host production: another run of Ansible (process {os.getpid()}, since " in result.stdout
    assert (refused, result.returncode == 0) == (not check, check)
