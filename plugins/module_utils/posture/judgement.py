# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Judge a snapshot by all standards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from .alarm_checks import ALARM_CHECKS
from .bucket_checks import BUCKET_CHECKS
from .delivery_checks import DELIVERY_CHECKS, drill_check
from .filter_checks import FILTER_CHECKS
from .outcome import FAIL, NOT_APPLICABLE, PASS, UNREAD, Check, Outcome, not_applicable, outcome
from .snapshot import Snapshot
from .standards import OUTSIDE, STANDARDS
from .trail_checks import TRAIL_CHECKS

# The worst of a control's checks decides.
_WORST_FIRST = (FAIL, UNREAD, NOT_APPLICABLE, PASS)


def checks(drill_days: int) -> dict[str, Check]:
    """Return all checks by name."""
    every = [*TRAIL_CHECKS, *BUCKET_CHECKS, *FILTER_CHECKS, *ALARM_CHECKS, *DELIVERY_CHECKS]
    every += [drill_check(drill_days), *_outside()]
    return {check.name: check for check in every}


def _outside() -> list[Check]:
    return [Check(f"outside-{name}", title, partial(_not_ours, why)) for name, (title, why) in OUTSIDE.items()]


def _not_ours(why: str, _snapshot: Snapshot) -> Outcome:
    return not_applicable(f"Outside of this system. {why}")


def outcomes(snapshot: Snapshot, *, drill_days: int, strict: bool = False) -> dict[str, Outcome]:
    """Return what each check finds, by its name; the arguments are those of `judge`."""
    return {name: outcome(check, snapshot, strict=strict) for name, check in checks(drill_days).items()}


def judge(
    snapshot: Snapshot, *, drill_days: int, strict: bool = False, accepted: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Return the controls of all standards, in their order, with what was found.

    Args:
        snapshot: What AWS says.
        drill_days: The age in days from which a drill is too old; 0 for no such promise.
        strict: Whether options that are not chosen fail.
        accepted: Why a control is not met on purpose, by ``standard control`` or by the name of a check.
    """
    every = checks(drill_days)
    found = outcomes(snapshot, drill_days=drill_days, strict=strict)
    return [
        {
            "standard": standard,
            "control": control,
            "title": every[names[0]].title,
            "checks": list(names),
            **_decided(standard, control, names, found, accepted or {}),
        }
        for standard, controls in STANDARDS.items()
        for control, names in controls.items()
    ]


def _decided(
    standard: str, control: str, names: Collection[str], found: Mapping[str, Outcome], accepted: Mapping[str, str]
) -> dict[str, str]:
    worst = min((found[name] for name in names), key=lambda each: _WORST_FIRST.index(each.status))
    reason = next((accepted[key] for key in (f"{standard} {control}", *names) if key in accepted), None)
    if worst.status == FAIL and reason is not None:
        return {"status": NOT_APPLICABLE, "why": f"Accepted: {reason} ({worst.why})", "remedy": ""}
    return {"status": worst.status, "why": worst.why, "remedy": worst.remedy}


def known_names() -> set[str]:
    """Return what `accepted` of `judge` may name."""
    return {*checks(1), *(f"{standard} {control}" for standard, controls in STANDARDS.items() for control in controls)}
