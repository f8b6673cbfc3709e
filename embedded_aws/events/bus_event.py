"""The EventBridge events of CloudTrail records, alarm state changes and PutEvents entries. Pure functions.

Sources: EventBridge user guide, "AWS service events delivered via CloudTrail"; CloudWatch user guide, "Alarm events and
EventBridge".
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from embedded_aws.core.events import AlarmTransition, Record

BusEvent = dict[str, Any]

_DETAIL_TYPES = {
    "AwsServiceEvent": "AWS Service Event via CloudTrail",
    "AwsConsoleSignIn": "AWS Console Sign In via CloudTrail",
}


def event_of_record(record: Record) -> BusEvent:
    """Return the event whose detail is a record; its source is named after the event source, such as aws.iam."""
    return _event(
        "aws." + record["eventSource"].split(".")[0],
        _DETAIL_TYPES.get(record["eventType"], "AWS API Call via CloudTrail"),
        record["recipientAccountId"],
        record["awsRegion"],
        record["eventTime"],
        record,
    )


def event_of_alarm(transition: AlarmTransition) -> BusEvent:
    """Return the event of a change of state."""
    alarm, at = transition.alarm, transition.at.astimezone(UTC)
    configuration = {"description": alarm.description or ""} | ({} if alarm.rule else {"metrics": [_metric(alarm)]})
    detail = {
        "alarmName": alarm.name,
        "state": {
            "value": transition.new_state,
            "reason": transition.reason,
            "reasonData": transition.reason_data,
            "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000",
        },
        "previousState": {"value": transition.old_state},
        "configuration": configuration,
    }
    when = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    event = _event(
        "aws.cloudwatch", "CloudWatch Alarm State Change", transition.account, transition.region, when, detail
    )
    return event | {"resources": [alarm.alarm_arn]}


def event_of_entry(entry: dict[str, Any], event_id: str, account: str, region: str, detail: Any) -> BusEvent:
    """Return the event of an accepted PutEvents entry."""
    at = entry.get("Time") or datetime.now(UTC)
    when = at if isinstance(at, datetime) else datetime.fromtimestamp(float(at), UTC)
    text = when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    event = _event(entry["Source"], entry["DetailType"], account, region, text, detail)
    return event | {"id": event_id, "resources": entry.get("Resources", [])}


def _event(source: str, detail_type: str, account: str, region: str, time: str, detail: Any) -> BusEvent:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": detail_type,
        "source": source,
        "account": account,
        "time": time,
        "region": region,
        "resources": [],
        "detail": detail,
    }


def _metric(alarm: Any) -> dict[str, Any]:
    metric = {
        "namespace": alarm.namespace,
        "name": alarm.metric_name,
        "dimensions": {dimension.name: dimension.value for dimension in alarm.dimensions or []},
    }
    stat = alarm.extended_statistic or alarm.statistic
    return {
        "id": str(uuid.uuid4()),
        "metricStat": {"metric": metric, "period": alarm.period, "stat": stat},
        "returnData": True,
    }
