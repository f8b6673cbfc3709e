"""A trail is changed in its home Region only, by name or ARN, and its status has the times of the embedded clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.support.embedded_control import advance, drain
from tests.support.trail_setup import make_bucket, make_trail

Client = Callable[..., Any]


def test_a_new_trail_has_delivered_nothing(aws_client: Client) -> None:
    make_bucket(aws_client, "still", "still")
    aws_client("cloudtrail").create_trail(Name="still", S3BucketName="still")
    status = aws_client("cloudtrail").get_trail_status(Name="still")
    assert status["IsLogging"] is False
    assert not {"StartLoggingTime", "StopLoggingTime", "LatestDeliveryTime", "LatestDeliveryError"} & set(status)


def test_times_are_those_of_the_embedded_clock(embedded_aws: str, aws_client: Client) -> None:
    make_trail(aws_client, "timed")
    cloudtrail = aws_client("cloudtrail")
    advance(embedded_aws, 1000)
    cloudtrail.start_logging(Name="timed")
    cloudtrail.stop_logging(Name="timed")
    cloudtrail.stop_logging(Name="timed")
    status = cloudtrail.get_trail_status(Name="timed")
    assert status["IsLogging"] is False
    assert 1000 <= (status["StopLoggingTime"] - status["StartLoggingTime"]).total_seconds() < 1060
    assert status["TimeLoggingStarted"] < status["TimeLoggingStopped"]
    assert status["LatestDeliveryAttemptTime"] == status["LatestDeliveryAttemptSucceeded"] != ""


def test_a_recreated_trail_starts_without_a_status(embedded_aws: str, aws_client: Client) -> None:
    make_trail(aws_client, "again")
    drain(embedded_aws)
    aws_client("cloudtrail").delete_trail(Name="again")
    drain(embedded_aws)
    aws_client("cloudtrail").create_trail(Name="again", S3BucketName="again")
    assert "LatestDeliveryTime" not in aws_client("cloudtrail").get_trail_status(Name="again")


def test_an_unknown_trail_is_rejected(aws_client: Client) -> None:
    cloudtrail = aws_client("cloudtrail")
    with pytest.raises(cloudtrail.exceptions.TrailNotFoundException):
        cloudtrail.get_trail_status(Name="unknown")


def test_moto_still_needs_the_status(moto_client: Client) -> None:
    moto_client("s3").create_bucket(Bucket="timed")
    cloudtrail = moto_client("cloudtrail")
    cloudtrail.create_trail(Name="timed", S3BucketName="timed")
    cloudtrail.start_logging(Name="timed")
    assert "LatestDeliveryTime" in cloudtrail.get_trail_status(Name="timed")


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


def test_moto_still_changes_a_trail_anywhere(moto_client: Client) -> None:
    moto_client("s3").create_bucket(Bucket="home")
    arn = moto_client("cloudtrail").create_trail(Name="home", S3BucketName="home", IsMultiRegionTrail=True)["TrailARN"]
    elsewhere = boto3.client(
        "cloudtrail", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    with pytest.raises(elsewhere.exceptions.TrailNotFoundException):
        elsewhere.stop_logging(Name=arn)


def make_one(client: Callable[[str], Any]) -> str:
    make_bucket(client, "trail-files", "trail")
    return client("cloudtrail").create_trail(Name="trail", S3BucketName="trail-files")["TrailARN"]


def test_a_trail_is_deleted_by_its_arn(aws_client: Callable[[str], Any]) -> None:
    cloudtrail = aws_client("cloudtrail")
    cloudtrail.delete_trail(Name=make_one(aws_client))
    assert "trail" not in [trail["Name"] for trail in cloudtrail.describe_trails()["trailList"]]


def test_an_unknown_trail_is_not_deleted(aws_client: Callable[[str], Any]) -> None:
    cloudtrail = aws_client("cloudtrail")
    with pytest.raises(cloudtrail.exceptions.TrailNotFoundException):
        cloudtrail.delete_trail(Name="unknown")


def test_moto_still_deletes_by_name_only(moto_client: Client) -> None:
    cloudtrail = moto_client("cloudtrail")
    cloudtrail.delete_trail(Name=make_one(moto_client))
    assert len(cloudtrail.describe_trails()["trailList"]) == 1
