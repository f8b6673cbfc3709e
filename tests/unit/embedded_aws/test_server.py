"""The embedded AWS starts, says where it is, refuses a port in use and stops."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import run

SERVE = (sys.executable, "-m", "embedded_aws", "--port")


def test_a_port_in_use_is_refused_with_one_line(embedded_aws: str) -> None:
    port = embedded_aws.rsplit(":", 1)[1]
    result = run(*SERVE, port)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [f"embedded AWS: cannot bind 127.0.0.1:{port}: Address already in use"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_cleanly(repository: Path, number: signal.Signals) -> None:
    with subprocess.Popen(
        [*SERVE, "0"], cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("embedded AWS: ready on http://127.0.0.1:")
        process.send_signal(number)
        _first, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


def test_it_answers_as_aws(aws_client: Callable[[str], Any]) -> None:
    assert aws_client("sts").get_caller_identity()["Account"] == "123456789012"
