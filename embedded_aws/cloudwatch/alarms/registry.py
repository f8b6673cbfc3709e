"""The metric and the next evaluation of each alarm, and the changes of alarm states."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from ansible_collections.secmon.aws.plugins.module_utils.rules.limits import COMPARISONS
from moto.cloudwatch.models import Alarm, cloudwatch_backends

from embedded_aws.cloudwatch.alarms.contributors import Contributor, is_query, parse_query
from embedded_aws.cloudwatch.alarms.criteria import ALARM, OK, Criteria
from embedded_aws.cloudwatch.alarms.history import AlarmHistory, alarm_type
from embedded_aws.cloudwatch.alarms.mutes import Mutes
from embedded_aws.cloudwatch.metrics import MINUTE, TEN_SECONDS, MetricKey, group_of
from embedded_aws.core.events import AlarmTransition

Place = tuple[str, str]
"""Account and region."""


class StoredAlarm(Alarm):
    """moto's alarm with further attributes; times are naive and in UTC, as in moto.

    Attributes:
        configuration: the parameters of the last Put call by the names of the API, without tags.
        state_transitioned_timestamp: when the state last became another one.
        evaluation_state: EVALUATION_ERROR if the query of a log alarm cannot run.
    """

    configuration: dict[str, Any]
    state_transitioned_timestamp: datetime
    evaluation_state: str = ""


@dataclass(slots=True)
class Watch:
    """A metric alarm that can be evaluated; `due` is its next evaluation by the clock.

    The key of an alarm on a Metrics Insights query stands for several metrics, each of which is a contributor.
    """

    place: Place
    alarm: StoredAlarm
    key: MetricKey
    criteria: Criteria
    unit: str | None
    due: datetime
    contributors: dict[MetricKey, Contributor] | None = None

    @property
    def interval(self) -> int:
        """Return the seconds between two evaluations."""
        return TEN_SECONDS if self.criteria.is_short else MINUTE


class AlarmRegistry:
    """The watches of all accounts; hold `lock` to read or change them."""

    def __init__(self) -> None:
        """Start empty."""
        self.lock = threading.RLock()
        self.history = AlarmHistory()
        self.mutes = Mutes()
        self.touched: set[MetricKey] = set()
        self._pending: list[AlarmTransition] = []
        self._watches: dict[tuple[Place, str], Watch] = {}
        self._by_metric: dict[MetricKey, list[Watch]] = {}

    def watches(self) -> tuple[Watch, ...]:
        """Return all watches."""
        return tuple(self._watches.values())

    def watching(self, key: MetricKey) -> Iterable[Watch]:
        """Return the watches of one metric, alone or among others."""
        keys = {key, group_of(key)}
        return [watch for own in keys for watch in self._by_metric.get(own, ())]

    def watch(self, place: Place, alarm: StoredAlarm, parameters: Mapping[str, Any], at: datetime) -> None:
        """Start evaluating an alarm by the parameters of its PutMetricAlarm, one interval from now."""
        former = self.unwatch(place, alarm.name)
        found = _watch_of(place, alarm, parameters, at)
        if found:
            if former and former.key == found.key:
                found.contributors = former.contributors
            found.due = at + timedelta(seconds=found.interval)
            self._watches[place, alarm.name] = found
            self._by_metric.setdefault(found.key, []).append(found)

    def unwatch(self, place: Place, name: str) -> Watch | None:
        """Stop evaluating an alarm, and return its watch."""
        watch = self._watches.pop((place, name), None)
        if watch:
            self._by_metric[watch.key].remove(watch)
        return watch

    def contributors(self, place: Place, name: str) -> Mapping[MetricKey, Contributor]:
        """Return the contributors of an alarm; empty for one that has none."""
        watch = self._watches.get((place, name))
        return (watch.contributors if watch else None) or {}

    def postpone(self, place: Place, name: str, at: datetime) -> None:
        """Set the next evaluation to one interval after `at`."""
        watch = self._watches.get((place, name))
        if watch:
            watch.due = at + timedelta(seconds=watch.interval)

    def change_state(
        self, place: Place, alarm: StoredAlarm, state: str, reason: str, data: str, at: datetime, *, quiet: bool = False
    ) -> AlarmTransition:
        """Change the state of an alarm, record it in the history, and return the transition; `quiet` for no actions."""
        old = alarm.state_value
        actions = () if quiet else self._actions(place, alarm, state)
        old_reason, old_data, old_at = alarm.state_reason, alarm.state_reason_data, alarm.state_updated_timestamp
        transition = AlarmTransition(
            *place, alarm, old, state, reason, data, at, actions, old_reason, old_data, old_at.replace(tzinfo=UTC)
        )
        transition = self.mutes.muted(transition)
        self.history.state(transition, alarm.state_reason, alarm.state_reason_data)
        alarm.state_value = state
        alarm.state_reason = reason
        alarm.state_reason_data = data
        # moto keeps naive times in UTC.
        alarm.state_updated_timestamp = at.replace(tzinfo=None)
        alarm.state_transitioned_timestamp = at.replace(tzinfo=None)
        return transition

    def change_contributor(self, watch: Watch, key: MetricKey, new: Contributor) -> AlarmTransition:
        """Change the state of a contributor, record it in the history, and return the transition."""
        contributors = watch.contributors if watch.contributors is not None else {}
        old = contributors.get(key) or replace(new, state=OK, reason="")
        contributors[key] = new
        return self.contributor_changed(watch.place, watch.alarm, dict(key[4]), old, new)

    def contributor_changed(
        self,
        place: Place,
        alarm: StoredAlarm,
        attributes: Mapping[str, str],
        old: Contributor,
        new: Contributor,
        lines: tuple[str, ...] = (),
    ) -> AlarmTransition:
        """Record a change of a contributor in the history, and return the transition."""
        actions = self._actions(place, alarm, new.state)
        transition = AlarmTransition(
            *(*place, alarm, old.state, new.state, new.reason, "", new.at, actions, old.reason, "", old.at),
            contributor=attributes,
            lines=lines,
        )
        self.history.state(transition, old.reason, "")
        return self.mutes.muted(transition)

    def _actions(self, place: Place, alarm: StoredAlarm, state: str) -> tuple[str, ...]:
        heard = alarm.actions_enabled and not _is_suppressed(place, alarm)
        return tuple(_actions(alarm, state)) if heard else ()

    def leave(self, transitions: Iterable[AlarmTransition]) -> None:
        """Add transitions that an API call caused, for the pipeline to take."""
        self._pending += transitions

    def take(self) -> list[AlarmTransition]:
        """Return and remove the pending transitions."""
        taken, self._pending = self._pending, []
        return taken


def alarms_at(place: Place) -> dict[str, StoredAlarm]:
    """Return the alarms of an account and region by name."""
    return cast("dict[str, StoredAlarm]", cloudwatch_backends[place[0]][place[1]].alarms)


def alarm_name(name_or_arn: str) -> str:
    """Return the alarm name in a name or ARN."""
    return name_or_arn.split(":alarm:", 1)[-1] if name_or_arn.startswith("arn:") else name_or_arn


def _is_suppressed(place: Place, alarm: StoredAlarm) -> bool:
    """Return whether a composite alarm's suppressor is in ALARM; the wait and extension periods take no time here."""
    suppressor = alarms_at(place).get(alarm_name(alarm.configuration.get("ActionsSuppressor", "")))
    return suppressor is not None and suppressor.state_value == ALARM


def _actions(alarm: StoredAlarm, state: str) -> list[str]:
    if state == ALARM:
        return alarm.alarm_actions
    return alarm.ok_actions if state == OK else alarm.insufficient_data_actions


def _watch_of(place: Place, alarm: StoredAlarm, parameters: Mapping[str, Any], at: datetime) -> Watch | None:
    """Return the watch of an alarm on one metric, or None for composite and log alarms and metric math."""
    if alarm_type(parameters) != "MetricAlarm":
        return None
    metric = _metric_of(parameters)
    if metric is None or parameters["ComparisonOperator"] not in COMPARISONS:
        return None
    dimensions = tuple(sorted((item["Name"], item["Value"]) for item in metric.get("Dimensions") or ()))
    criteria = Criteria(
        statistic=metric["Stat"],
        period_seconds=metric["Period"],
        evaluation_periods=parameters["EvaluationPeriods"],
        datapoints_to_alarm=parameters.get("DatapointsToAlarm"),
        threshold=float(parameters["Threshold"]),
        comparison=parameters["ComparisonOperator"],
        treat_missing_data=parameters.get("TreatMissingData") or "missing",
        ignores_few_samples=parameters.get("EvaluateLowSampleCountPercentile") == "ignore",
    )
    key = (*place, metric["Namespace"], metric["MetricName"], dimensions)
    if "Group" in metric:
        return Watch(place, alarm, metric["Group"].group(*place), criteria, None, at, {})
    return Watch(place, alarm, key, criteria, metric.get("Unit"), at)


def _metric_of(parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    queries = parameters.get("Metrics")
    if not queries:
        return {**parameters, "Stat": parameters.get("Statistic") or parameters.get("ExtendedStatistic")}
    if len(queries) == 1 and is_query(queries[0].get("Expression") or ""):
        group = parse_query(queries[0]["Expression"])
        return {
            "Namespace": group.namespace,
            "MetricName": group.metric,
            "Stat": group.statistic,
            "Period": queries[0]["Period"],
            "Group": group,
        }
    if len(queries) > 1 or "MetricStat" not in queries[0]:
        return None
    query = queries[0]["MetricStat"]
    return {**query["Metric"], "Stat": query["Stat"], "Period": query["Period"], "Unit": query.get("Unit")}
