# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the signatures, chain and hashes of a trail's digests and log files, streaming each file."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..core.account import Account
from ..core.aws_names import Place
from ..core.errors import AwsError
from ..s3.reads import get_object, list_keys
from .digests import HOUR, digest_end, digest_problem, parse_time, signed_text
from .reads import log_folder

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    HAS_CRYPTOGRAPHY = True
except ImportError:
    HAS_CRYPTOGRAPHY = False

_CHUNK_BYTES = 256 * 1024
_GZIP = 31
_ABSENT = ("NoSuchKey", "404")


@dataclass
class Validation:
    """Validation of one trail's files in one account and region.

    Attributes:
        account: The account.
        place: Its partition, region and id.
        trail: The trail, from DescribeTrails.
        digests: Number of digests checked.
        log_files: Number of log files checked.
        problems: One sentence for each altered or removed file.
    """

    account: Account
    place: Place
    trail: Mapping[str, Any]
    digests: int = 0
    log_files: int = 0
    problems: list[str] = field(default_factory=list)
    _keys: dict[str, bytes] = field(default_factory=dict)

    def run(self, start: datetime, end: datetime) -> datetime | None:
        """Check the digests that end between two times, newest first. Return the end of the newest one."""
        found = sorted(self._listed(start, end), reverse=True)
        if not found:
            return None
        keys = self.account.read_all(
            "cloudtrail",
            "ListPublicKeys",
            "public keys",
            "PublicKeyList",
            {"StartTime": start - 2 * HOUR, "EndTime": end + 2 * HOUR},
        )
        self._keys = {key["Fingerprint"]: key["Value"] for key in keys}
        self._walk([key for _end, key in found], start)
        return found[0][0]

    def _listed(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
        trail = self.trail
        folder = f"{log_folder(self.account, trail)}CloudTrail-Digest/{self.place.region}/"
        home = trail.get("HomeRegion", self.place.region)
        for key in list_keys(self.account, trail["S3BucketName"], folder, f"{folder}{start:%Y/%m/%d}"):
            ended = digest_end(key, self.place.account, self.place.region, trail["Name"], home)
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
        answer = self._object(bucket, key)
        if answer is None:
            self.problems.append(f"The digest {key} was removed.")
            return None
        text = _inflated(answer["Body"])
        sha256 = hashlib.sha256(text or b"").hexdigest()
        self.digests += 1
        if following and following.get("previousDigestHashValue") != sha256:
            self.problems.append(f"The digest {key} was altered: its hash differs from the one in the next digest.")
            return None
        digest = _document(text)
        problem = digest_problem(digest, bucket, key) or self._signature_problem(digest, answer, sha256)
        if problem:
            self.problems.append(problem)
            return None
        for entry in digest["logFiles"]:
            self._check_log_file(entry)
        return digest

    def _signature_problem(self, digest: Mapping[str, Any], answer: Mapping[str, Any], sha256: str) -> str:
        key, name = self._keys.get(digest["digestPublicKeyFingerprint"]), digest["digestS3Object"]
        if key is None:
            return f"The digest {name} is signed with a key that CloudTrail does not list."
        public = load_der_public_key(key)
        if not isinstance(public, rsa.RSAPublicKey):
            return f"The digest {name} is signed with a key that is not an RSA key."
        try:
            signature = bytes.fromhex(answer["Metadata"].get("signature", ""))
            public.verify(signature, signed_text(digest, sha256), padding.PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return f"The digest {name} was altered: its signature is invalid."
        return ""

    def _check_log_file(self, entry: Mapping[str, Any]) -> None:
        key = entry["s3Object"]
        answer = self._object(entry["s3Bucket"], key)
        self.log_files += 1
        if answer is None:
            self.problems.append(f"The log file {key} was removed.")
        elif _sha256(answer["Body"]) != entry["hashValue"]:
            self.problems.append(f"The log file {key} was altered.")

    def _object(self, bucket: str, key: str) -> dict[str, Any] | None:
        try:
            return get_object(self.account, bucket, key)
        except AwsError as error:
            if error.code in _ABSENT:
                return None
            raise


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
