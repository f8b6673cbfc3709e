# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Count how often an alarm would have changed to ALARM, from the matches of each minute.

CloudWatch judges an alarm with a period of a minute or longer once a minute, over the periods that end then; our
reading of the CloudWatch user guide ("Evaluating an alarm"), not seen on AWS. A match counts in the minute of its call,
while AWS counts it when CloudTrail delivers it, some minutes later.
"""

from __future__ import annotations

import operator
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any

from .tally import MINUTES, Tally

_BREACHES: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
}


def unforeseeable(alarm: Mapping[str, Any], metric: Mapping[str, Any]) -> str:
    """Return why the changes of an alarm cannot be counted, or an empty string.

    Args:
        alarm: An entry of the option `alarms` of metric_alarms.
        metric: The entry of the option `filters` of metric_filters with the alarm's metric.
    """
    breaches = _BREACHES.get(alarm["comparison"])
    if not breaches or breaches(0, alarm["threshold"]) or alarm["missing_data"] == "breaching":
        return "its alarm fires without a match, too"
    if alarm.get("statistic") not in ("Sum", "SampleCount"):
        return f"its alarm uses the statistic {alarm.get('statistic') or alarm.get('extended_statistic')}"
    if str(metric["metric_value"]) not in ("1", "1.0"):
        return "its metric has another value than the number of matches"
    return ""


def alarms_by_day(tally: Tally, alarm: Mapping[str, Any]) -> Counter[int]:
    """Return how often an alarm changed to ALARM, by the number of the day."""
    minutes = sorted(tally.minutes)
    sums = [0, *accumulate(tally.minutes[minute] for minute in minutes)]
    period = max(alarm["period_seconds"] // 60, 1)
    periods = alarm["evaluation_periods"]
    needed: int = alarm["datapoints_to_alarm"] or periods
    breaches = _BREACHES[alarm["comparison"]]

    def in_alarm(now: int) -> bool:
        ends = (now - period * number for number in range(periods))
        counts = (sums[bisect_right(minutes, end)] - sums[bisect_left(minutes, end - period + 1)] for end in ends)
        return sum(breaches(count, alarm["threshold"]) for count in counts) >= needed

    days: Counter[int] = Counter()
    judged, alarmed = -1, False
    for minute in minutes:
        # After the last match has left all periods, the state is OK until the next one.
        for now in range(max(minute, judged + 1), minute + period * periods + 1):
            before, alarmed, judged = alarmed, in_alarm(now), now
            days[now // MINUTES] += alarmed and not before
    return +days
