# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find in the event history who changed a trail or its bucket, since a file was tampered with.

The event history has management events of the last 90 days only. The write or the deletion of a file is a data event
(CloudTrail user guide, "Working with CloudTrail event history" and "Logging data events").
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ..core.account import Account
from ..core.errors import AwsError
from ..core.problems import sentence

_SHOWN = 10


def recorded_changes(account: Account, trail: Mapping[str, Any], since: datetime) -> tuple[list[dict[str, str]], str]:
    """Return the successful changes of a trail and its bucket, newest first, and a sentence about them."""
    found: dict[str, dict[str, Any]] = {}
    try:
        for name in (trail["S3BucketName"], trail["Name"], trail["TrailARN"]):
            attribute = {"AttributeKey": "ResourceName", "AttributeValue": name}
            parameters = {"LookupAttributes": [attribute], "StartTime": since}
            events = account.read_all("cloudtrail", "LookupEvents", "event history", "Events", parameters)
            found |= {event["EventId"]: json.loads(event["CloudTrailEvent"]) for event in events}
    except AwsError as error:
        if not error.is_denial:
            raise
        why = f"{sentence(str(error))} {error.hint}"
        return [], f"Who changed the trail or its bucket was not looked up in the event history: {why}"
    records = [record for record in found.values() if not record.get("readOnly") and not record.get("errorCode")]
    changes = [_change(record) for record in sorted(records, key=lambda record: record["eventTime"], reverse=True)]
    return changes, _sentence(changes, since, account.region)


def _change(record: Mapping[str, Any]) -> dict[str, str]:
    identity = record.get("userIdentity") or {}
    return {
        "time": record["eventTime"],
        "event": record["eventName"],
        "who": identity.get("arn") or identity.get("invokedBy") or identity.get("type") or "unknown",
        "source_ip": record.get("sourceIPAddress") or "",
    }


def _sentence(changes: Iterable[Mapping[str, str]], since: datetime, region: str) -> str:
    lines = [
        f"{change['event']} at {change['time']} by {change['who']} from {change['source_ip']}" for change in changes
    ]
    where = f"The event history of region {region} since {since:%Y-%m-%dT%H:%M:%SZ}"
    if not lines:
        return f"{where} has no change of the trail or its bucket."
    more = f", and {len(lines) - _SHOWN} more" if len(lines) > _SHOWN else ""
    return f"{where} has these changes of the trail and its bucket: {'; '.join(lines[:_SHOWN])}{more}."
