# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""How many events raise an alarm, and at which times.

Source: CloudWatch user guide, "Evaluating an alarm": M out of N datapoints. That the events of earlier periods may be
sent afterwards is our reading of PutLogEvents (CloudWatch Logs API reference: up to 14 days old), not seen on AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Union

from ...filter_pattern.pattern import PatternError, compile_pattern
from ...rules.limits import COMPARISONS
from ...rules.rule import Rule

MOST_EVENTS = 1_000
"""The most events that the drill sends for one rule."""

Times = tuple[int, ...]
"""How many seconds ago each event happened, oldest first."""


def times_of_events(rule: Rule, message: str) -> Union[Times, str]:
    """Return the times of the events that raise the alarm of a rule, or why events cannot raise it."""
    alarm = rule.alarm
    if not alarm.comparison.startswith("Greater"):
        return f"Its alarm is raised by few events ({alarm.comparison}), so events cannot raise it."
    value = value_of(rule.metric.value, rule.pattern, message)
    if value is None or value <= 0:
        return f"Its test event counts {rule.metric.value} as {value}, which cannot raise the alarm."
    number = events_needed(alarm.statistic or "", alarm.comparison, alarm.threshold, value)
    if number is None:
        return f"No number of its test events reaches {alarm.threshold:g}, the threshold of its alarm."
    periods = alarm.datapoints_to_alarm or alarm.evaluation_periods
    if number * periods > MOST_EVENTS:
        return f"Its alarm needs {number * periods} events; a drill sends {MOST_EVENTS} for one rule."
    return tuple(period * alarm.period_seconds for period in reversed(range(periods)) for _event in range(number))


def events_needed(statistic: str, comparison: str, threshold: float, value: float) -> int | None:
    """Return how many events with a value breach a threshold in one period, or None if no number does."""
    breaches = COMPARISONS[comparison]
    if statistic not in ("Sum", "SampleCount"):
        return 1 if breaches(value, threshold) else None
    each = value if statistic == "Sum" else 1.0
    estimate = max(1, int(threshold / each))
    return next(number for number in range(estimate, estimate + 3) if breaches(number * each, threshold))


def value_of(metric_value: str, pattern: str, message: str) -> float | None:
    """Return what a filter counts for a message, or None if it is not a number."""
    text: str | None = metric_value
    if metric_value.startswith("$"):
        try:
            text = compile_pattern(pattern).value(message, metric_value)
        except PatternError:
            text = None
    try:
        return float(text or "")
    except ValueError:
        return None


def sent_periods(alarm: Mapping[str, Any], times: Times) -> int:
    """Return in how many periods of a deployed alarm the events are."""
    period = int(alarm.get("Period") or 60)
    return len({seconds // period for seconds in times}) or 1
