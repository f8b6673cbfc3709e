"""Objects expire by the lifecycle rules; moto 5.2.5 stores the rules only.

An expired object of a bucket without versions is deleted. In a versioned bucket it gets a delete marker, noncurrent
versions are deleted after their days, and a delete marker without versions is removed with the rule that expires it.
CloudTrail records none of it. Sources: S3 user guide, "Expiring objects", "Lifecycle configuration elements" and
"Logging Amazon S3 API calls using AWS CloudTrail" (lifecycle actions are not recorded).
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, FakeMultipart

from embedded_aws.s3.lifecycle.rules import due_at, enabled_rules, matches

_NULL = "null"


def expire(bucket: FakeBucket, at: datetime) -> None:
    """Expire what is due: current versions, then noncurrent ones, then delete markers that stand alone."""
    for name in list(bucket.keys):
        _expire_current(bucket, name, at)
        _expire_noncurrent(bucket, name, at)
        _expire_marker(bucket, name, at)
    _abort_uploads(bucket, at)


def expiry_of(bucket: FakeBucket, key: FakeKey) -> tuple[datetime, str] | None:
    """Return when an object expires and by which rule, the first of those that are due at the same time."""
    found = []
    for rule in enabled_rules(bucket, "Expiration"):
        due = due_at(key.last_modified, rule["Expiration"])
        if due and matches(rule, bucket, key):
            found.append((due, str(rule["ID"])))
    return min(found, key=lambda item: item[0]) if found else None


def _expire_current(bucket: FakeBucket, name: str, at: datetime) -> None:
    key = bucket.keys[name]
    expiry = expiry_of(bucket, key) if isinstance(key, FakeKey) else None
    if expiry is None or at < expiry[0]:
        return
    if bucket.versioning_status not in ("Enabled", "Suspended"):
        bucket.keys.pop(name)
        return
    marker = FakeDeleteMarker(key=key)
    marker.last_modified = expiry[0].replace(tzinfo=None)
    if bucket.versioning_status == "Suspended":
        marker._version_id = _NULL
        kept = [version for version in bucket.keys.getlist(name) if version.version_id != _NULL]
        bucket.keys.setlist(name, [*kept, marker])
    else:
        bucket.keys[name] = marker


def _expire_noncurrent(bucket: FakeBucket, name: str, at: datetime) -> None:
    """Delete old versions; each is noncurrent since its successor was written."""
    for rule in enabled_rules(bucket, "NoncurrentVersionExpiration"):
        action = rule["NoncurrentVersionExpiration"]
        versions = bucket.keys.getlist(name, [])
        kept = int(action.get("NewerNoncurrentVersions") or 0)
        candidates = list(pairwise(versions))
        ended = [
            version
            for version, successor in (candidates[:-kept] if kept else candidates)
            if matches(rule, bucket, version)
            and not _is_locked(version)
            and (due := due_at(successor.last_modified, action, "NoncurrentDays"))
            and at >= due
        ]
        if ended:
            bucket.keys.setlist(name, [version for version in versions if version not in ended])


def _is_locked(version: Any) -> bool:
    return isinstance(version, FakeKey) and version.is_locked(governance_bypass=False)


def _expire_marker(bucket: FakeBucket, name: str, at: datetime) -> None:
    versions = bucket.keys.getlist(name, [])
    if len(versions) != 1 or not isinstance(versions[0], FakeDeleteMarker):
        return
    for rule in enabled_rules(bucket, "Expiration"):
        action = rule["Expiration"]
        due = due_at(versions[0].last_modified, action)
        if matches(rule, bucket, versions[0]) and (action.get("ExpiredObjectDeleteMarker") or (due and at >= due)):
            dict.pop(bucket.keys, name)
            return


def _abort_uploads(bucket: FakeBucket, at: datetime) -> None:
    for rule in enabled_rules(bucket, "AbortIncompleteMultipartUpload"):
        for upload in [item for item in bucket.multiparts.values() if _is_for(rule, item)]:
            started = upload.__dict__.setdefault("started", at.astimezone(UTC).replace(tzinfo=None))
            due = due_at(started, rule["AbortIncompleteMultipartUpload"], "DaysAfterInitiation")
            if due and at >= due:
                bucket.multiparts.pop(upload.id)


def _is_for(rule: Any, upload: FakeMultipart) -> bool:
    filtered = rule.get("Filter") or {}
    prefix = filtered.get("Prefix") or (filtered.get("And") or {}).get("Prefix") or rule.get("Prefix") or ""
    return str(upload.key_name).startswith(prefix)
