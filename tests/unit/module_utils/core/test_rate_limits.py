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


def made_at(operation: str, calls: int) -> list[float]:
    """Return the seconds at which as many calls are made as fast as the pace allows."""
    times: list[float] = []
    time = [0.0]

    def sleep(seconds: float) -> None:
        time[0] += seconds

    pace = Pace(lambda: time[0], sleep)
    for _call in range(calls):
        pace.wait("logs", operation)
        times.append(time[0])
    pace.wait("logs", "AssociateKmsKey")
    assert time[0] == times[-1], "another operation does not wait"
    return times


def test_as_many_calls_as_a_second_allows_do_not_wait() -> None:
    assert made_at("PutMetricFilter", 5) == [0.0] * 5


def test_no_second_has_more_calls_than_published_and_a_long_run_leaves_a_tenth_to_others() -> None:
    times = made_at("PutMetricFilter", 100)
    assert max(sum(start <= time <= start + 1 for time in times) for start in times) == 5
    assert times[-1] == pytest.approx(95 / calls_per_second("logs", "PutMetricFilter"))


def test_threads_share_the_rate() -> None:
    waits: list[float] = []
    pace = Pace(lambda: 0.0, waits.append)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _call: pace.wait("logs", "PutMetricFilter"), range(20)))
    assert max(waits) == pytest.approx(15 / calls_per_second("logs", "PutMetricFilter"))
