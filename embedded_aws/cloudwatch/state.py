"""The state of CloudWatch beyond what moto keeps."""

from __future__ import annotations

from dataclasses import dataclass, field

from embedded_aws.cloudwatch.alarms.registry import AlarmRegistry
from embedded_aws.cloudwatch.log_alarms.watch import LogWatches
from embedded_aws.cloudwatch.metrics import MetricStore


@dataclass
class CloudWatchState:
    """The alarms with their history, and the metrics, of all accounts and regions."""

    registry: AlarmRegistry = field(default_factory=AlarmRegistry)
    metrics: MetricStore = field(default_factory=MetricStore)
    log_alarms: LogWatches = field(default_factory=LogWatches)
