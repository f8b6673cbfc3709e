"""The records on their way from the call to the log groups and buckets of trails, with the delays of AWS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from embedded_aws.core.consistency import TO_LOGS, TO_S3, Consistency
from embedded_aws.core.events import Record, TrailRef

# CloudTrail delivers records in batches, so those that are due in the same half minute arrive together.
_BATCH = timedelta(seconds=30)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Arrival(NamedTuple):
    """A record that reaches the log group (or, if not `to_logs`, the log file) of a trail."""

    record: Record
    trail: TrailRef
    to_logs: bool


class Schedule:
    """The arrivals by their time. Only the worker changes it."""

    def __init__(self, consistency: Consistency) -> None:
        """Start empty."""
        self._consistency = consistency
        self._arrivals: defaultdict[datetime, list[Arrival]] = defaultdict(list)

    def add(self, record: Record, trails: Sequence[TrailRef], at: datetime) -> None:
        """Add the arrivals of a record at each of its trails; `at` is the time of its call."""
        for trail in trails:
            key = (trail.arn, record["recipientAccountId"], record["awsRegion"])
            for delay in (TO_LOGS, TO_S3):
                due = self._consistency.visible_at(delay, at, *key)
                batches = -((_EPOCH - due) // _BATCH)
                self._arrivals[_EPOCH + batches * _BATCH].append(Arrival(record, trail, delay is TO_LOGS))

    def next_due(self) -> datetime | None:
        """Return the time of the next arrival, or None."""
        return min(list(self._arrivals), default=None)

    def take_due(self, now: datetime) -> Iterator[Arrival]:
        """Remove and yield the arrivals up to a time, in their order."""
        for due in sorted(time for time in self._arrivals if time <= now):
            yield from self._arrivals.pop(due)

    def take_files(self, is_meant: Callable[[TrailRef], bool]) -> list[Arrival]:
        """Remove and return the arrivals at log files of some trails, although they are not due."""
        found: list[Arrival] = []
        for due, arrivals in list(self._arrivals.items()):
            left: list[Arrival] = []
            for arrival in arrivals:
                (left if arrival.to_logs or not is_meant(arrival.trail) else found).append(arrival)
            if left:
                self._arrivals[due] = left
            else:
                del self._arrivals[due]
        return found
