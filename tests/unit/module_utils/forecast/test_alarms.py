"""The alarms of a forecast are those that the alarm of the rule would have raised."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.forecast.alarms import alarms_by_day, unforeseeable
from ansible_collections.secmon.aws.plugins.module_utils.forecast.tally import Tally, day_name, minute_of
from hypothesis import given
from hypothesis import strategies as st

ALARM: dict[str, Any] = {
    "statistic": "Sum",
    "comparison": "GreaterThanOrEqualToThreshold",
    "threshold": 1,
    "period_seconds": 60,
    "evaluation_periods": 1,
    "datapoints_to_alarm": 0,
    "missing_data": "notBreaching",
}
METRIC = {"metric_value": "1"}
NIGHT = minute_of("2026-05-01T23:58:00Z")


def alarms(minutes: dict[int, int], **changes: Any) -> dict[str, int]:
    tally = Tally(Counter({NIGHT + minute: count for minute, count in minutes.items()}))
    return {day_name(day): count for day, count in alarms_by_day(tally, ALARM | changes).items()}


def test_matches_in_one_minute_are_one_alarm_and_in_the_next_minute_too() -> None:
    assert alarms({0: 5, 1: 1}) == {"2026-05-01": 1}


def test_a_pause_makes_two_alarms_each_on_its_day() -> None:
    assert alarms({0: 1, 2: 1}) == {"2026-05-01": 1, "2026-05-02": 1}


def test_a_threshold_counts_the_matches_of_the_last_period_not_of_a_fixed_one() -> None:
    assert alarms({4: 1, 5: 1, 8: 1}, period_seconds=300, threshold=3) == {"2026-05-02": 1}
    assert alarms({4: 1, 5: 1, 9: 1}, period_seconds=300, threshold=3) == {}
    assert alarms({4: 1, 5: 1, 8: 1}, period_seconds=300, threshold=3, comparison="GreaterThanThreshold") == {}


def test_two_of_three_periods_are_enough_for_two_datapoints_to_alarm() -> None:
    two_of_three = {"evaluation_periods": 3, "datapoints_to_alarm": 2}
    assert alarms({0: 1, 2: 1}, **two_of_three) == {"2026-05-02": 1}
    assert alarms({0: 1, 3: 1}, **two_of_three) == {}
    assert alarms({0: 1, 1: 1}, evaluation_periods=3) == {}


@given(
    st.dictionaries(st.integers(0, 30), st.integers(1, 4)),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 6),
)
def test_it_agrees_with_judging_every_minute(
    minutes: dict[int, int], length: int, periods: int, needed: int, threshold: int
) -> None:
    needed = min(needed, periods)

    def judge(now: int) -> bool:
        sums = [sum(minutes.get(now - length * n - m, 0) for m in range(length)) for n in range(periods)]
        return sum(total >= threshold for total in sums) >= needed

    states = [False, *map(judge, range(60))]
    expected = sum(now and not before for before, now in pairwise(states))
    options = {"period_seconds": 60 * length, "evaluation_periods": periods, "datapoints_to_alarm": needed}
    assert sum(alarms(minutes, threshold=threshold, **options).values()) == expected


@pytest.mark.parametrize(
    ("alarm", "metric", "reason"),
    [
        ({"comparison": "LessThanThreshold"}, {}, "without a match"),
        ({"threshold": 0}, {}, "without a match"),
        ({"missing_data": "breaching"}, {}, "without a match"),
        ({"statistic": None, "extended_statistic": "p99"}, {}, "statistic p99"),
        ({}, {"metric_value": "$.bytes"}, "another value"),
    ],
)
def test_an_alarm_that_cannot_be_foreseen_says_why(alarm: Any, metric: Any, reason: str) -> None:
    assert not unforeseeable(ALARM, METRIC)
    assert reason in unforeseeable(ALARM | alarm, METRIC | metric)
