"""CloudTrail notifies the topic of a trail of each log file, and reports a failed notification in the status."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.embedded_control import ask, drain
from tests.support.trail_setup import SERVICE, document, log_keys, make_trail, trail_arn

Client = Callable[[str], Any]


@pytest.fixture(autouse=True)
def fresh(embedded_aws: str) -> None:
    """Reset the embedded AWS before each test, because a region can have only five trails."""
    ask(embedded_aws, "reset", method="POST")


def make_topic(client: Client, publishing_trail: str) -> str:
    """Return the ARN of a topic to which only that trail may publish."""
    arn: str = client("sns").create_topic(Name="files")["TopicArn"]
    source = {"StringEquals": {"aws:SourceArn": trail_arn(publishing_trail)}}
    allow = {"Effect": "Allow", "Principal": SERVICE, "Action": "SNS:Publish", "Resource": arn, "Condition": source}
    client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document(allow))
    return arn


def make_queue(client: Client, topic_arn: str) -> str:
    """Return the URL of a queue that receives the topic's raw messages."""
    url: str = client("sqs").create_queue(QueueName="files")["QueueUrl"]
    arn = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    raw = {"RawMessageDelivery": "true"}
    client("sns").subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=arn, Attributes=raw)
    return url


def notices(client: Client, queue_url: str) -> list[dict[str, Any]]:
    answer = client("sqs").receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_the_topic_receives_a_notification_of_every_log_file(embedded_aws: str, aws_client: Client) -> None:
    queue_url = make_queue(aws_client, make_topic(aws_client, "noticed"))
    make_trail(aws_client, "noticed", SnsTopicName="files")
    drain(embedded_aws)
    aws_client("sts").get_caller_identity()
    drain(embedded_aws)
    received = notices(aws_client, queue_url)
    assert sorted(key for notice in received for key in notice["s3ObjectKey"]) == log_keys(aws_client, "noticed")
    assert {notice["s3Bucket"] for notice in received} == {"noticed"}
    status = aws_client("cloudtrail").get_trail_status(Name="noticed")
    assert status["LatestNotificationTime"] == status["LatestDeliveryTime"]
    assert "LatestNotificationError" not in status


@pytest.mark.parametrize(("fault", "code"), [("delete", "NotFound"), ("forbid", "AuthorizationError")])
def test_a_failed_notification_is_in_the_status_and_the_log_file_still_arrives(
    embedded_aws: str, aws_client: Client, fault: str, code: str
) -> None:
    topic_arn = make_topic(aws_client, "noticed" if fault == "delete" else "another")
    make_trail(aws_client, "noticed", SnsTopicName="files")
    if fault == "delete":
        aws_client("sns").delete_topic(TopicArn=topic_arn)
    drain(embedded_aws)
    status = aws_client("cloudtrail").get_trail_status(Name="noticed")
    assert status["LatestNotificationError"] == code
    assert "LatestNotificationTime" not in status
    assert log_keys(aws_client, "noticed")
    assert "LatestDeliveryError" not in status


def test_a_trail_without_a_topic_sends_no_notification(embedded_aws: str, aws_client: Client) -> None:
    queue_url = make_queue(aws_client, make_topic(aws_client, "unnoticed"))
    make_trail(aws_client, "unnoticed")
    drain(embedded_aws)
    assert log_keys(aws_client, "unnoticed")
    assert notices(aws_client, queue_url) == []
    assert "LatestNotificationTime" not in aws_client("cloudtrail").get_trail_status(Name="unnoticed")
