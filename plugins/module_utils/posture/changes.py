# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find in the event history who changed the monitoring, and who tried to.

The event history has the management events of the last 90 days, region by region (CloudTrail user guide, "Working with
CloudTrail event history"). Calls of IAM are in the leader region of the partition.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ..core.account import Account
from ..core.aws_names import leader_region

# Calls that can blind the monitoring or restore it. Those of services that others use too count if they name it.
_ALWAYS = (
    "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging PutEventSelectors PutInsightSelectors"
    " PutMetricFilter DeleteMetricFilter DeleteAlarms DisableAlarmActions EnableAlarmActions PutAlarmMuteRule"
    " DeleteAlarmMuteRule PutMetricAlarm SetAlarmState"
)
_IF_NAMED = (
    "DeleteLogGroup DeleteLogStream PutRetentionPolicy DeleteRetentionPolicy AssociateKmsKey DisassociateKmsKey"
    " CreateTopic DeleteTopic SetTopicAttributes Subscribe ConfirmSubscription Unsubscribe PutBucketPolicy"
    " DeleteBucketPolicy PutBucketLifecycle PutBucketPublicAccessBlock DeleteBucket DisableKey EnableKey"
    " ScheduleKeyDeletion CancelKeyDeletion PutKeyPolicy"
)
_OF_IAM = "PutRolePolicy DeleteRolePolicy AttachRolePolicy DetachRolePolicy UpdateAssumeRolePolicy DeleteRole"


def monitoring_changes(account: Account, start: datetime, end: datetime, names: Iterable[str]) -> list[dict[str, str]]:
    """Return the calls that changed the monitoring between two times, refused ones too, oldest first.

    Args:
        account: The account.
        start: The beginning.
        end: The end.
        names: Names and ARNs of the monitoring's resources.
    """
    known = tuple(name for name in names if name)
    leader = account.in_region(leader_region(account.region))
    found: dict[str, dict[str, Any]] = {}
    for place, events, always in ((account, _ALWAYS, True), (account, _IF_NAMED, False), (leader, _OF_IAM, False)):
        for event in events.split():
            for record in _records(place, event, start, end):
                if always or any(name in json.dumps(record) for name in known):
                    found[record["eventID"]] = record
    return [_change(record) for record in sorted(found.values(), key=lambda each: str(each["eventTime"]))]


def _records(account: Account, event: str, start: datetime, end: datetime) -> list[dict[str, Any]]:
    attribute = {"AttributeKey": "EventName", "AttributeValue": event}
    parameters = {"LookupAttributes": [attribute], "StartTime": start, "EndTime": end}
    events = account.read_all("cloudtrail", "LookupEvents", "event history", "Events", parameters)
    return [json.loads(each["CloudTrailEvent"]) for each in events]


def _change(record: Mapping[str, Any]) -> dict[str, str]:
    """Return who called what, without the parameters of the call, which may hold what is not for an auditor."""
    identity = record.get("userIdentity") or {}
    return {
        "time": record["eventTime"],
        "event": record["eventName"],
        "region": record["awsRegion"],
        "who": identity.get("arn") or identity.get("invokedBy") or identity.get("type") or "unknown",
        "source_ip": record.get("sourceIPAddress") or "",
        "user_agent": record.get("userAgent") or "",
        "error": record.get("errorCode") or "",
        "event_id": record["eventID"],
    }
