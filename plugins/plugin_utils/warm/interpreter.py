# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Run Python programs, each in a fork of one process that has already imported their libraries.

The connection plugin secmon.aws.warm starts this script with the interpreter that runs Ansible, and connects to its
socket, which is in the temporary directory of the run. A request is one line of JSON,
`{"environment": {name: value}, "directory": path}`, with the file descriptors of the program's standard input (the
program itself), output and error. The answer is a line with the process id, then one with the exit code. If the client
disconnects before that, its program is terminated. If the server ends, the client terminates the program.

Each program brings the current code of its collections with it, and uses what is imported here only if both agree.
"""

from __future__ import annotations

import contextlib
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
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

if __package__:
    from .ending import GRACE_SECONDS, exit_by_termination, run_and_exit, signal_group
    from .libraries import PreloadedAnsible
    from .preloaded import PreloadedCollections
    from .program import COLLECTIONS, arguments_of, folders_of_collections, run_module
else:  # the script
    from ending import (  # type: ignore[import-not-found, no-redef]
        GRACE_SECONDS,
        exit_by_termination,
        run_and_exit,
        signal_group,
    )
    from libraries import PreloadedAnsible  # type: ignore[import-not-found, no-redef]
    from preloaded import PreloadedCollections  # type: ignore[import-not-found, no-redef]
    from program import (  # type: ignore[import-not-found, no-redef]
        COLLECTIONS,
        arguments_of,
        folders_of_collections,
        run_module,
    )

# Interval of the checks whether the controller still runs.
LOOK_SECONDS = 0.5
# Shorter than the limit for the path of a socket: 108 bytes on Linux, 104 on macOS and BSD.
SOCKET_PATH_BYTES = 100
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

    def arguments(self) -> dict[str, Any] | None:
        """Return what the program asks to run if it is a module whose code it does not bring."""
        try:
            return arguments_of(os.pread(self.input, REQUEST_BYTES, 0))
        except OSError:  # no file
            return None

    def run(self, ansible: PreloadedAnsible, collections: PreloadedCollections) -> None:
        """Run the program in this process, until it returns or raises SystemExit or another exception."""
        for number, descriptor in enumerate((self.input, self.output, self.error)):
            os.dup2(descriptor, number)
        close((self.input, self.output, self.error))
        os.environ.clear()
        os.environ.update(self.environment)
        time.tzset()
        os.chdir(self.directory)
        exit_by_termination()
        # As when `python` reads a program from standard input.
        main = types.ModuleType("__main__")
        main.__file__ = "<stdin>"
        sys.modules["__main__"], sys.argv = main, [""]
        text = sys.stdin.buffer.read()
        arguments = arguments_of(text)
        if arguments:
            if not collections.are(arguments["collections"]):
                collections.forget()
            run_module(**arguments)
        ansible.hide()
        exec(compile(text, "<stdin>", "exec"), main.__dict__)  # noqa: S102


def close(descriptors: Iterable[int]) -> None:
    """Close file descriptors."""
    for descriptor in descriptors:
        os.close(descriptor)


class Server:
    """Accept requests, fork for each, and send each client its exit code."""

    def __init__(self, controller: int, watched: str, path: str, prepare: Callable[[Program], None]) -> None:
        """Listen on a socket while the process of the controller and a watched directory exist.

        Args:
            controller: The process id.
            watched: The directory.
            path: The socket.
            prepare: Is called before each fork.
        """
        self.controller, self.watched, self.ended, self.prepare = controller, watched, False, prepare
        self.waiting: dict[int, socket.socket] = {}
        self.terminated: dict[int, float] = {}  # by process group: when it is killed
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(path)
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
            self.kill_overdue()
        # Programs of a killed run must not continue during the next run.
        for connection in tuple(self.waiting.values()):
            self.give_up(connection.fileno())
        while self.terminated:
            time.sleep(0.02)
            self.reap()
            self.kill_overdue()
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
        self.prepare(program)
        pid = os.fork()
        if not pid:
            self.leave()
            # Before the program runs, so that its client can end it if this server is killed.
            with contextlib.suppress(OSError), connection:
                connection.sendall(b"%d\n" % os.getpid())
            return program
        close((program.input, program.output, program.error))
        with contextlib.suppress(OSError):  # both do it, so that the group exists for both from here on
            os.setpgid(pid, pid)
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
        with contextlib.suppress(KeyError):
            self.selector.unregister(connection)
        for pid, waiting in self.waiting.items():
            if waiting.fileno() == connection and pid not in self.terminated:
                signal_group(pid, signal.SIGTERM)
                self.terminated[pid] = time.monotonic() + GRACE_SECONDS

    def kill_overdue(self) -> None:
        """Kill the terminated process groups that did not end in time."""
        for leader, end in tuple(self.terminated.items()):
            number = signal.SIGKILL if time.monotonic() > end else 0
            if number or not signal_group(leader, 0):
                signal_group(leader, number)
                del self.terminated[leader]

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


def start(controller: int, watched: str, roots: Sequence[str] = ()) -> None:
    """Import the libraries of programs, print the path of the socket, and serve; run the program in each fork."""
    ansible = PreloadedAnsible()
    collections = PreloadedCollections(folders_of_collections(roots, COLLECTIONS))

    def prepare(program: Program) -> None:
        arguments = program.arguments()
        if arguments and collections.are(arguments["collections"]):
            collections.import_module(arguments["module"])

    path, extra = str(Path(watched, "warm_socket")), ""
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES:
        extra = tempfile.mkdtemp(prefix="secmon-")
        path = str(Path(extra, "socket"))
    mask = os.umask(0o077)
    try:
        server = Server(controller, watched, path, prepare)
    except OSError:
        shutil.rmtree(extra, ignore_errors=True)
        raise
    os.umask(mask)
    print(path, flush=True)
    # The reader waits for one line only, and the pipe must be closed.
    os.dup2(0, 1)
    program = server.serve()
    if program:
        run_and_exit(partial(program.run, ansible, collections))
    # Ansible removes the directory of its run, but not when it is killed.
    for directory in filter(None, (watched, extra)):
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    # Python puts the directory of a script first; a plugin there must not be imported as a library.
    sys.path = [path for path in sys.path if path != str(Path(__file__).parent)]
    start(int(sys.argv[1]), sys.argv[2], sys.argv[3:])
