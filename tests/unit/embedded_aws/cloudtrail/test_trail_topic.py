"""A trail's topic may be given by its ARN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.trail_setup import make_trail

Client = Callable[[str], Any]


def test_a_topic_given_by_its_arn_is_described_by_it(aws_client: Client) -> None:
    topic = aws_client("sns").create_topic(Name="files")["TopicArn"]
    make_trail(aws_client, "by-arn", SnsTopicName=topic)
    make_trail(aws_client, "by-name", SnsTopicName="files")
    trails = aws_client("cloudtrail").describe_trails(trailNameList=["by-arn", "by-name"])["trailList"]
    assert [trail["SnsTopicARN"] for trail in trails] == [topic, topic]


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    moto_client("s3").create_bucket(Bucket="by-arn")
    topic = moto_client("sns").create_topic(Name="files")["TopicArn"]
    with pytest.raises(ClientError, match="Topic does not exist"):
        moto_client("cloudtrail").create_trail(Name="by-arn", S3BucketName="by-arn", SnsTopicName=topic)
