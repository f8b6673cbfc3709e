"""A key that is not enabled encrypts and decrypts nothing, and a rotation has a period and a date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[[str], Any]


@pytest.fixture
def key_arn(aws_client: Client) -> str:
    return str(aws_client("kms").create_key()["KeyMetadata"]["Arn"])


@pytest.mark.parametrize(
    ("change", "error", "state"),
    [
        ("disable_key", "DisabledException", "is disabled."),
        ("schedule_key_deletion", "KMSInvalidStateException", "is pending deletion."),
    ],
)
def test_a_key_that_is_not_enabled_cannot_be_used(
    aws_client: Client, key_arn: str, change: str, error: str, state: str
) -> None:
    kms = aws_client("kms")
    other = kms.create_key()["KeyMetadata"]["Arn"]
    encrypted = kms.encrypt(KeyId=key_arn, Plaintext=b"v")["CiphertextBlob"]
    getattr(kms, change)(KeyId=key_arn)
    for use in (
        lambda: kms.encrypt(KeyId=key_arn, Plaintext=b"v"),
        lambda: kms.decrypt(CiphertextBlob=encrypted),
        lambda: kms.re_encrypt(CiphertextBlob=encrypted, DestinationKeyId=other),
        lambda: kms.generate_data_key(KeyId=key_arn, KeySpec="AES_256"),
        lambda: kms.generate_data_key_without_plaintext(KeyId=key_arn, KeySpec="AES_256"),
        lambda: kms.rotate_key_on_demand(KeyId=key_arn),
        lambda: kms.enable_key_rotation(KeyId=key_arn),
    ):
        with pytest.raises(ClientError, match=f"{error}.*{key_arn} {state}"):
            use()


def test_the_algorithm_is_in_the_answers(aws_client: Client, key_arn: str) -> None:
    kms = aws_client("kms")
    encrypted = kms.encrypt(KeyId=key_arn, Plaintext=b"v")
    decrypted = kms.decrypt(CiphertextBlob=encrypted["CiphertextBlob"])
    other = kms.re_encrypt(CiphertextBlob=encrypted["CiphertextBlob"], DestinationKeyId=key_arn)
    assert encrypted["EncryptionAlgorithm"] == decrypted["EncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"
    assert other["SourceEncryptionAlgorithm"] == other["DestinationEncryptionAlgorithm"] == "SYMMETRIC_DEFAULT"


def test_a_rotation_has_its_period_and_next_date(aws_client: Client, key_arn: str) -> None:
    kms = aws_client("kms")
    assert not kms.get_key_rotation_status(KeyId=key_arn)["KeyRotationEnabled"]
    for asked, days in (({}, 365), ({"RotationPeriodInDays": 90}, 90)):
        kms.enable_key_rotation(KeyId=key_arn, **asked)
        status = kms.get_key_rotation_status(KeyId=key_arn)
        assert (status["KeyId"], status["RotationPeriodInDays"]) == (key_arn, days)
        assert abs(status["NextRotationDate"] - datetime.now(UTC) - timedelta(days=days)) < timedelta(minutes=1)
    kms.disable_key_rotation(KeyId=key_arn)
    assert "NextRotationDate" not in kms.get_key_rotation_status(KeyId=key_arn)


def test_a_key_that_is_pending_deletion_is_not_rotated(aws_client: Client, key_arn: str) -> None:
    kms = aws_client("kms")
    kms.enable_key_rotation(KeyId=key_arn)
    kms.schedule_key_deletion(KeyId=key_arn)
    assert not kms.get_key_rotation_status(KeyId=key_arn)["KeyRotationEnabled"]
    kms.cancel_key_deletion(KeyId=key_arn)
    assert kms.get_key_rotation_status(KeyId=key_arn)["KeyRotationEnabled"]


def test_a_rotation_on_demand_changes_the_material_at_most_ten_times(aws_client: Client, key_arn: str) -> None:
    kms = aws_client("kms")
    encrypted = kms.encrypt(KeyId=key_arn, Plaintext=b"v")["CiphertextBlob"]
    before = kms.describe_key(KeyId=key_arn)["KeyMetadata"]["CurrentKeyMaterialId"]
    for _turn in range(10):
        assert kms.rotate_key_on_demand(KeyId=key_arn)["KeyId"] == key_arn
    assert kms.describe_key(KeyId=key_arn)["KeyMetadata"]["CurrentKeyMaterialId"] != before
    assert kms.decrypt(CiphertextBlob=encrypted)["Plaintext"] == b"v"
    assert len(kms.list_key_rotations(KeyId=key_arn)["Rotations"]) == 10
    with pytest.raises(kms.exceptions.LimitExceededException, match=f"for this key: {key_arn}"):
        kms.rotate_key_on_demand(KeyId=key_arn)


def test_an_asymmetric_key_is_not_rotated(aws_client: Client) -> None:
    kms = aws_client("kms")
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    with pytest.raises(kms.exceptions.UnsupportedOperationException):
        kms.rotate_key_on_demand(KeyId=key)


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
    kms = moto_client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=key)
    assert "NextRotationDate" not in kms.get_key_rotation_status(KeyId=key)
    kms.disable_key(KeyId=key)
    kms.encrypt(KeyId=key, Plaintext=b"v")
