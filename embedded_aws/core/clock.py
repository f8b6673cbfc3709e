"""The embedded clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """The time in UTC: it starts at that of the machine, and moves forward only, by `advance` or at another speed."""

    def __init__(self) -> None:
        """Start at the machine's time and speed."""
        self._lock = threading.Lock()
        now = datetime.now(UTC)
        # The embedded time at a time of the machine, and the speed since then.
        self._state = (now, now, 1.0)

    def now(self) -> datetime:
        """Return the embedded time, aware and in UTC."""
        base, since, speed = self._state
        return base + (datetime.now(UTC) - since) * speed

    def advance(self, seconds: float) -> datetime:
        """Move the clock forward and return the new time; raise ValueError for negative seconds."""
        if seconds < 0:
            raise ValueError("the clock moves forward only")
        with self._lock:
            base, since, speed = self._state
            self._state = (base + timedelta(seconds=seconds), since, speed)
        return self.now()

    def run_at(self, speed: float) -> None:
        """Let the clock run `speed` times as fast as the machine's from now on."""
        with self._lock:
            self._state = (self.now(), datetime.now(UTC), speed)

    def reset(self) -> None:
        """Return to the machine's time and speed."""
        now = datetime.now(UTC)
        with self._lock:
            self._state = (now, now, 1.0)
