"""The EventBridge events of CloudTrail records, alarm state changes and PutEvents entries. Pure functions.

Sources: EventBridge user guide, "AWS service events delivered via CloudTrail"; CloudWatch user guide, "Alarm events and
EventBridge".
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from moto.utilities.utils import get_partition

from embedded_aws.core.events import AlarmChange, AlarmTransition, Record

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
    metrics = {"metrics": [_metric(alarm)]} if alarm.metric_name else {}
    configuration = {"description": alarm.description or ""} | metrics
    detail = {
        "alarmName": alarm.name,
        "state": {
            "value": transition.new_state,
            "reason": transition.reason,
            "reasonData": transition.reason_data,
            "timestamp": _milliseconds(at),
        },
        "previousState": _previous_state(transition),
        "configuration": configuration,
    }
    when = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    event = _event(
        "aws.cloudwatch", "CloudWatch Alarm State Change", transition.account, transition.region, when, detail
    )
    return event | {"resources": [alarm.alarm_arn]}


def event_of_change(change: AlarmChange) -> BusEvent:
    """Return the event of a change of configuration."""
    at = change.at.astimezone(UTC)
    detail = {
        "alarmName": change.name,
        "operation": change.operation,
        "state": {"value": change.configuration.get("StateValue", ""), "timestamp": _milliseconds(at)},
        "configuration": _configuration(change.configuration, at),
    }
    if change.previous:
        detail["previousConfiguration"] = _configuration(change.previous, at)
    when = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    names = "CloudWatch Alarm Configuration Change", change.account, change.region
    arn = f"arn:{get_partition(change.region)}:cloudwatch:{change.region}:{change.account}:alarm:{change.name}"
    return _event("aws.cloudwatch", *names, when, detail) | {"resources": [arn]}


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


def _previous_state(transition: AlarmTransition) -> dict[str, str]:
    known = {
        "value": transition.old_state,
        "reason": transition.old_reason,
        "reasonData": transition.old_reason_data,
        "timestamp": _milliseconds(transition.old_at) if transition.old_at else "",
    }
    return {name: text for name, text in known.items() if text}


def _milliseconds(at: datetime) -> str:
    at = at.astimezone(UTC)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}+0000"


_NAMES = {"AlarmDescription": "description", "OKActions": "okActions"}
_PARTS_OF_THE_METRIC = ("Namespace", "MetricName", "Dimensions", "Period", "Statistic", "ExtendedStatistic", "Unit")


def _configuration(parameters: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Return the parameters of a Put call by the names of the event."""
    left_out = {*_PARTS_OF_THE_METRIC, "StateValue", "Metrics"}
    kept = {name: value for name, value in parameters.items() if name not in left_out}
    renamed = {_NAMES.get(name, name[0].lower() + name[1:]): value for name, value in kept.items()}
    if "MetricName" in parameters:
        metric = {
            "namespace": parameters["Namespace"],
            "name": parameters["MetricName"],
            "dimensions": {item["Name"]: item["Value"] for item in parameters.get("Dimensions", [])},
        }
        stat = parameters.get("ExtendedStatistic") or parameters.get("Statistic")
        renamed["metrics"] = [_metric_stat(metric, parameters.get("Period"), stat)]
    return renamed | {"timestamp": _milliseconds(at)}


def _metric_stat(metric: dict[str, Any], period: Any, stat: Any) -> dict[str, Any]:
    return {
        "id": str(uuid.uuid4()),
        "metricStat": {"metric": metric, "period": period, "stat": stat},
        "returnData": True,
    }


def _metric(alarm: Any) -> dict[str, Any]:
    metric = {
        "namespace": alarm.namespace,
        "name": alarm.metric_name,
        "dimensions": {dimension.name: dimension.value for dimension in alarm.dimensions or []},
    }
    return _metric_stat(metric, alarm.period, alarm.extended_statistic or alarm.statistic)
