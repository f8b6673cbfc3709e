"""After a run over several accounts was killed, the next one leaves each as an undisturbed run does.

tests/integration/every_module breaks each module at every write.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded_aws.process import embedded_aws_process
from tests.support.account_snapshot import take_snapshot
from tests.support.embedded_control import ask, mails
from tests.support.organization import SEED, Organization
from tests.support.processes import wait_until

FIRST, SECOND, UNDISTURBED = ACCOUNTS = ("000000000401", "000000000402", "000000000403")
# The calls at which a run is killed: what the call before them made is most incomplete.
HELD = {
    "SIGTERM": {FIRST: ("kms", "CreateAlias"), SECOND: ("sns", "Subscribe")},
    "SIGKILL": {FIRST: ("iam", "PutRolePolicy"), SECOND: ("s3", "PutBucketTagging")},
    "warm interpreter": {FIRST: ("cloudtrail", "PutEventSelectors"), SECOND: ("cloudwatch", "PutMetricAlarm")},
}
HELD_SECONDS = 120
"""How long such a call waits for the end of its client; then it is dropped."""


@pytest.fixture
def organization(tmp_path: Path) -> Iterator[Organization]:
    with embedded_aws_process("--seed", str(SEED)) as endpoint:
        made = Organization(endpoint, tmp_path / "inventory")
        made.folder.mkdir()
        yield made


def processes(text: str) -> dict[int, str]:
    """Return the processes with a text in their command line, which all of a run have: the folder of the test."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended
            found[int(path.parent.name)] = path.read_text()
    return {pid: command for pid, command in found.items() if text in command}


def run_until_held(organization: Organization, held: dict[str, tuple[str, str]]) -> subprocess.Popen[str]:
    """Start site.yml on two accounts, and return it when the calls of both wait."""
    faults = [
        {"service": service, "action": action, "account": account, "mode": "reset", "delay": HELD_SECONDS}
        for account, (service, action) in held.items()
    ]
    ask(organization.endpoint, "faults", faults)
    home = str(organization.folder.with_name("home"))
    process = organization.start("site", "--limit", "bank-01,bank-02", ANSIBLE_HOME=home)
    while ask(organization.endpoint, "faults"):
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(process.communicate()[0])
    return process


def snapshot(organization: Organization, account: str) -> str:
    """Return the snapshot of an account without its ID, so that equal accounts have the same."""
    taken = take_snapshot(lambda service: organization.client(service, account))
    return json.dumps(taken, sort_keys=True, default=str).replace(account, "<account>").replace("bank-0", "bank")


def kill(organization: Organization, way: str) -> str:
    """Run site.yml until calls of both accounts wait, kill it, and return its output when no process is left."""
    folder = organization.folder.parent
    with run_until_held(organization, HELD[way]) as process:
        if way == "warm interpreter":
            warm = [pid for pid, command in processes(str(folder)).items() if "interpreter.py" in command]
            (server,) = (pid for pid in warm if os.getsid(pid) == pid)
            os.kill(server, signal.SIGKILL)
        else:
            process.send_signal(signal.Signals[way])
        output, _none = process.communicate()
    # Workers, the warm interpreter and its modules would change the accounts during the next run.
    wait_until(lambda: not processes(str(folder)))
    assert list((folder / "home/tmp").iterdir()) == []
    return output


# Three ways, with encryption, take a minute.
@pytest.mark.parametrize("ways", [["SIGKILL"], pytest.param(list(HELD), marks=pytest.mark.long)])
def test_the_run_after_killed_ones_ends_like_an_undisturbed_one(organization: Organization, ways: list[str]) -> None:
    organization.list_chosen(ACCOUNTS, secmon_encrypt="SIGTERM" in ways)
    output = {way: kill(organization, way) for way in ways}
    if "SIGTERM" in ways:
        assert "Interrupted (2 accounts): bank-01, bank-02." in output["SIGTERM"]
        says = "The warm interpreter ended while a module ran, so the module was stopped. Run it again"
        assert f": {says}: what it has changed is kept." in output["warm interpreter"]

    done = organization.run("site")
    assert done.code == 0, done.screen
    expected = snapshot(organization, UNDISTURBED)
    assert [snapshot(organization, account) for account in (FIRST, SECOND)] == [expected, expected]
    assert len(mails(organization.endpoint, "security@example.com")) == len(ACCOUNTS)
