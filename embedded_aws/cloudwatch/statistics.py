"""The statistics of a period: sum, minimum, maximum, average and percentiles."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

VALUES_KEPT = 1_000
"""How many different values of a bucket are kept for percentiles; the other statistics include all."""

PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")


class Samples(Protocol):
    """Aggregated samples; `values` has the count of each value, as far as known."""

    sum: float
    sample_count: float
    min: float
    max: float
    values: dict[float, float]


@dataclass(slots=True)
class Summary:
    """The samples of a period."""

    sum: float = 0.0
    sample_count: float = 0.0
    min: float = math.inf
    max: float = -math.inf
    parts: list[Samples] = field(default_factory=list)

    def add(self, samples: Samples) -> None:
        """Add samples."""
        self.sum += samples.sum
        self.sample_count += samples.sample_count
        self.min = min(self.min, samples.min)
        self.max = max(self.max, samples.max)
        self.parts.append(samples)

    def value(self, statistic: str) -> float | None:
        """Return a statistic by its name, such as Sum or p99.9, or None without samples or for an unknown name."""
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
    """Return the smallest value that is not exceeded by at least this percentage of the samples."""
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
