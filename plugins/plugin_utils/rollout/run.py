# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The accounts of a run of a playbook: what was done in each, what is running, what failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.results import (
    CHANGED,
    OWN,
    REMOVED,
    TO_BE_REMOVED,
    UNCHANGED,
    Result,
    alarms_of,
    named,
    pending_of,
    resource_states,
    results_of,
)

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
HIDDEN = "The message is hidden (no_log)."
REMOVES = ("teardown", "prune")

# The parts of the system by the role that builds them.
_PARTS = {
    "account": "credentials",
    "cloudtrail": "trail",
    "cloudwatch_logs": "log group",
    "metric_alarm": "alarms",
    "sns_email": "topic",
}


@dataclass(frozen=True)
class Failure:
    """A task that failed, and its message."""

    task: str
    message: str


@dataclass
class Account:
    """One account of a run.

    Attributes:
        host: Its name in the inventory.
        id: The account ID, if known; `region` likewise.
        state: One of `waiting`, `running`, `done`, `failed`.
        started: The seconds from the start of the run to its first task.
        part: The part that is being built.
        resources: What was done with each resource.
        left: The resources that a teardown leaves, or that no variable names, and why.
        pending: The subscriptions that wait for their confirmation.
        proof: The result of the drill: `proved`, `seconds`, `broken` and `cause`.
        advice: What the playbook says about how to go on.
        messages: What the tasks of the playbook say otherwise.
    """

    host: str
    id: str = ""
    region: str = ""
    state: str = WAITING
    started: float | None = None
    seconds: float = 0.0
    part: str = ""
    resources: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    unexpected: int = 0
    alarms: int = 0
    pending: list[str] = field(default_factory=list)
    proof: dict[str, Any] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    advice: str = ""
    failures: list[Failure] = field(default_factory=list)

    def count(self, state: str) -> int:
        """Return how many resources have a state."""
        return Counter(self.resources.values())[state]

    @property
    def failure(self) -> Failure | None:
        """Return why the account failed: the first cause, rather than the task that sums up."""
        if self.state != FAILED:
            return None
        if self.proof.get("broken"):
            return Failure(f"proof, {self.proof['broken']}", str(self.proof["cause"]))
        return next(iter(self.failures), Failure(self.part, "The run ended before the account was done."))


@dataclass
class Run:
    """A run of a playbook.

    Attributes:
        playbook: Its name without the ending, such as ``site``.
        check: Whether nothing is changed: check mode, or a dry run.
        accounts: The accounts by host.
        refused: Why nothing was done in any account; empty otherwise.
    """

    playbook: str
    check: bool = False
    accounts: dict[str, Account] = field(default_factory=dict)
    refused: str = ""

    def know(self, places: Mapping[str, Mapping[str, str]]) -> None:
        """Add the accounts of the inventory, by host."""
        for host, place in places.items():
            account = self.account(host)
            account.id, account.region = place.get("account", ""), place.get("region", "")

    def account(self, host: str) -> Account:
        """Return the account of a host."""
        return self.accounts.setdefault(host, Account(host))

    def counts(self) -> Counter[str]:
        """Return how many accounts are in each state."""
        return Counter(account.state for account in self.accounts.values())

    def start_task(self, host: str, task: str, at: float) -> None:
        """Note that a task of an account begins."""
        account = self.account(host)
        if account.state == WAITING:
            account.state, account.started = RUNNING, at
        role, separator, name = task.partition(" : ")
        role = role.removeprefix(OWN)
        account.part = _PARTS.get(role, role.replace("_", " ")) if separator else name or role

    def add(self, host: str, action: str, task: str, result: Result) -> dict[str, str]:
        """Note the result of a task that succeeded; return what it changed."""
        account = self.account(host)
        account.warnings += [str(text) for text in result.get("warnings") or () if str(text) not in account.warnings]
        changed: dict[str, str] = {}
        for each in results_of(result):
            states = resource_states(action, each)
            if not states and each.get("changed") and not action.startswith(OWN):
                states = {f"task {task}": CHANGED}
            # The last task of a resource may find what an earlier one has changed.
            new = {name: state for name, state in states.items() if state != UNCHANGED or name not in account.resources}
            account.resources |= new
            changed |= {name: state for name, state in new.items() if state != UNCHANGED}
        self._add_details(account, action.removeprefix(OWN), result)
        return changed

    def _add_details(self, account: Account, module: str, result: Result) -> None:
        account.alarms = account.alarms if self.playbook in REMOVES else max(account.alarms, alarms_of(module, result))
        if module == "alert_topic" and "pending" in result:
            account.pending += pending_of(result)
        elif module == "leftovers" and "leftovers" in result:
            self._add_leftovers(account, result)
        elif module == "detection_drill" and "broken_hop" in result:
            account.proof = {
                "proved": not result["broken_hop"] and not self.check,
                "seconds": result.get("total_seconds"),
                "broken": result["broken_hop"],
                "cause": result.get("cause", ""),
            }

    def _add_leftovers(self, account: Account, result: Result) -> None:
        account.unexpected = int(result.get("unexpected") or 0)
        account.left = {}
        for name, resource in named(result["leftovers"]):
            if self.playbook in REMOVES and self.check and resource.get("why") == TO_BE_REMOVED:
                account.resources[name] = REMOVED
            else:
                account.left[name] = str(resource.get("why") or "")
        if self.playbook in REMOVES:
            account.resources |= {name: REMOVED for name, _resource in named(result.get("removed") or ())}

    def say(self, host: str, task: str, message: Any) -> None:
        """Note what a task of the playbook says."""
        lines = [str(line) for line in message] if isinstance(message, (list, tuple)) else [str(message)]
        account = self.account(host)
        self.check = self.check or lines[0].startswith("DRY RUN")
        if task == "Say how to go on":
            account.advice = " ".join(lines)
        else:
            account.messages += lines

    def fail(self, host: str, task: str, result: Result, *, rescued: bool = False) -> Failure:
        """Note a task that failed. A rescued failure is the reason of a later one, or of none."""
        account = self.account(host)
        # Items of a loop that succeeded are in the same result.
        failed = [each for each in results_of(result) if each.get("failed")] or [result]
        failure = Failure(task.rpartition(" : ")[2], " ".join(map(_message, failed)))
        account.failures.append(failure)
        if not rescued:
            account.state = FAILED
        return failure

    def end(self, host: str, at: float, *, failed: bool) -> None:
        """Note that nothing more happens in an account. The last screen repeats it for all; the first time counts."""
        account = self.account(host)
        account.state = FAILED if failed else DONE
        if account.started is not None and not account.seconds:
            account.seconds = at - account.started
        if not failed:
            account.failures.clear()


def _message(result: Result) -> str:
    """Return why a task failed. Modules of others may say it in `stderr`."""
    if "censored" in result:
        return HIDDEN
    parts = [str(result.get(key) or "").strip() for key in ("msg", "stderr", "module_stderr")]
    parts[0] = parts[0].removeprefix("Task failed: ")
    return " ".join(part for part in parts if part) or "The task gives no reason."
