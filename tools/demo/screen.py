"""What the demo prints while a playbook runs: a line for each change, and on a terminal the time and the task."""

from __future__ import annotations

import shutil
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Self

WIDTH = 100
_TICK_SECONDS = 0.5
_CLEAR = "\r\033[K"


class Progress:
    """The progress of one run. Without a terminal, it prints only the changes and failures."""

    def __init__(self, *, intended_failure: bool = False) -> None:
        """Begin; `intended_failure` marks the failure that the demo provokes."""
        self._failed = "failed as intended" if intended_failure else "FAILED"
        self._began, self._task = time.monotonic(), ""
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._clock = threading.Thread(target=self._tick, daemon=True) if sys.stdout.isatty() else None

    def __enter__(self) -> Self:
        """Start the clock."""
        if self._clock:
            self._clock.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        """Stop the clock, and print the duration of a run that ended."""
        self._ended.set()
        if self._clock:
            self._clock.join()
        if kind is None:
            self.line(f"  ended after {time.monotonic() - self._began:.0f} seconds")

    def line(self, text: str) -> None:
        """Print a line in the place of the clock."""
        with self._lock:
            print(f"{_CLEAR if self._clock else ''}{text}", flush=True)

    def show(self, event: dict[str, Any]) -> None:
        """Show an event of a run: the results of a task that changed something or failed."""
        if "task" not in event:
            return
        self._task = event["task"]["name"].split(" : ")[-1]
        for host, result in (event.get("hosts") or {}).items():
            failed = result.get("failed") and not result.get("ignore_errors")
            if failed or result.get("changed"):
                self.line(f"  {self._failed if failed else 'changed'} {host:<11} {self._task}")

    def _tick(self) -> None:
        while not self._ended.wait(_TICK_SECONDS):
            text = f"  {time.monotonic() - self._began:3.0f} s  {self._task}"
            with self._lock:
                print(f"{_CLEAR}{text[: shutil.get_terminal_size().columns - 1]}", end="", flush=True)
        print(_CLEAR, end="", flush=True)


def wrapped(text: str) -> Iterator[str]:
    """Yield the lines of a text, wrapped between words below their own indentation; a long word stays whole."""
    for line in text.strip("\n").rstrip().splitlines():
        indentation = line[: len(line) - len(line.lstrip())]
        yield from textwrap.wrap(
            line, WIDTH, subsequent_indent=f"{indentation}  ", break_long_words=False, break_on_hyphens=False
        ) or [""]
