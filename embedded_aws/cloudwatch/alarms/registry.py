"""The metric and the next evaluation of each alarm, and the changes of alarm states."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from ansible_collections.secmon.aws.plugins.module_utils.rules.limits import COMPARISONS
from moto.cloudwatch.models import Alarm, cloudwatch_backends

from embedded_aws.cloudwatch.alarms.criteria import ALARM, OK, Criteria
from embedded_aws.cloudwatch.alarms.history import AlarmHistory
from embedded_aws.cloudwatch.metrics import MINUTE, TEN_SECONDS, MetricKey
from embedded_aws.core.events import AlarmTransition

Place = tuple[str, str]
"""Account and region."""


class StoredAlarm(Alarm):
    """moto's alarm with further attributes; times are naive and in UTC, as in moto.

    Attributes:
        configuration: the parameters of the last Put call by the names of the API, without tags.
        state_transitioned_timestamp: when the state last became another one.
    """

    configuration: dict[str, Any]
    state_transitioned_timestamp: datetime


@dataclass(slots=True)
class Watch:
    """A metric alarm that can be evaluated; `due` is its next evaluation by the clock."""

    place: Place
    alarm: StoredAlarm
    key: MetricKey
    criteria: Criteria
    unit: str | None
    due: datetime

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
        self.touched: set[MetricKey] = set()
        self._pending: list[AlarmTransition] = []
        self._watches: dict[tuple[Place, str], Watch] = {}
        self._by_metric: dict[MetricKey, list[Watch]] = {}

    def watches(self) -> tuple[Watch, ...]:
        """Return all watches."""
        return tuple(self._watches.values())

    def watching(self, key: MetricKey) -> Iterable[Watch]:
        """Return the watches of one metric."""
        return self._by_metric.get(key, ())

    def watch(self, place: Place, alarm: StoredAlarm, parameters: Mapping[str, Any], at: datetime) -> None:
        """Start evaluating an alarm by the parameters of its PutMetricAlarm, one interval from now."""
        self.unwatch(place, alarm.name)
        found = _watch_of(place, alarm, parameters, at)
        if found:
            found.due = at + timedelta(seconds=found.interval)
            self._watches[place, alarm.name] = found
            self._by_metric.setdefault(found.key, []).append(found)

    def unwatch(self, place: Place, name: str) -> None:
        """Stop evaluating an alarm."""
        watch = self._watches.pop((place, name), None)
        if watch:
            self._by_metric[watch.key].remove(watch)

    def postpone(self, place: Place, name: str, at: datetime) -> None:
        """Set the next evaluation to one interval after `at`."""
        watch = self._watches.get((place, name))
        if watch:
            watch.due = at + timedelta(seconds=watch.interval)

    def change_state(
        self, place: Place, alarm: StoredAlarm, state: str, reason: str, data: str, at: datetime
    ) -> AlarmTransition:
        """Change the state of an alarm, record it in the history, and return the transition."""
        old = alarm.state_value
        heard = alarm.actions_enabled and not _is_suppressed(place, alarm)
        actions = tuple(_actions(alarm, state)) if heard else ()
        old_reason, old_data, old_at = alarm.state_reason, alarm.state_reason_data, alarm.state_updated_timestamp
        transition = AlarmTransition(
            *place, alarm, old, state, reason, data, at, actions, old_reason, old_data, old_at.replace(tzinfo=UTC)
        )
        self.history.state(transition, alarm.state_reason, alarm.state_reason_data)
        alarm.state_value = state
        alarm.state_reason = reason
        alarm.state_reason_data = data
        # moto keeps naive times in UTC.
        alarm.state_updated_timestamp = at.replace(tzinfo=None)
        alarm.state_transitioned_timestamp = at.replace(tzinfo=None)
        return transition

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
    """Return the watch of an alarm on one metric, or None for composite alarms and metric math."""
    if alarm.rule:
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
    return Watch(place, alarm, key, criteria, metric.get("Unit"), at)


def _metric_of(parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    queries = parameters.get("Metrics")
    if not queries:
        return {**parameters, "Stat": parameters.get("Statistic") or parameters.get("ExtendedStatistic")}
    if len(queries) > 1 or "MetricStat" not in queries[0]:
        return None
    query = queries[0]["MetricStat"]
    return {**query["Metric"], "Stat": query["Stat"], "Period": query["Period"], "Unit": query.get("Unit")}
