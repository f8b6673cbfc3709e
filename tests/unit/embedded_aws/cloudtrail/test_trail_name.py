"""CreateTrail checks the name as AWS does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Client = Callable[[str], Any]


@pytest.mark.parametrize("name", ["two..dots", "dash_-", "a-_b", "192.168.5.4", "ab", "with blank", "-start"])
def test_rejects_an_invalid_name(aws_client: Client, name: str) -> None:
    cloudtrail = aws_client("cloudtrail")
    with pytest.raises(cloudtrail.exceptions.InvalidTrailNameException):
        cloudtrail.create_trail(Name=name, S3BucketName="unknown")


@pytest.mark.parametrize("name", ["a.b-c_d", "192.168.5", "abc"])
def test_accepts_a_valid_name(aws_client: Client, name: str) -> None:
    cloudtrail = aws_client("cloudtrail")
    with pytest.raises(cloudtrail.exceptions.S3BucketDoesNotExistException):
        cloudtrail.create_trail(Name=name, S3BucketName="unknown")


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    moto_client("s3").create_bucket(Bucket="trail-files")
    for name in ("two..dots", "192.168.5.4"):
        moto_client("cloudtrail").create_trail(Name=name, S3BucketName="trail-files")
