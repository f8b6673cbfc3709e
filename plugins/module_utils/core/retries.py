# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Repeat what may well succeed later, with jitter, inside one time budget for the whole module.

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
    """The time that all retries of a run share.

    Attributes:
        seconds: How long after its start the last attempt may begin.
        now: The clock, in seconds.
        sleep: How to wait.
        draw: A number from 0 to 1.
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
        """Wait before another attempt and return True, or return False at once if the time would be over by then.

        Args:
            attempt: How many attempts were made so far, 1 or more.
        """
        longest = min(_LONGEST_DELAY_SECONDS, _FIRST_DELAY_SECONDS * 2.0 ** (attempt - 1))
        # Half of it is fixed: a draw near 0 would spend the attempts of a burst at once.
        delay = longest * (0.5 + self.draw() / 2)
        if self.now() + delay > self._end:
            return False
        self.sleep(delay)
        return True

    def pause(self, seconds: float) -> bool:
        """Wait so long and return True, or return False at once if the time would be over by then."""
        if self.now() + seconds > self._end:
            return False
        self.sleep(seconds)
        return True
