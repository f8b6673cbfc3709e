# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Checks of the alarms on the log group: that each goes off, and that its mail arrives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from ..core.policy_evaluation import evaluate
from ..core.problems import listed
from ..core.service_requests import CLOUDWATCH, request_of_alarm
from .chain import is_judged_elsewhere, of_alarms, of_chain, without_chain
from .filters import FILTERS
from .meaning import same_meaning
from .outcome import Check, Outcome, failed, not_applicable
from .snapshot import Response, Snapshot, Trail, UnreadError, confirmed, known, topics_of

_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": float.__ge__,
    "GreaterThanThreshold": float.__gt__,
}
_ALARMS = "Run site.yml --tags alarms."


def _without_action(snapshot: Snapshot, _trail: Trail) -> Iterator[str]:
    names = [alarm["AlarmName"] for alarm in snapshot.watching if not alarm.get("AlarmActions")]
    if names:
        yield f"These alarms have no action for the state ALARM: {listed(names)}."


def _disabled(snapshot: Snapshot, _trail: Trail) -> Iterator[str]:
    names = [alarm["AlarmName"] for alarm in snapshot.watching if not alarm.get("ActionsEnabled", True)]
    if names:
        yield f"The actions of these alarms are disabled (ActionsEnabled): {listed(names)}."


def _muted(snapshot: Snapshot, _trail: Trail) -> Iterator[str]:
    rules = known(snapshot.muted)
    for alarm in snapshot.watching:
        active = [rule["Name"] for rule in rules.get(alarm["AlarmName"], ()) if rule.get("Status") == "ACTIVE"]
        if active:
            yield f"The mute rule {listed(active)} silences the alarm {alarm['AlarmName']}."


def _without_alarm(snapshot: Snapshot, trail: Trail) -> Iterator[str]:
    names = [each["filterName"] for each in known(trail.filters) if not snapshot.alarms_on(each)]
    if names:
        yield f"The metrics of these filters have no alarm: {listed(names)}."


def _insensitive(snapshot: Snapshot, trail: Trail) -> Iterator[str]:
    """Yield the alarms of the benchmarks' filters that do not go off at one match."""
    patterns = [pattern for control in FILTERS for pattern in (control.pattern, *control.others)]
    for each in known(trail.filters):
        if any(same_meaning(each.get("filterPattern", ""), pattern) for pattern in patterns):
            alarms = snapshot.alarms_on(each)
            if alarms and not any(_goes_off_at_one(alarm) for alarm in alarms):
                yield f"One match does not set off the alarm {listed(alarm['AlarmName'] for alarm in alarms)}."


def _goes_off_at_one(alarm: Response) -> bool:
    compare = _COMPARISONS.get(alarm.get("ComparisonOperator", ""))
    periods = alarm.get("DatapointsToAlarm") or alarm.get("EvaluationPeriods", 1)
    counts = alarm.get("Statistic") in ("Sum", "Maximum", "SampleCount")
    return bool(compare and counts and periods == 1 and compare(1.0, float(alarm.get("Threshold", 0))))


def _no_receiver(snapshot: Snapshot, _trail: Trail) -> Iterator[str]:
    for alarm in snapshot.watching:
        if not topics_of(alarm):
            yield f"The alarm {alarm['AlarmName']} notifies no topic."
    for topic in snapshot.watching_topics:
        if known(topic.attributes) is None:
            yield f"The topic {topic.arn} does not exist."
        elif not confirmed(topic):
            pending = [each["Endpoint"] for each in known(topic.subscriptions)]
            waiting = f" Pending: {listed(pending)}." if pending else ""
            yield f"The topic {topic.arn} has no confirmed subscription.{waiting}"


def _refused(snapshot: Snapshot, _trail: Trail) -> Iterator[str]:
    for topic in snapshot.watching_topics:
        attributes = known(topic.attributes)
        alarms = [alarm["AlarmName"] for alarm in snapshot.watching if topic.arn in topics_of(alarm)]
        request = request_of_alarm("sns:Publish", topic.arn, alarms[0], snapshot.place)
        if attributes is not None and evaluate([attributes.get("Policy") or "{}"], request).refuses:
            yield f"The policy of the topic {topic.arn} does not allow {CLOUDWATCH} to publish."


def _deployed(snapshot: Snapshot) -> Outcome:
    trail = snapshot.chain
    if trail is None:
        return without_chain(snapshot)
    filters = {each["filterName"]: each for each in known(trail.filters)}
    alarms = {each["AlarmName"]: each for each in known(snapshot.alarms)}
    wanted = {each["name"] for each in snapshot.filters}
    if not wanted & {*filters}:
        return not_applicable("The log group has no filter that the variables name: others built it.")
    problems = [*_filter_drift(snapshot, filters), *_alarm_drift(snapshot, alarms)]
    return failed(problems, _ALARMS, "Filters and alarms are those of the chosen rules.")


def _filter_drift(snapshot: Snapshot, found: Mapping[str, Response]) -> Iterator[str]:
    for wanted in snapshot.filters:
        actual = found.get(wanted["name"])
        if actual is None:
            yield f"The metric filter {wanted['name']} is missing."
            continue
        counted = actual["metricTransformations"][0]
        pairs = [(actual.get("filterPattern", "").strip(), wanted["pattern"].strip())]
        pairs += [(counted["metricNamespace"], wanted["metric_namespace"])]
        pairs += [(counted["metricName"], wanted["metric_name"])]
        if any(is_now != should for is_now, should in pairs):
            yield f"The metric filter {wanted['name']} was changed."


def _alarm_drift(snapshot: Snapshot, found: Mapping[str, Response]) -> Iterator[str]:
    for wanted in snapshot.desired_alarms:
        actual = found.get(wanted["name"])
        if actual is None:
            yield f"The alarm {wanted['name']} is missing."
            continue
        members = {
            "Namespace": "metric_namespace",
            "MetricName": "metric_name",
            "Period": "period_seconds",
            "EvaluationPeriods": "evaluation_periods",
            "Threshold": "threshold",
            "ComparisonOperator": "comparison",
            "TreatMissingData": "missing_data",
        }
        changed = [member for member, option in members.items() if actual.get(member) != wanted[option]]
        # An alarm without it watches the metric without dimensions, which then has no data.
        changed += ["group_by"] if (actual.get("group_by") or []) != (wanted.get("group_by") or []) else []
        if changed:
            yield f"The alarm {wanted['name']} was changed ({listed(changed)})."


ALARM_CHECKS = (
    Check("alarm-action", "Each alarm has an action", of_alarms(_without_action, _ALARMS, "Each alarm has one.")),
    Check("alarm-enabled", "The actions of each alarm are enabled", of_alarms(_disabled, _ALARMS, "All are enabled.")),
    Check(
        "alarm-not-muted",
        "No mute rule silences an alarm",
        of_alarms(_muted, "Delete the mute rule (aws cloudwatch delete-alarm-mute-rule).", "None is silenced."),
    ),
    Check(
        "filter-alarm",
        "Each metric filter has an alarm",
        of_chain(_without_alarm, _ALARMS, "Each metric filter has one."),
    ),
    Check(
        "alarm-at-one",
        "One match sets off the alarm of each benchmark filter",
        of_alarms(_insensitive, _ALARMS, "One match is enough."),
    ),
    Check(
        "receiver",
        "Each alarm reaches a confirmed receiver",
        of_alarms(
            _no_receiver, "Set secmon_emails, run site.yml --tags notify and confirm.yml.", "Each topic has a receiver."
        ),
    ),
    Check(
        "topic-policy",
        "Alarms may publish to their topics",
        of_alarms(_refused, "Run site.yml --tags notify.", "The policy of each topic allows it."),
    ),
    Check("rules-deployed", "Filters and alarms are those of the chosen rules", _deployed),
)


def alarming_filters(snapshot: Snapshot) -> tuple[list[dict[str, str]] | None, str]:
    """Return the filters with an alarm that acts; or None, and why they are not known here."""
    if is_judged_elsewhere(snapshot):
        return None, without_chain(snapshot).why
    try:
        found = [
            {"name": each["filterName"], "pattern": each.get("filterPattern", "")}
            for trail in snapshot.trails
            for each in known(trail.filters)
            if any(
                alarm.get("AlarmActions") and alarm.get("ActionsEnabled", True) for alarm in snapshot.alarms_on(each)
            )
        ]
    except UnreadError as error:
        return None, f"{error.part.why} {error.part.remedy}"
    return found, ""
