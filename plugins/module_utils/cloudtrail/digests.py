# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Digest files of log file validation: their keys, signed text, and schedule.

Source: CloudTrail user guide, "CloudTrail digest file structure" and "Custom implementations of CloudTrail log file
integrity validation"; that a starting digest signs the word ``null`` is what the AWS CLI's validate-logs expects.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

HOUR = timedelta(hours=1)
_NEEDED = (
    "digestEndTime",
    "digestPublicKeyFingerprint",
    "digestS3Bucket",
    "digestS3Object",
    "digestStartTime",
    "logFiles",
    "previousDigestSignature",
)


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


def digest_problem(digest: Mapping[str, Any], bucket: str, key: str) -> str:
    """Return why a digest is malformed, or an empty string."""
    lacking = [name for name in _NEEDED if name not in digest]
    if lacking:
        return f"The digest {key} lacks {', '.join(lacking)}."
    if (digest["digestS3Bucket"], digest["digestS3Object"]) != (bucket, key):
        return f"The digest {key} was moved: its content names {digest['digestS3Bucket']}/{digest['digestS3Object']}."
    return ""


def signed_text(digest: Mapping[str, Any], sha256: str) -> bytes:
    """Return the text that a digest's signature covers."""
    place = f"{digest['digestS3Bucket']}/{digest['digestS3Object']}"
    previous = digest["previousDigestSignature"] or "null"
    return "\n".join((digest["digestEndTime"], place, sha256, previous)).encode()


def next_digest(began: datetime, now: datetime) -> datetime:
    """Return when the next digest is due: every hour since the trail started logging."""
    hours = (now - began) // HOUR + 1
    return began + max(hours, 1) * HOUR
