"""Accounts that AWS refuses or throttles: what a run says about each of them, and that the others do not wait."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.embedded_control import ask
from tools.demo.playbooks import Run, run_playbook

EXTERNAL_ID = "correct-horse-battery-staple"
TOKEN = "canary-4711-session-token"
MISSING_ROLE = "arn:aws:iam::222222222222:role/Missing"
REFUSED: dict[str, dict[str, Any]] = {
    "no-role": {
        "secmon_account_id": "222222222222",
        "secmon_assume_role_arn": MISSING_ROLE,
        "secmon_assume_role_external_id": EXTERNAL_ID,
        "secmon_session_token": TOKEN,
    },
    "no-profile": {
        "secmon_account_id": "333333333333",
        "secmon_access_key": "",
        "secmon_secret_key": "",
        "secmon_aws_profile": "nope",
    },
    "no-credentials": {"secmon_account_id": "444444444444", "secmon_access_key": "", "secmon_secret_key": ""},
    "wrong-account": {"secmon_account_id": "555555555555"},
}


def inventory(folder: Path, hosts: dict[str, dict[str, Any]]) -> str:
    """Write an inventory of further hosts, which get the variables of all hosts of inventory/embedded."""
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}))
    for host, own in hosts.items():
        (folder / "host_vars").mkdir(exist_ok=True)
        (folder / "host_vars" / f"{host}.json").write_text(json.dumps(own))
    return str(folder)


@pytest.fixture(scope="module")
def refused(embedded_aws: str, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a run on accounts whose credentials AWS refuses, each for another reason."""
    folder = tmp_path_factory.mktemp("refused")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            patch.setenv(name, str(folder / "none"))
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
            patch.delenv(name, raising=False)
        patch.setenv("AWS_EC2_METADATA_DISABLED", "true")
        arguments = ("-i", inventory(folder, REFUSED), "--limit", ",".join(REFUSED), "--forks", "2")
        return run_playbook(embedded_aws, "site", *arguments)


def message(run: Run, host: str) -> str:
    """Return the message of the one task that failed, which the last task follows with how to go on."""
    (text,) = [results[host]["msg"] for results in run.results.values() if results.get(host, {}).get("failed")]
    assert f"Run it again with --limit {host}" in run.result("Say how to go on")[host]["msg"]
    return str(text)


@pytest.mark.parametrize(
    ("host", "says"),
    [
        (
            "no-role",
            (
                "host no-role, account 222222222222, region us-east-1; nothing was changed",
                "User: arn:aws:iam::123456789012:user/administrator is not authorized to perform: sts:AssumeRole",
                f"those of secmon_access_key, which assume {MISSING_ROLE} (secmon_assume_role_arn) with an external id",
                "run again with --limit no-role",
            ),
        ),
        ("no-profile", ("The config profile (nope) could not be found.", "profile nope (secmon_aws_profile)")),
        ("no-credentials", ("Unable to locate credentials", "neither secmon_aws_profile nor secmon_access_key is set")),
        ("wrong-account", ("belong to account 123456789012", "but the inventory says 555555555555")),
    ],
)
def test_refused_credentials_are_explained(refused: Run, host: str, says: tuple[str, ...]) -> None:
    assert [part for part in says if part not in message(refused, host)] == []


def test_the_time_of_an_account_does_not_include_its_wait_for_a_fork(refused: Run) -> None:
    """No more accounts are under way than there are forks, so the tasks of an account follow each other."""
    order = refused.order[1:]
    spans = {host: (order.index(host), len(order) - order[::-1].index(host)) for host in REFUSED}
    under_way = [sum(first <= at < last for first, last in spans.values()) for at in range(len(order))]
    assert max(under_way) == 2


def test_a_refusal_shows_no_secret_and_writes_nothing(refused: Run, embedded_aws: str) -> None:
    assert refused.code != 0
    assert EXTERNAL_ID not in json.dumps(refused.results) and TOKEN not in json.dumps(refused.results)
    assert [call["action"] for call in ask(embedded_aws, "calls") if call["access"] == "write"] == []


def test_a_trail_without_its_log_group_and_role_is_refused_before_any_write(embedded_aws: str) -> None:
    ask(embedded_aws, "reset", method="POST")
    run = run_playbook(embedded_aws, "site", "--tags", "trail", "--limit", "guide")
    assert "needs the log group /aws/cloudtrail/logs and the role CloudTrailToCloudWatchLogs" in message(run, "guide")
    assert "--tags logs,trail" in message(run, "guide")
    assert [call["action"] for call in ask(embedded_aws, "calls") if call["access"] == "write"] == []


def test_a_teardown_goes_on_without_an_account_that_refuses_and_a_file_names_that_account(
    embedded_aws: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSIBLE_RETRY_FILES_ENABLED", "true")
    monkeypatch.setenv("ANSIBLE_RETRY_FILES_SAVE_PATH", str(tmp_path / "retry"))
    hosts = inventory(tmp_path, {"no-role": REFUSED["no-role"]})

    run = run_playbook(embedded_aws, "teardown", "-i", hosts, "--limit", "no-role,guide", "--tags", "secret")

    assert run.code != 0
    assert (run.stats["no-role"]["failures"], run.stats["guide"]["failures"]) == (1, 0)
    assert list(run.result("Say whether this is a dry run")) == ["guide"]
    # For --limit @teardown.retry.
    assert (tmp_path / "retry/teardown.retry").read_text().split() == ["no-role"]


@pytest.mark.long
def test_an_account_that_is_throttled_for_ever_ends_in_its_time_and_holds_no_other_up(
    embedded_aws: str, tmp_path: Path
) -> None:
    throttled, healthy = "333333333333", "222222222222"
    hosts = {
        name: {
            "secmon_account_id": account,
            "secmon_assume_role_arn": f"arn:aws:iam::{account}:role/SecurityMonitoringDeployer",
            "secmon_account_timeout_seconds": 90,
        }
        for name, account in (("throttled", throttled), ("healthy", healthy))
    }
    fault = {"service": "iam", "action": "*", "account": throttled, "error": "Throttling", "times": 100_000}
    ask(embedded_aws, "faults", [fault])

    run = run_playbook(embedded_aws, "site", "-i", inventory(tmp_path, hosts), "--limit", "throttled,healthy")

    calls = {call["account"]: call for call in ask(embedded_aws, "calls")}
    assert run.stats["healthy"]["failures"] == 0 and run.stats["throttled"]["failures"] == 1
    assert calls[healthy]["id"] < calls[throttled]["id"], "the healthy account waited"
    stopped = run.result("Say how to go on")["throttled"]["msg"]
    (failure,) = [each["throttled"]["msg"] for each in run.results.values() if each.get("throttled", {}).get("failed")]
    # Retries end a moment before the limit, or a call is still waiting when it is over.
    assert "Throttling" in failure or "The 90 seconds of the account are over" in stopped
