"""Write files to a trail's bucket, copy them to the data folder, and notify the trail's topic."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto.cloudtrail.models import Trail

from embedded_aws.cloudtrail.delivery.log_files import LogFile
from embedded_aws.cloudtrail.delivery.permissions import bucket_error, key_error
from embedded_aws.cloudtrail.trails import find_bucket
from embedded_aws.core.state import State
from embedded_aws.sns.permissions import cloudtrail, may_encrypt, may_publish
from embedded_aws.sns.publish import find_topic, publish

# Write an object to a trail's bucket as CloudTrail does: check the bucket's policy, then call moto's S3 in process.

SPOOLED_BYTES = 1024 * 1024
"""A larger object is kept in a temporary file rather than in memory."""


def put_trail_object(
    trail: Trail, bucket_name: str, key: str, body: bytes, at: datetime, metadata: Mapping[str, str] | None = None
) -> str | None:
    """Write a gzip file and return None, or S3's error code if bucket, policy or key deny the write.

    Args:
        trail: the trail whose permissions are checked and whose KMS key encrypts.
        bucket_name: the bucket, in any account.
        key: the object's key.
        body: the compressed file.
        at: the object's time of modification, aware.
        metadata: user metadata without the prefix ``x-amz-meta-``.
    """
    rejection = bucket_error(trail, bucket_name, key) or key_error(trail)
    found = find_bucket(bucket_name)
    if rejection is not None or found is None:
        return rejection or "NoSuchBucket"
    backend, _rest = found
    # AES256 was recorded on a digest of a trail without a key, 2026-09.
    encryption = "aws:kms" if trail.kms_key_id else "AES256"
    written = backend.put_object(bucket_name, key, body, encryption=encryption, kms_key_id=trail.kms_key_id or None)
    user_metadata = {f"x-amz-meta-{name}": value for name, value in (metadata or {}).items()}
    written.set_metadata({"Content-Type": "application/json", "Content-Encoding": "gzip", **user_metadata})
    # The encryption context, which a reader's kms:Decrypt is asked with; see `iam.questions`.
    written.trail_arn = trail.arn  # type: ignore[attr-defined]
    written.last_modified = at.astimezone(UTC).replace(tzinfo=None)
    if len(body) > SPOOLED_BYTES:
        written._value_buffer.rollover()
    return None


# Copy every delivered log file to a directory, uncompressed (option --data).


def copy_log_file(folder: Path, bucket: str, key: str, body: bytes) -> Path | None:
    """Write a gzip file as plain JSON to FOLDER/BUCKET/KEY, without the suffix ``.gz``, and return its path.

    Return None and write nothing for a key that leaves the bucket's folder, such as one with the prefix ``../..``.
    """
    path = (folder / bucket / key.removesuffix(".gz")).resolve()
    if not path.is_relative_to((folder / bucket).resolve()):
        return None
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.decompress(body))
    return path


# Notify a trail's topic of each log file that was written to its bucket.
#
# Sources: CloudTrail user guide, "Configuring Amazon SNS notifications for CloudTrail": a notice for log files, those
# of all Regions to the one topic of the trail; CloudTrail API reference, GetTrailStatus: an error is SNS's own code.
# The two members of the message are those that consumers of such notices read. No source documents a subject.


def send_file_notice(state: State, trail: Trail, file: LogFile) -> None:
    """Publish the location of a file if the trail has a topic, and record the result in the trail's status."""
    topic_arn = trail.topic_arn
    if not topic_arn:
        return
    ref, region, statuses = file.target.trail, file.target.region, state.cloudtrail.statuses
    rejection = _publish(state, trail, topic_arn, {"s3Bucket": file.target.bucket, "s3ObjectKey": [file.key]})
    if rejection is None:
        statuses.delivered("Notification", ref.arn, region, file.at)
    else:
        statuses.rejected("Notification", ref.arn, region, rejection)


def _publish(state: State, trail: Trail, topic_arn: str, message: Mapping[str, Any]) -> str | None:
    """Publish as CloudTrail. Return SNS's error code (of its service model) if it may not, or None."""
    topic, publisher = find_topic(topic_arn), cloudtrail(trail.account_id, trail.arn)
    if topic is None:
        return "NotFound"
    if not may_publish(publisher, topic):
        return "AuthorizationError"
    if not may_encrypt(publisher, topic):
        return "KMSAccessDenied"
    publish(state, topic, json.dumps(message))
    return None
