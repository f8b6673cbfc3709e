"""The log events that a client puts by hand, for the metric filters."""

from __future__ import annotations

from typing import Any

from embedded_aws.call import Answer, Call
from embedded_aws.events import LogEvent


def put_log_events(call: Call, answer: Answer) -> list[LogEvent]:
    """Return the events that PutLogEvents has accepted; none for a call that failed.

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
