"""Run the embedded AWS as a child process within a `with` block."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_REPOSITORY = Path(__file__).resolve().parent.parent
_READY = "embedded AWS: ready on "
_STOP_SECONDS = 10


@contextlib.contextmanager
def embedded_aws_process(*options: str) -> Iterator[str]:
    """Start the embedded AWS on a free port of 127.0.0.1, yield its endpoint URL, and stop it.

    Args:
        options: command-line options such as ``"--iam"``.

    Raises:
        RuntimeError: the process exited, or printed something else, before it was ready.
    """
    command = [sys.executable, "-m", "embedded_aws", "--port", "0", *options]
    with subprocess.Popen(command, cwd=_REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line.startswith(_READY):
                raise RuntimeError(f"The embedded AWS did not start: {line.strip() or 'it printed nothing'}")
            yield line.removeprefix(_READY).strip()
        finally:
            _stop(process)


def _stop(process: subprocess.Popen[str]) -> None:
    """Stop the process; kill it if it does not stop in time."""
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
