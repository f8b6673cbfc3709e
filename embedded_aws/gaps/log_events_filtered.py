"""FilterLogEvents understands every filter pattern; in moto 5.2.5 a JSON pattern matches all events.

Source: CloudWatch Logs API reference, FilterLogEvents: events of all streams together by time, pages of 10,000 events
or 1 MB, searchedLogStreams always empty since 2020, startFromHead false not before 2024.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    CompiledPattern,
)
from moto.logs.models import LogEvent, LogGroup, LogStream

from embedded_aws.errors import AwsError
from embedded_aws.gaps.log_group_lookup import INVALID, backend_and_parameters, log_group, not_found, one_of
from embedded_aws.gaps.metric_filter_rules import compile_or_refuse
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

PAGE_EVENTS = 10_000
PAGE_BYTES = 1_048_576

# What AWS answers here to most bad patterns, where PutMetricFilter says "Invalid metric filter pattern".
_MESSAGE = "Invalid filter pattern"
_START_OF_2024_MS = 1_704_067_200_000

Place = tuple[int, int]
"""Timestamp and number of an event, which order all events of a group."""


@override("logs", "FilterLogEvents")
def filter_log_events(_world: World, call: Call) -> dict[str, Any]:
    """Return a page of the matching events of a group."""
    backend, parameters = backend_and_parameters(call)
    group = log_group(backend, one_of(parameters, "logGroupName", "logGroupIdentifier"))
    pattern = _pattern(parameters.get("filterPattern", ""))
    streams = _streams(group, parameters)
    forward, after = _direction(parameters)
    events = sorted(_in_time(streams, parameters), key=lambda item: _place(item[0]), reverse=not forward)
    if after:
        events = [item for item in events if (_place(item[0]) > after) == forward and _place(item[0]) != after]
    return _page(events, pattern, parameters.get("limit", PAGE_EVENTS), "f" if forward else "b")


def _pattern(text: str) -> CompiledPattern:
    try:
        return compile_or_refuse(text)
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


def _direction(parameters: Mapping[str, Any]) -> tuple[bool, Place | None]:
    """Return whether the earliest events come first, and after which event the page begins."""
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


def _place(event: LogEvent) -> Place:
    return event.timestamp, event.event_id
