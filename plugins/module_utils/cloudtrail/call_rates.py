# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read how often calls were made from CloudTrail Insights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ..core.account import Account

_REMEDIES = {
    "InsightNotEnabledException": "Insights has no rates of calls: set secmon_trail_insight_types, or give log files."
}


def call_rates(account: Account, source: str, name: str, start: datetime, end: datetime) -> Iterator[tuple[str, int]]:
    """Yield each minute in which a call was made, such as ``2026-05-25T04:19:00Z``, with the number of calls."""
    parameters = {
        "EventSource": source,
        "EventName": name,
        "InsightType": "ApiCallRateInsight",
        "StartTime": start,
        "EndTime": end,
        "Period": 60,
    }
    pages = account.read_pages(
        "cloudtrail", "ListInsightsMetricData", f"rate of {source} {name}", parameters, remedies=_REMEDIES
    )
    for page in pages:
        for time, value in zip(page.get("Timestamps", []), page.get("Values", []), strict=True):
            if value:
                yield f"{time.astimezone(UTC):%Y-%m-%dT%H:%M:00Z}", int(value)
