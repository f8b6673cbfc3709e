"""A run of site.yml without changes in three accounts: the warm and the local connection in alternating rounds."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from pathlib import Path

from embedded_aws.process import embedded_aws_process
from tests.benchmark.table import Row

ROUNDS = 3
_REPOSITORY = Path(__file__).resolve().parent.parent.parent


def _seconds(endpoint: str, connection: str) -> float:
    command = ["ansible-playbook", "-i", "inventory/embedded", "playbooks/site.yml"]
    # The warm connection always pipelines, so the local one may, too.
    settings = {"AWS_ENDPOINT_URL": endpoint, "ANSIBLE_PIPELINING": "true", "ANSIBLE_DEPRECATION_WARNINGS": "false"}
    started = time.monotonic()
    subprocess.run(
        [*command, "-e", f"ansible_connection={connection}"],
        cwd=_REPOSITORY,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return time.monotonic() - started


def run() -> list[Row]:
    """Return the medians on one embedded AWS."""
    seconds: dict[str, list[float]] = {"secmon.aws.warm": [], "ansible.builtin.local": []}
    with embedded_aws_process() as endpoint:
        _seconds(endpoint, "secmon.aws.warm")
        for _round in range(ROUNDS):
            for connection, measured in seconds.items():
                measured.append(_seconds(endpoint, connection))
    warm, local = (statistics.median(measured) for measured in seconds.values())
    return [Row("site.yml again, three accounts, warm connection", warm, "s", local, "local connection, pipelining")]
