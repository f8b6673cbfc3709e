"""Job slices side by side, as Automation Platform runs them with ansible-runner, build what one run builds."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import ansible_runner
import pytest

from embedded_aws.process import embedded_aws_process
from tests.conftest import REPOSITORY, run
from tests.support.account_snapshot import take_snapshot
from tests.support.organization import SEED, Organization

pytestmark = pytest.mark.long
NUMBER = int(os.environ.get("SECMON_ACCOUNTS", "11"))
SLICES = 4


def sliced(listing: dict[str, Any], number: int) -> dict[str, Any]:
    """Return an inventory with every fourth host, in the groups and with the variables of the whole one."""
    hosts = sorted(listing["_meta"]["hostvars"])[number::SLICES]
    variables = {host: listing["_meta"]["hostvars"][host] for host in hosts}
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
    job = ansible_runner.run(
        private_data_dir=str(folder),
        project_dir=str(REPOSITORY),
        playbook=str(REPOSITORY / "playbooks/site.yml"),
        quiet=True,
        # Jobs in containers do not see the locks of each other.
        envvars={
            "ANSIBLE_HOME": str(folder / "home"),
            "ANSIBLE_STDOUT_CALLBACK": "secmon.aws.rollout",
            "AWS_ENDPOINT_URL": endpoint,
            "SECMON_ROLLOUT_REPORT": str(folder / "rollout.json"),
        },
    )
    assert job.rc == 0, job.stdout.read()
    report: dict[str, Any] = json.loads((folder / "rollout.json").read_text())
    return report


def built(organization: Organization, accounts: list[str]) -> dict[str, Any]:
    """Return the snapshot of each account."""
    return {
        account: take_snapshot(lambda service, account=account: organization.client(service, account))
        for account in accounts
    }


def test_four_slices_at_once_end_in_the_state_of_one_run(tmp_path: Path) -> None:
    with embedded_aws_process("--seed", str(SEED)) as endpoint:
        whole = Organization(endpoint, tmp_path / "whole")
        whole.folder.mkdir()
        whole.list_accounts(NUMBER, states=["ACTIVE"])
        done = whole.run("site")
        assert done.code == 0, done.screen
        accounts = [account["account"] for account in done.report["accounts"].values()]
        expected = built(whole, accounts)

    with embedded_aws_process("--seed", str(SEED)) as endpoint:
        parts = Organization(endpoint, tmp_path / "parts")
        parts.folder.mkdir()
        parts.list_accounts(NUMBER, states=["ACTIVE"])
        listing = run("ansible-inventory", "-i", parts.folder, "--list", "--export", AWS_ENDPOINT_URL=endpoint)
        slices = [sliced(json.loads(listing.stdout), number) for number in range(SLICES)]
        with ThreadPoolExecutor(SLICES) as pool:
            folders = [tmp_path / f"slice_{number}" for number in range(SLICES)]
            reports = list(pool.map(run_slice, folders, [endpoint] * SLICES, slices))

        assert sum(report["counts"]["done"] for report in reports) == len(accounts) == NUMBER - 1
        assert max(len(report["accounts"]) for report in reports) - min(len(r["accounts"]) for r in reports) <= 1
        assert built(parts, accounts) == expected
