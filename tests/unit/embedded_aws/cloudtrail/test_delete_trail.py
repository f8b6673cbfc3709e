"""DeleteTrail accepts an ARN and rejects a trail that does not exist, as on AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.trail_setup import make_bucket


def make_trail(client: Callable[[str], Any]) -> str:
    make_bucket(client, "trail-files", "trail")
    return client("cloudtrail").create_trail(Name="trail", S3BucketName="trail-files")["TrailARN"]


def test_a_trail_is_deleted_by_its_arn(aws_client: Callable[[str], Any]) -> None:
    cloudtrail = aws_client("cloudtrail")
    cloudtrail.delete_trail(Name=make_trail(aws_client))
    assert cloudtrail.describe_trails()["trailList"] == []


def test_an_unknown_trail_is_rejected(aws_client: Callable[[str], Any]) -> None:
    cloudtrail = aws_client("cloudtrail")
    with pytest.raises(cloudtrail.exceptions.TrailNotFoundException):
        cloudtrail.delete_trail(Name="unknown")


@mock_aws
def test_moto_still_needs_the_override() -> None:
    """When this fails, moto has been fixed and the override can be removed."""

    def client(service: str) -> Any:
        return boto3.client(service, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")

    cloudtrail = client("cloudtrail")
    cloudtrail.delete_trail(Name=make_trail(client))
    assert len(cloudtrail.describe_trails()["trailList"]) == 1
