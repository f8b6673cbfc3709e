"""The time of the embedded AWS: the machine's own, moved forward on demand and never back."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


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
