"""Publish does not depend on HTTP endpoints, and an endpoint must match its protocol."""

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


def test_an_unreachable_endpoint_does_not_affect_other_subscribers(aws_client: Client) -> None:
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
def test_rejects_unknown_protocols_and_endpoints_of_another_protocol(
    aws_client: Client, protocol: str, endpoint: str
) -> None:
    sns, topic = subscribed(aws_client)
    with pytest.raises(sns.exceptions.InvalidParameterException):
        sns.subscribe(TopicArn=topic, Protocol=protocol, Endpoint=endpoint)


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    sns, topic = subscribed(moto_client)
    with pytest.raises((requests.exceptions.ConnectionError, botocore.exceptions.ClientError)):
        sns.publish(TopicArn=topic, Message="hello")
