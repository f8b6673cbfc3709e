"""A key is disabled and enabled by its id or ARN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

Client = Callable[[str], Any]


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


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    kms = moto_client("kms")
    arn = kms.create_key()["KeyMetadata"]["Arn"]
    for operation in (kms.disable_key, kms.enable_key):
        with pytest.raises((ClientError, KeyError)):
            operation(KeyId=arn)
