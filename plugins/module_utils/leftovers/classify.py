# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is left of the system in an account, and why each thing is still there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from ..core.aws_names import KEY_ID, Arn, arn_pattern
from ..core.problems import require

TRAIL = "trail"
BUCKET = "log bucket"
LOG_GROUP = "log group"
FILTER = "metric filter"
ALARM = "alarm"
TOPIC = "topic"
SUBSCRIPTION = "subscription"
SECRET = "secret"
ROLE = "role"
KEY = "key"

UNEXPECTED = "UNEXPECTED"
TO_BE_REMOVED = "to be removed"
NOT_OURS = "not made by this collection"
KEPT_BUCKET = "kept: log bucket, secmon_purge_log_bucket is false"
PENDING_SUBSCRIPTION = "pending without a topic: SNS removes it by itself within three days"
UNNAMED_FILTER = "it feeds a namespace of ours, but no rule has this name; remove it if a rule of yours once made it"
_YOURS = "yours (secmon_existing_*)"
_YOUR_SECRET = "yours (secmon_create_secret is false)"
_UNNAMED = "it carries our tag, but no variable names it; was a name changed since it was made?"
_UNREMOVED = "it should have been removed; run teardown again, or remove it by hand"

# The group of each pattern is the name.
_BY_ARN = {
    TRAIL: re.compile(arn_pattern("cloudtrail", "trail/(.+)")),
    BUCKET: re.compile(arn_pattern("s3", "([^/]+)", region="", account="")),
    LOG_GROUP: re.compile(arn_pattern("logs", r"log-group:([^:]+)(?::\*)?")),
    ALARM: re.compile(arn_pattern("cloudwatch", "alarm:(.+)")),
    TOPIC: re.compile(arn_pattern("sns", "([^:]+)")),
    # Secrets Manager adds a hyphen and six characters to the name.
    SECRET: re.compile(arn_pattern("secretsmanager", "secret:(.+)-.{6}")),
    ROLE: re.compile(arn_pattern("iam", "role/(?:.*/)?([^/]+)", region="")),
    KEY: re.compile(arn_pattern("kms", f"key/({KEY_ID})")),
}
_NAME_OPTIONS = {
    TRAIL: "trail_name",
    BUCKET: "bucket_name",
    LOG_GROUP: "log_group_name",
    TOPIC: "topic_name",
    SECRET: "secret_name",
    ROLE: "role_name",
}
_LIST_OPTIONS = {ALARM: "alarm_names", FILTER: "filter_names", KEY: "key_aliases"}
_YOUR_NAMES = {
    BUCKET: "existing_bucket_name",
    LOG_GROUP: "existing_log_group_name",
    SECRET: "existing_secret_name",
}
_YOUR_ARNS = {ROLE: "existing_role_arn", TOPIC: "existing_topic_arn", KEY: "existing_key_arn"}


@dataclass(frozen=True)
class System:
    """What the task says of the system.

    Attributes:
        named: By type, the names of what a teardown removes.
        yours: By type, the names of what the system uses and never made.
        namespaces: The metric namespaces that mark a metric filter as ours, since filters have no tags.
        other_filters: The names of metric filters that are made for rules that are not chosen here.
        keep_bucket: Whether a teardown leaves the log bucket.
        dry_run: Whether the teardown is yet to come.
    """

    named: Mapping[str, frozenset[str]]
    yours: Mapping[str, frozenset[str]]
    namespaces: frozenset[str]
    other_filters: frozenset[str]
    keep_bucket: bool
    dry_run: bool

    def names(self, kind: str) -> frozenset[str]:
        """Return all names of a type that the task gives."""
        return self.named.get(kind, frozenset()) | self.yours.get(kind, frozenset())


@dataclass(frozen=True)
class Found:
    """Something that is there.

    Attributes:
        type: What it is, such as ``trail``.
        name: Its name; of a key an alias or the id.
        arn: Its ARN; of a metric filter, which has none, that of its log group.
        ours: Whether it carries our mark.
        until: When AWS deletes it, if that is scheduled.
        passing: What else makes it go by itself.
        obstacle: What keeps it from being removed.
    """

    type: str
    name: str
    arn: str
    ours: bool
    until: datetime | None = None
    passing: str = ""
    obstacle: str = ""


@dataclass(frozen=True)
class Leftover:
    """Something that is there, judged.

    Attributes:
        type: What it is.
        name: Its name.
        arn: Its ARN.
        why: Why it is there.
        until: When AWS deletes it, in ISO 8601; empty if that is not scheduled.
        unexpected: Whether it should not be there.
    """

    type: str
    name: str
    arn: str
    why: str
    until: str
    unexpected: bool


def system_of(params: Mapping[str, Any]) -> System:
    """Return what the module's parameters say; RequestError for an ARN that is none."""
    require(_problems(params))
    named = {kind: {params[option]} for kind, option in _NAME_OPTIONS.items()}
    named |= {kind: set(params[option] or ()) for kind, option in _LIST_OPTIONS.items()}
    yours = {kind: {params[option]} for kind, option in _YOUR_NAMES.items()}
    yours |= {kind: {_name_in(kind, params[option])} for kind, option in _YOUR_ARNS.items()}
    return System(
        named=_without_empty(named),
        yours=_without_empty(yours),
        namespaces=frozenset(params["metric_namespaces"] or ()),
        other_filters=frozenset(params["other_filter_names"] or ()),
        keep_bucket=params["keep_bucket"],
        dry_run=params["dry_run"],
    )


def _problems(params: Mapping[str, Any]) -> Iterator[str]:
    for kind, option in _YOUR_ARNS.items():
        if params[option] and not _BY_ARN[kind].fullmatch(params[option]):
            yield f"{option} is {params[option]!r}, which is not the ARN of a {kind}. Nothing was looked at."


def _name_in(kind: str, arn: str | None) -> str:
    match = _BY_ARN[kind].fullmatch(arn or "")
    return match[1] if match else ""


def _without_empty(names: Mapping[str, Collection[str | None]]) -> dict[str, frozenset[str]]:
    return {kind: frozenset(name for name in some if name) for kind, some in names.items()}


def resource_of(arn: str) -> tuple[str, str]:
    """Return type and name of what an ARN names; of a kind that the system does not use, the service and the ARN."""
    for kind, pattern in _BY_ARN.items():
        match = pattern.fullmatch(arn)
        if match:
            return kind, match[1]
    return f"resource of {Arn.parse(arn).service}", arn


def judge(found: Iterable[Found], system: System) -> list[Leftover]:
    """Return what is left with the reason for each, the unexpected first."""
    judged = {(item.type, item.arn, item.name): _judged(item, system) for item in found}
    return sorted(judged.values(), key=lambda item: (not item.unexpected, item.type, item.name))


def _judged(found: Found, system: System) -> Leftover:
    why = _reason_to_stay(found, system)
    until = found.until.astimezone(UTC).isoformat() if found.until else ""
    unexpected = not why
    return Leftover(found.type, found.name, found.arn, why or _unexpected(found, system), until, unexpected)


def _reason_to_stay(found: Found, system: System) -> str:
    named = _is_named(found, system)
    if found.name in system.yours.get(found.type, ()):
        return _YOUR_SECRET if found.type == SECRET else _YOURS
    if not found.ours:
        return NOT_OURS
    if found.until:
        return f"in its recovery window until {found.until.astimezone(UTC):%Y-%m-%d}"
    if found.passing:
        return found.passing
    if found.type == BUCKET and named and system.keep_bucket:
        return KEPT_BUCKET
    return TO_BE_REMOVED if named and system.dry_run and not found.obstacle else ""


def _unexpected(found: Found, system: System) -> str:
    return f"{UNEXPECTED}: {found.obstacle or (_UNREMOVED if _is_named(found, system) else _UNNAMED)}"


def _is_named(found: Found, system: System) -> bool:
    """Subscriptions have no names; they go with the topic, and only those of the topic are looked at."""
    return found.type == SUBSCRIPTION or found.name in system.named.get(found.type, ())


def removed_since(before: Iterable[Mapping[str, Any]], left: Iterable[Leftover]) -> list[dict[str, Any]]:
    """Return what an earlier sweep listed and is gone now, or has begun to go."""
    now = {(item.type, item.arn, item.name): item for item in left}

    def is_gone(item: Mapping[str, Any]) -> bool:
        still = now.get((item["type"], item["arn"], item["name"]))
        return still is None or bool(still.until and not item["until"])

    return [dict(item) for item in before if is_gone(item)]


def as_result(left: Iterable[Leftover]) -> list[dict[str, Any]]:
    """Return what is left in the form that the module returns."""
    return [asdict(item) for item in left]


def told(left: Collection[Leftover], removed: Collection[Mapping[str, Any]], where: str, dry_run: bool) -> list[str]:
    """Return a screen for a person: what was removed or would be, what is left and why."""
    going = [asdict(item) for item in left if item.why == TO_BE_REMOVED]
    staying = [item for item in left if item.why != TO_BE_REMOVED]
    lines = [f"{where}:"]
    lines += _listed("To be removed" if dry_run else "Removed", [{**item, "why": ""} for item in [*removed, *going]])
    lines += _listed("Would be left" if dry_run else "Left", as_result(staying))
    unexpected = sum(item.unexpected for item in left)
    lines.append(f"Unexpected: {unexpected}." if unexpected else "Nothing unexpected is left.")
    return lines


def _listed(title: str, items: Collection[Mapping[str, Any]]) -> list[str]:
    if not items:
        return [f"{title}: nothing"]
    widths = [max(len(item[column]) for item in items) for column in ("type", "name")]
    rows = [f"  {item['type']:<{widths[0]}}  {item['name']:<{widths[1]}}  {item['why']}".rstrip() for item in items]
    return [f"{title} ({len(items)}):", *rows]
