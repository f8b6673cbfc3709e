# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Classify the resources that are left after a teardown, or that no variable names, and report why they exist."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC
from typing import Any

from .resources import BUCKET, KEY, SECRET, SUBSCRIPTION, Deployment, Resource

UNEXPECTED = "UNEXPECTED"
TO_BE_REMOVED = "to be removed"
_RECOVERY = "in its recovery window until {:%Y-%m-%d}"
NOT_MANAGED = "not managed by this collection"
GOES_ALONG = "not managed by this collection, but deleted with"
KEPT_BUCKET = "kept: log bucket, secmon_purge_log_bucket is false"
KEPT_KEY = "kept: it decrypts the log files, which are kept; it is removed with the log bucket"
_LOST_FILES = (
    "it is pending deletion, so that the log files of the bucket, which is kept, cannot be read, and are lost after"
    " {:%Y-%m-%d}; run site.yml with secmon_cancel_deletion: true, or aws kms cancel-key-deletion and enable-key"
)
_EXISTING = "existing resource (secmon_existing_*)"
_EXISTING_SECRET = "existing secret (secmon_create_secret is false)"
_UNNAMED = "it has the tag of this collection, but no variable names it, since one was changed; prune.yml removes it"
_UNREMOVED = "it should have been removed; run teardown again, or delete it manually"
_UNPRUNED = "it should have been removed; run prune.yml again, or delete it manually"
_KEPT = "kept: {}"
_OTHER_TYPE = "prune.yml does not know its type; delete it manually, or name it in secmon_kept_resources"
_OLD_KEY = (
    "it decrypts the log files and log events that were written with it; set secmon_purge_orphaned_keys: true to"
    " schedule its deletion too"
)


@dataclass(frozen=True)
class Leftover:
    """An existing resource and the reason for it.

    Attributes:
        type: Its type.
        name: Its name.
        arn: Its ARN.
        why: Why it exists.
        until: The time at which AWS deletes it, in ISO 8601; empty if it is not scheduled for deletion.
        unexpected: Whether it should not exist.
        alias: The alias that a key was made for, if it is one too many for a key of that alias.
        doubles: For a trail, the log group that another trail of this deployment delivers to as well.
    """

    type: str
    name: str
    arn: str
    why: str
    until: str
    unexpected: bool
    alias: str = ""
    doubles: str = ""


def classify(resources: Iterable[Resource], deployment: Deployment) -> list[Leftover]:
    """Return the resources with the reason for each, unexpected ones first."""
    existing = list(resources)
    files = deployment.names(BUCKET) if deployment.keeps_log_files else frozenset()
    has_files = any(item.type == BUCKET and item.name in files for item in existing)
    found = {(item.type, item.arn, item.name): _classify(item, deployment, has_files) for item in existing}
    return sorted(found.values(), key=lambda item: (not item.unexpected, item.type, item.name))


def _classify(resource: Resource, deployment: Deployment, has_files: bool) -> Leftover:
    if resource.until and has_files and _is_bucket_key(resource, deployment):
        resource = replace(resource, obstacle=_LOST_FILES.format(resource.until.astimezone(UTC)))
    expected = (_reason_of_orphan if deployment.orphans else _expected_reason)(resource, deployment)
    why = expected or _unexpected_reason(resource, deployment)
    until = resource.until.astimezone(UTC).isoformat() if resource.until else ""
    more = (resource.alias, resource.doubles)
    return Leftover(resource.type, resource.name, resource.arn, why, until, not expected, *more)


def _reason_of_orphan(resource: Resource, deployment: Deployment) -> str:
    """Return why a resource that no variable names exists; empty if prune.yml has removed it."""
    if not resource.managed:
        return f"{GOES_ALONG} {resource.container}" if resource.container and deployment.dry_run else NOT_MANAGED
    if resource.until:
        return _RECOVERY.format(resource.until.astimezone(UTC))
    if resource.expected:
        return resource.expected
    if resource.name == resource.arn:
        return _KEPT.format(_OTHER_TYPE)
    if resource.obstacle:
        return _KEPT.format(resource.obstacle)
    if resource.type == KEY and not (resource.alias or deployment.purge_keys):
        return _KEPT.format(_OLD_KEY)
    return TO_BE_REMOVED if deployment.dry_run else ""


def _expected_reason(resource: Resource, deployment: Deployment) -> str:
    named = _is_named(resource, deployment)
    if resource.name in deployment.existing.get(resource.type, ()):
        return resource.expected or (_EXISTING_SECRET if resource.type == SECRET else _EXISTING)
    if not resource.managed:
        return f"{GOES_ALONG} {resource.container}" if resource.container and deployment.dry_run else NOT_MANAGED
    if resource.until and not resource.obstacle:
        return _RECOVERY.format(resource.until.astimezone(UTC))
    if resource.expected:
        return resource.expected
    if resource.type == BUCKET and named and deployment.keep_bucket:
        return KEPT_BUCKET
    if deployment.keeps_log_files and not resource.until and _is_bucket_key(resource, deployment):
        return KEPT_KEY
    return TO_BE_REMOVED if named and deployment.dry_run and not resource.obstacle else ""


def _unexpected_reason(resource: Resource, deployment: Deployment) -> str:
    if deployment.orphans:
        return f"{UNEXPECTED}: {_UNPRUNED}"
    return f"{UNEXPECTED}: {resource.obstacle or (_UNREMOVED if _is_named(resource, deployment) else _UNNAMED)}"


def _is_bucket_key(resource: Resource, deployment: Deployment) -> bool:
    """Return whether a resource is the key of this collection that decrypts the log files."""
    return resource.type == KEY and resource.managed and resource.name == deployment.bucket_key


def _is_named(resource: Resource, deployment: Deployment) -> bool:
    """Return whether a teardown removes a resource; a subscription is only read if its topic is named."""
    return resource.type == SUBSCRIPTION or resource.name in deployment.named.get(resource.type, ())


def removed_since(before: Iterable[Mapping[str, Any]], left: Iterable[Leftover]) -> list[dict[str, Any]]:
    """Return the leftovers of an earlier run that no longer exist or are now scheduled for deletion."""
    now = {(item.type, item.arn, item.name): item for item in left}

    def is_removed(item: Mapping[str, Any]) -> bool:
        still = now.get((item["type"], item["arn"], item["name"]))
        return still is None or bool(still.until and not item["until"])

    return [dict(item) for item in before if is_removed(item)]


def results(left: Iterable[Leftover]) -> list[dict[str, Any]]:
    """Return leftovers in the form of the module's results."""
    return [asdict(item) for item in left]


def report_lines(
    left: Collection[Leftover], removed: Collection[Mapping[str, Any]], title: str, dry_run: bool
) -> list[str]:
    """Return the lines of a report: the resources that were or would be removed, and those that are left and why."""
    own = [asdict(item) for item in left if item.why == TO_BE_REMOVED]
    along = [asdict(item) for item in left if item.why.startswith(GOES_ALONG)]
    kept = results(item for item in left if item.why != TO_BE_REMOVED and not item.why.startswith(GOES_ALONG))
    gone = [*({**item, "why": ""} for item in [*removed, *own]), *along]
    unexpected = sum(item.unexpected for item in left)
    return [
        f"{title}:",
        *_table("Would be removed" if dry_run else "Removed", gone),
        *_table("Would be left" if dry_run else "Left", kept),
        f"Unexpected: {unexpected}." if unexpected else f"Nothing unexpected {'would be' if dry_run else 'is'} left.",
    ]


def orphan_warnings(left: Iterable[Leftover], title: str) -> Iterator[str]:
    """Yield one warning about what no variable names any more, as far as it is not deleted anyway.

    No variable ever named a resource of another type, such as a queue of your own tasks.
    """
    kept = _KEPT.format("")
    orphans = [
        item for item in left if item.why == TO_BE_REMOVED or (item.why.startswith(kept) and item.name != item.arn)
    ]
    if orphans:
        listed = "; ".join(
            f"{item.type} {item.name}{'' if item.why == TO_BE_REMOVED else f' ({item.why})'}" for item in orphans
        )
        yield (
            f"{title}: no variable names these resources of this collection any more: {listed}. prune.yml removes them;"
            " secmon_kept_resources is for those that your own playbooks manage."
        )


def doubled_trails(left: Iterable[Leftover], also: Iterable[str]) -> list[str]:
    """Return the problems with trails that deliver to the log group of another one."""
    doubled = [item for item in left if item.doubles]
    problems = [
        f"The trail {item.name} delivers to the log group {item.doubles}, as the trail of this deployment does, so that"
        " each event counts twice. Remove it with prune.yml."
        for item in doubled
    ]
    return [*problems, *also] if problems else []


def _table(title: str, items: Collection[Mapping[str, Any]]) -> list[str]:
    if not items:
        return [f"{title}: nothing"]
    widths = [max(len(item[column]) for item in items) for column in ("type", "name")]
    rows = [f"  {item['type']:<{widths[0]}}  {item['name']:<{widths[1]}}  {item['why']}".rstrip() for item in items]
    return [f"{title} ({len(items)}):", *rows]
