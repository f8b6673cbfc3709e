"""`site.yml` killed after any of its writes and run again: the account is as after a run that nothing broke."""

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

# Each of these is several runs of a playbook.
pytestmark = pytest.mark.long

AwsClient = Callable[[str], Any]

ADDRESS = "security@example.com"
SITE = ("ansible-playbook", "-i", "inventory/embedded", "--limit", "guide", "playbooks/site.yml")
EVERY_KILL = "SECMON_EVERY_KILL"
TELLING = ("CreateRole", "CreateBucket", "CreateTrail")
"""The writes after which most is missing of what they made."""
HELD_SECONDS = 120
"""How long the next write is kept waiting, so that the run can be killed before it happens."""


@dataclass(frozen=True)
class Write:
    """A call that wrote: the service and the action, by boto3's names."""

    service: str
    action: str


def writes_of(endpoint: str) -> list[Write]:
    """Return the calls that wrote so far; those that a fault met before they were carried out are none."""
    return [
        Write(call["service"], call["action"])
        for call in ask(endpoint, "calls")
        if call["access"] == "write" and call["error"] is None
    ]


def hold(endpoint: str, writes: list[Write], count: int) -> None:
    """Keep all but the first writes waiting, and drop them in the end.

    What is made at the same time comes in any order, so each one is held by its name; the first ones of a name that
    is needed again use up a fault that does next to nothing.
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
    """Runs `site.yml` on one host, to its end or not."""

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
        """Run it to its end and return what the account is like then."""
        with self.start() as process:
            said, _none = process.communicate()
        assert process.returncode == 0, said
        return take_snapshot_with_mails(self.client, self.endpoint, ADDRESS)

    def kill_after(self, count: int, writes: list[Write]) -> None:
        """Kill it when so many writes are made, by it or before, and before the next is."""
        hold(self.endpoint, writes, count)
        with self.start() as process:
            while len(writes_of(self.endpoint)) < count:
                require_running(process)
            kill_tree(process.pid)
        assert Counter(writes_of(self.endpoint)) == Counter(writes[:count])
        ask(self.endpoint, "faults", [])


def require_running(process: subprocess.Popen[str]) -> None:
    """Give a run a moment. AssertionError if it has ended."""
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
    """Yield the processes below one, parents first."""
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
def unbroken(site: Site) -> tuple[Snapshot, list[Write]]:
    """Return what a run that nothing broke leaves behind, and its writes."""
    return site.run(), writes_of(site.endpoint)


def test_runs_killed_where_most_is_half_made_and_run_again_end_as_an_unbroken_one(
    site: Site, unbroken: tuple[Snapshot, list[Write]]
) -> None:
    expected, writes = unbroken
    actions = [write.action for write in writes]
    ask(site.endpoint, "reset", method="POST")
    for action in TELLING:
        site.kill_after(actions.index(action) + 1, writes)
    assert site.run() == expected


@pytest.mark.skipif(os.environ.get(EVERY_KILL) != "1", reason=f"takes minutes; asked for by {EVERY_KILL}=1")
def test_a_run_killed_after_any_write_and_run_again_ends_as_an_unbroken_one(
    site: Site, unbroken: tuple[Snapshot, list[Write]]
) -> None:
    expected, writes = unbroken
    for count, write in enumerate(writes, start=1):
        ask(site.endpoint, "reset", method="POST")
        site.kill_after(count, writes)
        assert site.run() == expected, f"killed after {count}, {write}"
        print(f"killed after {count} of {len(writes)}, {write.action}: as unbroken", flush=True)
