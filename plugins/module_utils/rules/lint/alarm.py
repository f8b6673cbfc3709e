# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the metric and the alarm: diluted statistics, alarms that never or always fire."""

from __future__ import annotations

from collections.abc import Iterator

from ..limits import COMPARISONS
from ..rule import Rule
from .finding import Finding, error, warning

_LOGS_GUIDE = "CloudWatch Logs user guide, creating metrics from log events using filters"
_ALARM_API = "CloudWatch API reference, PutMetricAlarm"
_ALARM_GUIDE = "CloudWatch user guide, configuring how CloudWatch alarms treat missing data"
_LIVE = "observed with PutMetricFilter, us-east-1, 2026-09: a default value is one sample per event that does not match"


def lint_alarm(rule: Rule) -> Iterator[Finding]:
    """Yield the findings about the metric and alarm of one rule."""
    yield from _diluted(rule)
    yield from _default_value(rule)
    yield from _never_or_always(rule)
    yield from _missing_data(rule)
    if rule.alarm.period_seconds < 60:
        reason = (
            "a metric filter publishes once a minute, so an alarm with a shorter period has no data most of the time"
        )
        yield warning(rule, "short-period", reason, _ALARM_API, "set period_seconds to 60 or more")


def _watches_for_more(rule: Rule) -> bool:
    return rule.alarm.comparison.startswith("Greater")


def _diluted(rule: Rule) -> Iterator[Finding]:
    """Find statistics that the zeros of events without a match pull below the threshold."""
    alarm = rule.alarm
    if rule.metric.default_value != 0 or not _watches_for_more(rule):
        return
    if alarm.statistic == "Average":
        reason = "the default value 0 is averaged with the matches and pulls the result below the threshold"
        yield error(rule, "average-with-zero-default", reason, f"{_LOGS_GUIDE}; {_LIVE}", "set statistic to Sum")
    elif alarm.statistic == "Minimum":
        reason = "one event that does not match makes the minimum 0, even if others match"
        yield error(rule, "minimum-with-zero-default", reason, _LIVE, "set statistic to Sum or Maximum")
    elif alarm.extended_statistic is not None:
        reason = f"the zeros of all other events push the matches out of {alarm.extended_statistic}"
        yield warning(rule, "percentile-with-zero-default", reason, _LIVE, "remove default_value, or use Sum")


def _default_value(rule: Rule) -> Iterator[Finding]:
    metric, alarm = rule.metric, rule.alarm
    if metric.default_value is None:
        return
    if metric.dimensions:
        reason = "a metric with dimensions cannot have a default value: PutMetricFilter rejects it"
        yield error(rule, "dimensions-with-default", reason, _LOGS_GUIDE, "remove one of the two")
    if alarm.statistic == "SampleCount":
        reason = "with a default value every event is a sample, so SampleCount also counts events that do not match"
        yield error(rule, "sample-count-with-default", reason, _LIVE, "set statistic to Sum")
    elif alarm.statistic == "Sum" and metric.default_value != 0:
        reason = f"the default value {metric.default_value:g} adds up over all events that do not match"
        yield warning(rule, "default-value-adds-up", reason, _LIVE, "set default_value to 0")


def _never_or_always(rule: Rule) -> Iterator[Finding]:
    """Compare the possible values of the statistic with the threshold.

    Without a default value there is data only when events match, so an alarm on any data is correct.
    """
    alarm = rule.alarm
    fires = COMPARISONS[alarm.comparison]
    condition = f"{_statistic(rule)} {alarm.comparison} {alarm.threshold:g}"
    if _watches_for_more(rule) and rule.metric.default_value is not None and fires(_quiet(rule), alarm.threshold):
        reason = f"{condition} is true while nothing matches, since the default value is {rule.metric.default_value:g}"
        yield error(rule, "alarm-always", reason, _ALARM_API, "raise the threshold above the default value")
        return
    low, high = _range(rule)
    hint = "change the threshold, the metric's value or the statistic"
    if not fires(high if _watches_for_more(rule) else low, alarm.threshold):
        reason = f"{condition} is never true: the statistic lies between {low:g} and {high:g}"
        yield error(rule, "alarm-never", reason, _ALARM_API, hint)
    elif rule.metric.default_value is not None and fires(low, alarm.threshold) and fires(high, alarm.threshold):
        reason = f"{condition} is true for every value from {low:g} to {high:g}"
        yield error(rule, "alarm-always", reason, _ALARM_API, hint)


def _statistic(rule: Rule) -> str:
    return rule.alarm.statistic or str(rule.alarm.extended_statistic)


def _quiet(rule: Rule) -> float:
    """Return the value of the statistic while events arrive and none matches."""
    return 1.0 if rule.alarm.statistic == "SampleCount" else float(rule.metric.default_value or 0)


def _range(rule: Rule) -> tuple[float, float]:
    """Return the bounds of the statistic over any period that has data."""
    unbounded = float("inf")
    if rule.alarm.statistic == "SampleCount":
        return 1.0, unbounded
    try:
        value = float(rule.metric.value)
    except ValueError:
        return -unbounded, unbounded  # a selector: any value
    samples = [value] if rule.metric.default_value is None else [value, rule.metric.default_value]
    low, high = min(samples), max(samples)
    if rule.alarm.statistic == "Sum":
        return (-unbounded if low < 0 else low), (unbounded if high > 0 else high)
    return low, high


def _missing_data(rule: Rule) -> Iterator[Finding]:
    if not _watches_for_more(rule):
        return
    if rule.alarm.missing_data == "breaching":
        reason = "a period without any event counts as a match and raises the alarm"
        yield warning(rule, "missing-data-breaching", reason, _ALARM_GUIDE, "set missing_data to notBreaching")
    elif rule.alarm.missing_data == "missing":
        reason = "a quiet metric stays in INSUFFICIENT_DATA, and an old datapoint can raise the alarm again"
        yield warning(rule, "missing-data-missing", reason, _ALARM_GUIDE, "set missing_data to notBreaching")
