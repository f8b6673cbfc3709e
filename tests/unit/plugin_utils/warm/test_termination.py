"""Test that a program of the warm interpreter ends with its client, its server and its run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from ansible_collections.secmon.aws.plugins.plugin_utils.warm.client import ProgramLostError, run_program

from tests.support.processes import is_running, wait_until

# Begins a program: writes its process id when it is ready.
READY = "import os, signal, subprocess, time; print(os.getpid(), file=open({note!r}, 'w', 1))\n"
IGNORE = "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
STAY = "while True: signal.pause()\n"


@pytest.fixture
def note(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("note") / "pid"


@pytest.fixture
def thread() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


def pid_of(note: Path) -> int:
    """Return the process id that a program writes when it is ready."""
    wait_until(lambda: note.exists() and note.read_text().endswith("\n"))
    return int(note.read_text())


def disconnect(path: str, program: str, note: Path) -> int:
    """Run a program by a client that is killed when the program is ready; return the process id of the program."""
    client = "import sys; from ansible_collections.secmon.aws.plugins.plugin_utils.warm.client import run_program\n"
    client += f"run_program({path!r}, {program!r}.encode(), {{}})"
    with subprocess.Popen([sys.executable, "-c", client]) as process:
        pid = pid_of(note)
        process.kill()
    return pid


def test_a_program_is_terminated_when_its_client_disconnects(path: str, note: Path) -> None:
    pid = disconnect(path, "import os, signal\n" + READY.format(note=str(note)) + STAY, note)
    wait_until(lambda: not is_running(pid))


def test_a_program_that_ignores_its_termination_is_killed(path: str, note: Path) -> None:
    pid = disconnect(path, "import signal\n" + IGNORE + READY.format(note=str(note)) + STAY, note)
    wait_until(lambda: not is_running(pid))


def test_a_command_that_ignores_the_termination_is_killed_though_its_module_ended(path: str, note: Path) -> None:
    program = f"import subprocess; subprocess.run(['sh', '-c', 'trap \"\" TERM; echo $$ > {note}; sleep 60; sleep 60'])"
    pid = disconnect(path, program, note)
    wait_until(lambda: not is_running(pid))


def test_a_terminated_program_removes_its_temporary_directories(path: str, note: Path, tmp_path: Path) -> None:
    payload, work = tmp_path / "payload", tmp_path / "work"
    program = f"""import atexit, os, pathlib, shutil, signal
payload, work = pathlib.Path({str(payload)!r}), pathlib.Path({str(work)!r})
payload.mkdir(), work.mkdir()
atexit.register(shutil.rmtree, work)
try:
    {READY.format(note=str(note))}
    {STAY}
finally:
    shutil.rmtree(payload)
"""
    pid = disconnect(path, program, note)
    wait_until(lambda: not is_running(pid))
    assert not payload.exists()
    assert not work.exists()


def test_a_program_that_terminates_itself_exits_by_the_signal(path: str) -> None:
    program = b"import os, signal, time; os.kill(os.getpid(), signal.SIGTERM); time.sleep(9); print('after')"
    assert run_program(path, program, {}) == (-15, b"", b"")


@pytest.mark.parametrize("beginning", ["", IGNORE])
def test_a_program_ends_when_its_server_is_killed(
    server: subprocess.Popen[str], own_path: str, note: Path, thread: ThreadPoolExecutor, beginning: str
) -> None:
    program = "import signal\n" + beginning + READY.format(note=str(note)) + STAY
    result: Future[tuple[int, bytes, bytes]] = thread.submit(run_program, own_path, program.encode(), {})
    pid = pid_of(note)
    server.kill()
    with pytest.raises(ProgramLostError):
        result.result(30)
    wait_until(lambda: not is_running(pid))


@pytest.mark.parametrize("beginning", ["", IGNORE])
def test_programs_of_a_killed_controller_are_terminated(
    own_path: str, controller: subprocess.Popen[bytes], note: Path, thread: ThreadPoolExecutor, beginning: str
) -> None:
    program = "import signal\n" + beginning + READY.format(note=str(note)) + STAY
    result = thread.submit(run_program, own_path, program.encode(), {})
    pid = pid_of(note)
    controller.kill()  # its parent has not read its exit code yet
    with suppress(ProgramLostError):
        result.result(30)
    wait_until(lambda: not is_running(pid))


def test_the_directory_of_a_killed_run_is_removed(
    server: subprocess.Popen[str], own_path: str, controller: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    assert Path(own_path).exists()
    controller.kill()
    assert server.wait(30) == 0
    assert not tmp_path.exists()
