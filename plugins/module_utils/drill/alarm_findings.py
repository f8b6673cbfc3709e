# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find configuration errors between the log group and the topic: filter and alarm.

Sources: CloudWatch user guide, "Evaluating an alarm" and "Configuring how alarms treat missing data"; CloudWatch Logs
user guide, "Creating metric filters" (default value).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..core.problems import sentence
from ..filter_pattern.pattern import PatternError, compile_pattern
from .facts import Facts
from .record import certainly_missed, expected_record, pattern_matches
from .timeline import Finding, Weight

_FILTER_TASK = "secmon.aws.metric_filters (site.yml --tags alarms)"
_ALARM_TASK = "secmon.aws.metric_alarms (site.yml --tags alarms)"
_COMPARISONS = {
    "GreaterThanOrEqualToThreshold": float.__ge__,
    "GreaterThanThreshold": float.__gt__,
    "LessThanThreshold": float.__lt__,
    "LessThanOrEqualToThreshold": float.__le__,
}


@dataclass(frozen=True)
class Sent:
    """What a drill sends, for the messages about thresholds.

    Attributes:
        number: How many events in each period.
        periods: In how many periods.
        what: What an event is called.
    """

    number: int = 1
    periods: int = 1
    what: str = "event"

    @property
    def subject(self) -> str:
        """The beginning of the sentence that says what they count."""
        return f"One {self.what} counts" if self.number == 1 else f"{self.number} {self.what}s in one period count"

    @property
    def in_periods(self) -> str:
        """In how many periods they are."""
        return f"one {self.what} is in one period only" if self.periods == 1 else f"they are in {self.periods} only"

    @property
    def enough(self) -> str:
        """The condition that one event meets."""
        return "Sum >= 1 over one period" if self.what == "read" else "as its file says"


ONE_EVENT = Sent(what="read")


def filter_findings(params: Mapping[str, Any], facts: Facts) -> Iterator[Finding]:
    """Yield why the metric filter would not count the event."""
    if facts.log_group is None:
        return
    name, group = params["filter_name"], params["log_group_name"]
    if facts.metric_filter is None:
        yield missing_filter(name, group)
        return
    pattern = facts.metric_filter.get("filterPattern", "")
    record = expected_record(params["secret_id"], facts.caller_arn, facts.place)
    if certainly_missed(pattern, record):
        yield pattern_mismatch(name, pattern)
    elif not is_supported(pattern):
        yield unknown_pattern(name, pattern)


def missing_filter(name: str, group: str) -> Finding:
    """Return the finding that a metric filter does not exist."""
    cause = f"The log group {group} has no metric filter {name}."
    return Finding("metric", "filter_missing", cause, f"Create it with {_FILTER_TASK}, or correct filter_name.")


def unknown_pattern(name: str, pattern: str) -> Finding:
    """Return the doubt that a filter may not count the event, since its pattern is unknown here."""
    cause = f"This collection cannot evaluate the pattern of the metric filter {name}: {sentence(pattern)}"
    return Finding("metric", "pattern_unknown", cause, f"Correct it with {_FILTER_TASK}.", Weight.DOUBT)


def is_supported(pattern: str) -> bool:
    """Return whether this collection can evaluate a pattern."""
    try:
        compile_pattern(pattern)
    except PatternError:
        return False
    return True


def pattern_mismatch(
    name: str, pattern: str, event: str = "read", otherwise: str = ", or read the secret that it matches"
) -> Finding:
    """Return the finding that a filter does not count the event."""
    cause = f"The pattern of the metric filter {name} does not match the {event}: {sentence(pattern)}"
    return Finding("metric", "pattern_mismatch", cause, f"Correct it with {_FILTER_TASK}{otherwise}.")


def filter_mismatch(params: Mapping[str, Any], facts: Facts, record: Mapping[str, Any]) -> Finding | None:
    """Return the finding that the filter does not match the record that CloudTrail wrote, or None."""
    pattern = (facts.metric_filter or {}).get("filterPattern", "")
    try:
        matches = pattern_matches(pattern, record)
    except PatternError:
        return None
    return None if matches else pattern_mismatch(params["filter_name"], pattern)


def alarm_findings(params: Mapping[str, Any], facts: Facts, sent: Sent = ONE_EVENT) -> Iterator[Finding]:
    """Yield why the alarm would not fire, or would not notify the topic."""
    name, alarm = params["alarm_name"], facts.alarm
    if alarm is None:
        cause = f"The alarm {name} does not exist in {facts.where}."
        yield Finding("alarm", "alarm_missing", cause, f"Create it with {_ALARM_TASK}, or correct alarm_name.")
        return
    if facts.metric_filter is not None:
        yield from _other_metric(name, alarm, facts.transformation)
        yield from _threshold_too_high(name, alarm, facts.transformation, sent)
        yield from _diluted(name, alarm, facts.transformation)
    # An alarm for each account fires for this one while it is in ALARM for another one.
    if alarm.get("StateValue") == "ALARM" and not alarm.get("group_by"):
        yield already_in_alarm(name, Weight.DOUBT)
    yield from _action_findings(name, alarm, params["topic_arn"])


def already_in_alarm(name: str, weight: Weight = Weight.CERTAIN) -> Finding:
    """Return the finding that an alarm is in ALARM already and so cannot fire."""
    cause = f"The alarm {name} is in ALARM already, and its actions run only when its state changes."
    remedy = "Wait until it has returned to OK, or find out what keeps it in ALARM, and run the drill again."
    return Finding("alarm", "already_in_alarm", cause, remedy, weight)


def kept_in_alarm(name: str, since: datetime) -> Finding:
    """Return the finding that reads of other secrets keep an alarm in ALARM."""
    cause = (
        f"The alarm {name} has been in ALARM since {since:%Y-%m-%dT%H:%M:%SZ}, and its filter counts the reads of every"
        " secret: other reads keep it there, and its actions run only when its state changes. The secret was not read."
    )
    remedy = (
        "Let the rule count one secret: secmon_rules: {secret_access: {parameters: {secret: NAME}}}. Or run the drill"
        " when the alarm is OK."
    )
    return Finding("alarm", "kept_in_alarm", cause, remedy)


def counts_every_secret(params: Mapping[str, Any], facts: Facts) -> bool:
    """Return whether the metric filter counts reads of other secrets too."""
    pattern = (facts.metric_filter or {}).get("filterPattern", "")
    other = expected_record(f"{params['secret_id']}-other", facts.caller_arn, facts.place)
    return not certainly_missed(pattern, other)


def _other_metric(name: str, alarm: Mapping[str, Any], counted: Mapping[str, Any]) -> Iterator[Finding]:
    published = f"{counted.get('metricNamespace')}/{counted.get('metricName')}"
    evaluated = f"{alarm.get('Namespace')}/{alarm.get('MetricName')}"
    remedy = f"Correct the one that was changed: secmon.aws.metric_filters or {_ALARM_TASK}."
    if evaluated != published:
        cause = f"The alarm {name} evaluates the metric {evaluated}, but the filter publishes {published}."
        yield Finding("alarm", "other_metric", cause, remedy)
    elif _dimensions(alarm) != set(counted.get("dimensions") or {}):
        cause = f"The alarm {name} evaluates other dimensions of {published} than the filter publishes."
        yield Finding("alarm", "other_metric", cause, remedy)
    elif alarm.get("Unit") and alarm["Unit"] != (counted.get("unit") or "None"):
        cause = (
            f"The alarm {name} evaluates {published} in {alarm['Unit']}, but the filter publishes without that unit."
        )
        yield Finding("alarm", "other_metric", cause, remedy)


def _dimensions(alarm: Mapping[str, Any]) -> set[str]:
    return {*(each["Name"] for each in alarm.get("Dimensions", [])), *alarm.get("group_by", [])}


def _threshold_too_high(
    name: str, alarm: Mapping[str, Any], counted: Mapping[str, Any], sent: Sent
) -> Iterator[Finding]:
    """Yield that the events are not enough. This is certain unless missing data can breach the threshold too."""
    remedy = f"Use the rule's values with {_ALARM_TASK}: {sent.enough}."
    needed = alarm.get("DatapointsToAlarm") or alarm.get("EvaluationPeriods", 1)
    if needed > sent.periods:
        certain = alarm.get("TreatMissingData") == "notBreaching"
        cause = f"The alarm {name} needs {needed} periods with {sent.what}s; {sent.in_periods}."
        yield Finding("alarm", "too_many_datapoints", cause, remedy, Weight.CERTAIN if certain else Weight.RISK)
    compare = _COMPARISONS.get(alarm.get("ComparisonOperator", ""))
    each = 1.0 if alarm.get("Statistic") == "SampleCount" else _number(counted.get("metricValue", ""))
    adds_up = alarm.get("Statistic") in ("Sum", "SampleCount")
    value = None if each is None else each * (sent.number if adds_up else 1)
    if compare and value is not None and not compare(value, float(alarm.get("Threshold", 0))):
        breach = f"{alarm['ComparisonOperator']} {alarm['Threshold']:g}"
        cause = f"{sent.subject} {value:g}, which is not {breach}: it cannot trigger the alarm {name}."
        both = f"Use the rule's values: metric_value in secmon.aws.metric_filters, {sent.enough} with {_ALARM_TASK}."
        yield Finding("alarm", "threshold", cause, both)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _diluted(name: str, alarm: Mapping[str, Any], counted: Mapping[str, Any]) -> Iterator[Finding]:
    statistic = alarm.get("Statistic") or alarm.get("ExtendedStatistic", "")
    if counted.get("defaultValue") is None or statistic in ("Sum", "Maximum"):
        return
    cause = (
        f"The alarm {name} uses {statistic} of a metric with the default value {counted['defaultValue']:g}: all other"
        " events of the same period count too, so a single read seldom reaches the threshold."
    )
    yield Finding("alarm", "diluted_statistic", cause, f"Use Sum with {_ALARM_TASK}.", Weight.RISK)


def _action_findings(name: str, alarm: Mapping[str, Any], topic: str) -> Iterator[Finding]:
    if not alarm.get("ActionsEnabled", True):
        cause = f"The alarm {name} is muted: its actions are disabled, so it changes its state without a notification."
        remedy = f"Set actions_enabled: true with {_ALARM_TASK}, or run `aws cloudwatch enable-alarm-actions`."
        yield Finding("notification", "alarm_muted", cause, remedy)
    actions = alarm.get("AlarmActions", [])
    if topic not in actions:
        instead = f"only {', '.join(actions)}" if actions else "none at all"
        cause = f"The topic {topic} is not an action of the alarm {name}, which has {instead}."
        yield Finding(
            "notification", "no_action", cause, f"Set alarm_actions with {_ALARM_TASK}, or correct topic_arn."
        )
