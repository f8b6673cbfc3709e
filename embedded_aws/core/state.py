"""The state of one embedded AWS beyond what moto keeps."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from moto.moto_api._internal.models import moto_api_backend

from embedded_aws.cloudtrail.state import CloudTrailState
from embedded_aws.cloudwatch.state import CloudWatchState
from embedded_aws.core.faults import Faults
from embedded_aws.seeds.apply import apply_seed
from embedded_aws.seeds.seed import Seed
from embedded_aws.sns.mailbox import Mailbox
from embedded_aws.sns.state import SnsState

CALLS_KEPT = 10_000
"""How many calls ``GET /_embedded/calls`` lists at most; older ones are dropped."""


class Clock:
    """The time in UTC: that of the machine, moved forward by `advance` and never back."""

    def __init__(self) -> None:
        """Start at the machine's time."""
        self._offset = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the embedded time, aware and in UTC."""
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> datetime:
        """Move the clock forward and return the new time; raise ValueError for negative seconds."""
        if seconds < 0:
            raise ValueError("the clock moves forward only")
        with self._lock:
            self._offset += timedelta(seconds=seconds)
        return self.now()

    def reset(self) -> None:
        """Return to the machine's time."""
        with self._lock:
            self._offset = timedelta()


@dataclass(frozen=True, slots=True)
class SeenCall:
    """A call as ``GET /_embedded/calls`` lists it."""

    id: int
    at: datetime
    account: str
    region: str
    service: str
    action: str
    access: str
    error: str | None


class State:
    """The clock, calls, faults and mailbox, and the state of each service.

    Attributes:
        cloudtrail, cloudwatch, sns: what the overrides and the pipeline parts of a service keep; replaced by a reset.
        lock: held while a part of the state changes that several threads change.
    """

    cloudtrail: CloudTrailState
    cloudwatch: CloudWatchState
    sns: SnsState

    def __init__(self, seed: Seed | None = None, data: Path | None = None, smtp: tuple[str, int] | None = None) -> None:
        """Start with the accounts of the seed, if there is one.

        Args:
            data: the directory that gets a copy of every log file and e-mail; None for no copies.
            smtp: host and port of the SMTP server for e-mails; None for the embedded mailbox.
        """
        self.seed = seed
        self.data = data
        self.clock = Clock()
        self.faults = Faults()
        self.mailbox = Mailbox(smtp, data / "mails" if data else None)
        self.calls: deque[SeenCall] = deque(maxlen=CALLS_KEPT)
        self.ids = itertools.count(1)
        self.lock = threading.RLock()
        self._start()

    def reset(self) -> None:
        """Drop everything, moto's resources included, and apply the seed again."""
        with self.lock:
            moto_api_backend.reset()
            self.clock.reset()
            self.faults.clear()
            self.mailbox.clear()
            self.calls.clear()
            self._start()

    def _start(self) -> None:
        self.cloudtrail = CloudTrailState()
        self.cloudwatch = CloudWatchState()
        self.sns = SnsState()
        if self.seed:
            apply_seed(self.seed)
