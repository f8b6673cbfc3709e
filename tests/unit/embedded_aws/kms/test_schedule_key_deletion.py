"""A key's deletion is scheduled by its ARN, as on AWS."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded_control import advance

Client = Callable[[str], Any]


@pytest.fixture
def key_arn(aws_client: Client) -> str:
    return aws_client("kms").create_key()["KeyMetadata"]["Arn"]


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


def test_a_key_that_is_pending_deletion_is_rejected(aws_client: Client, key_arn: str) -> None:
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


def test_an_unknown_key_is_not_found(aws_client: Client) -> None:
    kms = aws_client("kms")
    with pytest.raises(kms.exceptions.NotFoundException, match="does not exist"):
        kms.schedule_key_deletion(KeyId="11111111-2222-3333-4444-555555555555")


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    """When this fails, moto has been fixed and the override can be removed."""
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
