# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Drill all rules of an account together: announce, send, follow, and judge, within the time of the task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ...core.account import Account
from ...core.aws_names import STANDARD_TOPIC_ARN
from ...core.problems import NotProvedError, require
from ..alarm_findings import already_in_alarm
from ..marks import new_run
from .chain import Tracked, expect, inspect_rules, read_rules
from .following import Follower, wait_until_quiet
from .live import make_calls
from .sending import Message, announce, aws_time, begin_text, end_text, messages_of, put_events
from .verdicts import (
    inspected_verdict,
    is_suspicious,
    near_miss_verdict,
    not_drilled,
    processed,
    scenario_verdict,
    summary,
    verdict,
)

MODES = ("matches", "near_misses", "scenario", "live")
_GOOD = {"inspected", "fired", "silent", "not_drilled", "unclear"}


def check_options(params: Mapping[str, Any]) -> None:
    """Raise RequestError with all invalid parameters, before any call."""
    require(_problems(params))


def _problems(params: Mapping[str, Any]) -> Iterator[str]:
    if not re.fullmatch(STANDARD_TOPIC_ARN, params["topic_arn"]):
        yield f"topic_arn is {params['topic_arn']!r}, which is not the ARN of a standard SNS topic."
    if params["mode"] == "live" and not params["secret_id"]:
        yield "mode is live, but secret_id is empty: name the secret to read."
    for name in ("timeout_seconds", "poll_seconds"):
        if params[name] < 1:
            yield f"{name} is {params[name]}; use 1 or more seconds."


@dataclass
class Drill:
    """One task of a drill.

    Attributes:
        params: The module's parameters.
        account: The account.
        began: When it began, by AWS's clock.
        caller: The ARN of the caller.
        run: The ID of the drill.
        tracked: The rules.
    """

    params: Mapping[str, Any]
    account: Account
    began: datetime
    caller: str
    run: str
    tracked: Sequence[Tracked]

    @property
    def near_misses(self) -> bool:
        """Return whether the events must raise no alarm."""
        return bool(self.params["mode"] == "near_misses")

    def inspect(self) -> dict[str, Any]:
        """Return what the inspection finds, without sending anything."""
        self._prepare(messages_of(self.params["events"], self.run, self.began))
        results = [self._judged(rule, 0.0, inspected=True) for rule in self.tracked]
        return self._results(results, [], 0.0)

    def carry_out(self) -> dict[str, Any]:
        """Send the events, follow them, and return the result of each rule."""
        params, budget = self.params, self.account.budget
        busy = [] if self.near_misses else self._wait(params["timeout_seconds"] / 2)
        self._announce_begin()
        follower = Follower(self.account, params, self.tracked, self.began)
        follower.begin()
        messages = self._send(follower)
        for rule in self.tracked:
            if rule.alarm_name in busy:
                rule.findings.insert(0, already_in_alarm(rule.alarm_name))
        follower.until(lambda: self._pending(len(messages), follower.waited))
        follower.count_foreign(filter(is_suspicious, self.tracked if self.near_misses else ()))
        results = [self._judged(rule, follower.waited) for rule in self.tracked]
        # The task with the near misses is followed by one that waits before it sends.
        raised = [rule for rule in self.tracked if rule.raised and not self.near_misses]
        left = wait_until_quiet(self.account, raised, budget.seconds, float(params["poll_seconds"]))
        seconds = (follower.now - self.began).total_seconds()
        self._announce_end(results, seconds)
        return self._results(results, left, seconds)

    def _wait(self, seconds: float) -> list[str]:
        """Wait for alarms that are in ALARM already; return those that still are."""
        raised = [rule for rule in self.tracked if rule.facts.alarm and rule.facts.alarm["StateValue"] == "ALARM"]
        left = wait_until_quiet(self.account, raised, seconds, float(self.params["poll_seconds"]))
        for rule in self.tracked:
            if rule.facts.alarm and rule.alarm_name not in left:
                rule.calm_down()
        return left

    def _prepare(self, messages: Sequence[Message]) -> None:
        expect(self.tracked, messages)
        inspect_rules(self.params, self.tracked, near_misses=self.near_misses)

    def _send(self, follower: Follower) -> Sequence[Message]:
        params, at = self.params, follower.now
        if params["mode"] == "live":
            made, requests = make_calls(self.account, params, self.caller)
            self._prepare(made)
            follower.called(requests)
            return made
        messages = messages_of(params["events"], self.run, at)
        self._prepare(messages)
        if self.tracked and self.tracked[0].facts.log_group is not None:
            put_events(self.account, params["log_group_name"], messages, at)
        follower.sent()
        return messages

    def _pending(self, sent: int, waited: float) -> list[Tracked]:
        if self.near_misses:
            return [rule for rule in self.tracked if rule.broken is None and not processed(rule, sent, waited)]
        return [
            rule
            for rule in self.tracked
            if rule.expected and rule.broken is None and not {"metric", "notification"} <= rule.reached.keys()
        ]

    def _judged(self, rule: Tracked, waited: float, *, inspected: bool = False) -> dict[str, Any]:
        seconds, without = self.params["timeout_seconds"], self.params["without"]
        if self.near_misses:
            if not rule.own:
                return not_drilled(rule, "The rule has no test event that must not match.")
            if inspected and (rule.broken or rule.misses_own):
                return inspected_verdict(rule)
            return near_miss_verdict(rule, len(self.params["events"]), waited, seconds)
        if self.params["mode"] == "matches" and not rule.own:
            return not_drilled(rule, without.get(rule.id) or "The rule has no test event.")
        if self.params["mode"] == "scenario" and not inspected:
            return scenario_verdict(rule, seconds)
        if self.params["mode"] == "live" and not rule.expected and not inspected:
            return not_drilled(rule, "No harmless call raises this alarm. The mode sample drills it.")
        return inspected_verdict(rule) if inspected else verdict(rule, seconds)

    def _announce_begin(self) -> None:
        if "begin" in self.params["notices"]:
            until = self.began + timedelta(seconds=self.params["announced_seconds"] or self.params["timeout_seconds"])
            text = begin_text(self.account, self.run, len(self.tracked), until)
            self._announce("begins", text)

    def _announce_end(self, results: Sequence[Mapping[str, Any]], seconds: float) -> None:
        if "end" in self.params["notices"]:
            counts = summary(results)
            fired, drilled = counts.get("fired", 0), len(results) - counts.get("not_drilled", 0)
            self._announce("has ended", end_text(self.account, self.run, fired, drilled, seconds))

    def _announce(self, what: str, text: str) -> None:
        if any(rule.facts.topic is not None for rule in self.tracked):
            subject = f"Drill of security alarms {what}: account {self.account.place.account}"
            announce(self.account, self.params["topic_arn"], subject, text)

    def _results(self, results: list[dict[str, Any]], left: list[str], seconds: float) -> dict[str, Any]:
        counts = summary(results)
        found: dict[str, Any] = {
            "run": self.run,
            "began": f"{self.began:%Y-%m-%dT%H:%M:%SZ}",
            "seconds": round(seconds, 1),
            "rules": results,
            "counts": counts,
            "in_alarm": left,
        }
        bad = [result for result in results if result["status"] not in _GOOD]
        totals = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in sorted(counts.items()))
        where = f"account {self.account.place.account}, region {self.account.region}"
        message = f"{len(results)} rule{'' if len(results) == 1 else 's'} of {where}: {totals}."
        if bad:
            first = bad[0]
            raise NotProvedError(f"{message} {first['id']}: {first['cause']} {first['remedy']}", found)
        return {**found, "msg": message}


def begin_drill(params: Mapping[str, Any], account: Account) -> Drill:
    """Return a drill after reading the configuration of its rules."""
    check_options(params)
    caller = account.read("sts", "GetCallerIdentity", "caller's account")
    account.learn_place(caller["Arn"])
    began = aws_time(caller)
    return Drill(params, account, began, caller["Arn"], params["run"] or new_run(began), read_rules(account, params))
