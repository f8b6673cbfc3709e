# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The number of calls per second that an account may make in a region.

Sources: "CloudWatch Logs quotas" and "CloudWatch service quotas" in their user guides, "Quotas in AWS CloudTrail",
"Amazon SNS endpoints and quotas" and the SNS API reference of each call, "AWS Secrets Manager quotas", "Best practices
design patterns: optimizing Amazon S3 performance" (reads per second and prefix of a bucket), "Amazon EventBridge
quotas" (control plane APIs). Services without
a published rate get the rate of the slowest service that has one.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

_PER_SECOND = {
    ("logs", "PutMetricFilter"): 5,
    ("logs", "DeleteMetricFilter"): 5,
    ("logs", "TestMetricFilter"): 5,
    ("logs", "DescribeMetricFilters"): 5,
    ("logs", "DescribeLogGroups"): 5,
    ("logs", "CreateLogGroup"): 5,
    ("logs", "PutRetentionPolicy"): 5,
    ("logs", "TagResource"): 5,
    ("cloudwatch", "DescribeAlarms"): 9,
    ("cloudwatch", "PutMetricAlarm"): 3,
    ("cloudwatch", "DeleteAlarms"): 3,
    ("cloudwatch", "DescribeAlarmHistory"): 3,
    ("cloudwatch", "EnableAlarmActions"): 3,
    ("cloudwatch", "DisableAlarmActions"): 3,
    ("cloudtrail", "DescribeTrails"): 10,
    ("cloudtrail", "GetTrail"): 10,
    ("cloudtrail", "GetTrailStatus"): 10,
    ("cloudtrail", "GetEventSelectors"): 10,
    ("cloudtrail", "GetInsightSelectors"): 10,
    ("cloudtrail", "ListTags"): 10,
    ("cloudtrail", "ListTrails"): 10,
    ("cloudtrail", "LookupEvents"): 2,
    ("sns", "Subscribe"): 100,
    ("sns", "Unsubscribe"): 100,
    ("sns", "ListSubscriptions"): 30,
    ("sns", "ListSubscriptionsByTopic"): 30,
    ("sns", "TagResource"): 10,
    ("sns", "UntagResource"): 10,
    ("sns", "ListTagsForResource"): 10,
    ("s3", "GetObject"): 5500,
    ("s3", "ListObjectsV2"): 5500,
    ("s3", "ListObjectVersions"): 5500,
}
# The rates of Organizations are our estimate; a throttled call is retried.
_OTHERWISE = {"cloudtrail": 1, "events": 50, "organizations": 8, "secretsmanager": 50}
_UNPUBLISHED = 3
# The published rate applies to all callers in the account, so leave a part of it to others.
_SHARE = 0.9


def calls_per_second(service: str, operation: str) -> float:
    """Return the maximum number of such calls per second in this run, on average."""
    return _published(service, operation) * _SHARE


def _published(service: str, operation: str) -> int:
    return _PER_SECOND.get((service, operation), _OTHERWISE.get(service, _UNPUBLISHED))


class Pace:
    """Delay calls of the same operation, across threads, so that their rate stays below the published one.

    As many calls as a second allows are made at once, and as many again after a little more than a second: no second
    has more calls than AWS publishes, and the few calls of most runs do not wait.
    """

    def __init__(self, now: Callable[[], float], sleep: Callable[[float], None]) -> None:
        """Use a clock and a sleep function, both in seconds."""
        self._now = now
        self._sleep = sleep
        self._lock = threading.Lock()
        self._latest: dict[tuple[str, str], deque[float]] = {}

    def wait(self, service: str, operation: str) -> None:
        """Wait until the next call of this operation may be made."""
        published = _published(service, operation)
        with self._lock:
            latest = self._latest.setdefault((service, operation), deque(maxlen=published))
            at = self._now()
            if len(latest) == published:
                at = max(at, latest[0] + 1 / _SHARE)
            latest.append(at)
        delay = at - self._now()
        if delay > 0:
            self._sleep(delay)
