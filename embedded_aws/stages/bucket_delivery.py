"""Write an object to a trail's bucket as CloudTrail does: through the bucket's policy, into moto's S3 in process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from moto.cloudtrail.models import Trail

from embedded_aws.stages.delivery_permission import bucket_refusal
from embedded_aws.stages.trail_key import key_refusal
from embedded_aws.stages.trails import find_bucket

SPOOLED_BYTES = 1024 * 1024
"""A larger object is kept in a temporary file rather than in memory."""


def put_trail_object(
    trail: Trail, bucket_name: str, key: str, body: bytes, at: datetime, metadata: Mapping[str, str] | None = None
) -> str | None:
    """Write a gzip file and return None, or S3's error code if bucket, policy or key refuse CloudTrail.

    Args:
        trail: whose right to write is looked at, and whose KMS key encrypts.
        bucket_name: the bucket, of any account.
        key: the object's key.
        body: the compressed file.
        at: the object's time of modification, aware.
        metadata: user metadata without the prefix ``x-amz-meta-``.
    """
    refusal = bucket_refusal(trail, bucket_name, key) or key_refusal(trail)
    found = find_bucket(bucket_name)
    if refusal is not None or found is None:
        return refusal or "NoSuchBucket"
    backend, _rest = found
    encryption = "aws:kms" if trail.kms_key_id else None
    written = backend.put_object(bucket_name, key, body, encryption=encryption, kms_key_id=trail.kms_key_id or None)
    user_metadata = {f"x-amz-meta-{name}": value for name, value in (metadata or {}).items()}
    written.set_metadata({"Content-Type": "application/json", "Content-Encoding": "gzip", **user_metadata})
    written.last_modified = at.astimezone(UTC).replace(tzinfo=None)
    if len(body) > SPOOLED_BYTES:
        written._value_buffer.rollover()
    return None
