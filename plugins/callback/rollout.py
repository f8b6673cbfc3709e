# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
name: rollout
type: stdout
short_description: Show a rollout to many accounts on one screen
version_added: 0.4.0
description:
  - Shows how many accounts are done, running and failed, the part that each running account is at, and the time that is
    left. On a terminal with the Python library C(rich) this is a live view, otherwise one line for each account.
  - At the end, one screen shows what was created, changed and unchanged in how many accounts, which accounts failed and
    why, the alarms in place, the pending subscriptions, and how to go on. Accounts with the same figures share a line,
    and equal warnings are shown once.
  - It replaces the output of Ansible. To see each task, remove its line from C(ansible.cfg), or set
    C(ANSIBLE_STDOUT_CALLBACK=default). Callbacks of other types, such as P(ansible.posix.profile_tasks#callback), work
    beside it.
  - For a few accounts (O(details)), and with C(-v), it also shows each change, and what the tasks of the playbook say.
    C(--diff) shows the differences in any case.
  - It knows the playbooks of this collection, and counts the changed tasks of others.
options:
  report:
    description:
      - A file for the same and more as JSON, with all resources, warnings and failures of each account. It is also
        written when the run is interrupted, with C(complete) false. Results of tasks with C(no_log) are not in it.
      - Ansible reads every file in a folder that is an inventory, so keep it out of such a folder, or name it in
        C(ignore_patterns) of the section C(inventory).
    type: path
    env:
      - name: SECMON_ROLLOUT_REPORT
    ini:
      - section: callback_secmon_rollout
        key: report
  details:
    description: The number of accounts up to which each change and message is shown at once.
    type: int
    default: 1
    env:
      - name: SECMON_ROLLOUT_DETAILS
    ini:
      - section: callback_secmon_rollout
        key: details
  live:
    description: Whether to show a live view on a terminal if C(rich) is installed; never in a job of ansible-runner.
    type: bool
    default: true
    env:
      - name: SECMON_ROLLOUT_LIVE
    ini:
      - section: callback_secmon_rollout
        key: live
author:
  - The secmon.aws founders (@secmon)
requirements:
  - set as stdout callback in the configuration
  - rich (Python library), for the live view only
"""

import atexit
import contextlib
import os
import shutil
import signal
import sys
import time
import types
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ansible import constants, context
from ansible.plugins.callback import CallbackBase
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.report import report, write_report
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.run import FAILED, HIDDEN, Run
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.screen import changes, summary
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.tasks import is_rescued, tasks_of
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.view import LiveView, PlainView, is_terminal

PREFLIGHT = "secmon.aws.preflight"
_WIDTH_WITHOUT_TERMINAL = 140
_NAMED_HOSTS = 10


class CallbackModule(CallbackBase):
    """The callback."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "secmon.aws.rollout"

    def __init__(self) -> None:
        """Know no playbook yet."""
        super().__init__()
        self.run, self.file = Run("playbook"), Path("playbook")
        self.began, self.started = time.monotonic(), datetime.now(UTC).isoformat(timespec="seconds")
        self.view: LiveView | PlainView | None = None
        self.last = ""
        self.validates = False
        self.finished = False

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Begin a run."""
        self.file = Path(playbook._file_name)
        self.run = Run(self.file.stem, check=bool(context.CLIARGS.get("check")))
        self.finished = False
        atexit.register(self._interrupted)
        self._say_what_stands_where_when_terminated()

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Begin a play; the first one validates the variables."""
        tasks = tasks_of(play)
        self.last = str(tasks[-1]._uuid) if tasks else ""
        # A playbook of the user may import one of this collection.
        checks = [task.get_path() for task in tasks if task.action == PREFLIGHT]
        self.validates = bool(checks)
        self.run.playbook = Path(checks[0].rpartition(":")[0]).stem if checks else self.run.playbook

    def v2_runner_on_start(self, host: Any, task: Any) -> None:
        """Note the part that an account is at."""
        if not self.validates:
            self.run.start_task(host.name, task.get_name(), self._seconds())
            self._view().update(self.run)

    def v2_runner_on_ok(self, result: Any) -> None:
        """Note what a task did."""
        found, host, task = result.result, result.host.name, result.task
        if task.action == PREFLIGHT:
            for warning in found.get("warnings") or ():
                self._display.warning(str(warning))
            self.run.know(found.get("accounts") or {})
        if self.validates:
            return
        name = task.get_name().rpartition(" : ")[2]
        if task.action in ("ansible.builtin.debug", "debug"):
            self._say(host, name, found.get("msg", ""))
        elif "censored" not in found:
            changed = self.run.add(host, task.action, name, found)
            for line in changes(changed) if self._is_detailed() else ():
                self._display.display(f"{host}: {line}", color=constants.COLOR_CHANGED)
        self._after(host, task)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """Note that a task was not needed."""
        if not self.validates:
            self._after(result.host.name, result.task)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Show a failure at once, in full."""
        host, task = result.host.name, result.task
        if self.validates:
            self.run.refused = str(result.result.get("msg", HIDDEN))
            return
        if ignore_errors:
            return
        rescued = is_rescued(task)
        failure = self.run.fail(host, task.get_name(), result.result, rescued=rescued)
        self._display.display(f"{host}: FAILED     {failure.task}: {failure.message}", color=constants.COLOR_ERROR)
        self._after(host, task)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Show a host that could not be reached as a failure."""
        self.v2_runner_on_failed(result)

    def v2_on_file_diff(self, result: Any) -> None:
        """Show the differences that --diff asks for."""
        found = result.result
        for each in found["results"] if result.task.loop and "results" in found else [found]:
            text = self._get_diff(each["diff"]) if each.get("changed") and each.get("diff") else ""
            if text:
                self._display.display(f"{result.host.name}: {result.task.get_name()}\n{text}")

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Show the last screen."""
        for host in stats.processed:
            counts = stats.summarize(host)
            if host in self.run.accounts:
                failed = bool(counts["failures"] or counts["unreachable"])
                self.run.end(host, self._seconds(), failed=failed)
        self._finish(complete=True)

    def _finish(self, *, complete: bool) -> None:
        """Leave a usable terminal, the report and the last screen."""
        if self.finished:
            return
        self.finished = True
        atexit.unregister(self._interrupted)
        seconds, path = self._seconds(), str(self.get_option("report") or "")
        # First, since there may be no terminal any more.
        self._write(complete=complete)
        if self.view:
            self.view.close()
            self.view = None
        if not complete and not self.run.accounts:
            return
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL
        self._display.display("")
        for line in summary(self.run, seconds, width, self._retry(), path):
            self._display.display(line)

    def _seconds(self) -> float:
        return time.monotonic() - self.began

    def _is_detailed(self) -> bool:
        return bool(len(self.run.accounts) <= self.get_option("details") or self._display.verbosity)

    def _view(self) -> LiveView | PlainView:
        if self.view is None:
            # Messages of -v would push a live view around.
            live = self.get_option("live") and not self._display.verbosity
            if live and is_terminal(sys.stdout, os.environ):
                self.view = LiveView(sys.stdout, self._seconds)
            else:
                self.view = PlainView(self._display.display)
        return self.view

    def _say(self, host: str, task: str, message: Any) -> None:
        self.run.say(host, task, message)
        account = self.run.account(host)
        for line in account.messages[-1:] if isinstance(message, str) else message:
            if self._is_detailed() and line != account.advice:
                self._display.display(str(line))

    def _after(self, host: str, task: Any) -> None:
        """Note the end of an account after its last task, and draw the view."""
        account = self.run.account(host)
        if task._uuid == self.last:
            self.run.end(host, self._seconds(), failed=account.state == FAILED)
            self._view().end(self.run, account)
        else:
            self._view().update(self.run)

    def _retry(self) -> str:
        """Return the option that runs the accounts that failed again."""
        failed = sorted(host for host, account in self.run.accounts.items() if account.state == FAILED)
        if constants.RETRY_FILES_ENABLED:
            folder = Path(constants.RETRY_FILES_SAVE_PATH or self.file.resolve().parent)
            return f"--limit @{folder / self.file.stem}.retry"
        return (
            f"--limit {','.join(failed)}"
            if len(failed) <= _NAMED_HOSTS
            else "set retry_files_enabled for a file of them"
        )

    def _write(self, *, complete: bool) -> None:
        path = self.get_option("report")
        if path:
            document = report(self.run, self.started, self._seconds(), complete=complete)
            try:
                write_report(Path(path), document)
            except OSError as error:
                self._display.warning(f"The report {path} could not be written: {error}")

    def _say_what_stands_where_when_terminated(self) -> None:
        """Do what Ctrl-C does at SIGTERM, and when the terminal is lost, before Ansible ends its workers and itself."""
        own = os.getpid()
        of_ansible = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}

        def terminated(number: int, _frame: types.FrameType | None) -> None:
            before = of_ansible[signal.Signals(number)]
            # A shell and the kernel both send SIGHUP; a second SIGTERM ends a run whose output nobody reads.
            signal.signal(number, signal.SIG_IGN if number == signal.SIGHUP else before)
            with contextlib.suppress(OSError):  # no terminal to write to
                if os.getpid() == own:  # workers inherit it
                    self._finish(complete=False)
            signal.signal(number, before)
            os.kill(os.getpid(), number)

        for number, handler in of_ansible.items():
            if handler is not signal.SIG_IGN:  # nohup
                signal.signal(number, terminated)

    def _interrupted(self) -> None:
        """Say what stands where when the run is interrupted."""
        self._finish(complete=False)
