# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the signatures, chain and hashes of a trail's digests and log files, streaming each file."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..core.account import Account
from ..core.errors import AwsError
from ..core.problems import sentence
from ..s3.reads import Bucket
from .digests import HOUR, Tampering, digest_end, digest_problem, is_backfill, parse_time
from .reads import log_folder
from .signatures import signature_problem

_CHUNK_BYTES = 256 * 1024
_GZIP = 31
# The error codes of GetObject for a file that does not exist, and for one in an archive storage class.
_UNREADABLE = {"NoSuchKey": "removed", "404": "removed", "InvalidObjectState": "archived"}
# A digest is delivered some time after its end (31 minutes once, in a recording of AWS of 2026-09) and ends an hour
# after the one before it.
_LATEST_DELIVERY = 2 * HOUR
_GENERATED = "backfill-generation-timestamp"


@dataclass
class Validation:
    """Validation of one trail's files in one account and region.

    Attributes:
        account: The account in the region.
        trail: The trail, from DescribeTrails.
        bucket_owner: The account that owns the bucket.
        digests: Number of digests checked.
        log_files: Number of log files checked.
        problems: The files that were tampered with, and missing digests.
        archived: The keys of the files that an archive storage class holds, which cannot be read.
    """

    account: Account
    trail: Mapping[str, Any]
    bucket_owner: str
    digests: int = 0
    log_files: int = 0
    problems: list[Tampering] = field(default_factory=list)
    archived: list[str] = field(default_factory=list)
    _keys: dict[str, bytes] = field(default_factory=dict)

    def run(self, start: datetime, end: datetime, status: Mapping[str, Any]) -> datetime | None:
        """Check the digests that end between two times, newest first. Return the end of the newest one.

        Args:
            start, end: The times.
            status: The answer of GetTrailStatus in the region.
        """
        found = sorted(self._listed(start, end), reverse=True)
        newest = next((ended for ended, key in found if not is_backfill(key)), None)
        missing = _undelivered(self.trail, self.account.region, status, newest, start)
        self.problems.extend(Tampering("missing", "", text) for text in missing)
        if found:
            self._learn_keys(start - 2 * HOUR, end + 2 * HOUR)
            self._walk([key for _end, key in found], start)
        return newest

    def _learn_keys(self, start: datetime, end: datetime) -> None:
        times = {"StartTime": start, "EndTime": end}
        keys = self.account.read_all("cloudtrail", "ListPublicKeys", "public keys", "PublicKeyList", times)
        self._keys |= {key["Fingerprint"]: key["Value"] for key in keys}

    def _listed(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
        trail, place = self.trail, self.account.place
        folder = f"{log_folder(self.account, trail)}CloudTrail-Digest/{place.region}/"
        home = trail.get("HomeRegion", place.region)
        bucket = Bucket(self.account, trail["S3BucketName"], self.bucket_owner)
        for key in bucket.keys(folder, f"{folder}{start:%Y/%m/%d}"):
            ended = digest_end(key, place.account, place.region, trail["Name"], home)
            if ended and start <= ended <= end:
                yield ended, key

    def _walk(self, listed: list[str], start: datetime) -> None:
        """Follow the chain from each digest to its predecessor; a listed digest outside a chain starts another one."""
        bucket, checked = self.trail["S3BucketName"], set[str]()
        for first in listed:
            key: str | None = first
            expected: Mapping[str, Any] = {}
            while key and key not in checked:
                checked.add(key)
                digest = self._digest(bucket, key, expected)
                if digest is None or parse_time(digest["digestStartTime"]) < start:
                    break
                key, expected = digest.get("previousDigestS3Object"), digest

    def _digest(self, bucket: str, key: str, following: Mapping[str, Any]) -> dict[str, Any] | None:
        """Check a digest and its log files. Return None if the chain cannot be followed from it."""
        found = self._content(bucket, key, lambda answer: (answer["Metadata"], _inflated(answer["Body"])), "digest")
        if found is None:
            return None
        metadata, text = found
        self.digests += 1
        sha256 = hashlib.sha256(text or b"").hexdigest()
        digest = _document(text)
        problem = digest_problem(digest, bucket, key) or self._signature_problem(digest, metadata, sha256)
        if following and following.get("previousDigestHashValue") != sha256 and _is_chained(problem):
            why = "its hash differs from the one in the next digest"
            problem = Tampering("altered", key, f"The digest {key} was altered: {why}.")
        if problem:
            self.problems.append(problem)
            return None
        for entry in digest["logFiles"]:
            self._check_log_file(entry)
        return digest

    def _signature_problem(
        self, digest: Mapping[str, Any], metadata: Mapping[str, str], sha256: str
    ) -> Tampering | None:
        fingerprint = digest["digestPublicKeyFingerprint"]
        made = _generated(metadata)
        if fingerprint not in self._keys and made:
            # A backfill digest is signed with the key of the time at which it was made, long after its end.
            self._learn_keys(made - HOUR, made + HOUR)
        return signature_problem(digest, metadata, sha256, self._keys.get(fingerprint))

    def _check_log_file(self, entry: Mapping[str, Any]) -> None:
        key = entry["s3Object"]
        self.log_files += 1
        found = self._content(
            entry["s3Bucket"], key, lambda answer: (_sha256(answer["Body"]), answer["LastModified"]), "log file"
        )
        if found is not None and found[0] != entry["hashValue"]:
            text = f"The log file {key} was altered; it was last written at {found[1]:%Y-%m-%dT%H:%M:%SZ}."
            self.problems.append(Tampering("altered", key, text))

    def _content(self, bucket: str, key: str, use: Callable[[dict[str, Any]], Any], what: str) -> Any:
        """Return what `use` reads from a file; None, after a note of the reason, for a file that cannot be read."""
        try:
            return Bucket(self.account, bucket, self.bucket_owner).read_object(key, use)
        except AwsError as error:
            reason = _UNREADABLE.get(error.code)
            if reason == "archived":
                self.archived.append(key)
            elif reason:
                self.problems.append(Tampering("removed", key, f"The {what} {key} was removed."))
            else:
                raise
        return None


def _is_chained(problem: Tampering | None) -> bool:
    """Return whether the hash in the next digest says more about a digest than its own problem."""
    return problem is None or problem.kind == "altered"


def _generated(metadata: Mapping[str, str]) -> datetime | None:
    """Return when a backfill digest was made, or None if its metadata do not say it."""
    try:
        return parse_time(metadata.get(_GENERATED, ""))
    except ValueError:
        return None


def _undelivered(
    trail: Mapping[str, Any], region: str, status: Mapping[str, Any], newest: datetime | None, start: datetime
) -> Iterator[str]:
    """Yield why digests are missing that CloudTrail says it delivered, or could not deliver."""
    delivered, error = status.get("LatestDigestDeliveryTime"), status.get("LatestDigestDeliveryError")
    bucket = trail["S3BucketName"]
    if error:
        failed = f"CloudTrail's last delivery of a digest of region {region} to the bucket {bucket} failed"
        yield f"{failed}: {sentence(error)}"
    if delivered and delivered - _LATEST_DELIVERY > (newest or start):
        since = f" since {newest:%Y-%m-%dT%H:%M:%SZ}" if newest else ""
        yield (
            f"CloudTrail delivered a digest of region {region} at {delivered:%Y-%m-%dT%H:%M:%SZ}, but the bucket"
            f" {bucket} has none{since}. Digests were removed, or the trail's bucket or prefix was changed."
        )


def _chunks(body: Any) -> Iterator[bytes]:
    """Yield the content of a gzip object. Raise zlib.error if it is not exactly one complete gzip stream."""
    inflate = zlib.decompressobj(_GZIP)
    for chunk in iter(lambda: body.read(_CHUNK_BYTES), b""):
        pending = chunk
        while pending:
            yield inflate.decompress(pending, _CHUNK_BYTES)
            pending = inflate.unconsumed_tail
    yield inflate.flush()
    if not inflate.eof or inflate.unused_data:
        raise zlib.error("the gzip stream is truncated, or followed by other data")


def _inflated(body: Any) -> bytes | None:
    try:
        return b"".join(_chunks(body))
    except zlib.error:
        return None


def _sha256(body: Any) -> str:
    digest = hashlib.sha256()
    try:
        for chunk in _chunks(body):
            digest.update(chunk)
    except zlib.error:
        return ""
    return digest.hexdigest()


def _document(text: bytes | None) -> dict[str, Any]:
    try:
        document = json.loads(text or b"{}")
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
