# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find or start the warm interpreter of this run of Ansible, and run a program in it."""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import shlex
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .ending import end_group

# Python and the dynamic linker read these only when a process starts.
_OF_A_START = ("PYTHON", "LD_", "DYLD_", "LC_", "LANG")
# ansible-core 2.19 appends this to every command; it does nothing and keeps the exit code.
_PAUSE = "&& sleep 0"
SERVER = Path(__file__).with_name("interpreter.py")


class ProgramLostError(Exception):
    """The warm interpreter ended while a program ran, so the state of the program is unknown."""


def python_environment(command: str, interpreter: str) -> dict[str, str] | None:
    """Return the environment that a command adds if it only passes its standard input to an interpreter.

    Args:
        command: The command of Ansible: `/bin/sh -c 'NAME=value /path/python'`.
        interpreter: The path of the interpreter.

    Returns:
        The variables, or None for a command of any other form: another interpreter, a file, arguments, become; or
        variables that are read when an interpreter starts.
    """
    try:
        _shell, option, script = shlex.split(command)
        script = script.strip().removesuffix(_PAUSE).strip()
        *assignments, program = shlex.split(script)
    except ValueError:
        return None
    added = dict(word.split("=", 1) for word in assignments if "=" in word)
    # Accept only commands that quoting reproduces exactly: a shell would interpret anything else.
    written = " ".join([*(f"{name}={shlex.quote(value)}" for name, value in added.items()), shlex.quote(program)])
    plain = option == "-c" and program == interpreter and script == written
    return added if plain and not any(name.startswith(_OF_A_START) for name in added) else None


def server_socket(directory: str) -> str:
    """Return the path of the warm interpreter's socket, and start the interpreter if it is not running.

    Args:
        directory: The temporary directory of this run of Ansible. The interpreter ends when it is removed.

    Raises:
        OSError: The interpreter cannot be started.
    """
    note = Path(directory, "warm_interpreter")  # empty if the start failed, so that no task tries again
    with note.with_suffix(".lock").open("w") as lock:
        # The first tasks of all hosts start at the same time.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            note.write_text(_start(directory))
        path = note.read_text()
    if not path:
        raise OSError("the warm interpreter did not start")
    return path


def _start(directory: str) -> str:
    controller = multiprocessing.parent_process()
    pid = controller.pid if controller else os.getpid()
    reading, writing = os.pipe()
    with os.fdopen(reading, encoding="utf-8") as answer:
        try:
            subprocess.Popen(
                [sys.executable, str(SERVER), str(pid), directory, *collection_roots()],
                stdin=subprocess.DEVNULL,
                stdout=writing,
                stderr=subprocess.DEVNULL,
                # It serves every host, so it must outlive the worker that starts it.
                start_new_session=True,
            )
        finally:
            os.close(writing)
        return answer.readline().strip()


def collection_roots() -> list[str]:
    """Return the folders named `ansible_collections` of this run of Ansible, in the order of their search."""
    return [str(path) for path in getattr(sys.modules.get("ansible_collections"), "__path__", ())]


def run_program(
    path: str, program: bytes, added: Mapping[str, str], directory: str | bytes | None = None
) -> tuple[int, bytes, bytes]:
    """Run a Python program in a fork of the warm interpreter.

    Args:
        path: The interpreter's socket.
        program: The source text.
        added: Variables to add to the environment of this process.
        directory: The working directory; that of this process by default.

    Returns:
        The exit code, the standard output and the standard error, as of a new process.

    Raises:
        OSError: The interpreter cannot be reached; the program has not been started.
        ProgramLostError: The interpreter ended while the program ran. The program has been stopped.
    """
    request = {"environment": {**os.environ, **added}, "directory": os.fsdecode(directory or Path.cwd())}
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection,
        tempfile.TemporaryFile() as source,
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as error,
    ):
        source.write(program)
        source.seek(0)
        connection.connect(path)
        line = json.dumps(request).encode() + b"\n"
        sent = socket.send_fds(connection, [line], [source.fileno(), output.fileno(), error.fileno()])
        connection.sendall(line[sent:])
        code = _exit_code(connection)
        output.seek(0)
        error.seek(0)
        return code, output.read(), error.read()


def _exit_code(connection: socket.socket) -> int:
    pid = 0
    try:
        with connection.makefile("rb") as answers:
            pid = int(answers.readline())
            return int(answers.readline())
    except (OSError, ValueError):
        if pid:
            end_group(pid)
        # Ansible would append the message of a cause.
        raise ProgramLostError("The warm interpreter ended while a module ran, so the module was stopped.") from None
    except BaseException:  # the time limit of a task, or the end of Ansible
        if pid:
            end_group(pid)
        raise
