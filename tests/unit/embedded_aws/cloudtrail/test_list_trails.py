"""ListTrails lists the trails of an account in all Regions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
from moto import mock_aws

from tests.support.trail_setup import make_trail, moto_client

Client = Callable[..., Any]


def test_a_trail_of_another_region_is_listed(aws_client: Client) -> None:
    make_trail(aws_client, "listed")
    elsewhere = aws_client("cloudtrail", "eu-west-1")
    found = [trail for trail in elsewhere.list_trails()["Trails"] if trail["Name"] == "listed"]
    assert [trail["HomeRegion"] for trail in found] == ["us-east-1"]


@mock_aws
def test_moto_still_needs_the_override() -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    moto_client("s3").create_bucket(Bucket="listed")
    moto_client("cloudtrail").create_trail(Name="listed", S3BucketName="listed")
    elsewhere = boto3.client(
        "cloudtrail", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    assert elsewhere.list_trails()["Trails"] == []
