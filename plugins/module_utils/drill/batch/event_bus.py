# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The event bus of one region in a drill: its rules, the event of the drill, and what EventBridge counts of a rule."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ...core.account import Account
from ...core.errors import AwsError
from ...engines.eventbridge.state import ALL_MANAGEMENT_EVENTS
from ...engines.eventbridge.translate import bus_event
from ...event_alerts.rules import DRILL_DETAIL_TYPE, DRILL_SOURCE
from ...eventbridge.reads import list_rules, rules_with_target
from ..reads import denial
from ..timeline import Finding
from .sending import aws_time

BUILD = "Run site.yml --tags events."
DELIVERED, FAILED = "SuccessfulInvocationAttempts", "FailedInvocations"
_HOUR = timedelta(hours=1)


@dataclass
class EventBus:
    """The default event bus of one region.

    Attributes:
        account: The account in the region.
        region: The region.
        target: The ARN of what its rules send to.
        rule: The rule that takes the event of the drill.
        began: When the drill began, by AWS's clock.
        run: The ID of the drill.
        deployed: Its rules, by name.
        with_target: The names of those that have the target.
        sent: When the event of the drill was sent.
        now: AWS's time of the last answer.
    """

    account: Account
    region: str
    target: str
    rule: str
    began: datetime
    run: str
    deployed: Mapping[str, Mapping[str, Any]]
    with_target: set[str]
    sent: datetime = field(init=False)
    now: datetime = field(init=False)
    _before: dict[str, float] = field(default_factory=dict)
    _answers: dict[tuple[str, ...], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin by AWS's clock."""
        self.now = self.sent = self.began

    def broken_rule(self, name: str, wanted: str) -> Finding | None:
        """Return why a rule does not send what it should, or None."""
        state, rule = self.deployed.get(name, {}).get("State"), f"The rule {name} of EventBridge in {self.region}"
        if state is None:
            return finding("event_rule_missing", f"{rule} does not exist.", BUILD)
        if state == "DISABLED" or (wanted == ALL_MANAGEMENT_EVENTS and state != wanted):
            return finding("event_rule_disabled", f"{rule} is in the state {state}, in which it misses events.", BUILD)
        if name not in self.with_target:
            return finding("no_target", f"{rule} does not have {self.target} as target.", BUILD)
        return None

    def send(self) -> Finding | None:
        """Send the event of the drill; return why AWS did not take it, if so."""
        self._before = self._counts()
        entry = {"Source": DRILL_SOURCE, "DetailType": DRILL_DETAIL_TYPE, "Detail": json.dumps({"run": self.run})}
        bus, resource = self.account.place.arn("events", "event-bus/default"), f"event bus default of {self.region}"
        try:
            answer = self.account.read("events", "PutEvents", resource, {"Entries": [entry]}, resource_arn=bus)
        except AwsError as error:
            if not error.is_denial:
                raise
            return denial("notification", error)
        self.sent = aws_time(answer)
        if not answer["FailedEntryCount"]:
            return None
        (failed,) = answer["Entries"]
        cause = f"EventBridge refused the event of the drill: {failed['ErrorCode']}: {failed['ErrorMessage']}"
        return finding("event_refused", cause, "Report this to the collection.")

    def news(self) -> dict[str, float]:
        """Return what the metrics of the rule have counted since the event was sent."""
        return {name: number - self._before[name] for name, number in self._counts().items()}

    def _counts(self) -> dict[str, float]:
        dimensions = [{"Name": "RuleName", "Value": self.rule}]
        queries = [
            {
                "Id": name.lower(),
                "Label": name,
                "MetricStat": {
                    "Metric": {"Namespace": "AWS/Events", "MetricName": name, "Dimensions": dimensions},
                    "Period": 60,
                    "Stat": "Sum",
                },
            }
            for name in (DELIVERED, FAILED)
        ]
        window = {"StartTime": self.began.replace(second=0, microsecond=0), "EndTime": self.now + _HOUR}
        found = dict.fromkeys((DELIVERED, FAILED), 0.0)
        parameters = {"MetricDataQueries": queries, **window}
        for page in self.account.read_pages("cloudwatch", "GetMetricData", "metrics of EventBridge", parameters):
            self.now = aws_time(page)
            for result in page["MetricDataResults"]:
                found[result["Label"]] += sum(result["Values"])
        return found

    def matches(self, rule: Mapping[str, Any], message: str) -> bool:
        """Return whether AWS says that the deployed pattern of a rule matches a record."""
        record = _record(message)
        return record is not None and self._answer(rule, bus_event(record))

    def takes_the_drill(self, rule: Mapping[str, Any]) -> bool:
        """Return whether AWS says that the deployed pattern of a rule matches the event of the drill."""
        return self._answer(rule, {"source": DRILL_SOURCE, "detail-type": DRILL_DETAIL_TYPE, "detail": {}})

    def _answer(self, rule: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
        place, at = self.account.place, f"{self.began:%Y-%m-%dT%H:%M:%SZ}"
        whole = {"id": self.run, "account": place.account, "region": place.region, "time": at, "resources": []}
        asked = {"EventPattern": rule.get("EventPattern", "{}"), "Event": json.dumps(whole | {**event})}
        key = tuple(asked.values())
        if key not in self._answers:
            answer = self.account.read("events", "TestEventPattern", f"pattern of {rule['Name']}", asked)
            self._answers[key] = bool(answer["Result"])
        return self._answers[key]


def _record(message: str) -> Mapping[str, Any] | None:
    """Return a message as the detail of an event; a plain line of a log cannot be one."""
    try:
        record = json.loads(message)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def finding(code: str, cause: str, remedy: str) -> Finding:
    """Return what keeps an event from its receivers."""
    return Finding("notification", code, cause, remedy)


def event_bus(account: Account, target: str, rule: str, began: datetime, run: str) -> EventBus:
    """Return the bus of a region after reading its rules and those that have a target."""
    rules, with_target = list_rules(account), rules_with_target(account, target)
    return EventBus(account, account.region, target, rule, began, run, rules, with_target)
