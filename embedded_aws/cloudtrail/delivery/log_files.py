"""Collect records in gzip log files, one per trail, account and Region.

Source: CloudTrail user guide, "CloudTrail log file examples" and "Finding your CloudTrail log files".
"""

from __future__ import annotations

import hashlib
import secrets
import string
import zlib
from dataclasses import dataclass, field
from datetime import datetime

from moto.cloudtrail.models import Trail

from embedded_aws.cloudtrail.trails import log_prefix, ref_of
from embedded_aws.core.events import TrailRef

FILE_BYTES = 32 * 1024 * 1024
"""A file of this size, before compression, is closed and the next one is opened."""

_CHUNK_CHARACTERS = 256 * 1024
_ALPHANUMERIC = string.ascii_letters + string.digits
_GZIP = 31
# Records are so similar that the fastest level loses little, and the worker must keep up with the calls.
_FASTEST = 1


@dataclass(frozen=True, slots=True)
class FileTarget:
    """The destination of a trail's files for one account and Region.

    Attributes:
        prefix: the start of the keys, up to and including the account.
        account: the account whose records the files contain.
        region: the Region whose records the files contain.
        validated: whether digest files list these files.
    """

    trail: TrailRef
    bucket: str
    prefix: str
    account: str
    region: str
    validated: bool


@dataclass(frozen=True, slots=True)
class LogFile:
    """A finished log file; the event times are as in its records."""

    target: FileTarget
    key: str
    sha256: str = field(repr=False)
    body: bytes = field(repr=False)
    at: datetime
    oldest_event: str
    newest_event: str


def file_target(trail: Trail, account: str, region: str) -> FileTarget:
    """Return the destination of a trail's files for an account and Region."""
    prefix = log_prefix(trail, account)
    return FileTarget(ref_of(trail), trail.bucket_name, prefix, account, region, bool(trail.log_validation))


class OpenFile:
    """An open log file; it compresses records as they come, to stay small."""

    def __init__(self, target: FileTarget, at: datetime) -> None:
        """Start an empty file at an embedded time."""
        self._target = target
        self._at = at
        self._compressor = zlib.compressobj(_FASTEST, zlib.DEFLATED, _GZIP)
        self._hash = hashlib.sha256()
        self._body = bytearray()
        self._texts: list[str] = []
        self._waiting = 0
        self._separator = '{"Records":['
        self._oldest = self._newest = ""
        self.size = 0

    def add(self, text: str, event_time: str, at: datetime) -> None:
        """Append a record as JSON; ``at`` is the embedded time."""
        self._texts.append(text)
        self._waiting += len(text)
        self._oldest = min(self._oldest or event_time, event_time)
        self._newest = max(self._newest, event_time)
        self._at = at
        if self._waiting >= _CHUNK_CHARACTERS:
            self._compress_waiting()

    def _compress_waiting(self) -> None:
        if self._texts:
            self._compress(self._separator + ",".join(self._texts))
            self._separator = ","
            self._texts.clear()
            self._waiting = 0

    def _compress(self, text: str) -> None:
        data = text.encode()
        self.size += len(data)
        self._hash.update(data)
        self._body += self._compressor.compress(data)

    def finish(self) -> LogFile:
        """Return the file, named by the time of its last record."""
        self._compress_waiting()
        self._compress("]}")
        body = bytes(self._body + self._compressor.flush())
        key = _key(self._target, self._at)
        return LogFile(self._target, key, self._hash.hexdigest(), body, self._at, self._oldest, self._newest)


def _key(target: FileTarget, at: datetime) -> str:
    unique = "".join(secrets.choice(_ALPHANUMERIC) for _turn in range(16))
    account, region = target.account, target.region
    name = f"{account}_CloudTrail_{region}_{at:%Y%m%dT%H%MZ}_{unique}.json.gz"
    return f"{target.prefix}CloudTrail/{region}/{at:%Y/%m/%d}/{name}"
