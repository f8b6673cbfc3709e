# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Judge what a drill has found out about each rule.

A rule has `fired`, is `broken`, was `silent` as its near miss must be, was `raised` although it must be silent, is
`unclear`, or was `not_drilled`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..timeline import Finding, Weight
from .chain import Tracked

METRIC_ALARM, LOG_ALARM, EVENT_ALERT = ENGINES = ("Alarms", "Log alarms", "Event alerts")
"""What notifies, as the report calls it."""

STAGES = ("log_group", "metric", "alarm", "notification")
"""The stages of an event of a drill, which is put into the log group."""

_LONGER = "Allow more time (timeout_seconds, secmon_drill_timeout_seconds) and run it again."
# A filter publishes within a minute or two (our reading; no text of AWS has a number).
_SECONDS_TO_COUNT = 180
# How long a query of a log alarm takes at most after its time (our reading; no text of AWS has a number).
_SECONDS_TO_RUN = 60
_TOO_FEW = ("threshold", "too_many_datapoints")
_NOT_SEEN = {
    "log_group": ("The event did not arrive in the log group", f"CloudTrail usually takes 5 minutes. {_LONGER}"),
    "metric": ("The metric did not count every event", f"A filter counts events within a minute or two. {_LONGER}"),
    "alarm": ("The alarm did not fire", _LONGER),
    "notification": ("The alarm fired, but its history shows no notification", _LONGER),
}


def verdict(rule: Tracked, seconds: int) -> dict[str, Any]:
    """Return the result of a rule that must raise its alarm.

    Args:
        rule: The rule.
        seconds: The time of the task.
    """
    broken = rule.broken
    if broken is None and rule.expected and "notification" not in rule.reached:
        broken = _why_not(rule, seconds)
    if broken is not None:
        return _result(rule, "broken", broken)
    return _result(rule, "fired" if rule.expected else "silent")


def inspected_verdict(rule: Tracked) -> dict[str, Any]:
    """Return the result of a rule whose configuration was only inspected."""
    return _result(rule, "broken" if rule.broken else "inspected", rule.broken)


def _why_not(rule: Tracked, seconds: int) -> Finding:
    stage = next(stage for stage in STAGES if stage not in rule.reached)
    suspected = next((each for each in rule.findings if each.stage == stage and _explains(each)), None)
    if suspected:
        return suspected
    what, remedy = _NOT_SEEN[stage]
    cause = f"{what} within {seconds} seconds, although its configuration looks correct."
    return Finding(stage, "not_seen", cause, remedy)


def _explains(finding: Finding) -> bool:
    return finding.code not in ("subscription_pending", "subscription_open") or finding.weight is Weight.CERTAIN


def processed(rule: Tracked, sent: int, seconds: float) -> bool:
    """Return whether the filter of a rule has seen all events.

    Args:
        rule: The rule.
        sent: How many events were sent, which the metric shows if it counts events that do not match as well.
        seconds: How long ago, which decides otherwise.
    """
    if rule.query:
        return seconds >= rule.run_seconds + _SECONDS_TO_RUN
    return rule.counted[1] >= sent if counts_all(rule) else seconds >= _SECONDS_TO_COUNT


def counts_all(rule: Tracked) -> bool:
    """Return whether a filter publishes a value for events that do not match as well, so that it shows them."""
    return rule.is_readable and rule.facts.transformation.get("defaultValue") is not None


def extra(rule: Tracked) -> float:
    """Return what a metric has counted beyond the events that its pattern matches and the creation of the stream."""
    return rule.counted[0] - (rule.expected + rule.created) * (rule.value or 0.0)


def is_suspicious(rule: Tracked) -> bool:
    """Return whether a filter has counted more than it should, or, if that is unknown, its alarm has gone off."""
    return extra(rule) > 0 if rule.is_readable else rule.raised and not rule.expected


def scenario_verdict(rule: Tracked, seconds: int) -> dict[str, Any]:
    """Return the result of a rule in a scenario, which is silent if too few events or none match its pattern."""
    broken = rule.broken
    if not rule.expected:
        return _result(rule, "silent")
    if broken is not None and broken.code in _TOO_FEW:
        return _result(rule, "silent", broken)
    return verdict(rule, seconds)


def near_miss_verdict(rule: Tracked, sent: int, waited: float, seconds: int) -> dict[str, Any]:
    """Return the result of a rule whose near miss must not raise its alarm.

    Args:
        rule: The rule.
        sent: How many events were sent.
        waited: How many seconds ago.
        seconds: The time of the task.
    """
    own = f"the log alarm {rule.alarm_name}" if rule.query else f"the metric filter {rule.filter_name}"
    remedy = "Correct the filter with secmon.aws.metric_filters (site.yml --tags alarms)."
    if rule.broken is not None:
        return _result(rule, "unclear", rule.broken)
    if not rule.misses_own:
        cause = f"The pattern of {own} matches the near miss of the rule: {rule.pattern}"
        return _result(rule, "raised", Finding("metric", "pattern_too_wide", cause, remedy))
    if is_suspicious(rule):
        if rule.foreign:
            cause = f"Meanwhile {own} counted {rule.foreign} event(s) that are not of the drill."
            return _result(rule, "unclear", Finding("metric", "real_events", cause, "Look at them, and run it again."))
        more = f"counted {extra(rule):g} more than its pattern matches" if rule.is_readable else "has gone off"
        cause = f"{own[0].upper()}{own[1:]} {more}."
        return _result(rule, "raised", Finding("metric", "counted_more", cause, remedy))
    if not processed(rule, sent, waited):
        cause = f"The metric did not show within {seconds} seconds that {own} has seen every event."
        return _result(rule, "unclear", Finding("metric", "not_seen", cause, _LONGER))
    return _result(rule, "silent")


def not_drilled(rule: Tracked, why: str) -> dict[str, Any]:
    """Return the result of a rule for which the drill has no event."""
    return _result(rule, "not_drilled", Finding("log_group", "no_event", why, ""))


def _result(rule: Tracked, status: str, finding: Finding | None = None) -> dict[str, Any]:
    reached = dict(rule.reached) if status in ("fired", "broken") else {}
    if {"metric", "alarm"} <= reached.keys() and reached["metric"].seconds > reached["alarm"].seconds:
        # The drill looked at the metric later than the alarm did.
        reached["metric"] = replace(reached["metric"], seconds=reached["alarm"].seconds)
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "alarm_name": rule.alarm_name,
        "engine": LOG_ALARM if rule.query else METRIC_ALARM,
        "status": status,
        "events": rule.expected,
        "first_event": rule.first,
        "seconds": {stage: reached[stage].seconds for stage in STAGES if stage in reached},
        "details": {stage: reached[stage].detail for stage in STAGES if stage in reached},
        "stage": finding.stage if finding else "",
        "cause_code": finding.code if finding else "",
        "cause": finding.cause if finding else "",
        "remedy": finding.remedy if finding else "",
        "warnings": [each.cause for each in rule.findings if each.weight is Weight.RISK and each != finding],
    }


def summary(results: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return how many rules have each status."""
    counts: dict[str, int] = {}
    for result in results:
        counts[result["status"]] = counts.get(result["status"], 0) + 1
    return counts
