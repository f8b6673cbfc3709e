"""The state of one embedded AWS beyond what moto keeps."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from moto.moto_api._internal.models import moto_api_backend

from embedded_aws.core.events import Record
from embedded_aws.core.faults import Faults
from embedded_aws.core.pipeline import Pipeline
from embedded_aws.seeds.apply import plant
from embedded_aws.seeds.seed import Seed
from embedded_aws.sns.mailbox import Mailbox

# The time of the embedded AWS: the machine's own, moved forward on demand and never back.


class Clock:
    """Tells the time in UTC; ``advance`` moves it for everybody at once."""

    def __init__(self) -> None:
        """Start at the machine's time."""
        self._offset = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Return the embedded time, aware and in UTC."""
        return datetime.now(UTC) + self._offset

    def advance(self, seconds: float) -> datetime:
        """Move forward and return the new time. ValueError if that would move it back."""
        if seconds < 0:
            raise ValueError("the clock moves forward only")
        with self._lock:
            self._offset += timedelta(seconds=seconds)
        return self.now()

    def reset(self) -> None:
        """Return to the machine's time."""
        with self._lock:
            self._offset = timedelta()


# Everything that one embedded AWS knows beyond what moto keeps, in one place.

CALLS_KEPT = 10_000
"""How many calls ``GET /_embedded/calls`` can look back on; older ones are forgotten."""
HISTORY_KEPT = 10_000
"""How many management events the event history (LookupEvents) can look back on; older ones are forgotten."""


@dataclass(frozen=True, slots=True)
class SeenCall:
    """What is kept of a call for ``GET /_embedded/calls``."""

    id: int
    at: datetime
    account: str
    region: str
    service: str
    action: str
    access: str
    error: str | None


class World:
    """The state beside moto's: clock, calls, faults, mailbox, event history and the pipeline."""

    def __init__(self, seed: Seed | None = None, data: Path | None = None, smtp: tuple[str, int] | None = None) -> None:
        """Start with the accounts of the seed, if there is one.

        Args:
            data: the directory that gets a copy of every log file and mail; None for none.
            smtp: host and port of the SMTP server that gets the mails; None for the embedded one.
        """
        self.seed = seed
        self.data = data
        self.clock = Clock()
        self.faults = Faults()
        self.mailbox = Mailbox(smtp, data / "mails" if data else None)
        self.calls: deque[SeenCall] = deque(maxlen=CALLS_KEPT)
        self.history: deque[Record] = deque(maxlen=HISTORY_KEPT)
        self.ids = itertools.count(1)
        # State of gaps and stages, by their own keys; emptied by reset.
        self.state: dict[str, Any] = {}
        self.lock = threading.RLock()
        self.pipeline = Pipeline(self)
        if seed:
            plant(seed)

    def reset(self) -> None:
        """Forget everything, moto's resources included, and plant the seed again."""
        self.pipeline.drain()
        with self.lock:
            moto_api_backend.reset()
            self.clock.reset()
            self.faults.clear()
            self.mailbox.clear()
            self.calls.clear()
            self.history.clear()
            self.state.clear()
            self.pipeline.reset()
            if self.seed:
                plant(self.seed)

    def close(self) -> None:
        """Stop the worker of the pipeline and the embedded SMTP server."""
        self.pipeline.close()
        self.mailbox.close()
