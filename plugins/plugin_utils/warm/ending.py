# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""End a program of the warm interpreter, by itself or with all processes that it started."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
import time
import types
from collections.abc import Callable
from typing import NoReturn

# A terminated program may take this long to clean up; then it is killed.
GRACE_SECONDS = 3.0


def run_and_exit(program: Callable[[], None]) -> NoReturn:
    """Run a program and exit as Python does: wait for its threads, call its exit functions, and flush its output.

    Python would also free all objects, which copies the memory that the fork shares, and takes as long as a call.
    """
    code = 0
    try:
        program()
    except SystemExit as error:
        code = _exit_code(error.code)
    except KeyboardInterrupt:
        raise
    except BaseException:
        sys.excepthook(*sys.exc_info())
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    os._exit(code)


def _exit_code(code: object) -> int:
    if isinstance(code, int):
        return code & 0xFF
    if code is not None:
        print(code, file=sys.stderr)
    return 0 if code is None else 1


def exit_by_termination() -> None:
    """Let SIGTERM end this process like an exception, so that it removes its temporary directories."""
    own = os.getpid()

    def die() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.kill(os.getpid(), signal.SIGTERM)

    def terminated(_signal: int, _frame: types.FrameType | None) -> None:
        if os.getpid() != own:  # a fork of the program
            die()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        # The first function to be registered is the last to be called.
        to_die.append(die)
        raise SystemExit

    to_die: list[Callable[[], None]] = []
    atexit.register(lambda: [last() for last in to_die])
    signal.signal(signal.SIGTERM, terminated)


def signal_group(leader: int, number: int) -> bool:
    """Send a signal to a process group, or only ask for it with 0. Return whether the group exists."""
    try:
        os.killpg(leader, number)
    except OSError:
        return False
    return True


def end_group(leader: int) -> None:
    """Terminate a process group, and kill it if it does not end."""
    signal_group(leader, signal.SIGTERM)
    end = time.monotonic() + GRACE_SECONDS
    while signal_group(leader, 0):
        if time.monotonic() > end:
            signal_group(leader, signal.SIGKILL)
            return
        time.sleep(0.02)
