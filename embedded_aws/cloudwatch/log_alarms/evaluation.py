"""Run the scheduled queries of log alarms, and change the states of their contributors.

Sources: CloudWatch API reference, PutLogAlarm, DescribeAlarmContributors, LogAlarm; CloudWatch user guide, "Log alarms"
(one notification for each contributor that breaches). Our reading, not seen on AWS: the first run comes one period
after the alarm was put; a contributor that a run does not find has missing data; the alarm is in ALARM as long as one
of its contributors is; an alarm whose query cannot run keeps its state.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from ansible_collections.secmon.aws.plugins.module_utils.rules.limits import COMPARISONS

from embedded_aws.cloudwatch.alarms.contributors import Contributor, reason_of_all, state_of_all
from embedded_aws.cloudwatch.alarms.criteria import ALARM, OK, decide
from embedded_aws.cloudwatch.alarms.reason import aws_time
from embedded_aws.cloudwatch.alarms.registry import AlarmRegistry
from embedded_aws.cloudwatch.log_alarms.access import events_between, lines_error, query_error
from embedded_aws.cloudwatch.log_alarms.query import Group
from embedded_aws.cloudwatch.log_alarms.watch import Known, LogWatch, LogWatches
from embedded_aws.core.events import AlarmTransition

ERROR = "EVALUATION_ERROR"


class LogAlarms:
    """Evaluates the log alarms of all accounts and regions; hold the registry's lock."""

    def __init__(self, registry: AlarmRegistry, watches: LogWatches) -> None:
        """Run these queries, and change states in this registry."""
        self._registry, self._watches = registry, watches

    def tick(self, now: datetime) -> list[AlarmTransition]:
        """Run the queries that are due."""
        transitions: list[AlarmTransition] = []
        for watch in self._watches.all():
            while watch.due <= now:
                transitions += self._run(watch, watch.due)
                watch.due += watch.query.every
        return transitions

    def _run(self, watch: LogWatch, at: datetime) -> list[AlarmTransition]:
        error = query_error(watch.place, watch.parameters, watch.query_arn)
        watch.alarm.evaluation_state = ERROR if error else ""
        if error:
            watch.alarm.state_reason = error
            watch.alarm.state_updated_timestamp = at.replace(tzinfo=None)
            return []
        groups = watch.query.groups(
            events_between(watch.place, watch.parameters, at - watch.query.first, at - watch.query.last)
        )
        changed = [*self._contributors(watch, groups, at)]
        return [*self._whole(watch, changed, at), *changed]

    def _contributors(
        self, watch: LogWatch, groups: Mapping[Group, Sequence[str]], at: datetime
    ) -> Iterator[AlarmTransition]:
        most, needed = watch.parameters["QueryResultsToEvaluate"], watch.parameters["QueryResultsToAlarm"]
        for group in groups:
            watch.contributors.setdefault(group, Known(deque(maxlen=most), Contributor(OK, "", at)))
        for group, known in list(watch.contributors.items()):
            value = len(groups[group]) if group in groups else None
            known.results.append(None if value is None else _breaches(watch, value))
            missing = [None] * (most - len(known.results))
            treated = watch.parameters.get("TreatMissingData") or "missing"
            state = decide([*missing, *known.results], most, needed, treated)
            if state is not None and state != known.now.state:
                old, known.now = known.now, Contributor(state, _reason(watch, value, state, at), at)
                lines = _lines(watch, groups.get(group, ()))
                yield self._registry.contributor_changed(watch.place, watch.alarm, dict(group), old, known.now, lines)
            if known.now.state != ALARM and not any(result is not None for result in known.results):
                del watch.contributors[group]

    def _whole(self, watch: LogWatch, changed: Sequence[AlarmTransition], at: datetime) -> Iterator[AlarmTransition]:
        """Yield the change of the alarm itself; if contributors changed, they run the actions."""
        known = [each.now for each in watch.contributors.values()]
        state = state_of_all(known, "notBreaching")
        if state is None or state == watch.alarm.state_value:
            return
        data = json.dumps({"version": "1.0", "queryDate": aws_time(at)}, separators=(",", ":"))
        yield self._registry.change_state(
            watch.place, watch.alarm, state, reason_of_all(known), data, at, quiet=bool(changed)
        )


def _breaches(watch: LogWatch, value: float) -> bool:
    return COMPARISONS[watch.parameters["ComparisonOperator"]](value, watch.parameters["Threshold"])


def _lines(watch: LogWatch, messages: Sequence[str]) -> tuple[str, ...]:
    """Return the log lines of a notification; none if the role for them may not read them."""
    most = watch.parameters.get("ActionLogLineCount") or 0
    if not most or lines_error(watch.place, watch.parameters, watch.alarm.alarm_arn):
        return ()
    return tuple(messages[:most])


def _reason(watch: LogWatch, value: float | None, state: str, at: datetime) -> str:
    """Return the reason for a state; the text is our reading."""
    threshold = f"{watch.parameters['ComparisonOperator']} {watch.parameters['Threshold']}"
    seen = "no query result" if value is None else f"the query result {float(value)}"
    crossed = "Threshold Crossed: " if state == ALARM else ""
    return f"{crossed}{seen} ({at.astimezone(UTC):%d/%m/%y %H:%M:%S}), compared with {threshold}"
