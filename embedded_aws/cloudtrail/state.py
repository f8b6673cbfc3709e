"""What GetTrailStatus tells of a trail's deliveries, and since when a trail logs with file validation.

Source: CloudTrail API reference, GetTrailStatus: the status is that of one Region; an error is that of the last
delivery, so that the next success clears it, while the time of the last success stays.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from embedded_aws.core.state import World


Delivery = Literal["Delivery", "Notification", "CloudWatchLogsDelivery", "DigestDelivery"]
"""The middle of the members ``Latest...Time`` and ``Latest...Error`` of GetTrailStatus."""

_STATE = "trail statuses"


class TrailStatuses:
    """The times and errors of every trail's deliveries, and the times at which logging and validation changed."""

    def __init__(self) -> None:
        """Start with nothing delivered."""
        self._latest: dict[tuple[str, str], dict[str, datetime | str]] = {}
        self.started: dict[str, datetime] = {}
        self.stopped: dict[str, datetime] = {}
        # When a trail last began, and ceased, to both log and validate: there a chain of digests begins and ends.
        self.chain_began: dict[str, datetime] = {}
        self.chain_ended: dict[str, datetime] = {}

    def delivered(self, delivery: Delivery, trail_arn: str, region: str, at: datetime) -> None:
        """Record a success."""
        latest = self._latest.setdefault((trail_arn, region), {})
        latest[f"Latest{delivery}Time"] = at
        latest.pop(f"Latest{delivery}Error", None)

    def refused(self, delivery: Delivery, trail_arn: str, region: str, error: str) -> None:
        """Record a failure by its error code or text."""
        self._latest.setdefault((trail_arn, region), {})[f"Latest{delivery}Error"] = error

    def latest(self, trail_arn: str, region: str) -> dict[str, datetime | str]:
        """Return the members ``Latest...Time`` and ``Latest...Error`` that there are."""
        return dict(self._latest.get((trail_arn, region), {}))

    def forget(self, trail_arn: str) -> None:
        """Forget a deleted trail's deliveries, so that a new trail of its name starts afresh."""
        for key in [key for key in list(self._latest) if key[0] == trail_arn]:
            self._latest.pop(key, None)
        self.started.pop(trail_arn, None)
        self.stopped.pop(trail_arn, None)


def trail_statuses(world: World) -> TrailStatuses:
    """Return the statuses of this world's trails."""
    statuses = world.state.get(_STATE)
    if statuses is None:
        statuses = world.state.setdefault(_STATE, TrailStatuses())
    assert isinstance(statuses, TrailStatuses)
    return statuses
