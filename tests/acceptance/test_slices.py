"""Job slices side by side, as Automation Platform runs them with ansible-runner, build what one run builds.

SECMON_ACCOUNTS sets the number of accounts. With -s, pytest shows how long the jobs took.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from embedded_aws.process import embedded_aws_process
from tests.conftest import REPOSITORY, run
from tests.support.account_snapshot import take_snapshot
from tests.support.embedded_control import ask
from tests.support.organization import SEED, Organization

NUMBER = int(os.environ.get("SECMON_ACCOUNTS", "100"))
SLICES, FORKS = 4, 10
COMPARED = int(os.environ.get("SECMON_COMPARED", "2"))
"""The accounts of each slice that are compared in every detail; 25 are all of 100, and take half a minute more."""
MANAGEMENT = "123456789012"
# A member of the organization, and its management account, which assumes no role.
ONE_RUN = ("000000000101", MANAGEMENT)


def sliced(listing: dict[str, Any], number: int) -> dict[str, Any]:
    """Return an inventory with every fourth host, in the groups and with the variables of the whole one."""
    every = listing["_meta"]["hostvars"]
    hosts = sorted(every, key=lambda host: (not every[host]["aws_account_is_management"], host))[:NUMBER]
    variables = {host: every[host] for host in hosts[number::SLICES]}
    groups = {
        name: {**group, "hosts": [host for host in group.get("hosts", []) if host in variables]}
        for name, group in listing.items()
        if name != "_meta"
    }
    return {**groups, "_meta": {"hostvars": variables}}


def run_slice(folder: Path, endpoint: str, inventory: dict[str, Any]) -> dict[str, Any]:
    """Run site.yml on one slice in a job of ansible-runner, and return the report of the callback."""
    (folder / "inventory").mkdir(parents=True)
    script = folder / "inventory/hosts.py"
    script.write_text(f"#!/usr/bin/env python3\nprint({json.dumps(json.dumps(inventory))})\n")
    script.chmod(0o755)
    # Jobs in containers do not see the locks of each other.
    settings = {
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_STDOUT_CALLBACK": "secmon.aws.rollout",
        "AWS_ENDPOINT_URL": endpoint,
        "SECMON_ROLLOUT_REPORT": str(folder / "rollout.json"),
    }
    (folder / "env").mkdir()
    (folder / "env/envvars").write_text(json.dumps(settings))
    playbook = REPOSITORY / "playbooks/site.yml"
    options = ("-p", playbook, "--project-dir", REPOSITORY, "--cmdline", f"--forks {FORKS}", "-q")
    job = run("ansible-runner", "run", folder, *options, timeout=900)
    assert job.returncode == 0, job.stdout + job.stderr
    # A job has a terminal, but the control sequences in it are those of the events: a live view would break them.
    output = next(folder.glob("artifacts/*/stdout")).read_text()
    number = len(inventory["_meta"]["hostvars"])
    assert f"[{number}/{number}] " in output and "\x1b" not in output
    report: dict[str, Any] = json.loads((folder / "rollout.json").read_text())
    return report


def snapshot(organization: Organization, account: str) -> str:
    """Return the snapshot of an account without its ID, so that equal accounts have the same."""
    member = "" if account == MANAGEMENT else account
    taken = take_snapshot(lambda service: organization.client(service, member))
    return json.dumps(taken, sort_keys=True, default=str).replace(account, "<account>")


def writes(organization: Organization) -> dict[str, list[str]]:
    """Return the writes in each account, in no order: some are made side by side."""
    found = defaultdict(list)
    for call in ask(organization.endpoint, "calls"):
        if call["access"] == "write" and call["action"] != "AssumeRole":
            found[call["account"]].append(f"{call['service']} {call['action']} {call['error']}")
    return {account: sorted(made) for account, made in found.items()}


def organization(endpoint: str, folder: Path, *accounts: str) -> Organization:
    """Return the organization with an inventory of some of its accounts, or of all."""
    made = Organization(endpoint, folder)
    folder.mkdir()
    made.list_chosen(accounts)
    return made


def test_four_slices_end_in_the_state_of_one_run(tmp_path: Path) -> None:
    with embedded_aws_process("--seed", str(SEED)) as endpoint:
        whole = organization(endpoint, tmp_path / "whole", *ONE_RUN)
        done = whole.run("site")
        assert done.code == 0, done.screen
        member_writes, management_writes = map(writes(whole).get, ONE_RUN)
        member, management = (snapshot(whole, account) for account in ONE_RUN)

    with embedded_aws_process("--seed", str(SEED)) as endpoint:
        parts = organization(endpoint, tmp_path / "parts")
        listing = run("ansible-inventory", "-i", parts.folder, "--list", "--export", AWS_ENDPOINT_URL=endpoint)
        slices = [sliced(json.loads(listing.stdout), number) for number in range(SLICES)]
        began = time.monotonic()
        with ThreadPoolExecutor(SLICES) as pool:
            folders = [tmp_path / f"slice_{number}" for number in range(SLICES)]
            reports = list(pool.map(run_slice, folders, [endpoint] * SLICES, slices))
        print(f"{NUMBER} accounts in {SLICES} jobs: {time.monotonic() - began:.0f} s")

        assert [report["counts"]["done"] for report in reports] == [NUMBER / SLICES] * SLICES
        accounts = [[account["account"] for account in report["accounts"].values()] for report in reports]
        # The same writes from the same state: the accounts of the organization are alike.
        made = writes(parts)
        assert made.pop(MANAGEMENT) == management_writes
        assert len(made) == NUMBER - 1 and {tuple(each) for each in made.values()} == {tuple(member_writes or ())}
        sample = {account for part in accounts for account in part[:COMPARED]} - {MANAGEMENT}
        assert [account for account in sample if snapshot(parts, account) != member] == []
        assert snapshot(parts, MANAGEMENT) == management
