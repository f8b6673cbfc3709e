"""Deliver records to the log groups of trails, and to their buckets in gzip files."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Sequence
from datetime import datetime

from moto.cloudtrail.models import Trail
from moto.logs.models import LogStream

from embedded_aws.cloudtrail.delivery.bucket import copy_log_file, put_trail_object, send_file_notice
from embedded_aws.cloudtrail.delivery.digests import Digests
from embedded_aws.cloudtrail.delivery.log_files import FILE_BYTES, FileTarget, LogFile, OpenFile, file_target
from embedded_aws.cloudtrail.delivery.log_stream import (
    STREAMS,
    LogDeliveryError,
    append_to_stream,
    is_too_large,
    permitted_stream,
)
from embedded_aws.cloudtrail.trails import find_trail
from embedded_aws.core.events import LogEvent, Record, TrailRef
from embedded_aws.core.state import State

# The destinations of a batch of records: each trail, file and log stream is looked up and authorized once per batch.


class Routes:
    """A cache of trails, file targets and log streams."""

    def __init__(self, state: State) -> None:
        """Start with empty caches."""
        self._state = state
        self._trails: dict[str, Trail | None] = {}
        self._targets: dict[tuple[str, str, str], FileTarget] = {}
        self._streams: dict[tuple[str, str, int], LogStream | LogDeliveryError] = {}

    def invalidate(self) -> None:
        """Empty the cache, since calls may have changed what it holds."""
        self._trails.clear()
        self._targets.clear()
        self._streams.clear()

    def trail(self, ref: TrailRef) -> Trail | None:
        """Return moto's trail, or None if it never existed."""
        if ref.arn not in self._trails:
            self._trails[ref.arn] = find_trail(self._state, ref)
        return self._trails[ref.arn]

    def target(self, arn: str, trail: Trail, account: str, region: str) -> FileTarget:
        """Return the target of the trail's files for an account and Region; `arn` is that of the trail."""
        key = (arn, account, region)
        target = self._targets.get(key)
        if target is None:
            target = self._targets[key] = file_target(trail, account, region)
        return target

    def stream(self, arn: str, trail: Trail, account: str, number: int, at: datetime) -> LogStream:
        """Return a log stream for an account's records; LogDeliveryError if the trail may not write there."""
        key = (arn, account, number)
        found = self._streams.get(key)
        if found is None:
            try:
                found = permitted_stream(trail, account, number, at)
            except LogDeliveryError as error:
                found = error
            self._streams[key] = found
        if isinstance(found, LogDeliveryError):
            raise found
        return found


# Deliver records to the selected trails: to their log groups at once, and to their buckets in gzip files.

REFUSED_FILES_KEPT = 32
"""How many rejected log files are kept for another try; older ones are lost."""

_ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class Delivery:
    """The delivery stage, between selection and metric filters. Not thread-safe."""

    def __init__(self, state: State) -> None:
        """Start with nothing to deliver."""
        self._state = state
        self._open: dict[FileTarget, tuple[Trail, OpenFile]] = {}
        self._waiting: deque[tuple[Trail, LogFile]] = deque()
        self._refused: deque[tuple[Trail, LogFile]] = deque(maxlen=REFUSED_FILES_KEPT)
        self._routes = Routes(state)
        self._sent: Counter[tuple[str, str]] = Counter()
        self._digests = Digests(state)

    def begin_batch(self) -> None:
        """Invalidate cached trails, policies and roles: the calls of the new batch may have changed them."""
        self._routes.invalidate()

    def deliver(
        self, record: Record, trails: Sequence[TrailRef], *, files: bool = True, logs: bool = True
    ) -> list[LogEvent]:
        """Append a record to the open file of each trail, and send it to the trails' log groups.

        Args:
            files, logs: False leaves out one of the two destinations, whose delivery has a time of its own.

        Returns:
            The log events that were written.
        """
        if not trails:
            return []
        at, text = self._state.clock.now(), _ENCODE(record)
        account, region = record["recipientAccountId"], record["awsRegion"]
        too_large = is_too_large(text)
        events = []
        for ref in trails:
            trail = self._routes.trail(ref)
            if trail is None:
                continue
            target = self._routes.target(ref.arn, trail, account, region)
            if files:
                self._add_to_file(trail, target, record["eventTime"], text, at)
            if logs and trail.cw_log_group_arn and not too_large:
                events += self._send_to_logs(trail, target, text, at)
        return events

    def flush(self) -> None:
        """Write every open file, and retry those that were rejected."""
        self._waiting.extend(self._refused)
        self._refused.clear()
        self._waiting.extend((trail, file.finish()) for trail, file in self._open.values())
        self._open.clear()
        # One by one, so that an error of the machine (a full disk) keeps the rest for the next flush.
        while self._waiting:
            self._put(*self._waiting.popleft())

    def tick(self, now: datetime) -> None:
        """Write the files, and the digests that are due at that time."""
        self.flush()
        self._digests.tick(now)

    def _add_to_file(self, trail: Trail, target: FileTarget, event_time: str, text: str, at: datetime) -> None:
        found = self._open.get(target)
        if found is None:
            found = self._open[target] = (trail, OpenFile(target, at))
        _first, file = found
        file.add(text, event_time, at)
        if file.size >= FILE_BYTES:
            del self._open[target]
            self._put(trail, file.finish())

    def _put(self, trail: Trail, file: LogFile) -> None:
        target, statuses = file.target, self._state.cloudtrail.statuses
        rejection = put_trail_object(trail, target.bucket, file.key, file.body, file.at)
        if rejection is not None:
            self._refused.append((trail, file))
            statuses.rejected("Delivery", target.trail.arn, target.region, rejection)
            return
        statuses.delivered("Delivery", target.trail.arn, target.region, file.at)
        send_file_notice(self._state, trail, file)
        self._digests.add(file, trail)
        if self._state.data is not None:
            copy_log_file(self._state.data, target.bucket, file.key, file.body)

    def _send_to_logs(self, trail: Trail, target: FileTarget, text: str, at: datetime) -> list[LogEvent]:
        arn, statuses = target.trail.arn, self._state.cloudtrail.statuses
        number = self._sent[arn, target.account] % STREAMS + 1
        self._sent[arn, target.account] += 1
        try:
            stream = self._routes.stream(arn, trail, target.account, number, at)
        except LogDeliveryError as error:
            statuses.rejected("CloudWatchLogsDelivery", arn, target.region, str(error))
            return []
        statuses.delivered("CloudWatchLogsDelivery", arn, target.region, at)
        return [append_to_stream(stream, text, at)]
