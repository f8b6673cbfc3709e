"""Override of ListInsightsMetricData."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State

# ListInsightsMetricData counts the calls of one name, if a trail has Insights; moto 5.2.5 lacks the operation.
#
# Only the rates of management calls that write are counted here, without zeros. Source: CloudTrail API reference,
# ListInsightsMetricData. That it fails without Insights is our reading.

_PERIODS = (60, 300, 3600)
_MOST_RESULTS = 21_600
_TYPE = "ApiCallRateInsight"
_HISTORY = timedelta(days=90)


@override("cloudtrail", "ListInsightsMetricData")
def list_insights_metric_data(state: State, call: Call) -> dict[str, Any]:
    """Return one page of the numbers of calls by period."""
    parameters = call.parameters
    period, kind = parameters.get("Period", 3600), parameters["InsightType"]
    if period not in _PERIODS or kind != _TYPE:
        raise AwsError("InvalidParameterException", f"Only {_TYPE} with a period of {_PERIODS} is supported.", 400)
    trails = (trail for backend in cloudtrail_backends[call.account].values() for trail in backend.trails.values())
    if not any(each["InsightType"] == kind for trail in trails for each in trail.insight_selectors or ()):
        raise AwsError("InsightNotEnabledException", "Insights is not enabled for the rates of calls.", 400)
    counts = _counts(state, call, period)
    first = int(parameters.get("NextToken") or 0)
    limit = parameters.get("MaxResults", _MOST_RESULTS)
    shown = sorted(counts.items())[first : first + limit]
    more = {"NextToken": str(first + limit)} if first + limit < len(counts) else {}
    return {
        "EventSource": parameters["EventSource"],
        "EventName": parameters["EventName"],
        "InsightType": kind,
        "Timestamps": [datetime.fromtimestamp(time, UTC) for time, _count in shown],
        "Values": [float(count) for _time, count in shown],
        **more,
    }


def _counts(state: State, call: Call, period: int) -> Counter[int]:
    now = state.clock.now()
    begin = call.parameters.get("StartTime", now - _HISTORY).replace(tzinfo=UTC)
    before = call.parameters.get("EndTime", now).replace(tzinfo=UTC)
    counts: Counter[int] = Counter()
    for record in state.cloudtrail.history:
        time = datetime.fromisoformat(record["eventTime"])
        wanted = (record["eventSource"], record["eventName"]) == (
            call.parameters["EventSource"],
            call.parameters["EventName"],
        )
        here = record.get("recipientAccountId") == call.account and record["awsRegion"] == call.region
        if wanted and here and not record.get("readOnly") and begin <= time < before:
            counts[int(time.timestamp()) // period * period] += 1
    return counts
