"""The data that the stages of the pipeline pass on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Record = dict[str, Any]
"""A CloudTrail record, its keys in CloudTrail's order; CloudTrail user guide, "CloudTrail record contents"."""


@dataclass(frozen=True, slots=True)
class TrailRef:
    """A trail that logs a record; account and region are those of the trail."""

    account: str
    region: str
    name: str
    arn: str


@dataclass(frozen=True, slots=True)
class LogEvent:
    """An event of a log stream; `timestamp_ms` counts milliseconds since 1970 in UTC."""

    account: str
    region: str
    group: str
    stream: str
    timestamp_ms: int
    message: str


@dataclass(frozen=True, slots=True)
class MetricSample:
    """One value of a metric; `at` is aware and in UTC, `unit` is "None" without a unit."""

    account: str
    region: str
    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    value: float
    unit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AlarmTransition:
    """A change of an alarm's state, or of one of its contributors, which then has attributes.

    `alarm` is moto's object, `actions` are the ARNs to notify, empty if disabled; `lines` are log lines to show.
    """

    account: str
    region: str
    alarm: Any = field(repr=False)
    old_state: str
    new_state: str
    reason: str
    reason_data: str
    at: datetime
    actions: tuple[str, ...]
    old_reason: str = ""
    old_reason_data: str = ""
    old_at: datetime | None = None
    contributor: Mapping[str, str] | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AlarmChange:
    """A change of an alarm's configuration.

    Attributes:
        operation: "create", "update" or "delete".
        configuration: the parameters of the last Put call by the names of the API, and StateValue.
        previous: the same before an update; empty otherwise.
    """

    account: str
    region: str
    name: str
    operation: str
    configuration: Mapping[str, Any] = field(repr=False)
    previous: Mapping[str, Any] = field(repr=False)
    at: datetime
