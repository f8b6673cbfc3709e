"""Keys are described, tagged, disabled and deleted as AWS's recorded answers show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded_control import advance

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


def test_moto_still_needs_the_checks_and_members(moto_client: Client) -> None:
    kms = moto_client("kms")
    key = kms.create_key(Tags=[{"TagKey": "aws:a", "TagValue": "b"}])["KeyMetadata"]
    assert "KeyUsage" not in key and "CurrentKeyMaterialId" not in key


@pytest.fixture
def key_arn(aws_client: Client) -> str:
    return str(aws_client("kms").create_key()["KeyMetadata"]["Arn"])


def state(kms: Any, arn: str) -> tuple[str, bool]:
    key = kms.describe_key(KeyId=arn)["KeyMetadata"]
    return key["KeyState"], key["Enabled"]


@pytest.mark.parametrize("form", ["arn", "id"])
def test_a_key_is_disabled_and_enabled_repeatedly(aws_client: Client, key_arn: str, form: str) -> None:
    kms = aws_client("kms")
    name = key_arn if form == "arn" else key_arn.split("/")[1]
    for _turn in range(2):
        kms.disable_key(KeyId=name)
    assert state(kms, key_arn) == ("Disabled", False)
    for _turn in range(2):
        kms.enable_key(KeyId=name)
    assert state(kms, key_arn) == ("Enabled", True)


@pytest.mark.parametrize("operation", ["enable_key", "disable_key"])
def test_a_key_that_is_pending_deletion_is_rejected(aws_client: Client, key_arn: str, operation: str) -> None:
    kms = aws_client("kms")
    kms.schedule_key_deletion(KeyId=key_arn)
    with pytest.raises(kms.exceptions.KMSInvalidStateException, match="is pending deletion"):
        getattr(kms, operation)(KeyId=key_arn)
    assert state(kms, key_arn) == ("PendingDeletion", False)


@pytest.mark.parametrize("operation", ["enable_key", "disable_key"])
def test_an_unknown_key_is_not_found(aws_client: Client, operation: str) -> None:
    kms = aws_client("kms")
    arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
    with pytest.raises(kms.exceptions.NotFoundException, match=f"Key '{arn}' does not exist"):
        getattr(kms, operation)(KeyId=arn)


def test_moto_still_takes_only_the_id_of_a_key_to_enable(moto_client: Client) -> None:
    kms = moto_client("kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    for operation in (kms.disable_key, kms.enable_key):
        with pytest.raises((ClientError, KeyError)):
            operation(KeyId=arn)


@pytest.mark.parametrize("form", ["arn", "id"])
def test_a_deletion_is_scheduled_by_arn_or_id_and_returns_the_arn(aws_client: Client, key_arn: str, form: str) -> None:
    kms = aws_client("kms")
    name = key_arn if form == "arn" else key_arn.split("/")[1]

    answer = kms.schedule_key_deletion(KeyId=name, PendingWindowInDays=7)

    assert (answer["KeyId"], answer["KeyState"], answer["PendingWindowInDays"]) == (key_arn, "PendingDeletion", 7)
    assert abs(answer["DeletionDate"] - datetime.now(UTC) - timedelta(days=7)) < timedelta(minutes=1)
    key = kms.describe_key(KeyId=key_arn)["KeyMetadata"]
    assert (key["KeyState"], key["Enabled"], key["DeletionDate"]) == ("PendingDeletion", False, answer["DeletionDate"])


def test_the_default_window_is_30_days(aws_client: Client, key_arn: str) -> None:
    assert aws_client("kms").schedule_key_deletion(KeyId=key_arn)["PendingWindowInDays"] == 30


def test_a_window_outside_7_to_30_days_is_rejected(aws_client: Client, key_arn: str) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        aws_client("kms").schedule_key_deletion(KeyId=key_arn, PendingWindowInDays=6)


def test_the_deletion_of_a_key_is_scheduled_once(aws_client: Client, key_arn: str) -> None:
    kms = aws_client("kms")
    kms.schedule_key_deletion(KeyId=key_arn)
    with pytest.raises(kms.exceptions.KMSInvalidStateException, match="is pending deletion"):
        kms.schedule_key_deletion(KeyId=key_arn)


def test_a_deletion_is_cancelled_by_arn_and_the_key_stays_disabled(aws_client: Client, key_arn: str) -> None:
    kms = aws_client("kms")
    kms.schedule_key_deletion(KeyId=key_arn)

    assert kms.cancel_key_deletion(KeyId=key_arn)["KeyId"] == key_arn
    assert kms.describe_key(KeyId=key_arn)["KeyMetadata"]["KeyState"] == "Disabled"
    with pytest.raises(kms.exceptions.KMSInvalidStateException, match="is not pending deletion"):
        kms.cancel_key_deletion(KeyId=key_arn)


def test_an_unknown_key_is_not_deleted(aws_client: Client) -> None:
    kms = aws_client("kms")
    with pytest.raises(kms.exceptions.NotFoundException, match="does not exist"):
        kms.schedule_key_deletion(KeyId="11111111-2222-3333-4444-555555555555")


def test_moto_still_takes_only_the_id_of_a_key_to_delete(moto_client: Client) -> None:
    kms = moto_client("kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    with pytest.raises((ClientError, KeyError)):
        kms.schedule_key_deletion(KeyId=arn)


def test_a_key_is_gone_with_its_aliases_at_its_deletion_date(
    embedded_aws: str, aws_client: Client, key_arn: str
) -> None:
    kms = aws_client("kms")
    kms.create_alias(AliasName="alias/gone", TargetKeyId=key_arn)
    kept = kms.create_key()["KeyMetadata"]["Arn"]
    for arn in (key_arn, kept):
        kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    advance(embedded_aws, 6 * 86_400)
    assert kms.describe_key(KeyId=key_arn)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    kms.cancel_key_deletion(KeyId=kept)
    advance(embedded_aws, 2 * 86_400)
    with pytest.raises(kms.exceptions.NotFoundException):
        kms.describe_key(KeyId=key_arn)
    assert "alias/gone" not in {item["AliasName"] for item in kms.list_aliases()["Aliases"]}
    assert kms.describe_key(KeyId=kept)["KeyMetadata"]["KeyState"] == "Disabled"
