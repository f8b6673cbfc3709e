# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is shown while a playbook runs: a live view on a terminal with rich, one line for each account otherwise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.run import DONE, FAILED, RUNNING, Account, Run
from ansible_collections.secmon.aws.plugins.plugin_utils.rollout.screen import cut, duration

try:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text
except ImportError:
    Console = Live = Text = None  # type: ignore[assignment, misc]

_SHOWN = 12
_BAR = 24
_PAUSE = 0.2
# The account ID, the time and the part beside the name of a host.
_BESIDE_HOST, _SHORTEST_HOST = 48, 12


def is_terminal(stream: Any, environment: Mapping[str, str]) -> bool:
    """Return whether a live view can be shown on a stream.

    ansible-runner, also that of Automation Platform, gives its jobs a terminal and writes its events to it, in control
    sequences that rich would break.
    """
    of_a_job = "AWX_ISOLATED_DATA_DIR" in environment
    return Console is not None and not of_a_job and stream.isatty() and environment.get("TERM", "") not in ("", "dumb")


def progress(run: Run, seconds: float, width: int) -> str:
    """Return how far the run is, in one line, with a bar if there is room for it."""
    counts, total = run.counts(), len(run.accounts)
    ended = counts[DONE] + counts[FAILED]
    # Those that run are half done on average: without them, the first to end would promise hours.
    worked = ended + counts[RUNNING] / 2
    left = seconds * (total - worked) / worked if ended else None
    parts = [f"{counts[state]} {state}" for state in (DONE, RUNNING, FAILED)] + [duration(seconds)]
    parts += [f"about {duration(left)} left"] if left else []
    text = f"{ended} of {total}: {', '.join(parts)}"
    room = min(_BAR, width - len(f"{run.playbook} [] {text}"))
    filled = room * ended // total if total else 0
    drawn = f"[{'#' * filled}{'.' * (room - filled)}] " if room > 0 else ""
    return cut(f"{run.playbook} {drawn}{text}", width)


def running(run: Run, at: float, width: int) -> Iterator[str]:
    """Yield the accounts that are running, with the part that each one is at."""
    under_way = [account for account in run.accounts.values() if account.state == RUNNING]
    # A long name must not hide the part.
    longest = max((len(account.host) for account in under_way[:_SHOWN]), default=0)
    longest = min(longest, max(width - _BESIDE_HOST, _SHORTEST_HOST))
    for account in under_way[:_SHOWN]:
        took = duration(at - (account.started or 0.0))
        yield cut(f"  {cut(account.host, longest):{longest}}  {account.id:12}  {took:>10}  {account.part}", width)
    if len(under_way) > _SHOWN:
        yield f"  and {len(under_way) - _SHOWN} more"


def ended(run: Run, account: Account) -> str:
    """Return the line for an account that has ended."""
    # One that failed has not ended before its last task.
    count = sum(bool(each.seconds) for each in run.accounts.values())
    number = f"{count:{len(str(len(run.accounts)))}}/{len(run.accounts)}"
    states = [f"{account.count(state)} {state}" for state in ("created", "changed", "removed") if account.count(state)]
    what = "failed" if account.state == FAILED else ", ".join(states) or "unchanged"
    return f"[{number}] {account.host} {account.id}: {what}, {duration(account.seconds)}"


class PlainView:
    """One line for each account that has ended."""

    def __init__(self, display: Callable[[str], None]) -> None:
        """Show nothing yet.

        Args:
            display: Writes a line.
        """
        self._display = display

    def update(self, run: Run) -> None:
        """Do nothing: a line cannot be changed."""

    def end(self, run: Run, account: Account) -> None:
        """Show an account that has ended."""
        self._display(ended(run, account))

    def close(self) -> None:
        """Do nothing."""


class LiveView:
    """A few lines below the output, which change. No thread draws them: the controller forks for each task."""

    def __init__(self, stream: Any, clock: Callable[[], float]) -> None:
        """Begin the view.

        Args:
            stream: The terminal.
            clock: Returns the seconds since the start of the run.
        """
        console = Console(file=stream)
        self._width = console.width
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._live.start()
        self._clock = clock
        self._drawn = -_PAUSE

    def update(self, run: Run) -> None:
        """Draw the view again, a few times in a second at most."""
        now = self._clock()
        if now - self._drawn >= _PAUSE:
            self._drawn = now
            lines = [progress(run, now, self._width), *running(run, now, self._width)]
            self._live.update(Text("\n".join(lines)), refresh=True)

    def end(self, run: Run, _account: Account) -> None:
        """Draw the view again."""
        self.update(run)

    def close(self) -> None:
        """Remove the view, and show the cursor again."""
        self._live.stop()
