# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Run Python programs, each in a fork of one process that has already imported their libraries.

The connection plugin secmon.aws.warm starts this script with the interpreter that runs Ansible, and connects to its
socket, which is in a temporary directory. A request is one line of JSON,
`{"environment": {name: value}, "directory": path}`, with the file descriptors of the program's standard input (the
program itself), output and error. The answer is one line with the exit code. If the client disconnects before that, its
program is terminated, as Ansible terminates its modules.

It imports no code of a collection: each program brings the current code with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import tempfile
import time
import types
from collections.abc import Iterable
from pathlib import Path

# The imports of all modules of amazon.aws and of this collection, and those of botocore when it creates a client.
PRELOADED = (
    "ansible.module_utils.basic",
    "ansible.module_utils.common.dict_transformations",
    "ansible.module_utils._internal._ansiballz._loader",
    "boto3.session",
    "botocore.client",
    "botocore.httpsession",
    "botocore.parsers",
    "botocore.regions",
    "s3transfer.manager",
    "concurrent.futures.thread",
    "email.parser",
    "zipfile",
)
# Interval of the checks whether the controller still runs.
LOOK_SECONDS = 0.5
# A request contains an environment, which the operating system limits to less than this.
REQUEST_BYTES = 4 * 1024 * 1024


class Program:
    """A requested program: its source, its environment, and the connection that waits for its exit code."""

    def __init__(self, connection: socket.socket) -> None:
        """Receive a request. Raise OSError, ValueError, LookupError or TypeError if it is invalid."""
        connection.settimeout(LOOK_SECONDS)
        received, descriptors, _flags, _address = socket.recv_fds(connection, REQUEST_BYTES, 3)
        try:
            while not received.endswith(b"\n"):
                more = connection.recv(REQUEST_BYTES)
                if not more:
                    raise ValueError("the request ended early")
                received += more
            request = json.loads(received)
            self.environment, self.directory = request["environment"], request["directory"]
            self.input, self.output, self.error = descriptors
        except BaseException:
            close(descriptors)
            raise
        self.connection = connection

    def run(self) -> None:
        """Run the program in this process, until it returns or raises SystemExit or another exception."""
        for number, descriptor in enumerate((self.input, self.output, self.error)):
            os.dup2(descriptor, number)
        close((self.input, self.output, self.error))
        os.environ.clear()
        os.environ.update(self.environment)
        time.tzset()
        os.chdir(self.directory)
        # As when `python` reads a program from standard input: no file name, no arguments.
        main = types.ModuleType("__main__")
        sys.modules["__main__"], sys.argv = main, [""]
        exec(compile(sys.stdin.buffer.read(), "<stdin>", "exec"), main.__dict__)  # noqa: S102


def close(descriptors: Iterable[int]) -> None:
    """Close file descriptors."""
    for descriptor in descriptors:
        os.close(descriptor)


class Server:
    """Accept requests, fork for each, and send each client its exit code."""

    def __init__(self, controller: int, watched: str, directory: Path) -> None:
        """Listen on a socket in a directory, while the process of the controller and a watched directory exist."""
        self.controller, self.watched, self.ended = controller, watched, False
        self.waiting: dict[int, socket.socket] = {}
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(str(directory / "socket"))
        self.listener.listen(128)
        self.woken, self.wake = socket.socketpair()
        for end in (self.woken, self.wake):
            end.setblocking(False)
        signal.set_wakeup_fd(self.wake.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_signal: None)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.selector.register(self.woken, selectors.EVENT_READ, lambda _descriptor: self.woken.recv(4096))
        # Linux reports the end of the controller at once; elsewhere the loop checks for it.
        with contextlib.suppress(AttributeError, OSError):
            self.selector.register(os.pidfd_open(controller), selectors.EVENT_READ, self.controller_has_ended)

    def serve(self) -> Program | None:
        """Serve until the controller ends. Return a Program to run in each fork, None in the server itself."""
        while self.controller_is_there():
            for key, _events in self.selector.select(LOOK_SECONDS):
                if key.fileobj is self.listener:
                    program = self.accept()
                    if program:
                        return program
                elif key.data:
                    key.data(key.fd)
            self.reap()
        # Programs of a killed run must not continue during the next run.
        for connection in tuple(self.waiting.values()):
            self.give_up(connection.fileno())
        return None

    def controller_is_there(self) -> bool:
        """Return whether Ansible still runs: its process exists, and the directory that it removes at the end."""
        try:
            os.kill(self.controller, 0)
        except OSError:
            return False
        return not self.ended and Path(self.watched).is_dir()

    def controller_has_ended(self, _descriptor: int) -> None:
        """Record that the controller ended, even if its parent process has not read its exit code yet."""
        self.ended = True

    def accept(self) -> Program | None:
        """Fork for a request. Return the Program in the child, None in the server."""
        connection, _address = self.listener.accept()
        try:
            program = Program(connection)
        except (OSError, ValueError, LookupError, TypeError):
            connection.close()
            return None
        pid = os.fork()
        if not pid:
            self.leave()
            connection.close()
            return program
        close((program.input, program.output, program.error))
        self.waiting[pid] = connection
        self.selector.register(connection, selectors.EVENT_READ, self.give_up)
        return None

    def leave(self) -> None:
        """Release the resources of the server in a child."""
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.selector.close()
        for open_socket in (self.listener, self.woken, self.wake, *self.waiting.values()):
            open_socket.close()

    def give_up(self, connection: int) -> None:
        """Terminate the process group of a program whose client disconnected, by the client's file descriptor."""
        self.selector.unregister(connection)
        for pid, waiting in self.waiting.items():
            if waiting.fileno() == connection:
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGTERM)

    def reap(self) -> None:
        """Send the exit codes of programs that ended."""
        while self.waiting:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            connection = self.waiting.pop(pid)
            with contextlib.suppress(KeyError):
                self.selector.unregister(connection)
            with contextlib.suppress(OSError):
                connection.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))
            connection.close()


def start(controller: int, watched: str) -> Program | None:
    """Import the libraries of programs, print the path of the socket, and serve."""
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # Forks share the memory of existing objects only if the garbage collector does not write to them.
    gc.collect()
    gc.freeze()
    directory = Path(tempfile.mkdtemp(prefix="secmon-"))
    try:
        server = Server(controller, watched, directory)
    except OSError:  # on some systems the path of a socket is limited to 104 bytes
        directory.rmdir()
        raise
    print(str(directory / "socket"), flush=True)
    # The reader waits for one line only, and the pipe must be closed.
    os.dup2(0, 1)
    program = server.serve()
    if program is None:
        shutil.rmtree(directory, ignore_errors=True)
    return program


if __name__ == "__main__":
    # Python puts the directory of a script first; a plugin there must not be imported as a library.
    sys.path = [path for path in sys.path if path != str(Path(__file__).parent)]
    requested = start(int(sys.argv[1]), sys.argv[2])
    if requested:
        requested.run()
