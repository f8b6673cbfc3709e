"""Test that the warm interpreter runs a program in a fork like a new process."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from ansible_collections.secmon.aws.plugins.plugin_utils.warm.client import (
    ProgramLostError,
    python_environment,
    run_program,
    server_socket,
)

from tests.support.processes import is_running, wait_until

PYTHON = "/usr/local/bin/python3"


@pytest.mark.parametrize(
    ("command", "added"),
    [
        (f"/bin/sh -c {PYTHON}", {}),
        (f"/bin/sh -c 'A=C {PYTHON}'", {"A": "C"}),
        # Python reads these only when it starts.
        (f"/bin/sh -c 'PYTHONPATH=/tmp/libraries {PYTHON}'", None),
        (f"/bin/sh -c 'A=b PYTHONWARNINGS=error {PYTHON}'", None),
        (f"/bin/sh -c 'LANG=C {PYTHON}'", None),
        (f"/bin/sh -c 'LC_ALL=C {PYTHON}'", None),
        (f"/bin/sh -c 'LD_PRELOAD=library.so {PYTHON}'", None),
        (f"""/bin/sh -c 'A='"'"'two words'"'"' B=$ {PYTHON}'""", None),
        (f"""/bin/sh -c 'A='"'"'two words'"'"' {PYTHON}'""", {"A": "two words"}),
        (f"""/bin/sh -c 'A='"'"'$HOME'"'"' {PYTHON}'""", {"A": "$HOME"}),
        (f"/bin/sh -c 'A=$HOME {PYTHON}'", None),
        (f"/bin/sh -c '{PYTHON} /tmp/module.py'", None),
        (f"/bin/sh -c '{PYTHON} && sleep 0'", {}),
        (f"/bin/sh -c 'A=b {PYTHON} && sleep 0'", {"A": "b"}),
        (f"/bin/sh -c '{PYTHON} && sleep 1'", None),
        ("/bin/sh -c 'sleep 0'", None),
        ("/bin/sh -c '&& sleep 0'", None),
        (f"/bin/sh -c 'cd /tmp && {PYTHON}'", None),
        (f"/bin/sh -c 'sudo -n {PYTHON}'", None),
        (f"/bin/sh -c '{PYTHON}; reboot'", None),
        ("/bin/sh -c /usr/bin/python3", None),
        (f"/bin/sh -x {PYTHON}", None),
        (PYTHON, None),
        ("/bin/sh -c 'unbalanced", None),
    ],
)
def test_only_commands_that_just_start_the_interpreter_are_accepted(command: str, added: dict[str, str] | None) -> None:
    assert python_environment(command, PYTHON) == added


@pytest.mark.parametrize(
    ("program", "code", "output", "error"),
    [
        ("print('said')", 0, "said\n", ""),
        ("import sys; sys.exit(3)", 3, "", ""),
        ("import sys; sys.exit('no')", 1, "", "no\n"),
        ("import atexit; atexit.register(print, 'at the end')", 0, "at the end\n", ""),
        ("import os; os.write(2, b'wrong'); os.abort()", -signal.SIGABRT, "", "wrong"),
        ("import sys, __main__; print(sys.argv, __file__, __main__.sys is sys)", 0, "[''] <stdin> True\n", ""),
        ("import sys; print(sys.stdin.read() == '')", 0, "True\n", ""),
        ("import threading; threading.Timer(0.01, print, ['late']).start()", 0, "late\n", ""),
        ("print('x' * 300_000, end='')", 0, "x" * 300_000, ""),
    ],
)
def test_a_program_exits_as_in_a_new_process(path: str, program: str, code: int, output: str, error: str) -> None:
    new = subprocess.run([sys.executable], input=program, capture_output=True, text=True, check=False)
    assert (new.returncode, new.stdout, new.stderr) == (code, output, error)
    assert run_program(path, program.encode(), {}) == (code, output.encode(), error.encode())


def test_an_exception_gives_a_traceback_and_exit_code_1(path: str) -> None:
    code, output, error = run_program(path, b"print('begun')\n1 / 0", {})
    assert (code, output) == (1, b"begun\n")
    assert b'File "<stdin>", line 2' in error
    assert error.endswith(b"ZeroDivisionError: division by zero\n")


def test_a_program_sees_the_environment_and_the_directory_of_its_client(
    path: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OURS", "ours \udcff")
    monkeypatch.delenv("PATH")
    monkeypatch.chdir(tmp_path)
    program = b"import os; print(ascii([os.environ.get(n) for n in ('OURS', 'ADDED', 'PATH')]), os.getcwd())"
    _code, output, _error = run_program(path, program, {"ADDED": "too"})
    assert output.decode() == f"['ours \\udcff', 'too', None] {tmp_path}\n"


def test_changes_to_the_interpreter_stay_in_the_program(path: str) -> None:
    run_program(path, b"import boto3, os; boto3.client = None; os.environ['LEFT'] = 'over'; os.chdir('/')", {})
    program = b"import boto3, os; print(boto3.client is None, 'LEFT' in os.environ, os.getcwd() == '/')"
    assert run_program(path, program, {})[1] == b"False False False\n"


def test_programs_run_concurrently(path: str, tmp_path: Path) -> None:
    # Each waits for all of the others.
    program = f"""
import os, pathlib, time
here = pathlib.Path({str(tmp_path)!r})
(here / f"{{os.getpid()}}.here").touch()
while len(list(here.glob("*.here"))) < 8:
    time.sleep(0.01)
print("met")
"""
    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(lambda _number: run_program(path, program.encode(), {}), range(8)))
    assert results == [(0, b"met\n", b"")] * 8


def test_the_end_of_the_server_during_a_program_is_reported(server: subprocess.Popen[str], own_path: str) -> None:
    raised: list[Exception] = []

    def run() -> None:
        try:
            run_program(own_path, b"import os, signal; os.kill(os.getppid(), signal.SIGKILL)", {})
        except ProgramLostError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    assert [str(error) for error in raised] == [
        "The warm interpreter ended while a module ran, so the module was stopped."
    ]


def test_a_program_is_stopped_with_its_client(path: str, tmp_path: Path) -> None:
    """Ansible interrupts the client at the time limit of a task."""

    class TimeLimitError(BaseException):
        pass

    def interrupt(_signal: int, _frame: object) -> None:
        if note.exists() and note.read_text():
            raise TimeLimitError

    note = tmp_path / "pid"
    program = f"import os, pathlib, time; pathlib.Path({str(note)!r}).write_text(str(os.getpid())); time.sleep(60)"
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.1, 0.1)
    try:
        with pytest.raises(TimeLimitError):
            run_program(path, program.encode(), {})
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    wait_until(lambda: not is_running(int(note.read_text())))


def test_a_missing_server_is_reported(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        run_program(str(tmp_path / "socket"), b"", {})


def test_a_server_that_cannot_start_is_tried_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("x" * 100)  # no socket has a path that long
    deep.mkdir()
    monkeypatch.setenv("TMPDIR", str(deep))
    with pytest.raises(OSError, match="did not start"):
        server_socket(str(deep))
    monkeypatch.delenv("TMPDIR")
    with pytest.raises(OSError, match="did not start"):
        server_socket(str(deep))
    assert {path.name for path in deep.iterdir()} == {"warm_interpreter", "warm_interpreter.lock"}


def test_one_run_shares_one_server(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        paths = set(threads.map(lambda _number: server_socket(str(tmp_path)), range(4)))
    (path,) = paths
    assert Path(path).parent == tmp_path  # which Ansible removes, so that nothing is left behind
    assert run_program(path, b"print('here')", {}) == (0, b"here\n", b"")
    shutil.rmtree(tmp_path)
    wait_until(lambda: not Path(path).exists())


def test_an_invalid_request_does_not_stop_the_server(path: str) -> None:
    for nonsense in (b"", b"{}\n", b"not JSON\n"):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            connection.sendall(nonsense)
    assert run_program(path, b"print('still there')", {})[1] == b"still there\n"


def test_the_server_and_its_socket_end_with_the_controller(
    server: subprocess.Popen[str], own_path: str, controller: subprocess.Popen[bytes]
) -> None:
    controller.terminate()
    controller.wait()
    assert server.wait(30) == 0
    assert not Path(own_path).parent.exists()


def test_the_server_ends_when_the_directory_of_its_run_is_removed(
    server: subprocess.Popen[str], own_path: str, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path)
    assert server.wait(30) == 0
    assert not Path(own_path).parent.exists()


def test_a_socket_that_does_not_fit_there_gets_a_directory_that_is_removed(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    path = server_socket(str(deep))
    assert Path(path).parent.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(deep)
    wait_until(lambda: not Path(path).parent.exists())


def test_other_users_cannot_reach_the_socket(path: str) -> None:
    assert Path(path).stat().st_mode & 0o077 == 0
