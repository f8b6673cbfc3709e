"""PutLogEvents judges the age of events by the embedded clock; moto 5.2.5 knows only that of the machine.

It also says all three kinds of rejection by the right index, and refuses a batch that is too large or too long.
Source: CloudWatch Logs API reference, PutLogEvents.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moto.logs.models import LogEvent as MotoLogEvent
from moto.logs.models import LogGroup, LogStream

from embedded_aws.errors import AwsError
from embedded_aws.gaps.log_group_lookup import INVALID, backend_and_parameters, log_group, not_found
from embedded_aws.overrides import override

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

EVENTS_KEPT = 50_000
"""How many events a stream can look back on; older ones are forgotten."""

_BATCH_BYTES = 1_048_576
_BYTES_PER_EVENT = 26
_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_FUTURE_MS = 2 * _HOUR_MS
_PAST_MS = 14 * _DAY_MS


@override("logs", "PutLogEvents")
def put_log_events(_world: World, call: Call) -> dict[str, Any]:
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
        # What moto does without subscription filters, at the embedded time.
        ingested = int(at.timestamp() * 1000)
        stream.events += [MotoLogEvent(ingested, event) for event in events]
        stream.stored_bytes += sum(len(event["message"]) for event in events)
        stream.upload_sequence_token += 1
    stream.last_ingestion_time = at.replace(tzinfo=None)
    if len(stream.events) > EVENTS_KEPT:
        del stream.events[: len(stream.events) - EVENTS_KEPT]
