"""Overrides of PutLogEvents and FilterLogEvents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    CompiledPattern,
)
from moto.logs.models import LogEvent, LogGroup, LogStream
from moto.logs.models import LogEvent as MotoLogEvent

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State
from embedded_aws.logs.overrides.log_groups import INVALID, backend_and_parameters, log_group, not_found, one_of
from embedded_aws.logs.overrides.metric_filters import compile_or_reject

# PutLogEvents checks the age of events by the embedded clock; moto 5.2.5 uses the machine's clock.
#
# It also returns the correct index of all three rejections, and rejects a batch that is too large or too long.
# Source: CloudWatch Logs API reference, PutLogEvents.

EVENTS_KEPT = 50_000
"""How many events a stream keeps; older ones are dropped."""

_BATCH_BYTES = 1_048_576
_BYTES_PER_EVENT = 26
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_FUTURE_MS = 2 * _HOUR_MS
_PAST_MS = 14 * _DAY_MS


@override("logs", "PutLogEvents")
def put_log_events(_state: State, call: Call) -> dict[str, Any]:
    """Append the events that are neither too old nor too new."""
    backend, parameters = backend_and_parameters(call)
    group = log_group(backend, parameters["logGroupName"])
    stream = group.streams.get(parameters["logStreamName"])
    if stream is None:
        raise not_found("log stream")
    events = parameters["logEvents"]
    _check_batch(events)
    rejected = rejected_events(events, group.retention_in_days, call.at)
    _append(group, stream, accepted_events(events, rejected), call.at)
    answer: dict[str, Any] = {"nextSequenceToken": f"{stream.upload_sequence_token:056d}"}
    return answer | ({"rejectedLogEventsInfo": rejected} if rejected else {})


def accepted_events(events: Sequence[dict[str, Any]], rejected: Mapping[str, int]) -> Sequence[dict[str, Any]]:
    """Return the events that CloudWatch Logs keeps; `rejected` as in rejectedLogEventsInfo."""
    first = max(rejected.get("tooOldLogEventEndIndex", 0), rejected.get("expiredLogEventEndIndex", 0))
    return events[first : rejected.get("tooNewLogEventStartIndex", len(events))]


def rejected_events(
    events: Sequence[Mapping[str, Any]], retention_days: int | str | None, at: datetime
) -> dict[str, int]:
    """Return rejectedLogEventsInfo for events in the order of their times; empty if all are accepted."""
    now = int(at.timestamp() * 1000)
    times = [event["timestamp"] for event in events]
    old = sum(time < now - _PAST_MS for time in times)
    expired = sum(time < now - int(retention_days) * _DAY_MS for time in times) if retention_days else 0
    new = sum(time > now + _FUTURE_MS for time in times)
    counted = {
        "tooNewLogEventStartIndex": len(times) - new if new else 0,
        "tooOldLogEventEndIndex": old,
        "expiredLogEventEndIndex": expired,
    }
    present = {"tooNewLogEventStartIndex": new, "tooOldLogEventEndIndex": old, "expiredLogEventEndIndex": expired}
    return {name: index for name, index in counted.items() if present[name]}


def _check_batch(events: Sequence[Mapping[str, Any]]) -> None:
    times = [event["timestamp"] for event in events]
    if times != sorted(times):
        message = "Log events in a single PutLogEvents request must be in chronological order."
        raise AwsError(INVALID, message)
    if times[-1] - times[0] > _DAY_MS:
        raise AwsError(
            INVALID, "The batch of log events in a single PutLogEvents request cannot span more than 24 hours."
        )
    size = sum(len(event["message"].encode()) + _BYTES_PER_EVENT for event in events)
    if size > _BATCH_BYTES:
        raise AwsError(INVALID, f"Upload too large: {size} bytes exceeds limit of {_BATCH_BYTES}")


def _append(group: LogGroup, stream: LogStream, events: Sequence[dict[str, Any]], at: datetime) -> None:
    if group.subscription_filters:
        stream.put_log_events(list(events))
    else:
        # The same as moto without subscription filters, with the embedded time.
        ingested = int(at.timestamp() * 1000)
        stream.events += [MotoLogEvent(ingested, event) for event in events]
        stream.stored_bytes += sum(len(event["message"]) for event in events)
        stream.upload_sequence_token += 1
    stream.last_ingestion_time = at.replace(tzinfo=None)
    if len(stream.events) > EVENTS_KEPT:
        del stream.events[: len(stream.events) - EVENTS_KEPT]


# FilterLogEvents supports every filter pattern; in moto 5.2.5 a JSON pattern matches all events.
#
# Source: CloudWatch Logs API reference, FilterLogEvents: events of all streams together by time, pages of 10,000 events
# or 1 MB, searchedLogStreams always empty since 2020, startFromHead false not before 2024.

PAGE_EVENTS = 10_000
PAGE_BYTES = 1_048_576

# AWS's message for most invalid patterns, where PutMetricFilter has "Invalid metric filter pattern".
_MESSAGE = "Invalid filter pattern"
_START_OF_2024_MS = 1_704_067_200_000

EventPlace = tuple[int, int]
"""Timestamp and number of an event: the sort key of a group's events."""


@override("logs", "FilterLogEvents")
def filter_log_events(_state: State, call: Call) -> dict[str, Any]:
    """Return a page of the matching events of a group."""
    backend, parameters = backend_and_parameters(call)
    group = log_group(backend, one_of(parameters, "logGroupName", "logGroupIdentifier"))
    pattern = _pattern(parameters.get("filterPattern", ""))
    streams = _streams(group, parameters)
    forward, after = _direction(parameters)
    events = sorted(_in_time(streams, parameters), key=lambda item: _event_place(item[0]), reverse=not forward)
    if after:
        events = [
            item for item in events if (_event_place(item[0]) > after) == forward and _event_place(item[0]) != after
        ]
    return _page(events, pattern, parameters.get("limit", PAGE_EVENTS), "f" if forward else "b")


def _pattern(text: str) -> CompiledPattern:
    try:
        return compile_or_reject(text)
    except AwsError as error:
        error.message = error.message.replace("Invalid metric filter pattern", _MESSAGE)
        raise


def _streams(group: LogGroup, parameters: Mapping[str, Any]) -> list[LogStream]:
    names, prefix = parameters.get("logStreamNames"), parameters.get("logStreamNamePrefix")
    if names and prefix:
        raise AwsError(INVALID, "logStreamNames and logStreamNamePrefix are mutually exclusive.")
    if names and any(name not in group.streams for name in names):
        raise not_found("log stream")
    return [
        stream
        for name, stream in list(group.streams.items())
        if (not names or name in names) and name.startswith(prefix or "")
    ]


def _direction(parameters: Mapping[str, Any]) -> tuple[bool, EventPlace | None]:
    """Return whether the earliest events come first, and the event after which the page starts."""
    token = parameters.get("nextToken")
    if token:
        try:
            direction, timestamp, event_number = token.split("/")
            return {"f": True, "b": False}[direction], (int(timestamp), int(event_number))
        except (KeyError, ValueError) as error:
            raise AwsError(INVALID, "The specified nextToken is invalid.") from error
    forward = parameters.get("startFromHead", True)
    if not forward and parameters.get("startTime", 0) < _START_OF_2024_MS:
        raise AwsError(INVALID, "startFromHead can be false only for a startTime on or after 2024-01-01.")
    return forward, None


def _in_time(streams: Iterable[LogStream], parameters: Mapping[str, Any]) -> list[tuple[LogEvent, str]]:
    first, last = parameters.get("startTime", 0), parameters.get("endTime")
    return [
        (event, stream.log_stream_name)
        for stream in streams
        for event in list(stream.events)
        if event.timestamp >= first and (last is None or event.timestamp <= last)
    ]


def _page(events: list[tuple[LogEvent, str]], pattern: CompiledPattern, limit: int, direction: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []
    size = 0
    last: LogEvent | None = None
    for event, stream in events:
        if not pattern.matches(event.message):
            continue
        size += len(event.message.encode()) + 26
        if last and (len(found) == limit or size > PAGE_BYTES):
            return {
                "events": found,
                "searchedLogStreams": [],
                "nextToken": f"{direction}/{last.timestamp}/{last.event_id}",
            }
        found.append({**event.to_filter_dict(), "eventId": f"{event.event_id:056d}", "logStreamName": stream})
        last = event
    return {"events": found, "searchedLogStreams": []}


def _event_place(event: LogEvent) -> EventPlace:
    return event.timestamp, event.event_id
