"""Decide an alarm's state from its datapoints. Pure functions.

Source: CloudWatch user guide, "Configuring how CloudWatch alarms treat missing data", whose tables are the tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ansible_collections.secmon.aws.plugins.module_utils.rules.limits import COMPARISONS

from embedded_aws.cloudwatch.metrics import MINUTE
from embedded_aws.cloudwatch.statistics import PERCENTILE

ALARM = "ALARM"
OK = "OK"
INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True)
class Criteria:
    """The condition of an alarm; `datapoints_to_alarm` is None if the alarm does not set it."""

    statistic: str
    period_seconds: int
    evaluation_periods: int
    datapoints_to_alarm: int | None
    threshold: float
    comparison: str
    treat_missing_data: str = "missing"
    ignores_few_samples: bool = False

    @property
    def needed(self) -> int:
        """Return how many datapoints must breach."""
        return self.datapoints_to_alarm or self.evaluation_periods

    @property
    def range_length(self) -> int:
        """Return how many periods are evaluated.

        AWS retrieves more than the evaluation periods to allow for late or missing datapoints. The number is
        documented for one case only: 5 for 3 evaluation periods. For periods of 10 seconds it is 9 for 3, and at most
        3 for 1 (recorded answers of AWS, 2026-09); that it is the same for 20 and 30 seconds is our reading.
        """
        if self.is_short:
            return 3 * self.evaluation_periods
        return 2 * self.evaluation_periods - 1

    @property
    def is_short(self) -> bool:
        """Return whether the period is shorter than a minute; AWS evaluates such an alarm every ten seconds."""
        return self.period_seconds < MINUTE

    @property
    def fewest_samples(self) -> float:
        """Return the minimum number of samples of a percentile, for an alarm that ignores low sample counts.

        Source: CloudWatch user guide, "Percentile-based alarms and low data samples".
        """
        percentile = PERCENTILE.fullmatch(self.statistic)
        if not (self.ignores_few_samples and percentile):
            return 0
        percent = float(percentile[1])
        rest = 100 - percent if percent >= 50 else percent
        return 1000 / rest if rest else 0

    def breaches(self, value: float) -> bool:
        """Return whether a value breaches the threshold."""
        return COMPARISONS[self.comparison](value, self.threshold)


@dataclass(frozen=True, slots=True)
class Datapoint:
    """The statistic of one period; `value` is None where the metric has no sample."""

    start: datetime
    value: float | None
    sample_count: float = 0.0


def decide(breaching: Sequence[bool | None], periods: int, needed: int, treat_missing_data: str) -> str | None:
    """Return the state for an evaluation range, or None to keep the current state.

    Args:
        breaching: one item per period of the range, oldest first; None where the datapoint is missing.
        periods: the evaluation periods (N).
        needed: the datapoints to alarm (M).
        treat_missing_data: missing, ignore, breaching or notBreaching.
    """
    real = [item for item in breaching if item is not None][-periods:]
    count = sum(real)
    if len(real) < periods and treat_missing_data == "breaching":
        count += periods - len(real)
    if count >= needed:
        return ALARM
    if len(real) == periods or not all(real) or treat_missing_data in ("breaching", "notBreaching"):
        return OK
    if treat_missing_data == "ignore":
        return None
    if not real:
        return INSUFFICIENT_DATA
    # All existing datapoints breach, but there are too few: once the oldest is old enough, waiting for more
    # would keep the alarm quiet permanently.
    return ALARM if len(breaching) - list(breaching).index(True) >= needed else None


def evaluate(criteria: Criteria, datapoints: Sequence[Datapoint]) -> str | None:
    """Return the state for the datapoints of a range, oldest first, or None to keep the state."""
    real = [point for point in datapoints if point.value is not None][-criteria.evaluation_periods :]
    if any(point.sample_count < criteria.fewest_samples for point in real):
        return None
    breaching = [None if point.value is None else criteria.breaches(point.value) for point in datapoints]
    return decide(breaching, criteria.evaluation_periods, criteria.needed, criteria.treat_missing_data)
