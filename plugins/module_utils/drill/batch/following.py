# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Follow the events of a drill for all rules at once: what the metrics count, the alarms, and their notifications.

Each look takes a few calls, however many rules there are: one GetMetricData for 250 rules, and one DescribeAlarmHistory
for the history of all alarms (CloudWatch API reference: without a name, it returns the histories of all alarms).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ...cloudwatch.kinds import LOG, METRIC
from ...cloudwatch.reads import find_alarms
from ...core.account import Account
from ..marks import STREAM, creates_stream
from ..timeline import Finding, Reached
from ..topic_findings import confirmed_endpoints
from .chain import Tracked, alarm_types
from .sending import aws_time

_FIRST_PAUSE_SECONDS = 1.0
_QUERIES_PER_CALL = 500
_MINUTE = timedelta(minutes=1)
_PER_PAGE = 100

Counts = dict[str, tuple[float, float]]
"""By the name of an alarm, the sum of its metric and how many values it has."""


@dataclass
class Follower:
    """Follows the events of one drill.

    Attributes:
        account: The account.
        params: The module's parameters.
        tracked: The rules.
        oldest: The time of the oldest event.
        baseline: What the metrics had counted before the events.
        sent_at: When they were sent, by AWS's clock.
        awaited: The request IDs of real calls that have not arrived in the log group.
        now: The time of the last answer, by AWS's clock.
    """

    account: Account
    params: Mapping[str, Any]
    tracked: Sequence[Tracked]
    oldest: datetime
    baseline: Counts = field(default_factory=dict)
    sent_at: datetime | None = None
    awaited: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with the oldest event."""
        self.now = self.oldest

    def begin(self) -> None:
        """Remember what the metrics count without the events."""
        self.baseline = self._counts()

    def sent(self) -> None:
        """Begin to measure the time."""
        self.sent_at = self.now
        self._arrived(f"log stream {STREAM}")

    def called(self, requests: Sequence[str]) -> None:
        """Begin to measure the time of real calls, which CloudTrail delivers."""
        self.sent_at = self.now
        self.awaited = list(requests)

    def _arrived(self, detail: str) -> None:
        for rule in self.tracked:
            if rule.facts.log_group is not None:
                rule.reached["log_group"] = Reached(self._seconds(), detail)

    def until(self, pending: Callable[[], Sequence[Tracked]]) -> None:
        """Look again and again until no rule is pending, or the time of the task is over."""
        pause = _FIRST_PAUSE_SECONDS
        while True:
            self._look()
            if not pending() or not self.account.budget.pause(pause):
                return
            pause = min(pause * 2, float(self.params["poll_seconds"]))

    def _look(self) -> None:
        if self.awaited:
            self._look_at_log_group()
        self._look_at_metrics()
        self._look_at_history()

    @property
    def waited(self) -> float:
        """Return how many seconds ago the events were sent, by AWS's clock."""
        return self._seconds()

    def _seconds(self, at: datetime | None = None) -> float:
        return max(0.0, round(((at or self.now) - (self.sent_at or self.now)).total_seconds(), 1))

    def _look_at_metrics(self) -> None:
        counts = self._counts()
        for rule in self.tracked:
            before, after = (each.get(rule.alarm_name, (0.0, 0.0)) for each in (self.baseline, counts))
            rule.counted = after[0] - before[0], after[1] - before[1]
            wanted = rule.expected * rule.value if rule.value is not None else None
            enough = rule.counted[0] >= wanted if wanted is not None else rule.counted[0] != 0
            if rule.expected and enough and "metric" not in rule.reached:
                metric = rule.facts.transformation
                detail = f"{metric['metricNamespace']}/{metric['metricName']} counted {rule.counted[0]:g}"
                rule.reached["metric"] = Reached(self._seconds(), detail)

    def _counts(self) -> Counts:
        """Return what the metric of each rule has counted since the oldest event."""
        readable = [rule for rule in self.tracked if rule.is_readable]
        found = dict[str, tuple[float, float]]()
        for start in range(0, len(readable), _QUERIES_PER_CALL // 2):
            some = readable[start : start + _QUERIES_PER_CALL // 2]
            queries = [
                _query(f"{letter}{number}", rule, statistic)
                for number, rule in enumerate(some)
                for letter, statistic in (("s", "Sum"), ("n", "SampleCount"))
            ]
            first = self.oldest.replace(second=0, microsecond=0)
            parameters = {
                "MetricDataQueries": queries,
                "StartTime": first,
                "EndTime": max(self.now, self.oldest) + 2 * _MINUTE,
            }
            totals = dict.fromkeys((query["Id"] for query in queries), 0.0)
            for page in self.account.read_pages("cloudwatch", "GetMetricData", "metrics of the rules", parameters):
                self.now = max(self.now, aws_time(page))
                for result in page["MetricDataResults"]:
                    totals[result["Id"]] += sum(result["Values"])
            found |= {rule.alarm_name: (totals[f"s{number}"], totals[f"n{number}"]) for number, rule in enumerate(some)}
        return found

    def _look_at_history(self) -> None:
        rules = {rule.alarm_name: rule for rule in self.tracked}
        parameters = {
            "AlarmTypes": list(alarm_types(self.params["rules"])),
            "StartDate": self.sent_at,
            "MaxRecords": _PER_PAGE,
            "ScanBy": "TimestampAscending",
        }
        for page in self.account.read_pages("cloudwatch", "DescribeAlarmHistory", "history of the alarms", parameters):
            self.now = max(self.now, aws_time(page))
            for item in page["AlarmHistoryItems"]:
                rule = rules.get(item["AlarmName"])
                if rule is not None:
                    self._note(rule, item)

    def _note(self, rule: Tracked, item: Mapping[str, Any]) -> None:
        """Take one item of the history of an alarm; the first of its kind counts."""
        # A log alarm notifies for each actor (CloudWatch API reference, AlarmHistoryItem).
        kind = item["HistoryItemType"].removeprefix("AlarmContributor")
        at, summary = item["Timestamp"], item["HistorySummary"]
        if kind == "StateUpdate":
            if json.loads(item["HistoryData"]).get("newState", {}).get("stateValue") == "ALARM":
                rule.raised = True
                detail = f"{rule.alarm_name} went to ALARM at {at:%H:%M:%S} UTC"
                rule.reached.setdefault("alarm", Reached(self._seconds(at), detail))
                if not rule.is_readable:
                    rule.reached.setdefault("metric", rule.reached["alarm"])
        elif kind == "Action" and rule.raised and self.params["topic_arn"] in summary:
            if summary.startswith("Successfully"):
                receivers = ", ".join(confirmed_endpoints(rule.facts))
                rule.reached.setdefault("notification", Reached(self._seconds(at), receivers))
            elif "notification" not in rule.reached:
                remedy = "Repair the topic's policy and key: site.yml --tags notify."
                failed = Finding("notification", "action_failed", summary, remedy)
                rule.findings += [] if failed in rule.findings else [failed]

    def _look_at_log_group(self) -> None:
        wanted = " || ".join(f'($.requestID = "{request}")' for request in self.awaited)
        found = self._log_events(f"{{ {wanted} }}")
        seen = {json.loads(event["message"])["requestID"] for event in found}
        self.awaited = [request for request in self.awaited if request not in seen]
        if not self.awaited:
            self._arrived(self.params["log_group_name"])

    def _log_events(self, pattern: str) -> list[dict[str, Any]]:
        """Return the events since the beginning of the drill's first minute that match a pattern."""
        group, first = self.params["log_group_name"], self.oldest.replace(second=0, microsecond=0)
        parameters = {"logGroupName": group, "startTime": int(first.timestamp() * 1000), "filterPattern": pattern}
        return self.account.read_all("logs", "FilterLogEvents", f"log group {group}", "events", parameters)

    def count_foreign(self, rules: Iterable[Tracked]) -> None:
        """Count the events that are not of a drill and that the filters of some rules counted meanwhile."""
        for rule in rules:
            others = [event for event in self._log_events(rule.pattern) if event["logStreamName"] != STREAM]
            rule.created = sum(creates_stream(event["message"]) for event in others)
            rule.foreign = len(others) - rule.created


def _query(name: str, rule: Tracked, statistic: str) -> dict[str, Any]:
    metric = rule.facts.transformation
    wanted = {"Namespace": metric["metricNamespace"], "MetricName": metric["metricName"]}
    return {"Id": name, "MetricStat": {"Metric": wanted, "Period": 60, "Stat": statistic}}


def wait_until_quiet(account: Account, rules: Iterable[Tracked], seconds: float, poll_seconds: float) -> list[str]:
    """Wait until no alarm is in ALARM, at most for a time; return those that still are."""
    waiting = list(rules)
    left, pause = sorted(rule.alarm_name for rule in waiting), _FIRST_PAUSE_SECONDS
    types = (METRIC.type, LOG.type) if any(rule.query for rule in waiting) else (METRIC.type,)
    end = account.budget.now() + seconds
    while left:
        alarms = find_alarms(account, left, types)
        left = sorted(name for name, alarm in alarms.items() if alarm["StateValue"] == "ALARM")
        if not left or account.budget.now() + pause > end or not account.budget.pause(pause):
            break
        pause = min(pause * 2, poll_seconds)
    return left
