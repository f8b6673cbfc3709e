"""The log events that clients put, and the metric filters that run over all log events."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    CompiledPattern,
    LogMessage,
    compile_pattern,
)
from moto.logs.models import logs_backends

from embedded_aws.cloudwatch.metrics import RepeatedSample
from embedded_aws.core.call import Answer, Call
from embedded_aws.core.events import LogEvent, MetricSample
from embedded_aws.core.state import State
from embedded_aws.logs.selection_criteria import SYSTEM_FIELDS, selection

# Run the metric filters of a log group over its events.
#
# Sources: CloudWatch Logs user guide, "Creating metrics from log events using filters"; API reference, PutMetricFilter;
# recorded answers of AWS, 2026-09 (https://github.com/floci-io/floci, in eu-west-1): the default value counts once for
# each event that does not match, or whose metric value is missing or null; a value that is not a number counts as
# nothing; a sample that lacks one of the dimensions of its filter has none of them; a default has no system fields.
# That a default in place of a missing value has no system fields either is our reading.

Place = tuple[str, str, str]
"""Account, region and log group."""

Dimensions = tuple[tuple[str, str], ...]
_Seen = Counter[tuple[int, Dimensions, float]]

compiled = lru_cache(maxsize=2048)(compile_pattern)


class RunningFilter:
    """A compiled metric filter; `definition` has the members of DescribeMetricFilters."""

    def __init__(self, definition: Mapping[str, Any], fields: Mapping[str, str]) -> None:
        """Compile the pattern; `fields` are the system fields of the events. Raise PatternError if it is invalid."""
        (transformation,) = definition["metricTransformations"]
        self.definition = definition
        self.namespace: str = transformation["metricNamespace"]
        self.name: str = transformation["metricName"]
        self.unit: str = transformation.get("unit") or "None"
        self.default: float | None = transformation.get("defaultValue")
        self.pattern = compiled(definition["filterPattern"])
        self.matches = self.pattern.matches
        self.selects = selection(definition.get("fieldSelectionCriteria") or "")(fields)
        self._value = _reader(self.pattern, transformation["metricValue"])
        self._dimensions: dict[str, str] = transformation.get("dimensions") or {}
        self._emitted = tuple((name, fields[name]) for name in definition.get("emitSystemFieldDimensions") or ())

    def look(self, message: LogMessage, minute: int, seen: _Seen) -> None:
        """Count the samples of a message; `minute` is in seconds since 1970."""
        text = self._value(message) if self.matches(message) else None
        if text is None:
            if self.default is not None:
                seen[minute, (), self.default] += 1
            return
        value = number(text)
        if value is not None:
            seen[minute, self._read_dimensions(message), value] += 1

    def _read_dimensions(self, message: LogMessage) -> Dimensions:
        """Return the dimensions of a message, sorted: without those of the filter if one of them has no value."""
        read = {name: self.pattern.value(message, selector) for name, selector in self._dimensions.items()}
        found = tuple((name, value) for name, value in read.items() if value)
        return tuple(sorted((found if len(found) == len(read) else ()) + self._emitted))


class MetricFilters:
    """The filter stage; it caches compiled filters."""

    def __init__(self, state: State) -> None:
        """Start with an empty cache."""
        self._state = state
        self._running: dict[Place, tuple[RunningFilter, ...]] = {}

    def samples(self, events: Sequence[LogEvent]) -> list[MetricSample]:
        """Return the samples of events; equal samples of one minute are one RepeatedSample."""
        by_place: defaultdict[Place, list[LogEvent]] = defaultdict(list)
        for event in events:
            by_place[event.account, event.region, event.group].append(event)
        return [sample for place, own in by_place.items() for sample in self._samples_of_group(place, own)]

    def _samples_of_group(self, place: Place, events: list[LogEvent]) -> list[MetricSample]:
        running = [one for one in self._running_filters(place) if one.selects]
        if not running:
            return []
        seen: list[_Seen] = [Counter() for _turn in running]
        looks = [(one.look, count) for one, count in zip(running, seen, strict=True)]
        for event in events:
            message = LogMessage(event.message)
            minute = event.timestamp_ms // 60_000 * 60
            for look, count in looks:
                look(message, minute, count)
        newest = max(event.timestamp_ms for event in events) / 1000
        return [
            _sample(place, one, key, number, newest)
            for one, count in zip(running, seen, strict=True)
            for key, number in count.items()
        ]

    def _running_filters(self, place: Place) -> tuple[RunningFilter, ...]:
        account, region, group = place
        filters = logs_backends[account][region].filters.metric_filters
        definitions = [definition for definition in filters if definition["logGroupName"] == group]
        known = self._running.get(place, ())
        if len(known) != len(definitions) or any(
            one.definition is not definition for one, definition in zip(known, definitions, strict=True)
        ):
            fields = dict(zip(SYSTEM_FIELDS, place, strict=False))
            known = self._running[place] = tuple(RunningFilter(definition, fields) for definition in definitions)
        return known


def _sample(
    place: Place, one: RunningFilter, key: tuple[int, Dimensions, float], count: int, newest: float
) -> RepeatedSample:
    minute, dimensions, value = key
    at = datetime.fromtimestamp(min(max(newest, minute), minute + 59.999), UTC)
    return RepeatedSample(place[0], place[1], one.namespace, one.name, dimensions, value, one.unit, at, count)


def _reader(pattern: CompiledPattern, metric_value: str) -> Callable[[LogMessage], str | None]:
    """Return a function that reads the metric value: a number, or a selector such as $.latency, $bytes or $2."""
    if not metric_value.startswith("$"):
        return lambda message: metric_value
    return lambda message: pattern.value(message, metric_value)


def number(text: str | None) -> float | None:
    """Return the number in a string, or None if it is not a finite number."""
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


# The log events of PutLogEvents, for the metric filters.


def put_log_events(call: Call, answer: Answer) -> list[LogEvent]:
    """Return the events that PutLogEvents has accepted; empty for a failed call.

    Source: CloudWatch Logs API reference, RejectedLogEventsInfo: the index of the first event that is too new, and
    the index behind the last one that is too old or expired.
    """
    if answer.error_code:
        return []
    entries: list[dict[str, Any]] = call.parameters.get("logEvents") or []
    rejected = answer.parsed(call).get("rejectedLogEventsInfo") or {}
    first = max(rejected.get("tooOldLogEventEndIndex", 0), rejected.get("expiredLogEventEndIndex", 0))
    group, stream = str(call.parameters.get("logGroupName")), str(call.parameters.get("logStreamName"))
    return [
        LogEvent(call.account, call.region, group, stream, int(entry["timestamp"]), str(entry["message"]))
        for entry in entries[first : rejected.get("tooNewLogEventStartIndex")]
    ]
