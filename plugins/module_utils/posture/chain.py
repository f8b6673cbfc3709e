# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Checks of the monitored log group as functions that yield problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .outcome import FAIL, NOT_APPLICABLE, Outcome, failed, not_applicable
from .snapshot import Snapshot, Trail

Problems = Callable[[Snapshot, Trail], Iterator[str]]


def of_chain(problems: Problems, remedy: str, otherwise: str) -> Callable[[Snapshot], Outcome]:
    """Return a check of the monitored log group; `problems` yields what is wrong."""

    def check(snapshot: Snapshot) -> Outcome:
        trail = snapshot.chain
        return failed(problems(snapshot, trail), remedy, otherwise) if trail else without_chain(snapshot)

    return check


def of_alarms(problems: Problems, remedy: str, otherwise: str) -> Callable[[Snapshot], Outcome]:
    """Return a check of the alarms of the monitored log group, of which there must be one."""

    def with_alarms(snapshot: Snapshot, trail: Trail) -> Iterator[str]:
        if not snapshot.watching:
            yield f"No alarm watches a metric of the log group {trail.group_name}."
        yield from problems(snapshot, trail)

    return of_chain(with_alarms, remedy, otherwise)


def without_chain(snapshot: Snapshot) -> Outcome:
    """Return what a check of the log group says if no trail of this account and region delivers to one."""
    account = snapshot.place.account
    # The trail of another account may hide its log group.
    delivering = [trail for trail in snapshot.trails if trail.group_name or trail.owner != account]
    for trail in sorted(delivering, key=lambda each: each.group_owner != account):
        if trail.group_owner != account:
            why = f"The trail {trail.name} delivers to a log group of account {trail.group_owner}: judge it there."
        else:
            home = trail.home
            why = f"The trail {trail.name} has its log group in {home}: judge it there (secmon_region: {home})."
        return not_applicable(why)
    return Outcome(FAIL, "No trail delivers to a log group.", "Run site.yml.")


def is_judged_elsewhere(snapshot: Snapshot) -> bool:
    """Return whether the log group of the account's trails is in another account or region."""
    return snapshot.chain is None and without_chain(snapshot).status == NOT_APPLICABLE
