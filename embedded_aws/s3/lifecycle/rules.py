"""The lifecycle rules of a bucket: which objects they match, and when an action of theirs is due.

An action is due at the first midnight UTC after its days have passed.
Sources: S3 user guide, "Lifecycle configuration elements" and "Expiring objects"; S3 API reference,
PutBucketLifecycleConfiguration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from moto.s3.models import FakeBucket, FakeKey, s3_backends

DEFAULT_MINIMUM = "all_storage_classes_128K"
_DAY = timedelta(days=1)

Rule = Mapping[str, Any]


@dataclass
class Lifecycle:
    """The lifecycle configuration of a bucket, in the form of the S3 API.

    Attributes:
        minimum: the smallest objects that are moved.
        applied: the day of the last run; nothing becomes due between two midnights.
    """

    rules: list[dict[str, Any]]
    minimum: str = DEFAULT_MINIMUM
    applied: date | None = None


def lifecycle_of(bucket: FakeBucket) -> Lifecycle:
    """Return the lifecycle configuration of a bucket; one without rules if it has none."""
    found: Lifecycle = bucket.__dict__.setdefault("lifecycle", Lifecycle([]))
    return found


def set_lifecycle(bucket: FakeBucket, lifecycle: Lifecycle) -> None:
    """Replace the lifecycle configuration of a bucket."""
    bucket.__dict__["lifecycle"] = lifecycle


def enabled_rules(bucket: FakeBucket, action: str) -> Iterator[Rule]:
    """Yield the rules that are on and have an action, such as Expiration."""
    for rule in lifecycle_of(bucket).rules:
        if rule.get("Status") == "Enabled" and rule.get(action):
            yield rule


def matches(rule: Rule, bucket: FakeBucket, key: Any) -> bool:
    """Return whether a rule is for an object or a delete marker."""
    filtered = rule.get("Filter") or {}
    wanted = {**filtered, **(filtered.get("And") or {})}
    if not key.name.startswith(wanted.get("Prefix") or rule.get("Prefix") or ""):
        return False
    tags = [*(wanted.get("Tags") or []), *([wanted["Tag"]] if wanted.get("Tag") else [])]
    larger, smaller = wanted.get("ObjectSizeGreaterThan"), wanted.get("ObjectSizeLessThan")
    if not isinstance(key, FakeKey):
        return not tags and larger is None and smaller is None
    if (larger is not None and key.size <= int(larger)) or (smaller is not None and key.size >= int(smaller)):
        return False
    has = s3_backends[bucket.account_id][bucket.partition].tagger.get_tag_dict_for_resource(key.arn) if tags else {}
    return all(has.get(tag["Key"]) == tag["Value"] for tag in tags)


def due_at(since: datetime, action: Mapping[str, Any], days: str = "Days") -> datetime | None:
    """Return when an action is due for what is so old; None if it has neither days nor a date."""
    if action.get(days):
        passed = since.replace(tzinfo=UTC) + timedelta(days=int(action[days]))
        midnight = passed.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight if midnight == passed else midnight + _DAY
    date_of_action: datetime | None = action.get("Date")
    return date_of_action.astimezone(UTC) if date_of_action else None
