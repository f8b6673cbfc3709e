"""Measure a command with all processes that it starts, and the calls that it makes to the embedded AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.embedded_control import ask, drain

REPOSITORY = Path(__file__).resolve().parents[3]
_TREE = Path(__file__).with_name("process_tree.py")
_LONGEST_SECONDS = 1800


@dataclass(frozen=True)
class Measured:
    """What a command used.

    Attributes:
        cpu: Seconds of CPU of all processes; `command` of the first one, `children` of those that it waited for.
        seconds: How long it took.
        megabytes: The peak of the memory of all processes.
        calls: The API calls.
        connections: The connections on which they were made; on AWS each has a TLS handshake.
    """

    cpu: float
    command: float
    children: float
    seconds: float
    megabytes: float
    calls: int
    connections: int

    @property
    def detached(self) -> float:
        """Return the CPU of the processes that the command did not wait for, such as the warm interpreter."""
        return max(0.0, self.cpu - self.command - self.children)


class MeasuredCommandError(Exception):
    """A measured command failed, so its figures mean nothing."""


def measure(endpoint: str, command: list[str], environment: Mapping[str, str]) -> Measured:
    """Run a command in the repository and return what it used.

    Raises:
        MeasuredCommandError: It failed.
    """
    before = max((call["id"] for call in ask(endpoint, "calls")), default=0)
    with tempfile.TemporaryDirectory() as folder:
        result, output = Path(folder, "result.json"), Path(folder, "output")
        with output.open("w") as printed:
            subprocess.run(
                [sys.executable, str(_TREE), str(result), *command],
                cwd=REPOSITORY,
                env=os.environ | environment,
                stdout=printed,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                timeout=_LONGEST_SECONDS,
                check=True,
            )
        found = json.loads(result.read_text())
        if found.pop("code"):
            raise MeasuredCommandError(f"{' '.join(command)} failed:\n{output.read_text()[-3000:]}")
    drain(endpoint)
    calls = ask(endpoint, f"calls?since={before}")
    return Measured(**found, calls=len(calls), connections=len({call["connection"] for call in calls}))
