# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The report of a run as JSON: which account stands where."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.results import CHANGED, CREATED, REMOVED, UNCHANGED
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.run import DONE, FAILED, Account, Run

FORMAT = 1


def report(run: Run, started: str, seconds: float, *, complete: bool) -> dict[str, Any]:
    """Return the report.

    Args:
        run: The run.
        started: When it began, by the clock of this machine.
        seconds: How long it took.
        complete: Whether it came to its end, rather than was interrupted.
    """
    counts = run.counts()
    return {
        "format": FORMAT,
        "playbook": run.playbook,
        "check": run.check,
        "complete": complete,
        "started": started,
        "seconds": round(seconds, 1),
        "refused": run.refused,
        "counts": {
            "accounts": len(run.accounts),
            DONE: counts[DONE],
            FAILED: counts[FAILED],
            "alarms": sum(account.alarms for account in run.accounts.values()),
            "pending": sum(len(account.pending) for account in run.accounts.values()),
        },
        "accounts": {host: _account(account) for host, account in sorted(run.accounts.items())},
    }


def _account(account: Account) -> dict[str, Any]:
    failure = account.failure
    states = (CREATED, CHANGED, REMOVED, UNCHANGED)
    resources = {state: sorted(name for name, found in account.resources.items() if found == state) for state in states}
    return {
        "account": account.id,
        "region": account.region,
        "state": account.state,
        "started": None if account.started is None else round(account.started, 3),
        "seconds": round(account.seconds, 3),
        **resources,
        "left": account.left,
        "unexpected": account.unexpected,
        "alarms": account.alarms,
        "pending": account.pending,
        "proof": account.proof,
        "failure": {"task": failure.task, "message": failure.message} if failure else None,
        "warnings": account.warnings,
        "messages": account.messages,
        "next": account.advice,
    }


def write_report(path: Path, document: Mapping[str, Any]) -> None:
    """Write the report, whole or not at all: another program may be reading the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)
