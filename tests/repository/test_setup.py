"""`make` sets up the virtual environment once, and reports in one line what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import run


@pytest.fixture
def interpreter(tmp_path: Path) -> Callable[[str], Path]:
    """Return a function that creates an executable with the output of some Python."""

    def make(answer: str) -> Path:
        path = tmp_path / "python"
        path.write_text(f"#!/bin/sh\n{answer}\n")
        path.chmod(0o755)
        return path

    return make


def set_up(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return run("tools/setup_venv.sh", "embedded", **{"VENV": str(tmp_path / "venv"), "PYTHON": ""} | environment)


def test_an_old_python_is_rejected_in_one_line(tmp_path: Path, interpreter: Callable[[str], Path]) -> None:
    result = set_up(tmp_path, PYTHON=str(interpreter("echo 3.9")))
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "is Python 3.9; the lock files support 3.11, 3.12 and 3.13" in result.stderr


def test_a_python_that_does_not_run_is_rejected_in_one_line(tmp_path: Path, interpreter: Callable[[str], Path]) -> None:
    result = set_up(tmp_path, PYTHON=str(interpreter("exit 127")))
    assert result.returncode == 1
    assert result.stderr.splitlines() == [f"secmon.aws: PYTHON={tmp_path / 'python'} does not run."]


def test_a_python_without_venv_is_rejected_in_one_line(tmp_path: Path, interpreter: Callable[[str], Path]) -> None:
    result = set_up(tmp_path, PYTHON=str(interpreter('case "$2" in *ensurepip*) exit 1 ;; *) echo 3.12 ;; esac')))
    assert result.returncode == 1
    assert "has no venv module (on Debian: apt install python3.12-venv)" in result.stderr


def test_a_machine_without_a_suitable_python_is_reported_in_one_line(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "awk", "sort", "cksum", "dirname", "cat"):
        source = next(Path(folder) / name for folder in ("/usr/bin", "/bin") if (Path(folder) / name).exists())
        (tools / name).symlink_to(source)
    result = set_up(tmp_path, PATH=str(tools), PYENV_ROOT=str(tmp_path), PYTHONS="")
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert "no Python 3.11, 3.12 or 3.13 with venv was found" in result.stderr


@pytest.mark.skipif("VENV" not in os.environ, reason="checks the environment that make set up")
def test_a_second_setup_installs_nothing(repository: Path) -> None:
    result = run("tools/setup_venv.sh", "dev", PYTHON="")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_the_running_interpreter_is_found() -> None:
    found = run("tools/find_pythons.sh", PYTHONS=sys.executable)
    assert f"{sys.version_info[0]}.{sys.version_info[1]} " in found.stdout
