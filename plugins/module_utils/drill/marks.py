# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The mark of a drill: the log stream and the user agent that always distinguish its events from real ones."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

STREAM = "secmon-drill"
"""The log stream with the events of all drills. CloudTrail's streams begin with an account or organization ID."""

AGENT = "secmon-drill"
"""The name in the user agent of an event of a drill, before a slash and the ID of the drill."""


def new_run(at: datetime) -> str:
    """Return the ID of a drill that begins at a time."""
    return f"{at:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:6]}"


def marked(message: str, run: str, at: datetime | None = None) -> str:
    """Return a log message as one of a drill: with the mark, and with IDs and a time of its own.

    Args:
        message: A record of CloudTrail as JSON. A message of another form is returned as it is.
        run: The ID of the drill.
        at: The time of the event; the record keeps its own time without it.
    """
    try:
        record = json.loads(message)
    except ValueError:
        return message
    if not isinstance(record, dict):
        return message
    agent = record.get("userAgent")
    record["userAgent"] = f"{agent} {AGENT}/{run}" if agent else f"{AGENT}/{run}"
    for name in ("eventID", "requestID"):
        if name in record:
            record[name] = str(uuid.uuid4())
    if at is not None and "eventTime" in record:
        record["eventTime"] = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return json.dumps(record, ensure_ascii=False)


def is_drill(record: Mapping[str, Any], stream: str = "") -> bool:
    """Return whether a record is one of a drill; reports leave it out.

    Args:
        record: A record of CloudTrail.
        stream: The log stream that it is in, if that is known.
    """
    return stream == STREAM or f"{AGENT}/" in str(record.get("userAgent") or "")


def creates_stream(message: str) -> bool:
    """Return whether a log message is the record that a drill has created its log stream."""
    try:
        record = json.loads(message)
    except ValueError:
        return False
    named = isinstance(record, dict) and (record.get("requestParameters") or {}).get("logStreamName")
    return bool(named == STREAM and record.get("eventName") == "CreateLogStream")
