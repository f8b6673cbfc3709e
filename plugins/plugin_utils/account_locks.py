# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Keep an account for one run of Ansible: two at once would ask each address twice to confirm.

A lock of a user on one machine: a file for each account, which names the process that holds it. The lock ends with the
process, so that none is left when a run is killed.
"""

from __future__ import annotations

import fcntl
import json
import multiprocessing
import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any


def account_key(variables: Mapping[str, Any]) -> str:
    """Return the name of an account's lock, from the values of its variables: account, region and endpoint."""
    parts = (variables.get(f"secmon_{name}") or "aws" for name in ("account_id", "region", "endpoint_url"))
    return re.sub(r"[^A-Za-z0-9.-]", "_", "_".join(map(str, parts)))


def keep_accounts(folder: Path, accounts: Mapping[str, str]) -> list[str]:
    """Keep the accounts of all hosts for this run, or none; return who holds them, in one sentence for each host.

    Args:
        folder: Where the locks are.
        accounts: The name of each host's lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        own = _controller()
        held = []
        for host, key in accounts.items():
            holder = _holder(folder / key)
            if holder and holder["process"] != own:
                since, pid = holder["since"], holder["process"][0]
                held.append(
                    f"host {host}: another run of Ansible (process {pid}, since {since}) is working on its account."
                    " Nothing was changed. Wait until it has ended, or stop it."
                )
        if not held:
            note = json.dumps({"process": own, "since": datetime.now().astimezone().isoformat(timespec="seconds")})
            for key in accounts.values():
                (folder / key).write_text(note)
    return held


def _controller() -> list[str]:
    """Return the identity of the process of ansible-playbook, of which a task runs in a child."""
    parent = multiprocessing.parent_process()
    return _identity(parent.pid if parent and parent.pid else os.getpid())


def _holder(path: Path) -> dict[str, Any] | None:
    """Return the holder of a lock, or None if its process has ended."""
    try:
        holder: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError):
        return None
    return holder if _identity(int(holder["process"][0])) == holder["process"] else None


def _identity(pid: int) -> list[str]:
    """Return number and start of a process, so that a later one with the same number is another; none if it ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return []
    except PermissionError:
        pass
    try:
        state, *fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:  # no Linux
        return [str(pid), ""]
    return [] if state == "Z" else [str(pid), fields[18]]
