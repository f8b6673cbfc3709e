"""Move objects to the storage class of a lifecycle rule; moto 5.2.5 stores the rules only.

An object is moved at the first midnight UTC after its days have passed. Since 2024-09 an object below 128 KB is moved
only if the configuration says ``varies_by_storage_class`` and the class is one of the two that have no minimum.
Sources: S3 user guide, "Transitioning objects using Amazon S3 Lifecycle" and "Lifecycle rules: based on an object's
age"; S3 API reference, PutBucketLifecycleConfiguration. Expiration is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.s3.models import FakeBucket, FakeKey, LifecycleRule, s3_backends
from moto.s3.responses import S3Response

from embedded_aws.core.call import Call
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State

MINIMUM_HEADER = "x-amz-transition-default-minimum-object-size"
DEFAULT_MINIMUM = "all_storage_classes_128K"

_MINIMUM_BYTES = 128 * 1024
_WITHOUT_MINIMUM = frozenset({"GLACIER", "DEEP_ARCHIVE"})
_DAY = timedelta(days=1)


def keep_minimum(bucket: FakeBucket, headers: Mapping[str, str]) -> tuple[int, dict[str, str], str]:
    """Store the minimum size of a new lifecycle configuration, and return the answer to the call."""
    bucket.__dict__["transition_minimum"] = headers.get(MINIMUM_HEADER) or DEFAULT_MINIMUM
    return 200, {MINIMUM_HEADER: _minimum(bucket)}, ""


def _minimum(bucket: FakeBucket) -> str:
    return str(bucket.__dict__.get("transition_minimum", DEFAULT_MINIMUM))


_moto_gets_lifecycle: Any = S3Response.get_bucket_lifecycle


@patch(S3Response, "get_bucket_lifecycle")
def _get_bucket_lifecycle(response: S3Response) -> Any:
    status, headers, body = _moto_gets_lifecycle(response)
    return status, {**headers, MINIMUM_HEADER: _minimum(response.backend.get_bucket(response.bucket_name))}, body


@override(
    "s3", "GetObject", "HeadObject", "ListObjects", "ListObjectsV2", "ListObjectVersions", "RestoreObject", "CopyObject"
)
def move_objects(_state: State, call: Call) -> None:
    """Move what is due at the time of the call; nothing shows the storage class in between."""
    name = str(call.parameters.get("Bucket"))
    partition, owner = s3_backends.bucket_accounts.get(name, ("", ""))
    bucket = s3_backends[owner][partition].buckets.get(name) if owner else None
    if bucket is None or not bucket.rules:
        return
    for key, rule in _matches(bucket):
        for transition in rule.transitions or ():
            if transition.days and _is_due(key, int(transition.days), call.at) and _is_large(bucket, key, transition):
                key._storage_class = transition.storage_class


def _matches(bucket: FakeBucket) -> Iterator[tuple[FakeKey, LifecycleRule]]:
    """Yield each current object in the class STANDARD with a rule for it; rules for tags are left out."""
    for rule in bucket.rules:
        filtered = rule.filter
        if rule.status != "Enabled" or (filtered and (filtered.tag_key or filtered.and_filter)):
            continue
        prefix = (filtered.prefix if filtered else rule.prefix) or ""
        for name, key in list(bucket.keys.items()):
            if name.startswith(prefix) and isinstance(key, FakeKey) and key.storage_class == "STANDARD":
                yield key, rule


def _is_due(key: FakeKey, days: int, at: datetime) -> bool:
    passed = key.last_modified.replace(tzinfo=UTC) + timedelta(days=days)
    midnight = passed.replace(hour=0, minute=0, second=0, microsecond=0)
    return at >= (midnight if midnight == passed else midnight + _DAY)


def _is_large(bucket: FakeBucket, key: FakeKey, transition: Any) -> bool:
    varies = _minimum(bucket) == "varies_by_storage_class"
    return key.size >= _MINIMUM_BYTES or (varies and transition.storage_class in _WITHOUT_MINIMUM)
