"""ListPublicKeys returns the keys of a Region by their validity."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from tests.support.embedded_control import advance

Client = Callable[[str], Any]


def test_the_current_key_is_pkcs1_and_named_by_its_md5(aws_client: Client) -> None:
    (key,) = aws_client("cloudtrail").list_public_keys()["PublicKeyList"]
    assert hashlib.md5(key["Value"]).hexdigest() == key["Fingerprint"]
    loaded = load_der_public_key(key["Value"])
    assert isinstance(loaded, RSAPublicKey)
    assert loaded.public_bytes(Encoding.DER, PublicFormat.PKCS1) == key["Value"]


def test_keys_rotate_and_are_found_by_their_validity(embedded_aws: str, aws_client: Client) -> None:
    cloudtrail = aws_client("cloudtrail")
    (first,) = cloudtrail.list_public_keys()["PublicKeyList"]
    assert first["ValidityEndTime"] - first["ValidityStartTime"] == timedelta(days=30)
    advance(embedded_aws, 40 * 86400)
    (second,) = cloudtrail.list_public_keys()["PublicKeyList"]
    assert second["Fingerprint"] != first["Fingerprint"]
    start, end = first["ValidityStartTime"], second["ValidityEndTime"]
    both = cloudtrail.list_public_keys(StartTime=start, EndTime=end)["PublicKeyList"]
    assert [key["Fingerprint"] for key in both] == [first["Fingerprint"], second["Fingerprint"]]
    early = cloudtrail.list_public_keys(StartTime=start, EndTime=start + timedelta(days=2))["PublicKeyList"]
    assert [key["Fingerprint"] for key in early] == [first["Fingerprint"]]
    with pytest.raises(cloudtrail.exceptions.InvalidTimeRangeException):
        cloudtrail.list_public_keys(StartTime=end, EndTime=start)


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    with pytest.raises((NotImplementedError, ClientError)):
        moto_client("cloudtrail").list_public_keys()
