"""Accounts that fail in ten ways: what a run says about each of them, and that the others do not wait.

SECMON_ACCOUNTS sets the number of accounts: 100 are those of the issue, which take minutes.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from embedded_aws.process import embedded_aws_process
from tests.support.embedded_control import ask, follow, link_in, mails
from tests.support.organization import (
    ACCOUNTS,
    EXTERNAL_ID,
    HEALTHY,
    REASONS,
    SEED,
    SUSPENDED,
    TOKEN,
    Done,
    Organization,
)
from tools.demo.playbooks import Run, run_playbook

NUMBER = int(os.environ.get("SECMON_ACCOUNTS", "11"))
FORKS = 8
WITHOUT_KEYS = {"secmon_access_key": "", "secmon_secret_key": ""}
STATIC: dict[str, dict[str, Any]] = {
    "no-profile": {"secmon_account_id": "333333333333", "secmon_aws_profile": "nope", **WITHOUT_KEYS},
    "no-credentials": {"secmon_account_id": "444444444444", **WITHOUT_KEYS},
}


def inventory(folder: Path, hosts: dict[str, dict[str, Any]]) -> str:
    """Write an inventory of further hosts, which get the variables of all hosts of the run."""
    (folder / "host_vars").mkdir(parents=True, exist_ok=True)
    (folder / "hosts.json").write_text(json.dumps({"secmon_accounts": {"hosts": {host: {} for host in hosts}}}))
    for host, own in hosts.items():
        (folder / "host_vars" / f"{host}.json").write_text(json.dumps(own))
    return str(folder)


@pytest.fixture(scope="module")
def organization(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organization]:
    with embedded_aws_process("--seed", str(SEED)) as endpoint:
        made = Organization(endpoint, tmp_path_factory.mktemp("organization") / "inventory")
        made.folder.mkdir()
        made.list_accounts(NUMBER, secmon_purge_log_bucket=True)
        made.break_accounts()
        yield made


@pytest.fixture(scope="module")
def first(organization: Organization) -> Done:
    """Return the first run, in which ten accounts of the organization and two other hosts fail."""
    static = inventory(organization.folder.with_name("static"), STATIC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANSIBLE_CALLBACKS_ENABLED", "ansible.builtin.junit")
        patch.setenv("JUNIT_OUTPUT_DIR", str(organization.folder.with_name("junit")))
        return organization.run("site", "-i", static, forks=FORKS)


def message(account: dict[str, Any]) -> str:
    return str(account["failure"]["message"])


def test_the_others_are_built_and_each_failure_is_reported_with_its_reason(first: Done) -> None:
    failed = {*REASONS, *STATIC}
    assert first.code == 2
    assert first.hosts("failed") == failed, first.screen
    assert len(first.hosts("done")) == NUMBER - len(REASONS)
    accounts = first.report["accounts"]
    wrong = [host for host, says in REASONS.items() if not re.search(says, message(accounts[host]))]
    assert [message(accounts[host]) for host in wrong] == []
    assert all(len(accounts[host]["created"]) == 8 for host in first.hosts("done"))
    # What was created before the failure stays, and the report names it.
    assert accounts["bank-staging-07"]["created"] == ["secret MySampleSecret"]


@pytest.mark.parametrize(
    ("host", "says"),
    [
        (
            "bank-staging-01",
            (
                "host bank-staging-01, account 000000000501, region us-east-1; nothing was changed",
                "User: arn:aws:iam::123456789012:user/administrator is not authorized to perform: sts:AssumeRole",
                "role/Missing (secmon_assume_role_arn) with an external id",
                "run again with --limit bank-staging-01",
            ),
        ),
        ("no-profile", ("The config profile (nope) could not be found.", "profile nope (secmon_aws_profile)")),
        ("no-credentials", ("Unable to locate credentials", "neither secmon_aws_profile nor secmon_access_key is set")),
        ("bank-staging-09", ("belong to account 123456789012", "but the inventory says 000000000509")),
    ],
)
def test_refused_credentials_are_explained(first: Done, host: str, says: tuple[str, ...]) -> None:
    assert [part for part in says if part not in message(first.report["accounts"][host])] == []


def test_neither_the_screen_nor_the_report_shows_a_secret(first: Done) -> None:
    text = first.screen + json.dumps(first.report)
    assert EXTERNAL_ID not in text and TOKEN not in text and '"password"' not in text


def test_the_screen_ends_with_the_failures_and_how_to_run_them_again(first: Done, organization: Organization) -> None:
    end = first.screen.partition("\nsite: ")[2]
    assert f"{NUMBER - 10} done, 12 failed." in end
    assert "Failed (12):" in end and "bank-staging-03 000000000503 us-east-1: " in end
    assert "--limit @" in end and "retry/site.retry" in end
    names = (organization.folder.parent / "retry/site.retry").read_text().split()
    assert set(names) == first.hosts("failed")
    assert len(end) < 12_000


def test_another_callback_works_beside_it(first: Done, organization: Organization) -> None:
    (report,) = organization.folder.with_name("junit").glob("*.xml")
    cases = ElementTree.parse(report).getroot().iter("testcase")
    failed = [
        str(case.get("name")) for case in cases if case.find("failure") is not None or case.find("error") is not None
    ]
    assert {name.partition("] ")[0].lstrip("[") for name in failed} == first.hosts("failed")


def test_the_time_of_an_account_does_not_include_its_wait_for_a_fork(first: Done) -> None:
    """No more accounts are under way than there are forks, so the tasks of an account follow each other."""
    accounts = first.report["accounts"].values()
    spans = [(account["started"], account["started"] + account["seconds"]) for account in accounts]
    assert len(spans) > FORKS
    assert max(sum(begin <= at < end for begin, end in spans) for at, _end in spans) <= FORKS


@pytest.mark.long
def test_a_retry_mends_them_and_the_next_runs_change_nothing_and_remove_all(
    first: Done, organization: Organization
) -> None:
    organization.mend_accounts()
    retry = organization.run("site", "--limit", f"@{organization.folder.parent}/retry/site.retry,!no-*")
    assert (retry.hosts("failed"), len(retry.hosts("done"))) == ({SUSPENDED}, 9), retry.screen

    last = ask(organization.endpoint, "calls")[-1]["id"]
    second = organization.run("site")
    assert second.hosts("failed") == {SUSPENDED} and len(second.hosts("done")) == NUMBER - 1
    assert [
        host for host, account in second.report["accounts"].items() if account["created"] + account["changed"]
    ] == []
    new = [call for call in ask(organization.endpoint, "calls") if call["id"] > last]
    assert {call["action"] for call in new if call["access"] == "write"} <= {"AssumeRole"}

    sample = {HEALTHY, "bank-staging-03"}
    for mail in mails(organization.endpoint, "security@example.com"):
        if any(ACCOUNTS[host] in mail["body"] for host in sample) and "ConfirmSubscription" in mail["body"]:
            follow(link_in(mail, "ConfirmSubscription"))
    proof = organization.run("verify", "--limit", ",".join(sample))
    assert proof.code == 0 and proof.hosts("done") == sample, proof.screen

    confirmed = ",".join(account["account"] for account in second.report["accounts"].values())
    removed = organization.run("teardown", "-e", f"secmon_teardown_confirm={confirmed}")
    assert removed.hosts("failed") == {SUSPENDED} and len(removed.hosts("done")) == NUMBER - 1
    left = {name for host in removed.hosts("done") for name in removed.report["accounts"][host]["left"]}
    assert left == {"secret MySampleSecret"}, "scheduled for deletion"
    assert organization.client("logs", HEALTHY).describe_log_groups()["logGroups"] == []
    assert organization.client("cloudtrail", HEALTHY).describe_trails()["trailList"] == []
    for run in (first, retry, second, proof, removed):
        print(run.figures, run.screen, sep="\n")


def failure(run: Run, host: str) -> str:
    """Return the message of the one task that failed, which the last task follows with how to go on."""
    (text,) = [results[host]["msg"] for results in run.results.values() if results.get(host, {}).get("failed")]
    assert f"Run it again with --limit {host}" in run.result("Say how to go on")[host]["msg"]
    return str(text)


def test_a_trail_without_its_log_group_and_role_is_refused_before_any_write(embedded_aws: str) -> None:
    run = run_playbook(embedded_aws, "site", "--tags", "trail", "--limit", "guide")
    assert "needs the log group /aws/cloudtrail/logs and the role CloudTrailToCloudWatchLogs" in failure(run, "guide")
    assert "--tags logs,trail" in failure(run, "guide")
    assert [call["action"] for call in ask(embedded_aws, "calls") if call["access"] == "write"] == []


def test_a_teardown_goes_on_without_an_account_that_refuses(embedded_aws: str, tmp_path: Path) -> None:
    account = {"secmon_account_id": "222222222222", "secmon_assume_role_arn": "arn:aws:iam::222222222222:role/Missing"}
    hosts = inventory(tmp_path, {"no-role": account})
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": {"no-role": {}}}}))

    run = run_playbook(embedded_aws, "teardown", "-i", hosts, "--limit", "no-role,guide", "--tags", "secret")

    assert run.code != 0
    assert (run.stats["no-role"]["failures"], run.stats["guide"]["failures"]) == (1, 0)
    assert list(run.result("Say whether this is a dry run")) == ["guide"]
