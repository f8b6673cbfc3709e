"""After `site.yml` was killed, the next run leaves the account as an uninterrupted run does.

tests/integration/broken_runs breaks the modules of the run at every write.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.account_snapshot import Snapshot, take_snapshot_with_mails
from tests.support.embedded_control import ask

# Each test runs the playbook several times.
pytestmark = pytest.mark.long

AwsClient = Callable[[str], Any]

ADDRESS = "security@example.com"
SITE = (
    "ansible-playbook",
    "-i",
    "inventory/embedded",
    "--limit",
    "guide",
    "playbooks/site.yml",
    "-e",
    "secmon_encrypt=true",
)
MOST_INCOMPLETE = ("CreateKey", "CreateRole", "CreateBucket", "CreateTrail")
"""The writes that leave the most incomplete resources."""
HELD_SECONDS = 120
"""How long the next write is delayed, so that the run can be killed before it."""


@dataclass(frozen=True)
class Write:
    """A writing call: the service and the action by boto3's names."""

    service: str
    action: str


def writes_of(endpoint: str) -> list[Write]:
    """Return the writing calls so far, without those that a fault prevented."""
    return [
        Write(call["service"], call["action"])
        for call in ask(endpoint, "calls")
        if call["access"] == "write" and call["error"] is None
    ]


def hold(endpoint: str, writes: list[Write], count: int) -> None:
    """Delay all but the first `count` writes, then drop them.

    Parallel writes come in any order, so each one is delayed by its name. If a name also occurs among the first writes,
    these use up a fault with a delay of a millisecond.
    """
    passing, held = Counter(writes[:count]), Counter(writes[count:])
    ask(
        endpoint,
        "faults",
        [
            fault
            for write, times in held.items()
            for fault in (
                *([asdict(write) | {"delay": 0.001, "times": passing[write]}] if passing[write] else []),
                asdict(write) | {"mode": "reset", "delay": HELD_SECONDS, "times": times},
            )
        ],
    )


class Site:
    """Runs `site.yml` on one host, to its end or until it is killed."""

    def __init__(self, endpoint: str, client: AwsClient, repository: Path) -> None:
        self.endpoint = endpoint
        self.client = client
        self.repository = repository

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            SITE,
            cwd=self.repository,
            env=os.environ | {"AWS_ENDPOINT_URL": self.endpoint, "ANSIBLE_DEPRECATION_WARNINGS": "false"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self) -> Snapshot:
        """Run it to its end and return a snapshot of the account."""
        with self.start() as process:
            output, _none = process.communicate()
        assert process.returncode == 0, output
        return take_snapshot_with_mails(self.client, self.endpoint, ADDRESS)

    def kill_after(self, count: int, writes: list[Write]) -> None:
        """Kill it after `count` writes in total and before the next one."""
        hold(self.endpoint, writes, count)
        with self.start() as process:
            while len(writes_of(self.endpoint)) < count:
                require_running(process)
            kill_tree(process.pid)
        assert Counter(writes_of(self.endpoint)) == Counter(writes[:count])
        ask(self.endpoint, "faults", [])


def require_running(process: subprocess.Popen[str]) -> None:
    """Wait a moment, and raise AssertionError if the run has ended."""
    try:
        process.wait(0.05)
    except subprocess.TimeoutExpired:
        return
    raise AssertionError(process.stdout.read() if process.stdout else "")


def kill_tree(root: int) -> None:
    """Kill a process and its descendants: ansible-core's workers leave their parent's group."""
    for process in [root, *descendants(root)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def descendants(root: int) -> Iterator[int]:
    """Yield the descendants of a process, parents first."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [(int(pid), int(parent)) for pid, parent in map(str.split, listed.splitlines())]
    found = [root]
    while found:
        parent = found.pop(0)
        children = [pid for pid, own_parent in pairs if own_parent == parent]
        yield from children
        found += children


@pytest.fixture(scope="module")
def site(embedded_aws: str, aws_client: AwsClient, repository: Path) -> Site:
    return Site(embedded_aws, aws_client, repository)


@pytest.fixture(scope="module")
def uninterrupted(site: Site) -> tuple[Snapshot, list[Write]]:
    """Return the snapshot after an uninterrupted run, and its writes."""
    return site.run(), writes_of(site.endpoint)


def test_a_run_after_four_killed_runs_ends_like_an_uninterrupted_run(
    site: Site, uninterrupted: tuple[Snapshot, list[Write]]
) -> None:
    expected, writes = uninterrupted
    actions = [write.action for write in writes]
    ask(site.endpoint, "reset", method="POST")
    for action in MOST_INCOMPLETE:
        site.kill_after(actions.index(action) + 1, writes)
    assert site.run() == expected
