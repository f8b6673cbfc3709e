"""The state of CloudTrail beyond what moto keeps."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from moto.cloudtrail.models import Trail

from embedded_aws.cloudtrail.delivery.digest_keys import SigningKeys
from embedded_aws.core.events import Record

Delivery = Literal["Delivery", "Notification", "CloudWatchLogsDelivery", "DigestDelivery"]
"""The middle part of the members ``Latest...Time`` and ``Latest...Error`` of GetTrailStatus."""

HISTORY_KEPT = 10_000
"""How many management events LookupEvents finds at most; older ones are dropped."""


class TrailStatuses:
    """The times and errors of every trail's deliveries, and the times at which logging and validation changed.

    Source: CloudTrail API reference, GetTrailStatus: the status is that of one Region; an error is that of the last
    delivery, so that the next success clears it, while the time of the last success stays.
    """

    def __init__(self) -> None:
        """Start with nothing delivered."""
        self._latest: dict[tuple[str, str], dict[str, datetime | str]] = {}
        self.started: dict[str, datetime] = {}
        self.stopped: dict[str, datetime] = {}
        # When a trail last started and ended logging with validation: the limits of a chain of digests.
        self.chain_began: dict[str, datetime] = {}
        self.chain_ended: dict[str, datetime] = {}

    def delivered(self, delivery: Delivery, trail_arn: str, region: str, at: datetime) -> None:
        """Record a success."""
        latest = self._latest.setdefault((trail_arn, region), {})
        latest[f"Latest{delivery}Time"] = at
        latest.pop(f"Latest{delivery}Error", None)

    def rejected(self, delivery: Delivery, trail_arn: str, region: str, error: str) -> None:
        """Record a failure by its error code or text."""
        self._latest.setdefault((trail_arn, region), {})[f"Latest{delivery}Error"] = error

    def latest(self, trail_arn: str, region: str) -> dict[str, datetime | str]:
        """Return the members ``Latest...Time`` and ``Latest...Error``."""
        return dict(self._latest.get((trail_arn, region), {}))

    def remove(self, trail_arn: str) -> None:
        """Remove the status of a deleted trail, so that a new trail of its name starts without one."""
        for key in [key for key in list(self._latest) if key[0] == trail_arn]:
            self._latest.pop(key, None)
        self.started.pop(trail_arn, None)
        self.stopped.pop(trail_arn, None)


@dataclass
class CloudTrailState:
    """What CloudTrail keeps for all accounts and Regions.

    Attributes:
        deleted_trails: by ARN, the trails that were deleted last; they still deliver the records they took before.
        history: the management events that LookupEvents finds, oldest first.
    """

    statuses: TrailStatuses = field(default_factory=TrailStatuses)
    signing_keys: SigningKeys = field(default_factory=SigningKeys)
    deleted_trails: OrderedDict[str, Trail] = field(default_factory=OrderedDict)
    history: deque[Record] = field(default_factory=lambda: deque(maxlen=HISTORY_KEPT))
