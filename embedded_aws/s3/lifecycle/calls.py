"""Store lifecycle configurations, and apply them before the calls that show what they did.

Since 2024-09 an object below 128 KB is moved only if the configuration says ``varies_by_storage_class`` and the class
is one of the two without minimum. Sources: S3 user guide, "Transitioning objects using Amazon S3 Lifecycle"; S3 API
reference, PutBucketLifecycleConfiguration; recorded answers of AWS in LocalStack's tests test_s3, as of 2026-02.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from flask import has_request_context, request
from moto.s3.exceptions import NoSuchLifecycleConfiguration
from moto.s3.models import FakeBucket, FakeKey

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State
from embedded_aws.s3.buckets import bucket_of, find_bucket, malformed
from embedded_aws.s3.lifecycle.expiration import expire, expiry_of
from embedded_aws.s3.lifecycle.rules import (
    DEFAULT_MINIMUM,
    Lifecycle,
    due_at,
    enabled_rules,
    lifecycle_of,
    matches,
    set_lifecycle,
)

_VARIES = "varies_by_storage_class"
_MINIMUM_BYTES = 128 * 1024
_WITHOUT_MINIMUM = frozenset({"GLACIER", "DEEP_ARCHIVE"})
_FILTERS = ("Prefix", "Tag", "And", "ObjectSizeGreaterThan", "ObjectSizeLessThan")


@override(
    "s3",
    "GetObject",
    "HeadObject",
    "ListObjects",
    "ListObjectsV2",
    "ListObjectVersions",
    "RestoreObject",
    "CopyObject",
    "DeleteObject",
    "DeleteObjects",
    "DeleteBucket",
    "PutBucketLifecycleConfiguration",
    "DeleteBucketLifecycle",
)
def apply_lifecycle(_state: State, call: Call) -> None:
    """Move and expire what is due at the time of the call; other calls do not show it."""
    bucket = find_bucket(call)
    if bucket is None or not lifecycle_of(bucket).rules or lifecycle_of(bucket).applied == call.at.date():
        return
    lifecycle_of(bucket).applied = call.at.date()
    _move(bucket, call.at)
    expire(bucket, call.at)


def _move(bucket: FakeBucket, at: datetime) -> None:
    for rule in enabled_rules(bucket, "Transitions"):
        for key in [key for _name, key in bucket.keys._iteritems()]:
            if isinstance(key, FakeKey) and key.storage_class == "STANDARD" and matches(rule, bucket, key):
                for transition in rule["Transitions"]:
                    due = due_at(key.last_modified, transition)
                    if due and at >= due and _is_large(bucket, key, transition["StorageClass"]):
                        key._storage_class = transition["StorageClass"]


def _is_large(bucket: FakeBucket, key: FakeKey, storage_class: str) -> bool:
    varies = lifecycle_of(bucket).minimum == _VARIES
    return key.size >= _MINIMUM_BYTES or (varies and storage_class in _WITHOUT_MINIMUM)


@override("s3", "PutBucketLifecycleConfiguration")
def put_bucket_lifecycle_configuration(_state: State, call: Call) -> dict[str, Any]:
    """Check and store the rules; a rule without an ID gets one."""
    bucket = bucket_of(call)
    minimum = call.parameters.get("TransitionDefaultMinimumObjectSize") or DEFAULT_MINIMUM
    if minimum not in (DEFAULT_MINIMUM, _VARIES):
        raise AwsError("InvalidRequest", f"Invalid TransitionDefaultMinimumObjectSize found: {minimum}", 400)
    rules = (call.parameters.get("LifecycleConfiguration") or {}).get("Rules") or []
    for rule in rules:
        _check_filter(rule)
        _check_actions(rule)
    stored = [{**rule, "ID": rule.get("ID") or secrets.token_urlsafe(36)} for rule in rules]
    set_lifecycle(bucket, Lifecycle(stored, minimum))
    return {"TransitionDefaultMinimumObjectSize": minimum}


def _check_filter(rule: Mapping[str, Any]) -> None:
    found, prefix = rule.get("Filter"), rule.get("Prefix")
    if (found is None) == (prefix is None) or sum(name in (found or {}) for name in _FILTERS) > 1:
        raise malformed()
    tags = [tag["Key"] for tag in ((found or {}).get("And") or {}).get("Tags") or []]
    if len(tags) > len(set(tags)):
        raise AwsError("InvalidRequest", "Duplicate Tag Keys are not allowed.", 400)


def _check_actions(rule: Mapping[str, Any]) -> None:
    expiration, old = rule.get("Expiration") or {}, rule.get("NoncurrentVersionExpiration")
    aborted = rule.get("AbortIncompleteMultipartUpload")
    if old is not None and not (old.get("NoncurrentDays") or old.get("NewerNoncurrentVersions")):
        raise malformed()
    if aborted is not None and not aborted.get("DaysAfterInitiation"):
        raise malformed()
    if "ExpiredObjectDeleteMarker" in expiration and len(expiration) > 1:
        raise malformed()
    for date in (item.get("Date") for item in (expiration, *(rule.get("Transitions") or []))):
        if isinstance(date, datetime) and (date.hour, date.minute, date.second) != (0, 0, 0):
            members = {"ArgumentName": "Date", "ArgumentValue": date.strftime("%Y-%m-%dT%H:%M:%SZ")}
            raise AwsError("InvalidArgument", "'Date' must be at midnight GMT", 400, members)


@override("s3", "GetBucketLifecycleConfiguration")
def get_bucket_lifecycle_configuration(_state: State, call: Call) -> dict[str, Any]:
    """Return the rules as they were stored."""
    lifecycle = lifecycle_of(bucket_of(call))
    if not lifecycle.rules:
        raise NoSuchLifecycleConfiguration(bucket_name=str(call.parameters["Bucket"]))
    return {"Rules": lifecycle.rules, "TransitionDefaultMinimumObjectSize": lifecycle.minimum}


@override("s3", "DeleteBucketLifecycle")
def delete_bucket_lifecycle(_state: State, call: Call) -> None:
    """Delete the rules; moto answers."""
    set_lifecycle(bucket_of(call), Lifecycle([]))


def expiration_header(bucket: FakeBucket, key: FakeKey) -> dict[str, str]:
    """Return the header that says when the current version expires; it is not sent for a named version."""
    is_named = has_request_context() and "versionId" in request.args
    expiry = expiry_of(bucket, key) if not is_named and bucket.keys.get(key.name) is key else None
    if expiry is None:
        return {}
    at = format_datetime(expiry[0].astimezone(UTC), usegmt=True)
    return {"x-amz-expiration": f'expiry-date="{at}", rule-id="{expiry[1]}"'}
