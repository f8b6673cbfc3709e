from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.rate_limits import Pace, calls_per_second


@pytest.mark.parametrize(
    ("service", "operation", "published"),
    [("logs", "PutMetricFilter", 5), ("cloudwatch", "PutMetricAlarm", 3), ("cloudtrail", "UpdateTrail", 1)],
)
def test_the_rate_stays_below_the_published_one(service: str, operation: str, published: int) -> None:
    assert 0 < calls_per_second(service, operation) < published


def test_calls_of_an_operation_are_spaced_and_the_first_does_not_wait() -> None:
    time, waits = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        time[0] += seconds

    pace = Pace(lambda: time[0], sleep)
    for _call in range(4):
        pace.wait("logs", "PutMetricFilter")
    assert len(waits) == 3
    assert all(wait == pytest.approx(1 / calls_per_second("logs", "PutMetricFilter")) for wait in waits)
    pace.wait("logs", "DeleteMetricFilter")
    assert len(waits) == 3


def test_threads_share_the_rate() -> None:
    waits: list[float] = []
    pace = Pace(lambda: 0.0, waits.append)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _call: pace.wait("logs", "PutMetricFilter"), range(20)))
    assert max(waits) == pytest.approx(19 / calls_per_second("logs", "PutMetricFilter"))
