# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Drill the rules of EventBridge: their patterns, and the way from EventBridge to the receivers.

PutEvents takes no event whose source begins with `aws.` (EventBridge API reference, PutEventsRequestEntry), and the
rules match only such events, so that a caller of PutEvents cannot forge a mail. So AWS is asked with TestEventPattern
whether each deployed pattern matches, and one event of the drill's own source goes the way of the mails through a rule
of its own. Its delivery is a metric (EventBridge user guide, "Monitoring Amazon EventBridge"). Likewise one event of
each region that forwards its events.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Union

from ...core.account import Account
from ...core.aws_names import REGION, STANDARD_TOPIC_ARN
from ...core.errors import AwsError
from ...core.event_forwarding import rule_name
from ...core.problems import NotProvedError, require
from ...engines.eventbridge.state import ALL_MANAGEMENT_EVENTS, ENABLED
from ...event_alerts.rules import DRILL_RULE
from ..facts import Facts
from ..marks import new_run
from ..reads import ConfigReader, denial, topic_facts
from ..timeline import Finding, Reached, Weight
from ..topic_findings import confirmed_endpoints, subscription_findings
from .event_bus import BUILD, DELIVERED, FAILED, EventBus, event_bus, finding
from .sending import aws_time
from .verdicts import EVENT_ALERT, summary

_FIRST_PAUSE_SECONDS = 1.0
_BAD = ("broken", "raised")
_MORE_TIME = "Allow more time (secmon_drill_timeout_seconds) and run it again."
_ROLE = "the role of secmon_event_forwarder_role_name, its permissions boundary or a policy does not allow it."
_Way = Union[Reached, Finding, None]


def check_options(params: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the options."""
    if not re.fullmatch(STANDARD_TOPIC_ARN, params["topic_arn"]):
        yield f"topic_arn is {params['topic_arn']!r}, which is not the ARN of a standard SNS topic."
    for region in params["regions"]:
        if not re.fullmatch(REGION, region):
            yield f"regions has {region!r}, which is not the name of a region."
    for name in ("timeout_seconds", "poll_seconds"):
        if params[name] < 1:
            yield f"{name} is {params[name]}; use 1 or more seconds."


@dataclass
class EventDrill:
    """The drill of the rules of EventBridge of one account.

    Attributes:
        params: The module's parameters.
        home: The event bus of the event alerts.
        others: The buses that forward events to it, or why one could not be read, by region.
        facts: The topic and its subscriptions.
        way: How the event of the drill reached the topic, why it did not, or None if it was not sent.
        forwarded: Likewise, how the events of the other regions did, by region.
    """

    params: Mapping[str, Any]
    home: EventBus
    others: Mapping[str, Union[EventBus, Finding]]
    facts: Facts
    way: _Way = None
    forwarded: dict[str, _Way] = field(default_factory=dict)

    def inspect(self) -> dict[str, Any]:
        """Return what the configuration and the patterns tell, without sending an event."""
        self._prepare()
        return self._results()

    def carry_out(self) -> dict[str, Any]:
        """Send the event of the drill in each region, follow it, and return the result of each rule."""
        self._prepare()
        if self.way is None:
            self._follow()
        return self._results()

    def _prepare(self) -> None:
        self.way = self._broken_way()
        self.forwarded = {region: self.way or self._broken_forwarding(region) for region in self.others}

    def _broken_way(self) -> Finding | None:
        """Return what certainly keeps the mails from their receivers, or None."""
        arn = self.params["topic_arn"]
        if self.facts.topic is None:
            unread = self.facts.unread.get("topic")
            return unread or finding("topic_missing", f"The topic {arn} does not exist.", BUILD)
        broken = self.home.broken_rule(DRILL_RULE, ENABLED)
        if broken:
            return broken
        found = subscription_findings({"topic_arn": arn}, self.facts)
        certain = (each for each in found if each.weight is Weight.CERTAIN)
        return next((replace(each, remedy=each.remedy.replace("notify", "events")) for each in certain), None)

    def _broken_forwarding(self, region: str) -> Finding | None:
        """Return what certainly keeps the events of another region from the event bus, or None."""
        bus = self.others[region]
        if isinstance(bus, Finding):
            return bus
        states = {each["rule_state"] for rule in self.params["rules"] for each in rule["event_rules"]}
        broken = bus.broken_rule(bus.rule, ALL_MANAGEMENT_EVENTS if ALL_MANAGEMENT_EVENTS in states else ENABLED)
        if broken:
            return broken
        rule, matching = bus.deployed[bus.rule], [each for each in self.params["rules"] if each["event"]]
        missed = [each["id"] for each in matching if not self.home.matches(rule, each["event"])]
        what = f"the test event of {missed[0]}" if missed else "the event of the drill"
        if missed or not self.home.takes_the_drill(rule):
            return finding("pattern_mismatch", f"The pattern of {bus.rule} in {region} does not match {what}.", BUILD)
        return None

    def _follow(self) -> None:
        """Send the event on each bus that can take it, and find out which arrived."""
        self.way = self.home.send()
        if self.way:
            self.forwarded = {region: way or self.way for region, way in self.forwarded.items()}
            return
        for region, bus in self._waiting().items():
            self.forwarded[region] = bus.send()
        pause = _FIRST_PAUSE_SECONDS
        while not self._arrived():
            if not self.home.account.budget.pause(pause):
                self._give_up()
                return
            pause = min(pause * 2, float(self.params["poll_seconds"]))

    def _waiting(self) -> dict[str, EventBus]:
        return {
            region: bus
            for region, bus in self.others.items()
            if isinstance(bus, EventBus) and not self.forwarded[region]
        }

    def _arrived(self) -> bool:
        """Return whether it is known of each event that it arrived or failed."""
        home, counted = self.home.news(), {region: bus.news() for region, bus in self._waiting().items()}
        if home[FAILED]:
            topic = self.params["topic_arn"]
            cause = f"EventBridge could not publish to the topic {topic}: its policy or its key does not allow it."
            self._end(finding("action_failed", cause, BUILD))
            return True
        reached = Reached((self.home.now - self.home.sent).total_seconds(), ", ".join(confirmed_endpoints(self.facts)))
        if home[DELIVERED] and not self.way:
            self.way = reached
        for region, bus in self._waiting().items():
            if counted[region][FAILED]:
                cause = f"EventBridge could not send an event from {region} to {bus.target}: {_ROLE}"
                self.forwarded[region] = finding("forwarding_failed", cause, BUILD)
        waiting = self._waiting()
        # An event of each region and one of home must have arrived. Which they are, the counts do not say.
        if home[DELIVERED] > len(waiting) and all(counted[region][DELIVERED] for region in waiting):
            self.forwarded |= dict.fromkeys(waiting, reached)
            return True
        return False

    def _give_up(self) -> None:
        within = f"within {self.params['timeout_seconds']} seconds"
        self.way = self.way or finding(
            "not_seen", f"The metrics of {DRILL_RULE} show no delivery {within}.", _MORE_TIME
        )
        for region in self._waiting():
            cause = f"The metrics of EventBridge do not show that the event from {region} was delivered {within}."
            self.forwarded[region] = finding("not_seen", cause, _MORE_TIME)

    def _end(self, why: Finding) -> None:
        self.way = why
        self.forwarded |= dict.fromkeys(self._waiting(), why)

    def _results(self) -> dict[str, Any]:
        results = [{**self._judged(rule), "near_miss": self._near_miss(rule)} for rule in self.params["rules"]]
        results += [{**self._of_region(region), "near_miss": None} for region in self.others]
        counts = summary([*results, *(each["near_miss"] for each in results if each["near_miss"])])
        began = f"{self.home.began:%Y-%m-%dT%H:%M:%SZ}"
        found = {"run": self.home.run, "began": began, "rules": results, "counts": counts}
        bad = [part for each in results for part in (each, each["near_miss"]) if part and part["status"] in _BAD]
        totals = ", ".join(f"{number} {status.replace('_', ' ')}" for status, number in sorted(counts.items()))
        place = self.home.account.place
        message = f"Event alerts of account {place.account}, region {place.region}: {totals}."
        if bad:
            raise NotProvedError(f"{message} {bad[0]['id']}: {bad[0]['cause']} {bad[0]['remedy']}", found)
        return {**found, "msg": message}

    def _judged(self, rule: Mapping[str, Any]) -> dict[str, Any]:
        names = [each["name"] for each in rule["event_rules"]]
        if not rule["event"]:
            return _result(rule, "not_drilled", finding("no_event", rule["without"] or "It has no test event.", ""))
        checked = (self.home.broken_rule(each["name"], each["rule_state"]) for each in rule["event_rules"])
        broken = next(filter(None, checked), None)
        matching = [] if broken else [each for each in names if self._matches(each, rule["event"])]
        if not broken and not matching:
            cause = f"None of the patterns of {', '.join(names)} matches the test event of the rule."
            broken = Finding("metric", "pattern_mismatch", cause, BUILD)
        return _by_way(rule, broken or self.way, matching[0] if matching else "")

    def _of_region(self, region: str) -> dict[str, Any]:
        row = {"id": f"secmon_regions {region}", "title": f"Events of {region} are forwarded", "severity": "any"}
        return _by_way(row, self.forwarded[region], rule_name(self.home.region))

    def _near_miss(self, rule: Mapping[str, Any]) -> dict[str, Any] | None:
        if not rule["near_miss"]:
            return None
        names = [each["name"] for each in rule["event_rules"] if each["name"] in self.home.deployed]
        wide = [name for name in names if self._matches(name, rule["near_miss"])]
        if wide:
            cause = f"The pattern of the rule {wide[0]} of EventBridge matches the near miss of the rule."
            return _result(rule, "raised", Finding("metric", "pattern_too_wide", cause, BUILD))
        return _result(rule, "silent")

    def _matches(self, name: str, message: str) -> bool:
        return self.home.matches(self.home.deployed[name], message)


def _by_way(rule: Mapping[str, Any], way: _Way, name: str) -> dict[str, Any]:
    """Return the result of a rule whose event goes a way: it arrived, it did not and why, or it was not sent."""
    if isinstance(way, Finding):
        return _result(rule, "broken", way)
    if way is None:
        return _result(rule, "inspected")
    shown = {"seconds": {"notification": way.seconds}, "details": {"notification": way.detail}}
    return {**_result(rule, "fired"), **shown, "alarm_name": name, "events": 1}


def _result(rule: Mapping[str, Any], status: str, found: Finding | None = None) -> dict[str, Any]:
    return {
        "id": rule["id"],
        "title": rule["title"],
        "severity": rule["severity"],
        "engine": EVENT_ALERT,
        "status": status,
        "seconds": {},
        "details": {},
        "stage": found.stage if found else "",
        "cause_code": found.code if found else "",
        "cause": found.cause if found else "",
        "remedy": found.remedy if found else "",
    }


def begin_event_drill(params: Mapping[str, Any], account: Account) -> EventDrill:
    """Return a drill after reading the rules of the event buses and the topic."""
    require(check_options(params))
    caller = account.read("sts", "GetCallerIdentity", "caller's account")
    account.learn_place(caller["Arn"])
    began = aws_time(caller)
    run = params["run"] or new_run(began)
    home = event_bus(account, params["topic_arn"], DRILL_RULE, began, run)
    bus, name = account.place.arn("events", "event-bus/default"), rule_name(account.region)
    others: dict[str, Union[EventBus, Finding]] = {}
    for region in params["regions"]:
        try:
            others[region] = event_bus(account.in_region(region), bus, name, began, run)
        except AwsError as error:
            if not error.is_denial:
                raise
            others[region] = denial("notification", error)
    reader = ConfigReader(account)
    facts = Facts(account.place, account.place, caller["Arn"], reader.unread, **topic_facts(reader, params))
    return EventDrill(params, home, others, facts)
