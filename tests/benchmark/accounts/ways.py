"""The ways to build the system that the benchmark compares."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmark.accounts.measure import REPOSITORY, Measured, measure
from tests.benchmark.accounts.organization import (
    REGION,
    SECRET,
    access_key,
    for_account,
    write_inventory,
)
from tests.benchmark.accounts.script import shell_script
from tests.benchmark.accounts.upstream import upstream_playbook
from tests.benchmark.accounts.wanted import read_wanted
from tests.support.embedded_control import ask

SERVICES = (
    "cloudtrail",
    "cloudwatch",
    "iam",
    "kms",
    "logs",
    "resourcegroupstaggingapi",
    "s3",
    "secretsmanager",
    "sns",
    "sts",
)
# The AWS CLI that `make` installs in a folder of its own, and its environment.
_CLI = Path(sys.prefix, "awscli")
Command = tuple[list[str], dict[str, str]]
# The phases: a build, a run that changes nothing, the same with slow calls, the proof, and the removal.
FIRST, AGAIN, SLOW, VERIFY, TEARDOWN = "first run", "run again", "run again, slow calls", "verify", "teardown"


def ansible_environment(endpoint: str) -> dict[str, str]:
    """Return the settings of every playbook: the local connection pipelines, as the warm one always does."""
    return {"AWS_ENDPOINT_URL": endpoint, "ANSIBLE_PIPELINING": "true", "ANSIBLE_DEPRECATION_WARNINGS": "false"}


@dataclass(frozen=True)
class Site:
    """The playbooks of this collection for some accounts."""

    endpoint: str
    inventory: Path
    accounts: tuple[str, ...]
    forks: int

    def measure(self, playbook: str = "site") -> Measured:
        """Run a playbook for all accounts."""
        write_inventory(self.inventory, self.endpoint, list(self.accounts), "secmon.aws.warm")
        command = ["ansible-playbook", "-i", str(self.inventory), "-f", str(self.forks), f"playbooks/{playbook}.yml"]
        confirmed = ["-e", json.dumps({"secmon_teardown_confirm": ",".join(self.accounts)})]
        command += confirmed if playbook == TEARDOWN else []
        return measure(self.endpoint, command, ansible_environment(self.endpoint))


@dataclass(frozen=True)
class Peer:
    """Another way, with its number of accounts and the phases in which it is measured."""

    name: str
    accounts: int
    phases: tuple[str, ...]
    make: Callable[[str, Path, dict[str, Any], list[str]], Command]

    def command(self, endpoint: str, folder: Path, pattern: str, ids: list[str]) -> Command:
        """Return its command and environment, to build what is in the account `pattern`."""
        return self.make(endpoint, folder, read_wanted(endpoint, pattern), ids)


def _upstream(endpoint: str, folder: Path, wanted: dict[str, Any], ids: list[str]) -> Command:
    playbook = folder / "upstream.yml"
    playbook.write_text(upstream_playbook(endpoint, for_account(wanted, ids[0])))
    return ["ansible-playbook", "-i", "localhost,", str(playbook)], ansible_environment(endpoint)


def _cli(endpoint: str, folder: Path, wanted: dict[str, Any], ids: list[str]) -> Command:
    script = folder / "script.sh"
    script.write_text(shell_script(for_account(wanted, ids[0])))
    keys = {"AWS_ACCESS_KEY_ID": access_key(ids[0]), "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_PAGER": ""}
    here = f"{_CLI / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin"
    return ["sh", str(script)], {
        **keys,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_DEFAULT_REGION": REGION,
        "PATH": here,
        "PYTHONPATH": str(_CLI),
    }


def _floor(endpoint: str, folder: Path, wanted: dict[str, Any], ids: list[str]) -> Command:
    path = folder / "wanted.json"
    path.write_text(json.dumps(wanted))
    command = [sys.executable, "-m", "tests.benchmark.accounts.floor", endpoint, str(path), *ids]
    return command, {"PYTHONPATH": str(REPOSITORY)}


PEERS = (
    Peer("upstream modules", 1, (FIRST, AGAIN), _upstream),
    # It takes as long as upstream's modules, so once is enough.
    *([Peer("AWS CLI script", 1, (FIRST,), _cli)] if (_CLI / "bin/aws").exists() else []),
    Peer("boto3 script", 20, (FIRST, AGAIN, SLOW), _floor),
)


def set_latency(endpoint: str, seconds: float) -> None:
    """Let every call from now on take longer, or as long as usual for 0."""
    ask(endpoint, "faults", [])
    if not seconds:
        return
    faults = [{"service": service, "action": "*", "delay": seconds, "times": 1_000_000} for service in SERVICES]
    ask(endpoint, "faults", faults)
