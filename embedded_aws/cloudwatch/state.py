"""The state of CloudWatch beyond what moto keeps."""

from __future__ import annotations

from dataclasses import dataclass, field

from embedded_aws.cloudwatch.alarms.book import AlarmBook
from embedded_aws.cloudwatch.metrics import MetricStore


@dataclass
class CloudWatchState:
    """The alarms with their history, and the metrics, of all accounts and regions."""

    book: AlarmBook = field(default_factory=AlarmBook)
    metrics: MetricStore = field(default_factory=MetricStore)
