"""Send records to the log group of a trail, through the trail's role, as events of several streams per account.

CreateTrail makes a stream without a number, which stays empty; the events are in streams whose names end in a number.
Sources: CloudTrail user guide, "Sending events to CloudWatch Logs", "CloudWatch log group and log stream naming for
CloudTrail" and "Role policy document for CloudTrail to use CloudWatch Logs for monitoring"; that a trail with one event
uses a numbered stream was recorded on AWS, 2026-09; that there are three, used in turn, is our reading. The time of an
event is that of its delivery (the same guide).
"""

from __future__ import annotations

from datetime import datetime

from moto.cloudtrail.models import Trail
from moto.logs.models import LogEvent as MotoLogEvent
from moto.logs.models import LogGroup, LogStream

from embedded_aws.cloudtrail.delivery.permissions import log_stream_error
from embedded_aws.cloudtrail.trails import find_log_group, organization_id
from embedded_aws.core.events import LogEvent

STREAMS = 3
"""How many numbered streams the records of an account are spread over."""
RECORD_BYTES = 256 * 1024
"""A larger record is not sent to CloudWatch Logs (CloudTrail user guide, "CloudTrail record contents")."""
EVENTS_KEPT = 50_000 // STREAMS
"""How many events a stream of CloudTrail keeps; older ones are dropped."""

_NO_GROUP = "The specified log group does not exist."
_FORGOTTEN_AT_ONCE = 1_000


class LogDeliveryError(Exception):
    """CloudWatch Logs rejects the trail's events; the message is LatestCloudWatchLogsDeliveryError."""


def stream_name(trail: Trail, account: str) -> str:
    """Return the name of the stream that CreateTrail makes, to which those of an account's records add a number.

    For members of an organization it has the organization's id.
    """
    name = f"{account}_CloudTrail_{trail.region_name}"
    return name if account == trail.account_id else f"{organization_id(trail)}_{name}"


def is_too_large(text: str) -> bool:
    """Return whether a record, as JSON, exceeds the limit of CloudWatch Logs."""
    return len(text) > RECORD_BYTES // 4 and len(text.encode()) > RECORD_BYTES


def permitted_stream(trail: Trail, account: str, number: int, at: datetime) -> LogStream:
    """Return a stream for an account's records; create it if it does not exist.

    Args:
        trail: a trail with a log group.
        account: the account of the records.
        number: the number of the stream.
        at: the embedded time.

    Raises:
        LogDeliveryError: the group does not exist, or the role does not allow the delivery.
    """
    group = find_log_group(trail.cw_log_group_arn)
    if group is None:
        raise LogDeliveryError(_NO_GROUP)
    name = f"{stream_name(trail, account)}_{number}"
    rejection = log_stream_error(trail, group, name)
    if rejection is not None:
        raise LogDeliveryError(rejection)
    return get_or_create_stream(group, name, at)


def get_or_create_stream(group: LogGroup, name: str, at: datetime) -> LogStream:
    """Return the stream of that name; create it if it does not exist."""
    if name not in group.streams:
        group.create_log_stream(name)
        group.streams[name].creation_time = at.replace(tzinfo=None)
    stream: LogStream = group.streams[name]
    return stream


def append_to_stream(stream: LogStream, text: str, at: datetime) -> LogEvent:
    """Append one record, as JSON, and return it as an event of the embedded time."""
    group, timestamp_ms = stream.log_group, int(at.timestamp() * 1000)
    moto_event = {"timestamp": timestamp_ms, "message": text}
    if group.subscription_filters:
        stream.put_log_events([moto_event])
    else:
        # The same as put_log_events without subscription filters, with the embedded time and for one event.
        stream.events.append(MotoLogEvent(timestamp_ms, moto_event))
        stream.stored_bytes += len(text)
        stream.upload_sequence_token += 1
        stream.last_ingestion_time = at.replace(tzinfo=None)
    if len(stream.events) >= EVENTS_KEPT + _FORGOTTEN_AT_ONCE:
        del stream.events[:_FORGOTTEN_AT_ONCE]
    return LogEvent(group.account_id, group.region, group.name, stream.log_stream_name, timestamp_ms, text)
