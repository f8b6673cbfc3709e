"""Where the records of a batch go: trails, files and log streams, each looked up and permitted once per batch."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from moto.cloudtrail.models import Trail
from moto.logs.models import LogStream

from embedded_aws.events import TrailRef
from embedded_aws.stages.log_files import FileTarget, file_target
from embedded_aws.stages.log_stream import LogDeliveryError, permitted_stream
from embedded_aws.stages.trails import find_trail

if TYPE_CHECKING:
    from embedded_aws.world import World


class Routes:
    """Remembers what it found until `forget`."""

    def __init__(self, world: World) -> None:
        """Know nothing yet."""
        self._world = world
        self._trails: dict[str, Trail | None] = {}
        self._targets: dict[tuple[str, str, str], FileTarget] = {}
        self._streams: dict[tuple[str, str], LogStream | LogDeliveryError] = {}

    def forget(self) -> None:
        """Look everything up anew from now on, since calls may have changed it."""
        self._trails.clear()
        self._targets.clear()
        self._streams.clear()

    def trail(self, ref: TrailRef) -> Trail | None:
        """Return moto's trail; None if there never was one."""
        if ref.arn not in self._trails:
            self._trails[ref.arn] = find_trail(self._world, ref)
        return self._trails[ref.arn]

    def target(self, arn: str, trail: Trail, account: str, region: str) -> FileTarget:
        """Return where the trail's files for an account and Region go; `arn` is the trail's."""
        key = (arn, account, region)
        target = self._targets.get(key)
        if target is None:
            target = self._targets[key] = file_target(trail, account, region)
        return target

    def stream(self, arn: str, trail: Trail, account: str, at: datetime) -> LogStream:
        """Return the log stream for an account's records; LogDeliveryError if the trail may not write there."""
        key = (arn, account)
        found = self._streams.get(key)
        if found is None:
            try:
                found = permitted_stream(trail, account, at)
            except LogDeliveryError as error:
                found = error
            self._streams[key] = found
        if isinstance(found, LogDeliveryError):
            raise found
        return found
