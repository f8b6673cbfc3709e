"""A key is described, tagged and named as AWS's recorded answers show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[[str], Any]


@pytest.fixture
def key(aws_client: Client) -> dict[str, Any]:
    made: dict[str, Any] = aws_client("kms").create_key()["KeyMetadata"]
    return made


def test_a_symmetric_key_has_its_usage_and_the_id_of_its_material(aws_client: Client, key: dict[str, Any]) -> None:
    described = aws_client("kms").describe_key(KeyId=key["KeyId"])["KeyMetadata"]
    assert described == key
    assert (key["KeyUsage"], key["MultiRegion"]) == ("ENCRYPT_DECRYPT", False)
    assert len(key["CurrentKeyMaterialId"]) == 64
    assert "SigningAlgorithms" not in key


def test_an_asymmetric_key_has_its_algorithms_and_no_id_of_its_material(aws_client: Client) -> None:
    key = aws_client("kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]
    assert key["SigningAlgorithms"] == ["ECDSA_SHA_256"]
    assert "CurrentKeyMaterialId" not in key and "EncryptionAlgorithms" not in key
    code = aws_client("kms").create_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC")["KeyMetadata"]
    assert code["MacAlgorithms"] == ["HMAC_SHA_256"]
    assert not {"EncryptionAlgorithms", "SigningAlgorithms"} & code.keys()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fake-key-id", "Invalid keyId 'fake-key-id'"),
        ("arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555", "Invalid arn eu-west-1"),
        (f"mrk-{'d3b95762' * 4}", f"Key 'arn:aws:kms:us-east-1:123456789012:key/mrk-{'d3b95762' * 4}' does not exist"),
    ],
)
def test_an_invalid_id_is_quoted(aws_client: Client, name: str, message: str) -> None:
    kms = aws_client("kms")
    for operation in (kms.describe_key, kms.list_resource_tags, kms.list_grants):
        with pytest.raises(kms.exceptions.NotFoundException, match=f"{message}$"):
            operation(KeyId=name)


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["a", "a"], "Duplicate tag keys"),
        ([str(number) for number in range(51)], "Too many tags"),
        (["AWS:a"], "Tags beginning with aws: are reserved"),
    ],
)
def test_tags_are_checked(aws_client: Client, key: dict[str, Any], keys: list[str], message: str) -> None:
    kms, tags = aws_client("kms"), [{"TagKey": tag, "TagValue": "v"} for tag in keys]
    for operation in (kms.create_key, lambda **named: kms.tag_resource(KeyId=key["KeyId"], **named)):
        with pytest.raises(kms.exceptions.TagException, match=message):
            operation(Tags=tags)


def test_a_key_that_is_pending_deletion_cannot_be_tagged_described_or_named(
    aws_client: Client, key: dict[str, Any]
) -> None:
    kms, name = aws_client("kms"), key["Arn"]
    kms.schedule_key_deletion(KeyId=name)
    for change in (
        lambda: kms.tag_resource(KeyId=name, Tags=[{"TagKey": "a", "TagValue": "b"}]),
        lambda: kms.update_key_description(KeyId=name, Description="new"),
        lambda: kms.create_alias(AliasName="alias/late", TargetKeyId=name),
    ):
        with pytest.raises(kms.exceptions.KMSInvalidStateException, match=f"{name} is pending deletion"):
            change()


def test_an_alias_needs_its_prefix(aws_client: Client, key: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match=r'Alias must start with the prefix "alias/"\. Please see https'):
        aws_client("kms").create_alias(AliasName="fake", TargetKeyId=key["KeyId"])


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
    """When this fails, moto has been fixed and the overrides can be removed."""
    kms = moto_client("kms")
    key = kms.create_key(Tags=[{"TagKey": "aws:a", "TagValue": "b"}])["KeyMetadata"]
    assert "KeyUsage" not in key and "CurrentKeyMaterialId" not in key
