# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a check found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .snapshot import Snapshot, UnreadError

PASS, FAIL, NOT_APPLICABLE, UNREAD = "pass", "fail", "not applicable", "unread"
STATUSES = (PASS, FAIL, NOT_APPLICABLE, UNREAD)


@dataclass(frozen=True)
class Outcome:
    """What a check found.

    Attributes:
        status: One of STATUSES.
        why: The reason, as a sentence.
        remedy: The variable or playbook that corrects it; empty if nothing has to be corrected.
    """

    status: str
    why: str
    remedy: str = ""


@dataclass(frozen=True)
class Check:
    """One fact about the monitoring.

    Attributes:
        name: A short name, unique.
        title: The fact, as a sentence without a full stop.
        judge: The function that decides it from a snapshot, and calls nothing.
        optional: Why this collection does not do it by default, if so.
    """

    name: str
    title: str
    judge: Callable[[Snapshot], Outcome]
    optional: str = ""


def outcome(check: Check, snapshot: Snapshot, *, strict: bool = False) -> Outcome:
    """Return what a check finds; an option that is not chosen only fails if `strict`."""
    try:
        found = check.judge(snapshot)
    except UnreadError as error:
        return Outcome(UNREAD, error.part.why, error.part.remedy)
    if found.status == FAIL and check.optional and not strict:
        return Outcome(NOT_APPLICABLE, f"An option that is not chosen: {check.optional} {found.remedy}".strip())
    return found


def passed(why: str) -> Outcome:
    """Return that a check passes."""
    return Outcome(PASS, why)


def failed(problems: Iterable[str], remedy: str, otherwise: str) -> Outcome:
    """Return that a check fails with problems, or that it passes if there are none."""
    found = list(problems)
    return Outcome(FAIL, " ".join(found), remedy) if found else passed(otherwise)


def not_applicable(why: str) -> Outcome:
    """Return that a check does not apply."""
    return Outcome(NOT_APPLICABLE, why)
