# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Drill the rules of EventBridge: their patterns, and the way from EventBridge to the receivers.

PutEvents takes no event whose source begins with `aws.` (EventBridge API reference, PutEventsRequestEntry), and the
rules match only such events, so that a caller of PutEvents cannot forge a mail. So AWS is asked with TestEventPattern
whether each deployed pattern matches, and one event of the drill's own source goes the way of the mails through a rule
of its own. Its delivery is a metric (EventBridge user guide, "Monitoring Amazon EventBridge").
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Union

from ...core.account import Account
from ...core.aws_names import STANDARD_TOPIC_ARN
from ...core.problems import NotProvedError, require
from ...engines.eventbridge.state import ALL_MANAGEMENT_EVENTS
from ...engines.eventbridge.translate import bus_event
from ...event_alerts.rules import DRILL_DETAIL_TYPE, DRILL_RULE, DRILL_SOURCE
from ...eventbridge.reads import list_rules, rules_with_target
from ..facts import Facts
from ..marks import new_run
from ..reads import ConfigReader, topic_facts
from ..timeline import Finding, Reached, Weight
from ..topic_findings import confirmed_endpoints, subscription_findings
from .sending import aws_time
from .verdicts import EVENT_ALERT, summary

_FIRST_PAUSE_SECONDS = 1.0
_MINUTE = timedelta(minutes=1)
_BUILD = "Run site.yml --tags events."
_DELIVERED, _FAILED = "SuccessfulInvocationAttempts", "FailedInvocations"
_BAD = ("broken", "raised")


def check_options(params: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the options."""
    if not re.fullmatch(STANDARD_TOPIC_ARN, params["topic_arn"]):
        yield f"topic_arn is {params['topic_arn']!r}, which is not the ARN of a standard SNS topic."
    for name in ("timeout_seconds", "poll_seconds"):
        if params[name] < 1:
            yield f"{name} is {params[name]}; use 1 or more seconds."


@dataclass
class EventDrill:
    """The drill of the rules of EventBridge of one account.

    Attributes:
        params: The module's parameters.
        account: The account.
        began: When it began, by AWS's clock.
        run: The ID of the drill.
        deployed: The rules of the event bus, by name.
        with_target: The names of those that have the topic as target.
        facts: The topic and its subscriptions.
        way: How the event of the drill reached the topic, why it did not, or None if it was not sent.
        patterns: What TestEventPattern has answered, by pattern and event.
    """

    params: Mapping[str, Any]
    account: Account
    began: datetime
    run: str
    deployed: Mapping[str, Mapping[str, Any]]
    with_target: set[str]
    facts: Facts
    way: Union[Reached, Finding, None] = None
    patterns: dict[tuple[str, str], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin by AWS's clock."""
        self._now = self.began

    def inspect(self) -> dict[str, Any]:
        """Return what the configuration and the patterns tell, without sending an event."""
        self.way = self._broken_way()
        return self._results()

    def carry_out(self) -> dict[str, Any]:
        """Send the event of the drill, follow it, and return the result of each rule."""
        self.way = self._broken_way() or self._follow()
        return self._results()

    def _broken_way(self) -> Finding | None:
        """Return what certainly keeps the mails from their receivers, or None."""
        arn = self.params["topic_arn"]
        if self.facts.topic is None:
            unread = self.facts.unread.get("topic")
            return unread or _finding("topic_missing", f"The topic {arn} does not exist.", _BUILD)
        broken = self._broken_rule({"name": DRILL_RULE, "rule_state": "ENABLED"})
        if broken:
            return broken
        found = subscription_findings({"topic_arn": arn}, self.facts)
        certain = (each for each in found if each.weight is Weight.CERTAIN)
        return next((replace(each, remedy=each.remedy.replace("notify", "events")) for each in certain), None)

    def _broken_rule(self, rule: Mapping[str, str]) -> Finding | None:
        name, wanted = rule["name"], rule["rule_state"]
        state = self.deployed.get(name, {}).get("State")
        if state is None:
            return _finding("event_rule_missing", f"The rule {name} of EventBridge does not exist.", _BUILD)
        if state == "DISABLED" or (wanted == ALL_MANAGEMENT_EVENTS and state != wanted):
            cause = f"The rule {name} of EventBridge is in the state {state}, in which it misses events."
            return _finding("event_rule_disabled", cause, _BUILD)
        if name not in self.with_target:
            cause = f"The rule {name} of EventBridge does not have the topic {self.params['topic_arn']} as target."
            return _finding("no_target", cause, _BUILD)
        return None

    def _follow(self) -> Union[Reached, Finding]:
        before, place = self._counts(self.began), self.account.place
        entry = {"Source": DRILL_SOURCE, "DetailType": DRILL_DETAIL_TYPE, "Detail": json.dumps({"run": self.run})}
        bus = place.arn("events", "event-bus/default")
        answer = self.account.read("events", "PutEvents", "event bus default", {"Entries": [entry]}, resource_arn=bus)
        if answer["FailedEntryCount"]:
            (failed,) = answer["Entries"]
            cause = f"EventBridge refused the event of the drill: {failed['ErrorCode']}: {failed['ErrorMessage']}"
            return _finding("event_refused", cause, "Report this to the collection.")
        return self._wait(aws_time(answer), before)

    def _wait(self, sent: datetime, before: Mapping[str, float]) -> Union[Reached, Finding]:
        pause, topic = _FIRST_PAUSE_SECONDS, self.params["topic_arn"]
        while True:
            counts = self._counts(sent)
            if counts[_FAILED] > before[_FAILED]:
                cause = f"EventBridge could not publish to the topic {topic}: its policy or its key does not allow it."
                return _finding("action_failed", cause, _BUILD)
            if counts[_DELIVERED] > before[_DELIVERED]:
                return Reached((self._now - sent).total_seconds(), ", ".join(confirmed_endpoints(self.facts)))
            if not self.account.budget.pause(pause):
                cause = f"The metrics of {DRILL_RULE} show no delivery within {self.params['timeout_seconds']} seconds."
                return _finding("not_seen", cause, "Allow more time (secmon_drill_timeout_seconds) and run it again.")
            pause = min(pause * 2, float(self.params["poll_seconds"]))

    def _counts(self, at: datetime) -> dict[str, float]:
        """Return what the metrics of the drill's rule have counted since it began."""
        dimensions = [{"Name": "RuleName", "Value": DRILL_RULE}]
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
            for name in (_DELIVERED, _FAILED)
        ]
        window = {"StartTime": self.began.replace(second=0, microsecond=0), "EndTime": at + 60 * _MINUTE}
        found = dict.fromkeys((_DELIVERED, _FAILED), 0.0)
        parameters = {"MetricDataQueries": queries, **window}
        for page in self.account.read_pages("cloudwatch", "GetMetricData", "metrics of EventBridge", parameters):
            self._now = aws_time(page)
            for result in page["MetricDataResults"]:
                found[result["Label"]] += sum(result["Values"])
        return found

    def _results(self) -> dict[str, Any]:
        results = [{**self._judged(rule), "near_miss": self._near_miss(rule)} for rule in self.params["rules"]]
        counts = summary([*results, *(each["near_miss"] for each in results if each["near_miss"])])
        found = {"run": self.run, "began": f"{self.began:%Y-%m-%dT%H:%M:%SZ}", "rules": results, "counts": counts}
        bad = [part for each in results for part in (each, each["near_miss"]) if part and part["status"] in _BAD]
        totals = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in sorted(counts.items()))
        place = self.account.place
        message = f"Event alerts of account {place.account}, region {place.region}: {totals}."
        if bad:
            raise NotProvedError(f"{message} {bad[0]['id']}: {bad[0]['cause']} {bad[0]['remedy']}", found)
        return {**found, "msg": message}

    def _judged(self, rule: Mapping[str, Any]) -> dict[str, Any]:
        names = [each["name"] for each in rule["event_rules"]]
        if not rule["event"]:
            return _result(rule, "not_drilled", _finding("no_event", rule["without"] or "It has no test event.", ""))
        broken = next(filter(None, map(self._broken_rule, rule["event_rules"])), None)
        matching = [] if broken else [name for name in names if self._matches(name, rule["event"])]
        if not broken and not matching:
            cause = f"None of the patterns of {', '.join(names)} matches the test event of the rule."
            broken = Finding("metric", "pattern_mismatch", cause, _BUILD)
        way = self.way
        broken = broken or (way if isinstance(way, Finding) else None)
        if broken:
            return _result(rule, "broken", broken)
        if not isinstance(way, Reached):
            return _result(rule, "inspected")
        found = _result(rule, "fired")
        shown = {"seconds": {"notification": way.seconds}, "details": {"notification": way.detail}}
        return {**found, **shown, "alarm_name": matching[0], "events": 1}

    def _near_miss(self, rule: Mapping[str, Any]) -> dict[str, Any] | None:
        if not rule["near_miss"]:
            return None
        names = [each["name"] for each in rule["event_rules"] if each["name"] in self.deployed]
        wide = [name for name in names if self._matches(name, rule["near_miss"])]
        if wide:
            cause = f"The pattern of the rule {wide[0]} of EventBridge matches the near miss of the rule."
            return _result(rule, "raised", Finding("metric", "pattern_too_wide", cause, _BUILD))
        return _result(rule, "silent")

    def _matches(self, name: str, message: str) -> bool:
        """Return whether AWS says that the deployed pattern of a rule matches a record."""
        if not _is_record(message):
            return False
        pattern, place = self.deployed[name].get("EventPattern", "{}"), self.account.place
        at = f"{self.began:%Y-%m-%dT%H:%M:%SZ}"
        whole = {"id": self.run, "account": place.account, "region": place.region, "time": at, "resources": []}
        if (pattern, message) not in self.patterns:
            parameters = {"EventPattern": pattern, "Event": json.dumps(whole | bus_event(json.loads(message)))}
            answer = self.account.read("events", "TestEventPattern", f"pattern of {name}", parameters)
            self.patterns[pattern, message] = bool(answer["Result"])
        return self.patterns[pattern, message]


def _is_record(message: str) -> bool:
    """Return whether a message can be the detail of an event; a plain line of a log cannot."""
    try:
        return isinstance(json.loads(message), dict)
    except ValueError:
        return False


def _finding(code: str, cause: str, remedy: str) -> Finding:
    return Finding("notification", code, cause, remedy)


def _result(rule: Mapping[str, Any], status: str, finding: Finding | None = None) -> dict[str, Any]:
    return {
        "id": rule["id"],
        "title": rule["title"],
        "severity": rule["severity"],
        "engine": EVENT_ALERT,
        "status": status,
        "seconds": {},
        "details": {},
        "stage": finding.stage if finding else "",
        "cause_code": finding.code if finding else "",
        "cause": finding.cause if finding else "",
        "remedy": finding.remedy if finding else "",
    }


def begin_event_drill(params: Mapping[str, Any], account: Account) -> EventDrill:
    """Return a drill after reading the rules of the event bus and the topic."""
    require(check_options(params))
    caller = account.read("sts", "GetCallerIdentity", "caller's account")
    account.learn_place(caller["Arn"])
    began = aws_time(caller)
    deployed, with_target = list_rules(account), rules_with_target(account, params["topic_arn"])
    reader = ConfigReader(account)
    facts = Facts(account.place, account.place, caller["Arn"], reader.unread, **topic_facts(reader, params))
    return EventDrill(params, account, began, params["run"] or new_run(began), deployed, with_target, facts)
