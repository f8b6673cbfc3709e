"""The key pairs that sign digest files: one per Region at a time, each valid for 30 days.

Sources: CloudTrail API reference, ListPublicKeys; CloudTrail user guide, "Custom implementations of CloudTrail log file
integrity validation". That a fingerprint is the MD5 of the DER text was found on the key that the guide prints.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_VALIDITY = timedelta(days=30)
# A starting digest covers the preceding hour, so its key must be valid before the first use.
_OVERLAP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair; ``public`` is the DER text of its PKCS #1 public key."""

    private: rsa.RSAPrivateKey = field(repr=False)
    public: bytes = field(repr=False)
    fingerprint: str
    valid_from: datetime
    valid_until: datetime

    def sign(self, text: str) -> str:
        """Return the signature (SHA256withRSA) in hex."""
        return self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()


# Generated once per process: a reset needs no new keys, and a key pair costs about as much as a thousand calls.
@lru_cache(maxsize=64)
def _private_key(region: str, number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _make_key(region: str, number: int, valid_from: datetime) -> SigningKey:
    private = _private_key(region, number)
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    fingerprint = hashlib.md5(public, usedforsecurity=False).hexdigest()
    return SigningKey(private, public, fingerprint, valid_from, valid_from + _VALIDITY)


class SigningKeys:
    """The keys of every Region."""

    def __init__(self) -> None:
        """Start without keys; each is generated on first use."""
        self._keys: dict[str, list[SigningKey]] = {}
        self._lock = threading.Lock()

    def current(self, region: str, at: datetime) -> SigningKey:
        """Return the key that signs at a time; times must not decrease from call to call."""
        with self._lock:
            keys = self._keys.setdefault(region, [])
            if not keys or keys[-1].valid_until <= at:
                keys.append(_make_key(region, len(keys), at - _OVERLAP))
            return keys[-1]

    def between(self, region: str, start: datetime, end: datetime) -> list[SigningKey]:
        """Return the keys that were valid at any time from start to end, oldest first."""
        with self._lock:
            keys = self._keys.get(region, [])
            return [key for key in keys if key.valid_from <= end and key.valid_until >= start]
