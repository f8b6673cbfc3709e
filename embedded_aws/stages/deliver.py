"""Deliver records to the trails that took them: to their log groups at once, and to their buckets in gzip files."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from moto.cloudtrail.models import Trail

from embedded_aws.events import LogEvent, Record, TrailRef
from embedded_aws.stages.bucket_delivery import put_trail_object
from embedded_aws.stages.data_folder import mirror_log_file
from embedded_aws.stages.digest import Digests
from embedded_aws.stages.file_notice import send_file_notice
from embedded_aws.stages.log_files import FILE_BYTES, FileTarget, LogFile, OpenFile
from embedded_aws.stages.log_stream import LogDeliveryError, append_to_stream, is_too_large
from embedded_aws.stages.routes import Routes
from embedded_aws.stages.trail_status import trail_statuses

if TYPE_CHECKING:
    from embedded_aws.world import World

REFUSED_FILES_KEPT = 32
"""How many log files that a bucket refused are kept to be tried again; older ones are lost."""

_ENCODE = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode


class Delivery:
    """The stage between a recorded call and the metric filters; one thread at a time uses it."""

    def __init__(self, world: World) -> None:
        """Start with nothing to deliver."""
        self._world = world
        self._open: dict[FileTarget, tuple[Trail, OpenFile]] = {}
        self._waiting: deque[tuple[Trail, LogFile]] = deque()
        self._refused: deque[tuple[Trail, LogFile]] = deque(maxlen=REFUSED_FILES_KEPT)
        self._routes = Routes(world)
        self._digests = Digests(world)

    def begin_batch(self) -> None:
        """Look trails, policies and roles up anew: a batch begins after what its calls changed was changed."""
        self._routes.forget()

    def deliver(self, record: Record, trails: Sequence[TrailRef]) -> list[LogEvent]:
        """Put a record into the next file of each trail, and send it to the trails' log groups.

        Returns:
            The log events that were written.
        """
        if not trails:
            return []
        at, text = self._world.clock.now(), _ENCODE(record)
        account, region = record["recipientAccountId"], record["awsRegion"]
        too_large = is_too_large(text)
        events = []
        for ref in trails:
            trail = self._routes.trail(ref)
            if trail is None:
                continue
            target = self._routes.target(ref.arn, trail, account, region)
            self._add_to_file(trail, target, record["eventTime"], text, at)
            if trail.cw_log_group_arn and not too_large:
                events += self._send_to_logs(trail, target, text, at)
        return events

    def flush(self) -> None:
        """Write every file that has records, and try again those that were refused."""
        self._waiting.extend(self._refused)
        self._refused.clear()
        self._waiting.extend((trail, file.finish()) for trail, file in self._open.values())
        self._open.clear()
        # One by one, so that an error of the machine (a full disk) leaves the rest for the next time.
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
        target, statuses = file.target, trail_statuses(self._world)
        refusal = put_trail_object(trail, target.bucket, file.key, file.body, file.at)
        if refusal is not None:
            self._refused.append((trail, file))
            statuses.refused("Delivery", target.trail.arn, target.region, refusal)
            return
        statuses.delivered("Delivery", target.trail.arn, target.region, file.at)
        send_file_notice(self._world, trail, file)
        self._digests.add(file, trail)
        if self._world.data is not None:
            mirror_log_file(self._world.data, target.bucket, file.key, file.body)

    def _send_to_logs(self, trail: Trail, target: FileTarget, text: str, at: datetime) -> list[LogEvent]:
        arn, statuses = target.trail.arn, trail_statuses(self._world)
        try:
            stream = self._routes.stream(arn, trail, target.account, at)
        except LogDeliveryError as error:
            statuses.refused("CloudWatchLogsDelivery", arn, target.region, str(error))
            return []
        statuses.delivered("CloudWatchLogsDelivery", arn, target.region, at)
        return [append_to_stream(stream, text, at)]
