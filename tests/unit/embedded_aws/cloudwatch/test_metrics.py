"""The metric store is bounded, shares its buckets with moto, and computes statistics of periods."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws
from moto.cloudwatch.models import cloudwatch_backends

from embedded_aws.cloudwatch import metrics
from embedded_aws.cloudwatch.alarms.criteria import Criteria, Datapoint, evaluate
from embedded_aws.cloudwatch.metrics import MetricStore, RepeatedSample, key_of
from embedded_aws.core.events import MetricSample

ACCOUNT, REGION = "123456789012", "us-east-1"
NOON = datetime(2026, 1, 26, 12, 0, 30, tzinfo=UTC)


def sample(value: float, at: datetime = NOON, name: str = "metric", unit: str = "None", count: int = 1) -> MetricSample:
    return RepeatedSample(ACCOUNT, REGION, "Test", name, (), value, unit, at, count)


def shown() -> list[Any]:
    return list(cloudwatch_backends[ACCOUNT][REGION].metric_data)


@mock_aws
def test_samples_of_a_minute_share_a_bucket_with_moto() -> None:
    store = MetricStore()
    for value in (1, 2, 3):
        store.add(sample(value))
    store.add(sample(0, count=1_000_000))
    (bucket,) = shown()
    assert (bucket.sum, bucket.sample_count, bucket.min, bucket.max) == (6, 1_000_003, 0, 3)
    assert bucket.timestamp == datetime(2026, 1, 26, 12, 0)


@mock_aws
def test_the_least_recently_updated_metric_loses_its_oldest_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "BUCKETS_KEPT", 10)
    store = MetricStore()
    store.add(sample(1, name="quiet"))
    for minute in range(50):
        store.add(sample(1, NOON + timedelta(minutes=minute)))
    assert len(shown()) == 10
    assert [key[3] for key in store.keys(ACCOUNT, REGION)] == ["metric"]
    start = int(NOON.timestamp()) // 60 * 60
    assert store.summary(key_of(sample(1)), None, start, 3600).value("SampleCount") == 10


@mock_aws
@pytest.mark.parametrize(
    ("statistic", "expected"),
    [("p0", 1), ("p50", 50), ("p99", 99), ("p99.9", 100), ("p100", 100), ("Average", 50.5), ("tm90", None)],
)
def test_statistics_are_of_all_samples(statistic: str, expected: float | None) -> None:
    store = MetricStore()
    for value in range(1, 101):
        store.add(sample(value))
    start = int(NOON.timestamp()) // 60 * 60
    assert store.summary(key_of(sample(1)), None, start, 60).value(statistic) == expected


@mock_aws
def test_statistics_of_one_unit_or_of_all_units() -> None:
    store = MetricStore()
    store.add(sample(1, unit="Count"))
    store.add(sample(2))
    start, key = int(NOON.timestamp()) // 60 * 60, key_of(sample(1))
    assert [store.summary(key, unit, start, 60).value("Sum") for unit in ("Count", "None", None)] == [1, 2, 3]


def test_low_sample_counts_keep_the_state_if_configured() -> None:
    asked = Criteria("p90", 60, 1, None, 1, "GreaterThanThreshold", ignores_few_samples=True)
    assert evaluate(asked, [Datapoint(NOON, 5, 99)]) is None
    assert evaluate(asked, [Datapoint(NOON, 5, 100)]) == "ALARM"
