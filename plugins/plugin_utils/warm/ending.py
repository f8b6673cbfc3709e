# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""End a program of the warm interpreter, and all processes that it started."""

from __future__ import annotations

import atexit
import os
import signal
import time
import types
from collections.abc import Callable

# A terminated program may take this long to clean up; then it is killed.
GRACE_SECONDS = 3.0


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
