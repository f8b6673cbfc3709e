"""Publish does not depend on a web hook, and a subscription's endpoint is of its protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.exceptions
import pytest
import requests

Client = Callable[[str], Any]

NOBODY = "http://127.0.0.1:1/hook"


def subscribed(client: Client) -> tuple[Any, str]:
    sns = client("sns")
    topic = sns.create_topic(Name="hooked")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=NOBODY)
    return sns, topic


def test_a_web_hook_that_does_not_answer_keeps_the_message_from_nobody(aws_client: Client) -> None:
    sns, topic = subscribed(aws_client)
    sqs = aws_client("sqs")
    queue = sqs.create_queue(QueueName="hooked")["QueueUrl"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:hooked")
    assert sns.publish(TopicArn=topic, Message="hello")["MessageId"]
    (message,) = sqs.receive_message(QueueUrl=queue)["Messages"]
    assert "hello" in message["Body"]


@pytest.mark.parametrize(
    ("protocol", "endpoint"), [("carrier-pigeon", "loft"), ("https", NOBODY), ("http", "https://example.com")]
)
def test_a_subscription_is_of_a_protocol_that_sns_has(aws_client: Client, protocol: str, endpoint: str) -> None:
    sns, topic = subscribed(aws_client)
    with pytest.raises(sns.exceptions.InvalidParameterException):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)


def test_moto_still_has_the_gap(moto_client: Client) -> None:
    """When this fails, moto has closed the gap and our override can go."""
    sns, topic = subscribed(moto_client)
    with pytest.raises((requests.exceptions.ConnectionError, botocore.exceptions.ClientError)):
        sns.publish(TopicArn=topic, Message="hello")
