# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Run Python programs, each in a fork of one process that has imported beforehand what they will import.

The connection plugin secmon.aws.warm starts it as a script, in the interpreter that runs Ansible, and speaks to it over
a socket in a directory of its own. A request is one line of JSON, `{"environment": {name: value}, "directory": path}`,
with the file descriptors of the program's standard input (the program itself), output and error. The answer is one
line, the exit code. A client that goes away before that takes its program with it, as Ansible ends its modules.

It imports nothing of a collection: those come with each program, as they are when that is made.
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

# What every module of amazon.aws and of this collection imports, and what botocore imports at the first client.
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
# How often it looks whether its controller is still there.
LOOK_SECONDS = 0.5
# A request carries an environment, which the operating system bounds well below this.
REQUEST_BYTES = 4 * 1024 * 1024


class Program:
    """A program as it was requested: its source, its surroundings, and the connection that waits for its exit code."""

    def __init__(self, connection: socket.socket) -> None:
        """Receive a request. Raises OSError, ValueError, LookupError or TypeError if it is none."""
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
        """Become the program. Ends as the program ends: by SystemExit, an exception, or by coming to its end."""
        for number, descriptor in enumerate((self.input, self.output, self.error)):
            os.dup2(descriptor, number)
        close((self.input, self.output, self.error))
        os.environ.clear()
        os.environ.update(self.environment)
        time.tzset()
        os.chdir(self.directory)
        # As if `python` had read it from its standard input: no name of a file, no arguments.
        main = types.ModuleType("__main__")
        sys.modules["__main__"], sys.argv = main, [""]
        exec(compile(sys.stdin.buffer.read(), "<stdin>", "exec"), main.__dict__)  # noqa: S102


def close(descriptors: Iterable[int]) -> None:
    """Close file descriptors."""
    for descriptor in descriptors:
        os.close(descriptor)


class Server:
    """Wait for requests, fork for each, and tell each client the exit code."""

    def __init__(self, controller: int, watched: str, directory: Path) -> None:
        """Listen on a socket in a directory, as long as a controller's process and a watched directory exist."""
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
        # Linux tells at once that the controller has ended; elsewhere it is looked for.
        with contextlib.suppress(AttributeError, OSError):
            self.selector.register(os.pidfd_open(controller), selectors.EVENT_READ, self.controller_has_ended)

    def serve(self) -> Program | None:
        """Serve until the controller has gone. Returns a Program to run in each fork, None in the server itself."""
        while self.controller_is_there():
            for key, _events in self.selector.select(LOOK_SECONDS):
                if key.fileobj is self.listener:
                    program = self.accept()
                    if program:
                        return program
                elif key.data:
                    key.data(key.fd)
            self.reap()
        # What a killed run has begun must not go on beside the next run.
        for connection in tuple(self.waiting.values()):
            self.give_up(connection.fileno())
        return None

    def controller_is_there(self) -> bool:
        """Tell whether Ansible is still running: its process, and the directory that it removes when it ends."""
        try:
            os.kill(self.controller, 0)
        except OSError:
            return False
        return not self.ended and Path(self.watched).is_dir()

    def controller_has_ended(self, _descriptor: int) -> None:
        """Note that the controller has ended, even if nobody has asked for its exit code yet."""
        self.ended = True

    def accept(self) -> Program | None:
        """Fork for a request. Returns the Program in the child, None in the server."""
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
        """Shed in a child what belongs to the server."""
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self.selector.close()
        for open_socket in (self.listener, self.woken, self.wake, *self.waiting.values()):
            open_socket.close()

    def give_up(self, connection: int) -> None:
        """End the program of a client that has gone, by its file descriptor, with what the program has started."""
        self.selector.unregister(connection)
        for pid, waiting in self.waiting.items():
            if waiting.fileno() == connection:
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGTERM)

    def reap(self) -> None:
        """Tell the exit codes of the programs that have ended."""
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
    """Import what programs need, say on standard output where the socket is, and serve."""
    for name in PRELOADED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    # Forks share the memory of what is there by now only if the garbage collector does not touch it.
    gc.collect()
    gc.freeze()
    directory = Path(tempfile.mkdtemp(prefix="secmon-"))
    try:
        server = Server(controller, watched, directory)
    except OSError:  # the path of a socket is 104 bytes at most on some systems
        directory.rmdir()
        raise
    print(str(directory / "socket"), flush=True)
    # Nobody waits for more, and the pipe must not outlive its reader.
    os.dup2(0, 1)
    program = server.serve()
    if program is None:
        shutil.rmtree(directory, ignore_errors=True)
    return program


if __name__ == "__main__":
    # Python puts a script's directory first; a plugin of that directory must not be taken for a library.
    sys.path = [path for path in sys.path if path != str(Path(__file__).parent)]
    requested = start(int(sys.argv[1]), sys.argv[2])
    if requested:
        requested.run()
