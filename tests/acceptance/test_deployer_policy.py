"""docs/deployer_policy.json allows exactly what the playbooks call and what the modules document."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.deployer_actions import CHECKED_WITHOUT_A_CALL, UNUSED_BY_ROLES, UPSTREAM_REPAIRS
from tests.support.embedded_control import ask, follow, link_in, mails
from tests.support.module_runner import iam_actions_of
from tools.demo.playbooks import run_playbook
from tools.generate_docs.modules import aws_modules, documented_actions
from tools.generate_docs.roles import policy_actions

# The fixture runs six playbooks.
pytestmark = pytest.mark.long

# IAM does not count whitespace. Source: IAM user guide, "IAM and AWS STS quotas".
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
    """Return the IAM actions of a first and a second run, verify, teardown, a redeployment and its end, encrypted."""
    play(embedded_aws, "site")
    (mail,) = mails(embedded_aws, "security@example.com")
    before = {call["id"] for call in ask(embedded_aws, "calls")}
    follow(link_in(mail, "ConfirmSubscription"))
    by_the_recipient = {call["id"] for call in ask(embedded_aws, "calls")} - before
    play(embedded_aws, "site")
    play(embedded_aws, "verify")
    # A secret in its recovery window, and keys that are pending deletion, are restored.
    play(embedded_aws, "teardown", *END[:2])
    play(embedded_aws, "site")
    play(embedded_aws, "teardown", *END)
    calls = [call for call in ask(embedded_aws, "calls") if call["id"] not in by_the_recipient]
    return iam_actions_of(calls)


@pytest.fixture(scope="module")
def policy(repository: Path) -> dict[str, Any]:
    policy: dict[str, Any] = json.loads((repository / "docs/deployer_policy.json").read_text())
    return policy


def test_run_and_encrypt_allow_exactly_the_calls_of_the_playbooks(called: set[str]) -> None:
    assert policy_actions("Run", "Encrypt") == called


def test_only_encrypt_and_repair_allow_actions_of_kms() -> None:
    assert {action.split(":")[0] for action in policy_actions("Encrypt")} == {"kms"}
    assert not [action for action in policy_actions("Run") if action.startswith("kms:")]


def test_a_denial_can_be_caused_by_a_check_that_aws_makes_without_a_call() -> None:
    assert policy_actions("Asked") == CHECKED_WITHOUT_A_CALL


def test_repair_allows_the_other_documented_actions() -> None:
    documented = {action for module in aws_modules() for action in documented_actions(module)}
    elsewhere = policy_actions("Run", "Encrypt", "Asked") | UNUSED_BY_ROLES
    assert policy_actions("Repair") == (documented | UPSTREAM_REPAIRS) - elsewhere


def test_every_statement_is_documented_and_the_policy_fits_into_iams_quota(
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
