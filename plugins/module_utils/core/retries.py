# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Retry with jitter, within one time budget for the whole module.

Source of the delays: AWS Architecture Blog, "Exponential backoff and jitter" (full jitter).
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

_FIRST_DELAY_SECONDS = 0.5
_LONGEST_DELAY_SECONDS = 15.0


@dataclass
class Budget:
    """The time for all retries of a run.

    Attributes:
        seconds: The time from the start to the last attempt.
        now: The clock, in seconds.
        sleep: Waits for a number of seconds.
        draw: Returns a random number from 0 to 1.
    """

    seconds: float
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    draw: Callable[[], float] = random.random
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        """Start the clock."""
        self._end = self.now() + self.seconds

    def wait(self, attempt: int) -> bool:
        """Wait before another attempt and return True; return False without waiting if the time would be over.

        Args:
            attempt: The number of attempts so far, 1 or more.
        """
        longest = min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2.0 ** (attempt - 1))
        # Half of the delay is fixed, so that draws near 0 do not use up the attempts during a short outage.
        delay = longest * (0.5 + self.draw() / 2)
        if self.now() + delay > self._end:
            return False
        self.sleep(delay)
        return True

    def pause(self, seconds: float) -> bool:
        """Wait for a time and return True; return False without waiting if the time would be over."""
        if self.now() + seconds > self._end:
            return False
        self.sleep(seconds)
        return True
