# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The stages from one read of a secret to the notification, the findings about them, and the timeline."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..core.aws_names import Place

STAGES = ("call", "event_history", "log_file", "log_group", "metric", "alarm", "notification")

# The cause if the stage was not reached in time for an unknown reason.
NOT_SEEN = "not_seen"

# The stage that must be reached before a stage is checked: three paths start at the call, one leads to the alarm.
PREDECESSORS = {
    "event_history": "call",
    "log_file": "call",
    "log_group": "call",
    "metric": "log_group",
    "alarm": "metric",
    "notification": "alarm",
}


# The stages that store the event, while the others lead to the notification.
EVIDENCE = ("event_history", "log_file")


class Weight(enum.Enum):
    """How certain a finding is."""

    CERTAIN = "the stage cannot work, so the drill does not try"
    RISK = "the stage may fail; a warning even if it worked"
    DOUBT = "explains a stage that did not work; ignored if it did"


@dataclass(frozen=True)
class Finding:
    """Something that breaks or may break a stage.

    Attributes:
        stage: One of STAGES.
        code: The stable code of the cause, such as ``trail_stopped``.
        cause: The problem, as a sentence.
        remedy: How to repair it.
        weight: How certain it is.
    """

    stage: str
    code: str
    cause: str
    remedy: str
    weight: Weight = Weight.CERTAIN


@dataclass(frozen=True)
class Reached:
    """A stage that the event reached.

    Attributes:
        seconds: Seconds from the call until the drill found the event there.
        detail: Where the drill found it.
    """

    seconds: float
    detail: str


@dataclass(frozen=True)
class Drill:
    """The outcome of one drill.

    Attributes:
        secret: The secret's name or ARN as in the task.
        place: Partition, region and account.
        called_at: When the secret was read, by AWS's clock; None if it was not read.
        reached: The stages that the event reached.
        findings: The findings of the inspection.
        broken: The finding that ended the drill, or None.
    """

    secret: str
    place: Place
    called_at: datetime | None = None
    reached: Mapping[str, Reached] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    broken: Finding | None = None

    @property
    def fired(self) -> bool:
        """Whether the event led to the notification."""
        return STAGES[-1] in self.reached

    @property
    def unexplained(self) -> list[Finding]:
        """The stages that were not reached in time for an unknown reason."""
        found = [*self.findings, *([self.broken] if self.broken else [])]
        return [finding for finding in found if finding.code == NOT_SEEN]


def in_order(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings in the order of the stages."""
    return sorted(findings, key=lambda finding: STAGES.index(finding.stage))


def first_certain(findings: Sequence[Finding]) -> Finding | None:
    """Return the first certain finding in the order of the stages."""
    return next((finding for finding in in_order(findings) if finding.weight is Weight.CERTAIN), None)


def drill_results(drill: Drill) -> dict[str, Any]:
    """Return the results of the module."""
    timeline = [_step(drill, stage) for stage in STAGES]
    broken, seconds = drill.broken, [reached.seconds for reached in drill.reached.values()]
    return {
        "timeline": timeline,
        "broken_hop": broken.stage if broken else "",
        "cause": broken.cause if broken else "",
        "cause_code": broken.code if broken else "",
        "remedy": broken.remedy if broken else "",
        "problems": [
            {"hop": each.stage, "code": each.code, "cause": each.cause, "remedy": each.remedy}
            for each in _problems(drill)
        ],
        "total_seconds": max(seconds, default=0.0),
        "lines": _lines(drill, timeline),
    }


def _problems(drill: Drill) -> list[Finding]:
    """Return all findings except doubts about stages that worked, and the finding that ended the drill."""
    own = [drill.broken] if drill.broken and drill.broken not in drill.findings else []
    reached = drill.reached
    return in_order(
        [*own, *(each for each in drill.findings if each.weight is not Weight.DOUBT or each.stage not in reached)]
    )


def _step(drill: Drill, stage: str) -> dict[str, Any]:
    found = drill.reached.get(stage)
    status, detail = _status(drill, stage, found)
    return {
        "hop": stage,
        "status": status,
        "seconds": found.seconds if found else None,
        "hop_seconds": _stage_seconds(drill.reached, stage),
        "at": _at(drill.called_at, found),
        "detail": detail,
    }


def _status(drill: Drill, stage: str, found: Reached | None) -> tuple[str, str]:
    if drill.broken and drill.broken.stage == stage:
        return "broken", drill.broken.cause
    own = [each for each in drill.findings if each.stage == stage]
    risks = [each.cause for each in own if each.weight is Weight.RISK]
    if found:
        return ("warning" if risks else "ok"), " ".join([found.detail, *risks])
    inspected = drill.called_at is None
    causes = [each.cause for each in own if inspected or each.weight is not Weight.DOUBT]
    if causes:
        # An alarm that fires is the proof; that the evidence of this read is late is only a warning.
        late = stage in EVIDENCE and drill.fired
        possible = inspected and not any(each.weight is Weight.CERTAIN for each in own)
        return "warning" if late or possible else "not_reached", " ".join(causes)
    return "ok" if inspected and _is_before_the_broken_one(drill, stage) else "not_reached", ""


def _is_before_the_broken_one(drill: Drill, stage: str) -> bool:
    return drill.broken is None or STAGES.index(stage) < STAGES.index(drill.broken.stage)


def _stage_seconds(reached: Mapping[str, Reached], stage: str) -> float | None:
    if stage not in reached:
        return None
    before = reached.get(PREDECESSORS.get(stage, ""))
    return round(reached[stage].seconds - (before.seconds if before else 0.0), 1)


def _at(called_at: datetime | None, found: Reached | None) -> str:
    return f"{called_at + timedelta(seconds=found.seconds):%Y-%m-%dT%H:%M:%SZ}" if called_at and found else ""


_NOT_READ = "The secret was not read."
_FITS = "The inspection found nothing that breaks the chain. Run it without check mode to prove that the alarm fires."
_MARKS = {"ok": "ok", "warning": "WARNING", "broken": "BROKEN", "not_reached": "-"}


def _lines(drill: Drill, timeline: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the text of a drill, which says each fact once: a cause is in its last lines, not beside its stage."""
    lines = [f"Detection drill: secret {drill.secret}, account {drill.place.account}, region {drill.place.region}"]
    lines += [_line(step, drill.reached.get(step["hop"])) for step in timeline]
    problems = [each for each in _problems(drill) if each != drill.broken]
    if drill.broken:
        lines += [f"Cause:   {drill.broken.cause}", f"Remedy:  {drill.broken.remedy}"]
    elif drill.called_at is not None:
        lines.append(f"The alarm fires: {timeline[-1]['seconds']:.1f} seconds from the call to the notification.")
    else:
        lines.append(f"{_FITS} {_NOT_READ}")
    lines += [f"{_title(drill, each)}: {each.cause} {each.remedy}" for each in problems]
    return [*lines, _NOT_READ] if drill.broken and drill.called_at is None else lines


def _line(step: Mapping[str, Any], found: Reached | None) -> str:
    seconds = "" if step["seconds"] is None else f"{step['seconds']:.1f} s"
    more = f"(+{step['hop_seconds']:.1f})" if step["hop_seconds"] is not None and step["hop"] != "call" else ""
    mark, name = _MARKS[step["status"]], step["hop"].replace("_", " ")
    return f"  {mark:<8}{name:<14}{seconds:>9} {more:<9} {found.detail if found else ''}".rstrip()


def _title(drill: Drill, finding: Finding) -> str:
    return "Also" if drill.broken and finding.weight is Weight.CERTAIN else "Warning"


def failure_message(drill: Drill) -> str:
    """Return the message of a drill that failed."""
    if drill.broken is None:
        raise AssertionError("the drill did not fail")
    where = f"account {drill.place.account}, region {drill.place.region}"
    return (
        f"The detection drill failed at the stage {drill.broken.stage} in {where}. {drill.broken.cause}"
        f" {drill.broken.remedy}"
    )


def not_seen(stage: str, findings: Sequence[Finding], seconds: int) -> Finding:
    """Return why a stage was not reached in time: the finding of the inspection, or the advice to wait longer.

    Args:
        stage: One of STAGES.
        findings: The findings of the inspection.
        seconds: How long the drill waited in total.
    """
    suspected = next((finding for finding in findings if finding.stage == stage), None)
    if suspected:
        return suspected
    what, remedy = _NOT_SEEN[stage]
    return Finding(
        stage, NOT_SEEN, f"{what} within {seconds} seconds, although its configuration looks correct.", remedy
    )


_LONGER = "Allow more time (timeout_seconds, secmon_verify_timeout_seconds) and run it again."
_NOT_SEEN = {
    "event_history": (
        "CloudTrail's event history did not show the event",
        f"CloudTrail usually takes 5 minutes, sometimes 15. {_LONGER}",
    ),
    "log_file": (
        "No log file with the event arrived in the bucket",
        f"CloudTrail usually takes 5 minutes, sometimes 15. {_LONGER} If that does not help, check LatestDeliveryError"
        " of `aws cloudtrail get-trail-status`, and the policies of bucket and key.",
    ),
    "log_group": (
        "The event did not arrive in the log group",
        f"CloudTrail usually takes 5 minutes. {_LONGER} If that does not help, check LatestCloudWatchLogsDeliveryError"
        " of `aws cloudtrail get-trail-status`, and the log group's key.",
    ),
    "metric": (
        "The metric did not count the event",
        f"A filter only counts events that arrive after its creation. {_LONGER}",
    ),
    "alarm": (
        "The alarm did not fire",
        f"{_LONGER} `aws cloudwatch describe-alarm-history` shows its state changes.",
    ),
    "notification": (
        "The alarm fired, but its history shows no notification",
        f"{_LONGER} `aws cloudwatch describe-alarm-history` shows the results of its actions.",
    ),
}
