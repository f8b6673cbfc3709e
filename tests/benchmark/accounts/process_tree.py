"""Run a command, and report what it and everything that it started used: python process_tree.py RESULT COMMAND ...

This process is the subreaper of the command (Linux, prctl), so that a server that the command leaves behind, such as
the warm interpreter, becomes its child and is waited for. The memory is the sum of the proportional set sizes, in which
pages that forks share count once.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import threading
import time
from pathlib import Path

SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER
SAMPLE_SECONDS = 0.5
TICKS = os.sysconf("SC_CLK_TCK")


def stat_of(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat after the name of the process."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def descendants(root: int) -> list[int]:
    """Return the ids of all processes below one."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                children.setdefault(int(stat_of(int(entry.name))[1]), []).append(int(entry.name))
            except OSError:  # it has ended
                continue
    found, waiting = [], [root]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def memory_kilobytes(pid: int) -> int:
    """Return the proportional set size of a process, 0 if it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def main() -> int:
    """Run the command, wait for everything that it started, and write the result."""
    result, *command = sys.argv[1:]
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    peak, ended = [0], threading.Event()

    def sample() -> None:
        while not ended.wait(SAMPLE_SECONDS):
            peak[0] = max(peak[0], sum(map(memory_kilobytes, descendants(os.getpid()))))

    sampler = threading.Thread(target=sample)
    sampler.start()
    started = time.monotonic()
    process = subprocess.Popen(command)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    seconds = time.monotonic() - started
    # utime, stime, cutime, cstime: of the command itself, and of the children that it waited for.
    times = [int(field) / TICKS for field in stat_of(process.pid)[11:15]]
    code = process.wait()
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            break
    ended.set()
    sampler.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = {
        "code": code,
        "seconds": seconds,
        "cpu": used.ru_utime + used.ru_stime,
        "command": sum(times[:2]),
        "children": sum(times[2:]),
        "megabytes": peak[0] / 1024,
    }
    Path(result).write_text(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
