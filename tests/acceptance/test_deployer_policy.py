"""The policy of the deployer allows what the playbooks call, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.deployer_actions import (
    ASKED_WITHOUT_A_CALL,
    BEYOND_THE_ROLES,
    MODULES,
    UPSTREAM_REPAIRS,
    allowed,
    deployer_policy,
)
from tests.support.embedded_control import ask, follow, link_in, mails
from tests.support.module_runner import documented_actions, iam_actions_of
from tools.demo.playbooks import run_playbook

# Each of these is several runs of a playbook.
pytestmark = pytest.mark.long

# IAM counts no blanks. Source: IAM user guide, "IAM and AWS STS quotas".
LONGEST_MANAGED_POLICY = 6144
LIFE = ("-e", "secmon_encrypt=true")
END = (
    "-e",
    "secmon_teardown_confirm=123456789012",
    "-e",
    "secmon_secret_recovery_window_days=0",
    "-e",
    "secmon_purge_log_bucket=true",
)


def play(endpoint: str, name: str, *arguments: str) -> None:
    done = run_playbook(endpoint, name, "--limit", "guide", *LIFE, *arguments)
    failed = [result.get("msg") for found in done.results.values() for result in found.values() if result.get("failed")]
    assert done.code == 0, failed


@pytest.fixture(scope="module")
def called(embedded_aws: str) -> set[str]:
    """Return the IAM actions of a whole life: built, built again, proved, removed; everything encrypted."""
    play(embedded_aws, "site")
    (mail,) = mails(embedded_aws, "security@example.com")
    before = {call["id"] for call in ask(embedded_aws, "calls")}
    follow(link_in(mail, "ConfirmSubscription"))
    by_the_reader = {call["id"] for call in ask(embedded_aws, "calls")} - before
    play(embedded_aws, "site")
    play(embedded_aws, "verify")
    play(embedded_aws, "teardown", *END)
    calls = [call for call in ask(embedded_aws, "calls") if call["id"] not in by_the_reader]
    return iam_actions_of(calls)


@pytest.fixture(scope="module")
def policy(repository: Path) -> dict[str, Any]:
    return deployer_policy(repository)


def test_run_and_encrypt_allow_exactly_what_the_playbooks_call(policy: dict[str, Any], called: set[str]) -> None:
    assert allowed(policy, "Run", "Encrypt") == called


def test_encrypt_allows_what_concerns_keys_and_nothing_else_does_but_repairs(policy: dict[str, Any]) -> None:
    assert {action.split(":")[0] for action in allowed(policy, "Encrypt")} == {"kms"}
    assert not [action for action in allowed(policy, "Run") if action.startswith("kms:")]


def test_asked_allows_what_aws_wants_besides_the_calls(policy: dict[str, Any]) -> None:
    assert allowed(policy, "Asked") == ASKED_WITHOUT_A_CALL


def test_repair_allows_what_the_modules_document_besides(policy: dict[str, Any]) -> None:
    documented = {action for module in MODULES for action in documented_actions(module)}
    assert documented >= BEYOND_THE_ROLES
    elsewhere = allowed(policy, "Run", "Encrypt", "Asked") | BEYOND_THE_ROLES
    assert allowed(policy, "Repair") == (documented | UPSTREAM_REPAIRS) - elsewhere


def test_every_statement_is_of_a_documented_kind_and_iam_takes_the_policy(
    policy: dict[str, Any], repository: Path
) -> None:
    documented = (repository / "docs/permissions.md").read_text()
    for statement in policy["Statement"]:
        (kind,) = re.findall("^(Run|Encrypt|Asked|Repair)", statement["Sid"])
        assert f"`{kind}...`" in documented
        assert statement["Effect"] == "Allow"
    assert len(json.dumps(policy, separators=(",", ":"))) <= LONGEST_MANAGED_POLICY


def test_no_action_is_allowed_twice(policy: dict[str, Any]) -> None:
    actions = [action for statement in policy["Statement"] for action in statement["Action"]]
    assert sorted(actions) == sorted(set(actions))
