# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find the record of one call in the log files that a trail writes to S3."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..cloudtrail.reads import bucket_owner, log_folder
from ..core.account import Account
from ..s3.reads import Bucket
from .facts import Facts

_CHUNK_BYTES = 256 * 1024
_GZIP = 31
# Longer than a request ID with its key, so that it is also found at the border of two chunks.
_OVERLAP_BYTES = 128


@dataclass
class LogFiles:
    """The log files of the trail since a call.

    Attributes:
        account: The account that reads them.
        facts: The configuration of the chain, with the trail.
        since: The time of the call.
        request_id: The request ID of the call.
        owner: The account that owns the bucket; the trail's by default.
    """

    account: Account
    facts: Facts
    since: datetime
    request_id: str
    owner: str | None = None
    _seen: set[str] = field(default_factory=set)
    _root: str = ""

    def find(self) -> str:
        """Return the location of the record, or an empty string. Each file is read once."""
        trail = self.facts.trail or {}
        bucket = Bucket(self.account, trail["S3BucketName"], bucket_owner(trail, self.owner))
        for key in self._new_keys(bucket):
            if bucket.read_object(key, self._contains_record):
                return f"bucket {bucket.name}, {key.rsplit('/', 1)[-1]}"
            self._seen.add(key)
        return ""

    def _new_keys(self, bucket: Bucket) -> Iterator[str]:
        place = self.facts.place
        self._root = self._root or log_folder(self.account, self.facts.trail or {}, place.account)
        # The key contains the time of the last record, which may be after midnight.
        for day in sorted({self.since, self.since + timedelta(days=1)}):
            folder = f"{self._root}CloudTrail/{place.region}/{day:%Y/%m/%d}/"
            minute = self.since - timedelta(minutes=1)
            after = f"{folder}{place.account}_CloudTrail_{place.region}_{minute:%Y%m%dT%H%M}"
            yield from (key for key in bucket.keys(folder, after) if key not in self._seen)

    def _contains_record(self, answer: Mapping[str, Any]) -> bool:
        """Return whether a file contains the record, without loading the whole file into memory."""
        body = answer["Body"]
        try:
            return self._found_in(body)
        except zlib.error:
            return False  # not a file of CloudTrail, which writes gzip only
        finally:
            body.close()

    def _found_in(self, body: Any) -> bool:
        record = re.compile(rb'"requestID"\s*:\s*"' + re.escape(self.request_id.encode()) + rb'"')
        inflate, rest = zlib.decompressobj(_GZIP), b""
        for chunk in iter(lambda: body.read(_CHUNK_BYTES), b""):
            pending = chunk
            while pending:
                text = rest + inflate.decompress(pending, _CHUNK_BYTES)
                if record.search(text):
                    return True
                pending, rest = inflate.unconsumed_tail, text[-_OVERLAP_BYTES:]
        return False
