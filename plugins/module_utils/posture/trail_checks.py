# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Checks of the trails of an account: what they record, and how they keep it."""

from __future__ import annotations

from collections.abc import Callable

from ..cloudtrail.selection import EVERY, Selection, Selectors, selection_of
from ..core.problems import listed
from .outcome import FAIL, Check, Outcome, failed, not_applicable, passed
from .snapshot import Snapshot, Trail, known

_SITE = "run site.yml --tags trail"


def selection(trail: Trail) -> Selection:
    """Return the events that a trail records."""
    selectors = known(trail.selectors)
    basic, advanced = (tuple(selectors.get(key) or ()) for key in ("EventSelectors", "AdvancedEventSelectors"))
    return selection_of(Selectors(basic, advanced))


def excluded_sources(trail: Trail) -> frozenset[str]:
    """Return the sources whose management events a trail excludes, at least their reads or their writes."""
    return frozenset[str]().union(*(excluded for _kind, excluded in selection(trail).management))


def is_whole(trail: Trail) -> bool:
    """Return whether a trail logs the management events of every region, reads and writes."""
    return not _lacking(trail)


def _lacking(trail: Trail) -> list[str]:
    kinds = {kind for kind, _excluded in selection(trail).management}
    facts = {
        "does not log": bool(known(trail.status).get("IsLogging")),
        "records one region only": bool(trail.described.get("IsMultiRegionTrail")),
        "does not record all management events": kinds == {"read", "write"},
    }
    return [text for text, holds in facts.items() if not holds]


def _logging(snapshot: Snapshot) -> Outcome:
    logging = [trail.name for trail in snapshot.trails if known(trail.status).get("IsLogging")]
    if logging:
        return passed(f"{listed(logging)} logs.")
    why = "No trail exists." if not snapshot.trails else f"No trail logs: {_names(snapshot)}."
    return Outcome(FAIL, why, f"Start it: {_SITE}.")


def _whole(snapshot: Snapshot) -> Outcome:
    if any(is_whole(trail) for trail in snapshot.trails):
        return passed("A trail logs all management events of every region.")
    why = " ".join(f"The trail {trail.name} {', '.join(_lacking(trail))}." for trail in snapshot.trails)
    return Outcome(
        FAIL, why or "No trail exists.", f"Set secmon_multi_region: true, secmon_management_events: all; {_SITE}."
    )


def _nothing_excluded(snapshot: Snapshot) -> Outcome:
    whole = [trail for trail in snapshot.trails if is_whole(trail)]
    if not whole:
        return not_applicable("No trail logs all management events of every region, which is a failure of its own.")
    if any(not excluded_sources(trail) for trail in whole):
        return passed("A trail excludes no source of management events.")
    why = " ".join(f"The trail {trail.name} excludes {listed(sorted(excluded_sources(trail)))}." for trail in whole)
    return Outcome(FAIL, why, f"Set secmon_excluded_event_sources: []; {_SITE}.")


def _of_each(judge: Callable[[Snapshot, Trail], str], remedy: str, otherwise: str) -> Callable[[Snapshot], Outcome]:
    """Return a check of each trail that the account owns; `judge` returns the problem of one, or an empty string."""

    def check(snapshot: Snapshot) -> Outcome:
        if not snapshot.own_trails:
            return _no_own_trail(snapshot)
        return failed((text for each in snapshot.own_trails if (text := judge(snapshot, each))), remedy, otherwise)

    return check


def _no_own_trail(snapshot: Snapshot) -> Outcome:
    if snapshot.trails:
        owners = listed(trail.owner for trail in snapshot.trails)
        return not_applicable(f"The trail of the organization belongs to account {owners}, which is judged there.")
    return Outcome(FAIL, "No trail exists.", f"Create one: {_SITE}.")


def _validation(_snapshot: Snapshot, trail: Trail) -> str:
    return "" if trail.described.get("LogFileValidationEnabled") else f"The trail {trail.name} writes no digests."


def _encrypted(_snapshot: Snapshot, trail: Trail) -> str:
    return "" if trail.described.get("KmsKeyId") else f"The trail {trail.name} has no KMS key."


def _delivers_to_group(snapshot: Snapshot, trail: Trail) -> str:
    return "" if trail.group_name else f"The trail {trail.name} does not deliver to CloudWatch Logs."


def _tagged(_snapshot: Snapshot, trail: Trail) -> str:
    own = [key for key in known(trail.tags) if not key.startswith("aws:")]
    return "" if own else f"The trail {trail.name} has no tag."


def _insights(_snapshot: Snapshot, trail: Trail) -> str:
    return "" if trail.described.get("HasInsightSelectors") else f"The trail {trail.name} collects no insights."


def _s3_events(kind: str) -> Callable[[Snapshot], Outcome]:
    def check(snapshot: Snapshot) -> Outcome:
        for trail in snapshot.trails:
            recorded = (kind, "AWS::S3::Object", EVERY) in selection(trail).data
            if recorded and trail.described.get("IsMultiRegionTrail") and known(trail.status).get("IsLogging"):
                return passed(f"The trail {trail.name} records S3 {kind}s.")
        return Outcome(FAIL, f"No trail records {kind}s of all S3 objects.", "Set secmon_trail_data_resources.")

    return check


def _names(snapshot: Snapshot) -> str:
    return listed(trail.name for trail in snapshot.trails)


_EACH = "Each trail of the account does."
TRAIL_CHECKS = (
    Check("trail-logs", "A trail logs", _logging),
    Check("trail-whole", "A trail of every region logs all management events", _whole),
    Check("trail-excludes-nothing", "The trail excludes no source of events", _nothing_excluded),
    Check(
        "trail-validation",
        "Log files are signed by digests",
        _of_each(_validation, f"Set secmon_log_file_validation: true; {_SITE}.", _EACH),
    ),
    Check(
        "trail-key",
        "Log files are encrypted with a KMS key",
        _of_each(_encrypted, f"Set secmon_encrypt: true or secmon_existing_kms_key_arn; {_SITE}.", _EACH),
    ),
    Check(
        "trail-log-group",
        "Trails deliver to CloudWatch Logs",
        _of_each(_delivers_to_group, "Run site.yml --tags logs,trail.", _EACH),
    ),
    Check("trail-tagged", "Trails have tags", _of_each(_tagged, f"Set secmon_tags; {_SITE}.", _EACH)),
    Check(
        "insights",
        "CloudTrail watches for unusual call rates",
        _of_each(_insights, "Set secmon_trail_insight_types.", _EACH),
        "insights are charged.",
    ),
    Check("s3-writes", "Writes of S3 objects are recorded", _s3_events("write"), "data events are charged."),
    Check("s3-reads", "Reads of S3 objects are recorded", _s3_events("read"), "data events are charged."),
)
