"""GetTrailStatus returns the times of logging and deliveries by the embedded clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from moto import mock_aws

from tests.support.embedded_control import advance, drain
from tests.support.trail_setup import make_bucket, make_trail, moto_client

Client = Callable[[str], Any]


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


@mock_aws
def test_moto_still_needs_the_override() -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    moto_client("s3").create_bucket(Bucket="timed")
    cloudtrail = moto_client("cloudtrail")
    cloudtrail.create_trail(Name="timed", S3BucketName="timed")
    cloudtrail.start_logging(Name="timed")
    assert "LatestDeliveryTime" in cloudtrail.get_trail_status(Name="timed")
