"""Store the metrics of all accounts per minute, and share the buckets with moto's CloudWatch.

A bucket is one of moto's aggregated datums, so that moto's own answers about metrics include it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import MetricAggregatedDatum, cloudwatch_backends

from embedded_aws.cloudwatch.statistics import VALUES_KEPT, Summary
from embedded_aws.core.events import MetricSample

BUCKETS_KEPT = 100_000
"""How many buckets of all metrics are kept; beyond that the least recently updated metric loses its oldest."""

MINUTE = 60
TEN_SECONDS = 10

MetricKey = tuple[str, str, str, str, tuple[tuple[str, str], ...]]
"""Account, region, namespace, name and sorted dimensions, which identify a metric."""

ANY_VALUE = "*"
"""In the dimensions of a key: stands for all metrics with these names of dimensions."""


@dataclass(frozen=True, slots=True)
class RepeatedSample(MetricSample):
    """The same value `count` times within one minute, such as a default value for each event that did not match."""

    count: int = 1


def key_of(sample: MetricSample) -> MetricKey:
    """Return the metric that a sample belongs to."""
    return sample.account, sample.region, sample.namespace, sample.name, sample.dimensions


def group_of(key: MetricKey) -> MetricKey:
    """Return the key of all metrics that differ from this one in the values of their dimensions only."""
    return (*key[:4], tuple((name, ANY_VALUE) for name, _value in key[4]))


class Bucket(MetricAggregatedDatum):
    """The samples of one metric, unit and minute (ten seconds for a high-resolution metric)."""

    def __new__(cls, *_arguments: Any) -> Bucket:
        """Create the object without moto's bookkeeping, which would keep every bucket forever."""
        instance: Bucket = object.__new__(cls)
        return instance

    def __init__(self, key: MetricKey, start: int, unit: str) -> None:
        """Start empty; `start` counts seconds since 1970."""
        dimensions = [{"Name": name, "Value": value} for name, value in key[4]]
        at = datetime.fromtimestamp(start, UTC).replace(tzinfo=None)
        super().__init__(key[2], key[3], float("inf"), float("-inf"), 0.0, 0.0, dimensions, at, unit)
        self.values: dict[float, float] = {}

    def add(self, value: float, count: float) -> None:
        """Add a value that occurred `count` times."""
        self.sum += value * count
        self.sample_count += count
        self.min = min(self.min, value)
        self.max = max(self.max, value)
        if value in self.values or len(self.values) < VALUES_KEPT:
            self.values[value] = self.values.get(value, 0.0) + count

    def add_set(self, total: float, count: float, minimum: float, maximum: float) -> None:
        """Add a statistic set; its values are unknown, so percentiles ignore them unless they are all equal."""
        if minimum == maximum:
            self.add(minimum, count)
            return
        self.sum += total
        self.sample_count += count
        self.min = min(self.min, minimum)
        self.max = max(self.max, maximum)


@dataclass(slots=True)
class Series:
    """All buckets of one metric; `newest_at` counts seconds since 1970."""

    buckets: dict[tuple[int, str], Bucket] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)
    newest_at: float = 0.0
    resolution: int = MINUTE


class MetricStore:
    """Adds samples to buckets and reads statistics of periods. Thread-safe."""

    def __init__(self) -> None:
        """Start empty."""
        self._series: OrderedDict[MetricKey, Series] = OrderedDict()
        self._members: dict[MetricKey, set[MetricKey]] = {}
        self._buckets = 0
        self._lock = threading.RLock()

    def add(self, sample: MetricSample) -> None:
        """Add a sample to its minute."""
        count = sample.count if isinstance(sample, RepeatedSample) else 1
        with self._lock:
            self.bucket(key_of(sample), sample.unit, sample.at.timestamp(), MINUTE).add(sample.value, count)

    def bucket(self, key: MetricKey, unit: str, at: float, resolution: int) -> Bucket:
        """Return the bucket of a moment, in seconds since 1970, and update the time of the metric's newest sample."""
        with self._lock:
            series = self._series.setdefault(key, Series())
            self._members.setdefault(group_of(key), set()).add(key)
            self._series.move_to_end(key)
            series.newest_at = max(series.newest_at, at)
            start = int(at // resolution) * resolution
            bucket = series.buckets.get((start, unit))
            return bucket or self._new_bucket(key, series, start, unit, resolution)

    def _new_bucket(self, key: MetricKey, series: Series, start: int, unit: str, resolution: int) -> Bucket:
        bucket = series.buckets[start, unit] = Bucket(key, start, unit)
        series.units.add(unit)
        series.resolution = min(series.resolution, resolution)
        cloudwatch_backends[key[0]][key[1]].metric_data.append(bucket)
        self._buckets += 1
        if self._buckets > BUCKETS_KEPT:
            self._drop_one()
        return bucket

    def _drop_one(self) -> None:
        key, series = next(iter(self._series.items()))
        bucket = series.buckets.pop(next(iter(series.buckets)))
        shown = cloudwatch_backends[key[0]][key[1]].metric_data
        if bucket in shown:
            shown.remove(bucket)
        if not series.buckets:
            del self._series[key]
            self._members[group_of(key)].discard(key)
        self._buckets -= 1

    def members(self, group: MetricKey) -> list[MetricKey]:
        """Return the metrics that a key with any values of dimensions stands for, sorted."""
        with self._lock:
            return sorted(self._members.get(group, ()))

    def newest_at(self, key: MetricKey) -> float:
        """Return the time of the newest sample of a metric, or of a group, in seconds since 1970; 0 without one."""
        series = [self._series[own] for own in (key, *self.members(key)) if own in self._series]
        return max((own.newest_at for own in series), default=0.0)

    def resolution(self, key: MetricKey) -> int:
        """Return the seconds of a metric's finest data."""
        series = self._series.get(key)
        return series.resolution if series else MINUTE

    def summary(self, key: MetricKey, unit: str | None, start: int, period: int) -> Summary:
        """Return the summary of one period; `unit` None combines all units."""
        with self._lock:
            summary = Summary()
            series = self._series.get(key)
            for bucket in _buckets_within(series, unit, start, period) if series else ():
                summary.add(bucket)
            return summary

    def starts(self, key: MetricKey, unit: str | None, first: int, end: int) -> list[int]:
        """Return the start times of a metric's buckets in [first, end), in seconds since 1970, ascending."""
        with self._lock:
            series = self._series.get(key)
            found = series.buckets if series else {}
            return sorted({start for start, own in found if first <= start < end and unit in (None, own)})

    def units(self, key: MetricKey) -> list[str]:
        """Return the units of a metric's samples, sorted."""
        with self._lock:
            series = self._series.get(key)
            return sorted(series.units) if series else []

    def keys(self, account: str, region: str) -> list[MetricKey]:
        """Return the metrics of one account and region, sorted."""
        with self._lock:
            return sorted(key for key in self._series if key[:2] == (account, region))


def _buckets_within(series: Series, unit: str | None, start: int, period: int) -> Iterator[Bucket]:
    units = series.units if unit is None else {unit}
    if period // series.resolution * len(units) > len(series.buckets):
        yield from (
            bucket for (at, own), bucket in series.buckets.items() if start <= at < start + period and own in units
        )
        return
    for at in range(start, start + period, series.resolution):
        for own in units:
            if bucket := series.buckets.get((at, own)):
                yield bucket
