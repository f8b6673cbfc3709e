"""What the samples of a period come to: sums, extremes and percentiles."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

VALUES_KEPT = 1_000
"""How many different values of a bucket count for percentiles; sums and extremes count all."""

PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")


class Samples(Protocol):
    """Several samples taken together; `values` tells how often each value was seen, as far as that is known."""

    sum: float
    sample_count: float
    min: float
    max: float
    values: dict[float, float]
    unit: str


@dataclass(slots=True)
class Summary:
    """The samples of a period."""

    sum: float = 0.0
    sample_count: float = 0.0
    min: float = math.inf
    max: float = -math.inf
    parts: list[Samples] = field(default_factory=list)

    def add(self, samples: Samples) -> None:
        """Take more samples in."""
        self.sum += samples.sum
        self.sample_count += samples.sample_count
        self.min = min(self.min, samples.min)
        self.max = max(self.max, samples.max)
        self.parts.append(samples)

    @property
    def unit(self) -> str:
        """Return the unit of the samples; "None" if they have several or none."""
        units = {part.unit for part in self.parts}
        return units.pop() if len(units) == 1 else "None"

    def value(self, statistic: str) -> float | None:
        """Return a statistic by CloudWatch's name, such as Sum or p99.9; None without samples, or if it is unknown."""
        if not self.sample_count:
            return None
        match statistic:
            case "Sum":
                return self.sum
            case "SampleCount":
                return self.sample_count
            case "Average":
                return self.sum / self.sample_count
            case "Minimum":
                return self.min
            case "Maximum":
                return self.max
        percentile = PERCENTILE.fullmatch(statistic)
        return _percentile(self.parts, float(percentile[1])) if percentile else None


def _percentile(parts: Iterable[Samples], percent: float) -> float | None:
    """Return the smallest value that at least so many percent of the samples do not exceed."""
    values: dict[float, float] = {}
    for part in parts:
        for value, count in part.values.items():
            values[value] = values.get(value, 0.0) + count
    wanted = sum(values.values()) * percent / 100
    passed = 0.0
    for value in sorted(values):
        passed += values[value]
        if passed >= wanted:
            return value
    return None
