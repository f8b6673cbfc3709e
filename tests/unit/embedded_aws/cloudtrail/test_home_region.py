"""A trail is changed in its home Region only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.support.trail_setup import make_trail, moto_client

Client = Callable[..., Any]


def test_a_shadow_trail_can_be_read_but_not_changed(aws_client: Client) -> None:
    arn = make_trail(aws_client, "home", IsMultiRegionTrail=True)
    elsewhere = aws_client("cloudtrail", "eu-west-1")
    assert elsewhere.get_trail_status(Name=arn)["IsLogging"] is True
    for change in (elsewhere.stop_logging, elsewhere.start_logging, elsewhere.delete_trail, elsewhere.update_trail):
        with pytest.raises(elsewhere.exceptions.InvalidHomeRegionException):
            change(Name=arn)
    with pytest.raises(elsewhere.exceptions.InvalidHomeRegionException):
        elsewhere.put_event_selectors(TrailName=arn, EventSelectors=[{"ReadWriteType": "All"}])
    assert elsewhere.get_trail_status(Name=arn)["IsLogging"] is True


@mock_aws
def test_moto_still_needs_the_override() -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    moto_client("s3").create_bucket(Bucket="home")
    arn = moto_client("cloudtrail").create_trail(Name="home", S3BucketName="home", IsMultiRegionTrail=True)["TrailARN"]
    elsewhere = boto3.client(
        "cloudtrail", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    with pytest.raises(elsewhere.exceptions.TrailNotFoundException):
        elsewhere.stop_logging(Name=arn)
