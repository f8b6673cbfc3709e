"""DescribeAlarmHistory tells what happened to alarms; moto 5.2.5 does not have the operation.

Source: CloudWatch API reference, DescribeAlarmHistory.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from embedded_aws.errors import AwsError
from embedded_aws.gaps.alarm_lookup import place_and_parameters
from embedded_aws.overrides import override
from embedded_aws.pages import page
from embedded_aws.stages.alarm_book import Place
from embedded_aws.stages.alarm_history import HistoryItem, alarm_history

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

PAGE_SIZE = 100


@override("cloudwatch", "DescribeAlarmHistory")
def describe_alarm_history(world: World, call: Call) -> dict[str, Any]:
    """List history items, the newest first unless asked otherwise; deleted alarms are still there."""
    place, parameters = place_and_parameters(call)
    found = [item for item in list(alarm_history(world).items) if _is_asked_for(item, place, parameters)]
    found.sort(key=lambda item: item.at)
    if parameters.get("ScanBy") != "TimestampAscending":
        found.reverse()
    question = (place, {key: value for key, value in parameters.items() if key not in ("MaxRecords", "NextToken")})
    refusal = AwsError("InvalidNextToken", "The next token is invalid.")
    items, token = page(found, parameters.get("MaxRecords", PAGE_SIZE), parameters.get("NextToken"), question, refusal)
    return {"AlarmHistoryItems": [_described(item) for item in items]} | ({"NextToken": token} if token else {})


def _is_asked_for(item: HistoryItem, place: Place, parameters: Mapping[str, Any]) -> bool:
    # An alarm that is named is of any type; without a name, only metric alarms are told about.
    types = parameters.get("AlarmTypes") or (None if parameters.get("AlarmName") else ("MetricAlarm",))
    first, last = parameters.get("StartDate"), parameters.get("EndDate")
    return (
        (item.account, item.region) == place
        and parameters.get("AlarmName", item.alarm_name) == item.alarm_name
        and (types is None or item.alarm_type in types)
        and parameters.get("HistoryItemType", item.item_type) == item.item_type
        and (first is None or item.at >= _aware(first))
        and (last is None or item.at <= _aware(last))
    )


def _described(item: HistoryItem) -> dict[str, Any]:
    return {
        "AlarmName": item.alarm_name,
        "AlarmType": item.alarm_type,
        "Timestamp": item.at,
        "HistoryItemType": item.item_type,
        "HistorySummary": item.summary,
        "HistoryData": item.data,
    }


def _aware(at: datetime) -> datetime:
    """Return a time of a request, which is parsed as naive UTC, as an aware one."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
