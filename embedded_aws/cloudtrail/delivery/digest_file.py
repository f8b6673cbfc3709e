"""Compose one digest file: its JSON text, its key and its signature.

Source: CloudTrail user guide, "CloudTrail digest file structure"; that a starting digest signs the word ``null`` in
place of the signature before it is what the AWS CLI's ``cloudtrail validate-logs`` expects.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from embedded_aws.cloudtrail.delivery.digest_keys import SigningKey
from embedded_aws.cloudtrail.delivery.log_files import FileTarget, LogFile

_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """The entry of a log file in a digest, and the time of its delivery."""

    entry: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class DigestFile:
    """A signed digest file, not yet compressed."""

    bucket: str
    key: str
    text: bytes
    sha256: str
    signature: str


def delivered_file(file: LogFile) -> DeliveredFile:
    """Return the digest entry of a log file."""
    entry = {
        "s3Bucket": file.target.bucket,
        "s3Object": file.key,
        "hashValue": file.sha256,
        "hashAlgorithm": "SHA-256",
        "newestEventTime": file.newest_event,
        "oldestEventTime": file.oldest_event,
    }
    return DeliveredFile(entry, file.at)


def digest_key(target: FileTarget, end: datetime) -> str:
    """Return the object key of the digest file that ends at a time."""
    account, region, trail = target.account, target.region, target.trail
    name = f"{account}_CloudTrail-Digest_{region}_{trail.name}_{trail.region}_{end:%Y%m%dT%H%M%SZ}.json.gz"
    return f"{target.prefix}CloudTrail-Digest/{region}/{end:%Y/%m/%d}/{name}"


def compose_digest(
    target: FileTarget,
    start: datetime,
    end: datetime,
    files: Sequence[DeliveredFile],
    previous: DigestFile | None,
    signing_key: SigningKey,
) -> DigestFile:
    """Return the digest of the files that were delivered after start and until end.

    Args:
        target: where the digest goes, and whose files it names.
        start, end: aware, whole seconds.
        files: may be empty, as in an hour without activity.
        previous: the preceding digest; None for a starting digest.
        signing_key: the key of the Region.
    """
    key = digest_key(target, end)
    entries = [file.entry for file in files]
    document = {
        "awsAccountId": target.account,
        "digestStartTime": f"{start:{_TIME}}",
        "digestEndTime": f"{end:{_TIME}}",
        "digestS3Bucket": target.bucket,
        "digestS3Object": key,
        "digestPublicKeyFingerprint": signing_key.fingerprint,
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": max((entry["newestEventTime"] for entry in entries), default=None),
        "oldestEventTime": min((entry["oldestEventTime"] for entry in entries), default=None),
        "previousDigestS3Bucket": previous and previous.bucket,
        "previousDigestS3Object": previous and previous.key,
        "previousDigestHashValue": previous and previous.sha256,
        "previousDigestHashAlgorithm": previous and "SHA-256",
        "previousDigestSignature": previous and previous.signature,
        "logFiles": entries,
    }
    text = json.dumps(document, separators=(",", ":")).encode()
    sha256 = hashlib.sha256(text).hexdigest()
    signed = "\n".join((f"{end:{_TIME}}", f"{target.bucket}/{key}", sha256, previous.signature if previous else "null"))
    return DigestFile(target.bucket, key, text, sha256, signing_key.sign(signed))
