# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Digest files of log file validation: their keys, signed text, and schedule.

Source: CloudTrail user guide, "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file
integrity validation"; that a starting digest signs the word ``null`` is what the AWS CLI's validate-logs expects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
_NEEDED: Mapping[str, type | tuple[type, ...]] = {
    "digestEndTime": str,
    "digestPublicKeyFingerprint": str,
    "digestS3Bucket": str,
    "digestS3Object": str,
    "digestStartTime": str,
    "logFiles": list,
    "previousDigestSignature": (str, type(None)),
}


@dataclass(frozen=True)
class Tampering:
    """A file that was tampered with, or digests that are missing.

    Attributes:
        kind: One of removed, altered, forged, unknown_key, moved, malformed, missing.
        file: The key of the file; empty for missing digests.
        text: The problem as a sentence.
    """

    kind: str
    file: str
    text: str


def parse_time(text: str) -> datetime:
    """Return an ISO 8601 time in UTC, which is also the default offset. Raise ValueError for any other text."""
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)


def digest_end(key: str, account: str, region: str, trail: str, home: str) -> datetime | None:
    """Return the end time in a digest's key, or None if it is not the key of a digest of this trail.

    A backfill digest lists log files that an earlier digest of the same time left out.
    """
    name = f"{account}_CloudTrail-Digest_{region}_{trail}_{home}_"
    found = re.fullmatch(re.escape(name) + r"([0-9]{8}T[0-9]{6}Z)(_backfill)?\.json\.gz", key.rsplit("/", 1)[-1])
    return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if found else None


def is_backfill(key: str) -> bool:
    """Return whether a key is that of a backfill digest."""
    return key.endswith("_backfill.json.gz")


def digest_problem(digest: Mapping[str, Any], bucket: str, key: str) -> Tampering | None:
    """Return why a digest is malformed or not in its place, or None."""
    lacking = [name for name, kind in _NEEDED.items() if name not in digest or not isinstance(digest[name], kind)]
    if lacking:
        return Tampering("malformed", key, f"The digest {key} lacks a valid {', '.join(lacking)}.")
    if (digest["digestS3Bucket"], digest["digestS3Object"]) != (bucket, key):
        place = f"{digest['digestS3Bucket']}/{digest['digestS3Object']}"
        return Tampering("moved", key, f"The digest {key} was moved: its content names {place}.")
    return None


def signed_text(digest: Mapping[str, Any], sha256: str) -> bytes:
    """Return the text that a digest's signature covers."""
    place = f"{digest['digestS3Bucket']}/{digest['digestS3Object']}"
    previous = digest["previousDigestSignature"] or "null"
    return "\n".join((digest["digestEndTime"], place, sha256, previous)).encode()


def next_digest(began: datetime, now: datetime) -> datetime:
    """Return when the next digest is due: every hour since the trail started logging."""
    hours = (now - began) // HOUR + 1
    return began + max(hours, 1) * HOUR
