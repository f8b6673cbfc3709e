"""The state for datapoints: the tables of the CloudWatch user guide, and the rules behind them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from embedded_aws.cloudwatch.alarms.criteria import Criteria, Datapoint, decide, evaluate
from embedded_aws.cloudwatch.alarms.reason import reason_data, reason_text

KEEP = None
NOON = datetime(2026, 1, 26, 12, 0, tzinfo=UTC)

# CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data": 0 does not breach, X breaches, - is
# missing; the columns are missing, ignore, breaching and notBreaching.
THREE_OF_THREE = """
0 - X - X | OK OK OK OK
0 - - - - | OK OK OK OK
- - - - - | INSUFFICIENT_DATA keep ALARM OK
0 X X - X | ALARM ALARM ALARM ALARM
- - X - - | ALARM keep ALARM OK
"""
TWO_OF_THREE = """
0 - X - X | ALARM ALARM ALARM ALARM
0 0 X 0 X | ALARM ALARM ALARM ALARM
0 - X - - | OK OK ALARM OK
- - - - 0 | OK OK ALARM OK
- - - X - | ALARM keep ALARM OK
"""
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


def rows(table: str, needed: int) -> Iterator[tuple[str, int, str, str | None]]:
    for line in table.strip().splitlines():
        points, states = line.split(" | ")
        for treatment, state in zip(TREATMENTS, states.split(), strict=True):
            yield points, needed, treatment, KEEP if state == "keep" else state


@pytest.mark.parametrize(("points", "needed", "treatment", "state"), [*rows(THREE_OF_THREE, 3), *rows(TWO_OF_THREE, 2)])
def test_missing_data_is_treated_as_in_the_tables_of_the_user_guide(
    points: str, needed: int, treatment: str, state: str | None
) -> None:
    flags = [{"0": False, "X": True, "-": None}[point] for point in points.split()]
    assert decide(flags, 3, needed, treatment) == state


def criteria(periods: int = 1, needed: int | None = None, treatment: str = "missing", **more: str) -> Criteria:
    return Criteria("Sum", 60, periods, needed, 3, more.get("comparison", "GreaterThanOrEqualToThreshold"), treatment)


def points(*values: float | None) -> list[Datapoint]:
    return [Datapoint(NOON + timedelta(minutes=i), value, 1.0) for i, value in enumerate(values)]


@pytest.mark.parametrize(
    ("comparison", "breaching", "quiet"),
    [
        ("GreaterThanOrEqualToThreshold", 3.0, 2.9),
        ("GreaterThanThreshold", 3.1, 3.0),
        ("LessThanThreshold", 2.9, 3.0),
        ("LessThanOrEqualToThreshold", 3.0, 3.1),
    ],
)
def test_every_comparison_has_its_boundary(comparison: str, breaching: float, quiet: float) -> None:
    asked = criteria(comparison=comparison)
    assert (evaluate(asked, points(breaching)), evaluate(asked, points(quiet))) == ("ALARM", "OK")


def test_one_early_breach_of_two_needed_does_not_alarm_yet() -> None:
    assert decide([None, None, None, None, True], 3, 2, "missing") is KEEP


def test_the_range_of_three_periods_is_five_long_and_that_of_one_is_one() -> None:
    assert (criteria(3).range_length, criteria(1).range_length) == (5, 1)


@pytest.mark.parametrize(
    ("asked", "values", "new", "text"),
    [
        (
            criteria(),
            [5.0],
            "ALARM",
            "Threshold Crossed: 1 datapoint [5.0 (26/01/26 12:00:00)] was greater than or equal to the threshold "
            "(3.0).",
        ),
        (
            criteria(1, 1),
            [5.0],
            "ALARM",
            "Threshold Crossed: 1 out of the last 1 datapoints [5.0 (26/01/26 12:00:00)] was greater than or equal to "
            "the threshold (3.0) (minimum 1 datapoint for OK -> ALARM transition).",
        ),
        (
            criteria(2),
            [None, 5.0, 4.0],
            "ALARM",
            "Threshold Crossed: 2 datapoints [4.0 (26/01/26 12:02:00), 5.0 (26/01/26 12:01:00)] were greater than or "
            "equal to the threshold (3.0).",
        ),
        (
            criteria(),
            [0.0],
            "OK",
            "Threshold Crossed: 1 datapoint [0.0 (26/01/26 12:00:00)] was not greater than or equal to the threshold "
            "(3.0).",
        ),
        (
            criteria(20, 1, "notBreaching"),
            [None] * 38 + [5.0],
            "ALARM",
            "Threshold Crossed: 1 out of the last 20 datapoints [5.0 (26/01/26 12:38:00)] was greater than or equal to "
            "the threshold (3.0) and 19 missing datapoints were treated as [NonBreaching] "
            "(minimum 1 datapoint for OK -> ALARM transition).",
        ),
        (
            criteria(treatment="notBreaching"),
            [None],
            "OK",
            "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as "
            "[NonBreaching].",
        ),
        # 5.0 does breach: the absence of other datapoints is why the alarm is OK.
        (
            criteria(3, 2, "notBreaching"),
            [None, None, None, None, 5.0],
            "OK",
            "Threshold Crossed: 2 missing datapoints were treated as [NonBreaching] "
            "(minimum 2 datapoints for ALARM -> OK transition).",
        ),
        (criteria(), [None], "INSUFFICIENT_DATA", "Insufficient Data: 1 datapoint was unknown."),
    ],
)
def test_the_reason_has_the_wording_of_aws(asked: Criteria, values: list[float | None], new: str, text: str) -> None:
    assert reason_text(asked, points(*values), new) == text


def test_the_reason_data_contains_the_datapoints() -> None:
    data = json.loads(reason_data(criteria(2), points(None, 1.0, None, 5.0), "OK", NOON + timedelta(minutes=4), None))
    assert data == {
        "version": "1.0",
        "queryDate": "2026-01-26T12:04:00.000+0000",
        "startDate": "2026-01-26T12:01:00.000+0000",
        "statistic": "Sum",
        "period": 60,
        "recentDatapoints": [1.0, None, 5.0],
        "threshold": 3.0,
        "evaluatedDatapoints": [
            {"timestamp": "2026-01-26T12:01:00.000+0000", "sampleCount": 1.0, "value": 1.0},
        ],
    }


def test_a_long_evaluation_stays_within_the_sizes_of_the_fields() -> None:
    asked, many = criteria(1440), points(*[5.0] * 1440)
    assert len(reason_text(asked, many, "ALARM")) <= 1023
    assert len(reason_data(asked, many, "ALARM", NOON, None)) <= 4000
