"""Evaluate metric alarms: at once when a sample arrives, and every minute of the embedded clock.

AWS evaluates an alarm every minute (every ten seconds if its period is shorter than a minute) over periods that end
with the current one. Here an alarm's minute starts with its last evaluation, so that a test which advances the
clock by one minute has seen one evaluation. Alarms on metric math are kept but not evaluated.
An alarm with a shorter period waits for late samples: its range ends ten seconds before the current ten seconds, so
that a sample has its effect up to 30 seconds later, and not when it arrives.
Sources: CloudWatch user guide, "Using Amazon CloudWatch alarms" and "Evaluating an alarm"; for short periods, recorded
answers of AWS, 2026-09.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from embedded_aws.cloudwatch.alarms.composite import reevaluate
from embedded_aws.cloudwatch.alarms.contributors import Contributor, reason_of_all, state_of_all
from embedded_aws.cloudwatch.alarms.criteria import INSUFFICIENT_DATA, OK, Datapoint, evaluate
from embedded_aws.cloudwatch.alarms.reason import reason_data, reason_text
from embedded_aws.cloudwatch.alarms.registry import AlarmRegistry, Watch
from embedded_aws.cloudwatch.log_alarms.evaluation import LogAlarms
from embedded_aws.cloudwatch.metrics import MINUTE, MetricKey, key_of
from embedded_aws.core.events import AlarmTransition, MetricSample
from embedded_aws.core.state import State

LATE_SECONDS = 300
"""The maximum age of a sample that is evaluated in its own period."""


class Alarms:
    """The alarm stage. Safe to call from any thread; each change of state is returned exactly once."""

    def __init__(self, state: State) -> None:
        """Evaluate the alarms of this state."""
        self._state = state

    def observe(self, samples: Sequence[MetricSample]) -> list[AlarmTransition]:
        """Store samples and evaluate the alarms that watch their metrics."""
        registry, store = self._state.cloudwatch.registry, self._state.cloudwatch.metrics
        keys = {key_of(sample) for sample in samples}
        now = self._state.clock.now()
        with registry.lock:
            # Overdue evaluations come first, without the new samples, so that an alarm that should have returned to OK
            # in the meantime can act again.
            watches = [watch for key in keys for watch in registry.watching(key)]
            due = [transition for watch in watches for transition in self._catch_up(registry, watch, now)]
            for sample in samples:
                store.add(sample)
            return due + self._evaluate_metrics(keys)

    def tick(self, now: datetime) -> list[AlarmTransition]:
        """Run all evaluations that are due, and return their transitions and the pending ones of API calls."""
        registry = self._state.cloudwatch.registry
        with registry.lock:
            touched, registry.touched = registry.touched, set()
            transitions = self._evaluate_metrics(touched)
            for watch in registry.watches():
                transitions += self._catch_up(registry, watch, now)
            for alarm in LogAlarms(registry, self._state.cloudwatch.log_alarms).tick(now):
                transitions += [alarm, *(() if alarm.contributor else reevaluate(registry, alarm))]
            transitions += registry.mutes.released(now)
            return sorted(registry.take() + transitions, key=lambda transition: transition.at)

    def _evaluate_metrics(self, keys: Iterable[MetricKey]) -> list[AlarmTransition]:
        registry, store = self._state.cloudwatch.registry, self._state.cloudwatch.metrics
        now = self._state.clock.now()
        seconds = now.timestamp()
        with registry.lock:
            watches = {id(watch): watch for key in keys for watch in registry.watching(key)}
            transitions = registry.take()
            for watch in watches.values():
                if watch.criteria.is_short:
                    continue
                moment = min(seconds, store.newest_at(watch.key))
                if moment < seconds - LATE_SECONDS:
                    moment = seconds
                transitions += self._evaluate(registry, watch, _window_end(watch, moment), now)
                watch.due = now + timedelta(seconds=watch.interval)
            return transitions

    def _catch_up(self, registry: AlarmRegistry, watch: Watch, now: datetime) -> list[AlarmTransition]:
        transitions: list[AlarmTransition] = []
        criteria = watch.criteria
        newest = self._state.cloudwatch.metrics.newest_at(watch.key)
        while watch.due <= now:
            moment = watch.due.timestamp()
            end = _window_end(watch, moment)
            # The current minute must not exclude a sample that is younger than one period.
            if not criteria.is_short and moment - criteria.period_seconds < newest < end - criteria.period_seconds:
                end -= watch.interval
            transitions += self._evaluate(registry, watch, end, watch.due)
            steps = 1
            if newest < end - criteria.period_seconds * (self._range_length(watch) + 1):
                # All data is missing until now: one evaluation gives the same result as one per minute.
                steps = max(1, math.ceil((now - watch.due).total_seconds() / watch.interval))
            watch.due += timedelta(seconds=watch.interval * steps)
        return transitions

    def _evaluate(self, registry: AlarmRegistry, watch: Watch, end: int, at: datetime) -> list[AlarmTransition]:
        if watch.contributors is not None:
            return self._evaluate_contributors(registry, watch, watch.contributors, end, at)
        datapoints = self._datapoints(watch, watch.key, end)
        state = evaluate(watch.criteria, datapoints)
        old = watch.alarm.state_value
        if state is None or state == old:
            return []
        text = reason_text(watch.criteria, datapoints, state)
        data = reason_data(watch.criteria, datapoints, state, at, watch.unit)
        transition = registry.change_state(watch.place, watch.alarm, state, text, data, at)
        return [transition, *reevaluate(registry, transition)]

    def _evaluate_contributors(
        self, registry: AlarmRegistry, watch: Watch, contributors: dict[MetricKey, Contributor], end: int, at: datetime
    ) -> list[AlarmTransition]:
        transitions: list[AlarmTransition] = []
        for key in self._state.cloudwatch.metrics.members(watch.key):
            datapoints = self._datapoints(watch, key, end)
            state = evaluate(watch.criteria, datapoints)
            # A time series without data does not exist, so that its contributor is never in INSUFFICIENT_DATA.
            state = OK if state == INSUFFICIENT_DATA else state
            if state is None or (key in contributors and contributors[key].state == state):
                continue
            new = Contributor(state, reason_text(watch.criteria, datapoints, state), at)
            if key in contributors or state != OK:
                transitions.append(registry.change_contributor(watch, key, new))
            else:
                contributors[key] = new
        known = list(contributors.values())
        overall = state_of_all(known, watch.criteria.treat_missing_data)
        if overall is None or overall == watch.alarm.state_value:
            return transitions
        changed = registry.change_state(watch.place, watch.alarm, overall, reason_of_all(known), "", at, quiet=True)
        return [*transitions, changed, *reevaluate(registry, changed)]

    def _datapoints(self, watch: Watch, key: MetricKey, end: int) -> list[Datapoint]:
        store, criteria = self._state.cloudwatch.metrics, watch.criteria
        period = criteria.period_seconds
        points = []
        for start in range(end - period * self._range_length(watch), end, period):
            summary = store.summary(key, watch.unit, start, period)
            at = datetime.fromtimestamp(start, UTC)
            points.append(Datapoint(at, summary.value(criteria.statistic), summary.sample_count))
        return points

    def _range_length(self, watch: Watch) -> int:
        """Return how many periods are evaluated, with a minute more for a short period on data of a minute.

        Such data stands at the start of its minute. An alarm of 10 seconds saw it (recorded answer of AWS, 2026-02);
        how far its range goes is our reading.
        """
        criteria, store = watch.criteria, self._state.cloudwatch.metrics
        more = MINUTE // criteria.period_seconds if criteria.is_short else 0
        return criteria.range_length + (more if store.resolution(watch.key) == MINUTE else 0)


def _window_end(watch: Watch, moment: float) -> int:
    """Return the end of the evaluation range at a moment; it slides by intervals, not by periods."""
    interval = int(moment // watch.interval) * watch.interval
    return interval - watch.interval if watch.criteria.is_short else interval + watch.interval
