# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Check the signature of a digest, and tell an altered digest from a forged one.

Source: CloudTrail user guide, "CloudTrail digest file structure": RSA with PKCS #1 v1.5 padding and SHA-256.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .digests import Tampering, signed_text

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    HAS_CRYPTOGRAPHY = True
except ImportError:
    HAS_CRYPTOGRAPHY = False


def signature_problem(
    digest: Mapping[str, Any], metadata: Mapping[str, str], sha256: str, key: bytes | None
) -> Tampering | None:
    """Return why a signature does not prove that CloudTrail wrote a digest, or None.

    Args:
        digest: The content of the digest.
        metadata: The metadata of its object, which contain the signature.
        sha256: The hash of its content.
        key: The public key of CloudTrail that the digest names; None if CloudTrail does not list it.
    """
    name, fingerprint = digest["digestS3Object"], digest["digestPublicKeyFingerprint"]
    if key is None:
        text = f"is signed with the key {fingerprint}, which CloudTrail does not list"
        return Tampering("unknown_key", name, f"The digest {name} {text}.")
    public = load_der_public_key(key)
    if not isinstance(public, rsa.RSAPublicKey):
        return Tampering("unknown_key", name, f"The digest {name} is signed with a key that is not an RSA key.")
    signature = _signature(metadata)
    try:
        public.verify(signature, signed_text(digest, sha256), padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        return _altered_or_forged(public, signature, name, fingerprint)
    return None


def _signature(metadata: Mapping[str, str]) -> bytes:
    try:
        return bytes.fromhex(metadata.get("signature", ""))
    except ValueError:
        return b""


def _altered_or_forged(public: Any, signature: bytes, name: str, fingerprint: str) -> Tampering:
    # With CloudTrail's public key, only a signature that its private key made turns into a padded hash.
    try:
        public.recover_data_from_signature(signature, padding.PKCS1v15(), SHA256())
    except InvalidSignature:
        why = f"its signature was not made with CloudTrail's key {fingerprint}" if signature else "it has no signature"
        return Tampering("forged", name, f"The digest {name} was forged: {why}.")
    text = "was altered: its signature is one of CloudTrail, but of other content"
    return Tampering("altered", name, f"The digest {name} {text}.")
