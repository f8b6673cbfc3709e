# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The rules of a drill as they are deployed: their filters, their alarms, and what certainly breaks them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...cloudwatch.fields import alarm_settings, alarm_type
from ...cloudwatch.grouped import from_query
from ...cloudwatch.kinds import LOG, METRIC
from ...cloudwatch.reads import find_alarms
from ...core.account import Account
from ...filter_pattern.pattern import LogMessage, compile_pattern
from ...logs.reads import find_log_group, list_metric_filters
from ..alarm_findings import Sent, alarm_findings, is_supported, missing_filter, pattern_mismatch, unknown_pattern
from ..existing import remedy_of_owner
from ..facts import Facts
from ..reads import ConfigReader, topic_facts
from ..timeline import Finding, Reached, Weight, in_order
from ..topic_findings import key_findings, subscription_findings, topic_findings
from .sample import Times, sent_periods

_TOPIC_CHECKS = (("topic", topic_findings), ("key", key_findings), ("subscriptions", subscription_findings))


@dataclass
class Tracked:
    """One rule during a drill.

    Attributes:
        id: The id of the rule.
        filter_name: The name of its metric filter.
        alarm_name: The name of its alarm.
        facts: The configuration from the log group to the topic.
        title: The title of the rule.
        severity: Its severity.
        query: The query that its log alarm should have; empty for a metric alarm.
        counted_pattern: The filter pattern of that query.
        run_seconds: How often the query runs.
        own: How long ago each of its own events happened, oldest first; empty if it has none.
        expected: How many events of the drill the deployed pattern matches.
        first: The name of the first of them.
        misses_own: Whether the deployed pattern does not match its own event.
        findings: What breaks or may break a stage.
        reached: The stages that are reached.
        counted: What its metric has counted since the drill began, and how many events its filter has seen.
        raised: Whether its alarm went to ALARM since the drill began.
        foreign: How many events that are not of a drill its filter counted meanwhile; None if that was not asked.
        created: How often it counted that a drill created its log stream, which is a call as of a forger.
    """

    id: str
    filter_name: str
    alarm_name: str
    facts: Facts
    title: str = ""
    severity: str = ""
    query: str = ""
    counted_pattern: str = ""
    run_seconds: int = 0
    own: Times = ()
    expected: int = 0
    first: str = ""
    misses_own: bool = False
    findings: list[Finding] = field(default_factory=list)
    reached: dict[str, Reached] = field(default_factory=dict)
    counted: tuple[float, float] = (0.0, 0.0)
    raised: bool = False
    foreign: int | None = None
    created: int = 0

    @property
    def broken(self) -> Finding | None:
        """Return the first finding that certainly breaks the chain of this rule, or None."""
        return next((each for each in in_order(self.findings) if each.weight is Weight.CERTAIN), None)

    def calm_down(self) -> None:
        """Take the alarm as OK, since it has returned to OK after it was read."""
        self.facts = replace(self.facts, alarm={**(self.facts.alarm or {}), "StateValue": "OK"})

    @property
    def pattern(self) -> str:
        """Return the pattern of the deployed filter, or the one that the query of a log alarm translates."""
        return self.counted_pattern or str((self.facts.metric_filter or {}).get("filterPattern", ""))

    @property
    def value(self) -> float | None:
        """Return what its filter counts for one event, or None if the event decides."""
        try:
            return float(self.facts.transformation.get("metricValue", ""))
        except ValueError:
            return None

    @property
    def is_readable(self) -> bool:
        """Return whether the metric can be read: its filter exists and gives it no dimensions."""
        metric_filter = self.facts.metric_filter
        emitted = (metric_filter or {}).get("emitSystemFieldDimensions")
        return metric_filter is not None and not self.facts.transformation.get("dimensions") and not emitted


def read_rules(account: Account, params: Mapping[str, Any]) -> list[Tracked]:
    """Return the rules of a drill with their configuration, read in a few calls for all of them."""
    group_name, rules = params["log_group_name"], params["rules"]
    reader = ConfigReader(account)
    certain = Weight.CERTAIN
    group = reader.get("log_group", "log_group", lambda: find_log_group(account, group_name), None, certain)
    filters = reader.get("metric_filter", "metric", lambda: list_metric_filters(account, group_name) or [], [], certain)
    names, types = [rule["alarm_name"] for rule in rules], alarm_types(rules)
    alarms = reader.get("alarm", "alarm", lambda: find_alarms(account, names, types), {}, certain)
    topic = topic_facts(reader, params)
    by_name = {each["filterName"]: each for each in filters}
    common = Facts(account.place, account.place, "", reader.unread, log_group=group, **topic)
    return [
        Tracked(
            rule["id"],
            rule["filter_name"],
            rule["alarm_name"],
            replace(common, metric_filter=by_name.get(rule["filter_name"]), alarm=_alarm(alarms, rule)),
            rule["title"],
            rule["severity"],
            rule["query"],
            rule["pattern"],
            rule["run_seconds"],
        )
        for rule in rules
    ]


def alarm_types(rules: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the types of the alarms of rules, of which an old version of botocore knows no log alarm."""
    return (METRIC.type, LOG.type) if any(rule["query"] for rule in rules) else (METRIC.type,)


def _alarm(alarms: Mapping[str, dict[str, Any]], rule: Mapping[str, Any]) -> dict[str, Any] | None:
    alarm, wanted = alarms.get(rule["alarm_name"]), LOG.type if rule["query"] else METRIC.type
    return from_query(alarm) if alarm and alarm_type(alarm) == wanted else None


def expect(tracked: Sequence[Tracked], messages: Sequence[tuple[Mapping[str, Any], str]]) -> None:
    """Work out which events each deployed pattern matches.

    Args:
        tracked: The rules.
        messages: Each event with its log message.
    """
    parsed = [(event, LogMessage(message)) for event, message in messages]
    for rule in tracked:
        own = [(event, message) for event, message in parsed if event["rule"] == rule.id]
        matches = _matcher(rule)
        found = [event for event, message in parsed if matches(message)]
        rule.own = tuple(event["seconds_ago"] for event, _message in own)
        rule.expected, rule.first = len(found), found[0]["name"] if found else ""
        rule.misses_own = not all(matches(message) for _event, message in own)


def _matcher(rule: Tracked) -> Callable[[LogMessage], bool]:
    if (rule.facts.metric_filter is None and not rule.query) or not is_supported(rule.pattern):
        return lambda _message: False
    return compile_pattern(rule.pattern).matches


def inspect_rules(params: Mapping[str, Any], tracked: Sequence[Tracked], *, near_misses: bool) -> None:
    """Find what breaks the chain of each rule, from the log group to the receivers.

    Args:
        params: The module's parameters.
        tracked: The rules; those that expect no event are not judged by their threshold.
        near_misses: Whether the events must not match.
    """
    for rule in tracked:
        found = [remedy_of_owner(each, params["existing"]) for each in _findings(params, rule, near_misses)]
        rule.findings = in_order(found)


def _findings(params: Mapping[str, Any], rule: Tracked, near_misses: bool) -> Iterator[Finding]:
    facts, name, group = rule.facts, rule.filter_name, params["log_group_name"]
    own = {**params, "filter_name": name, "alarm_name": rule.alarm_name}
    yield from facts.unread.values()
    if facts.log_group is None and "log_group" not in facts.unread:
        cause = f"The log group {group} does not exist in {facts.where}."
        yield Finding("log_group", "log_group_missing", cause, "Create it: site.yml --tags logs.")
    elif rule.query:
        yield from _query_findings(group, rule)
    elif facts.metric_filter is None and "metric_filter" not in facts.unread:
        yield missing_filter(name, group)
    elif facts.metric_filter is not None and not is_supported(rule.pattern):
        yield unknown_pattern(name, rule.pattern)
    elif rule.misses_own and not near_misses:
        yield pattern_mismatch(name, rule.pattern, "test event of the rule", "")
    if near_misses:
        return
    if "alarm" not in facts.unread:
        yield from alarm_findings(own, facts, _sent(rule))
    for needed, check in _TOPIC_CHECKS:
        if needed not in facts.unread:
            yield from check(own, facts)


def _query_findings(group: str, rule: Tracked) -> Iterator[Finding]:
    """Yield why the query of a log alarm, if that exists, would not find the events."""
    if rule.facts.alarm is None:
        return
    settings, name = alarm_settings(rule.facts.alarm, LOG), rule.alarm_name
    remedy = "Correct it with secmon.aws.log_alarms (site.yml --tags alarms)."
    if settings["query"] != rule.query:
        yield Finding("alarm", "query_mismatch", f"The query of the log alarm {name} is not that of the rule.", remedy)
    elif group not in settings["log_group_names"]:
        cause = f"The log alarm {name} does not query the log group {group}."
        yield Finding("alarm", "other_log_group", cause, remedy)
    elif rule.own and settings["threshold"] > len(rule.own):
        cause = f"The log alarm {name} needs {settings['threshold']:g} events; the rule needs {len(rule.own)}."
        yield Finding("alarm", "threshold", cause, remedy)


def _sent(rule: Tracked) -> Sent:
    times = rule.own or (0,) * max(rule.expected, 1)
    periods = sent_periods(rule.facts.alarm or {}, times)
    return Sent(len(times) // periods, periods)
