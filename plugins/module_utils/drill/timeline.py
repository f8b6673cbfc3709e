# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The hops that one read of a secret takes to a notification, what was found out about them, and the timeline."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..core.aws_names import Place

HOPS = ("call", "event_history", "log_file", "log_group", "metric", "alarm", "notification")

# The cause of which nothing is known but that the time was over.
NOT_SEEN = "not_seen"

# What has to be seen before a hop can be looked for: three ways part after the call, one of them leads to the alarm.
PREDECESSORS = {
    "event_history": "call",
    "log_file": "call",
    "log_group": "call",
    "metric": "log_group",
    "alarm": "metric",
    "notification": "alarm",
}


class Weight(enum.Enum):
    """How sure a finding is."""

    CERTAIN = "the hop cannot work; nobody needs to wait for it"
    RISK = "the hop works at times; worth a warning even if it worked"
    DOUBT = "explains why the hop did not work; forgotten if it did"


@dataclass(frozen=True)
class Finding:
    """Something that breaks a hop, or may.

    Attributes:
        hop: One of HOPS.
        code: A stable name of the cause, such as ``trail_stopped``.
        cause: What is wrong, in a sentence.
        remedy: What to do about it.
        weight: How sure that is.
    """

    hop: str
    code: str
    cause: str
    remedy: str
    weight: Weight = Weight.CERTAIN


@dataclass(frozen=True)
class Reached:
    """A hop that was seen to work.

    Attributes:
        seconds: When it was seen, counted from the call.
        detail: What was seen.
    """

    seconds: float
    detail: str


@dataclass(frozen=True)
class Drill:
    """All that is known about one drill.

    Attributes:
        secret: The secret's name or ARN as the task has it.
        place: Where it took place.
        called_at: When the secret was read, by AWS's clock; None if it was not.
        reached: The hops that were seen to work.
        findings: What the inspection found.
        broken: What ended the drill, or None.
    """

    secret: str
    place: Place
    called_at: datetime | None = None
    reached: Mapping[str, Reached] | None = None
    findings: Sequence[Finding] = ()
    broken: Finding | None = None


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings in the order of the hops."""
    return sorted(findings, key=lambda finding: HOPS.index(finding.hop))


def first_certain(findings: Sequence[Finding]) -> Finding | None:
    """Return the first finding that nobody needs to wait for, in the order of the hops."""
    return next((finding for finding in in_order(findings) if finding.weight is Weight.CERTAIN), None)


def drill_results(drill: Drill) -> dict[str, Any]:
    """Return what the module returns about a drill."""
    timeline = [_step(drill, hop) for hop in HOPS]
    broken, seconds = drill.broken, [reached.seconds for reached in (drill.reached or {}).values()]
    return {
        "timeline": timeline,
        "broken_hop": broken.hop if broken else "",
        "cause": broken.cause if broken else "",
        "cause_code": broken.code if broken else "",
        "remedy": broken.remedy if broken else "",
        "problems": [
            {"hop": each.hop, "code": each.code, "cause": each.cause, "remedy": each.remedy}
            for each in _problems(drill)
        ],
        "total_seconds": max(seconds, default=0.0),
        "lines": _lines(drill, timeline),
    }


def _problems(drill: Drill) -> list[Finding]:
    """Return what is certain, what warns, and what ended the drill; a doubt that proved unfounded is none."""
    own = [drill.broken] if drill.broken and drill.broken not in drill.findings else []
    reached = drill.reached or {}
    return in_order(
        [*own, *(each for each in drill.findings if each.weight is not Weight.DOUBT or each.hop not in reached)]
    )


def _step(drill: Drill, hop: str) -> dict[str, Any]:
    found = (drill.reached or {}).get(hop)
    status, detail = _status(drill, hop, found)
    return {
        "hop": hop,
        "status": status,
        "seconds": found.seconds if found else None,
        "hop_seconds": _hop_seconds(drill.reached or {}, hop),
        "at": _at(drill.called_at, found),
        "detail": detail,
    }


def _status(drill: Drill, hop: str, found: Reached | None) -> tuple[str, str]:
    if drill.broken and drill.broken.hop == hop:
        return "broken", drill.broken.cause
    risks = [each.cause for each in drill.findings if each.hop == hop and each.weight is Weight.RISK]
    if found:
        return ("warning" if risks else "ok"), " ".join([found.detail, *risks])
    certain = [each.cause for each in drill.findings if each.hop == hop and each.weight is Weight.CERTAIN]
    if certain or risks:
        return "not_reached", " ".join([*certain, *risks])
    return "not_reached", ""


def _hop_seconds(reached: Mapping[str, Reached], hop: str) -> float | None:
    if hop not in reached:
        return None
    before = reached.get(PREDECESSORS.get(hop, ""))
    return round(reached[hop].seconds - (before.seconds if before and hop != "call" else 0.0), 1)


def _at(called_at: datetime | None, found: Reached | None) -> str:
    return f"{called_at + timedelta(seconds=found.seconds):%Y-%m-%dT%H:%M:%SZ}" if called_at and found else ""


_INSPECTED_ONLY = "Inspected only: the secret was not read."
_MARKS = {"ok": "ok", "warning": "WARNING", "broken": "BROKEN", "not_reached": "-"}


def _lines(drill: Drill, timeline: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = [f"Detection drill: secret {drill.secret}, account {drill.place.account}, region {drill.place.region}"]
    for step in timeline:
        seconds = "" if step["seconds"] is None else f"{step['seconds']:.1f} s"
        more = f"(+{step['hop_seconds']:.1f})" if step["hop_seconds"] is not None and step["hop"] != "call" else ""
        mark, name = _MARKS[step["status"]], step["hop"].replace("_", " ")
        lines.append(f"  {mark:<8}{name:<14}{seconds:>9} {more:<9} {step['detail']}".rstrip())
    if drill.called_at is None:
        lines.append(_INSPECTED_ONLY)
    if drill.broken:
        return [
            *lines,
            f"Broken:  {drill.broken.hop}",
            f"Cause:   {drill.broken.cause}",
            f"Remedy:  {drill.broken.remedy}",
        ]
    warnings = [f"Warning: {each.cause} {each.remedy}" for each in _problems(drill)]
    if drill.called_at is None:
        return [*lines, *warnings]
    return [
        *lines,
        f"The alarm fires: {timeline[-1]['seconds']:.1f} seconds from the call to the notification.",
        *warnings,
    ]


def failure_message(drill: Drill) -> str:
    """Return the message of a drill that found a broken hop."""
    if drill.broken is None:
        raise AssertionError("a drill that found nothing has not failed")
    where = f"account {drill.place.account}, region {drill.place.region}"
    return "\n".join(
        [
            f"The detection drill broke at the hop {drill.broken.hop} in {where}. {drill.broken.cause}"
            f" {drill.broken.remedy}",
            *drill_results(drill)["lines"],
        ]
    )


def not_seen(hop: str, findings: Sequence[Finding], seconds: int) -> Finding:
    """Return why a hop was not reached in time: what the inspection had suspected, else how long to wait.

    Args:
        hop: One of HOPS.
        findings: What the inspection found.
        seconds: How long was waited in all.
    """
    suspected = next((finding for finding in findings if finding.hop == hop), None)
    if suspected:
        return suspected
    what, remedy = _NOT_SEEN[hop]
    return Finding(hop, NOT_SEEN, f"{what} within {seconds} seconds, though its configuration looks right.", remedy)


_LONGER = "Give it more time (timeout_seconds, secmon_verify_timeout_seconds) and run it again."
_NOT_SEEN = {
    "event_history": (
        "CloudTrail's event history did not show the read",
        f"CloudTrail takes 5 minutes as a rule, at times 15. {_LONGER}",
    ),
    "log_file": (
        "No log file with the read arrived in the bucket",
        f"CloudTrail takes 5 minutes as a rule, at times 15. {_LONGER} If that does not help, see LatestDeliveryError"
        " of `aws cloudtrail get-trail-status`, and the policies of bucket and key.",
    ),
    "log_group": (
        "The read did not arrive in the log group",
        f"CloudTrail takes 5 minutes as a rule. {_LONGER} If that does not help, see LatestCloudWatchLogsDeliveryError"
        " of `aws cloudtrail get-trail-status`, and the log group's key.",
    ),
    "metric": (
        "The metric did not count the read",
        f"A filter counts only what arrives after it was made. {_LONGER}",
    ),
    "alarm": (
        "The alarm did not go off",
        f"{_LONGER} `aws cloudwatch describe-alarm-history` shows what the alarm did meanwhile.",
    ),
    "notification": (
        "The alarm went off, and its history shows no notification",
        f"{_LONGER} `aws cloudwatch describe-alarm-history` shows what became of its actions.",
    ),
}
