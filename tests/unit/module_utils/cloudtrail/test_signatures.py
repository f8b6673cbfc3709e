"""The signature of a digest tells what was altered from what was forged, and from what an unknown key signed."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.digests import signed_text
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.signatures import signature_problem
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

DIGEST = {
    "digestEndTime": "2026-09-13T16:29:23Z",
    "digestS3Bucket": "audit",
    "digestS3Object": "key",
    "digestPublicKeyFingerprint": "0123",
    "previousDigestSignature": None,
}
SHA256_OF_IT, OF_OTHER = (hashlib.sha256(text).hexdigest() for text in (b"digest", b"other"))


@pytest.fixture(scope="module")
def keys() -> list[Any]:
    """Return the key of CloudTrail, and one of another owner."""
    return [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _key in range(2)]


def signed_by(key: Any, sha256: str = SHA256_OF_IT) -> dict[str, str]:
    return {"signature": key.sign(signed_text(DIGEST, sha256), padding.PKCS1v15(), SHA256()).hex()}


def public(key: Any) -> bytes:
    """Return a public key as ListPublicKeys does."""
    form = PublicFormat.PKCS1 if isinstance(key, rsa.RSAPrivateKey) else PublicFormat.SubjectPublicKeyInfo
    found: bytes = key.public_key().public_bytes(Encoding.DER, form)
    return found


def kind(metadata: dict[str, str], key: bytes | None) -> str:
    problem = signature_problem(DIGEST, metadata, SHA256_OF_IT, key)
    assert problem is None or problem.file == "key"
    return problem.kind if problem else ""


def test_a_signature_of_cloudtrail_proves_the_digest(keys: list[Any]) -> None:
    assert kind(signed_by(keys[0]), public(keys[0])) == ""


def test_a_signature_of_cloudtrail_for_other_content_shows_that_the_digest_was_altered(keys: list[Any]) -> None:
    assert kind(signed_by(keys[0], OF_OTHER), public(keys[0])) == "altered"


@pytest.mark.parametrize("metadata", [{}, {"signature": ""}, {"signature": "no hex"}, {"signature": "00ff"}])
def test_a_digest_without_a_signature_of_cloudtrail_was_forged(keys: list[Any], metadata: dict[str, str]) -> None:
    assert kind(metadata, public(keys[0])) == "forged"


def test_a_signature_with_another_key_shows_that_the_digest_was_forged(keys: list[Any]) -> None:
    assert kind(signed_by(keys[1]), public(keys[0])) == "forged"


def test_a_key_that_cloudtrail_does_not_list_is_unknown(keys: list[Any]) -> None:
    assert kind(signed_by(keys[1]), None) == "unknown_key"
    assert kind(signed_by(keys[1]), public(ec.generate_private_key(ec.SECP256R1()))) == "unknown_key"
