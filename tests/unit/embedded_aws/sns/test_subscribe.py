"""A subscription is pending until it is confirmed, and an endpoint must match its protocol."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import botocore.exceptions
import pytest
import requests

from tests.support.embedded_control import follow, link_in, mails

Client = Callable[[str], Any]


@pytest.fixture
def address() -> str:
    return f"{uuid.uuid4()}@example.com"


@pytest.fixture
def sns(aws_client: Client) -> Any:
    return aws_client("sns")


@pytest.fixture
def topic_arn(sns: Any) -> str:
    return sns.create_topic(Name=f"topic-{uuid.uuid4()}")["TopicArn"]


def subscribe(sns: Any, topic_arn: str, address: str, **more: Any) -> str:
    return sns.subscribe(TopicArn=topic_arn, Protocol="email", Endpoint=address, **more)["SubscriptionArn"]


def listed(sns: Any, topic_arn: str) -> list[str]:
    found = sns.list_subscriptions_by_topic(TopicArn=topic_arn)["Subscriptions"]
    return [subscription["SubscriptionArn"] for subscription in found]


def counts(sns: Any, topic_arn: str) -> tuple[str, str, str]:
    attributes = sns.get_topic_attributes(TopicArn=topic_arn)["Attributes"]
    return (
        attributes["SubscriptionsPending"],
        attributes["SubscriptionsConfirmed"],
        attributes["SubscriptionsDeleted"],
    )


def token_of(mail: dict[str, Any]) -> str:
    return parse_qs(urlsplit(link_in(mail, "ConfirmSubscription")).query)["Token"][0]


def test_a_new_subscription_is_pending(sns: Any, topic_arn: str, address: str) -> None:
    assert subscribe(sns, topic_arn, address) == "pending confirmation"
    assert listed(sns, topic_arn) == ["PendingConfirmation"]
    assert counts(sns, topic_arn) == ("1", "0", "0")

    everywhere = sns.get_paginator("list_subscriptions").paginate().build_full_result()["Subscriptions"]
    (mine,) = [subscription for subscription in everywhere if subscription["Endpoint"] == address]
    assert mine["SubscriptionArn"] == "PendingConfirmation"


def test_the_arn_of_a_pending_subscription_is_returned_on_request(sns: Any, topic_arn: str, address: str) -> None:
    arn = subscribe(sns, topic_arn, address, ReturnSubscriptionArn=True)

    assert arn.startswith(topic_arn + ":")
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert (attributes["PendingConfirmation"], attributes["ConfirmationWasAuthenticated"]) == ("true", "false")


def test_the_email_names_the_topic_and_has_the_link(embedded_aws: str, sns: Any, topic_arn: str, address: str) -> None:
    sns.set_topic_attributes(TopicArn=topic_arn, AttributeName="DisplayName", AttributeValue="Security")
    subscribe(sns, topic_arn, address)

    (mail,) = mails(embedded_aws, address)
    assert mail["from"] == "AWS Notifications <no-reply@sns.amazonaws.com>"
    assert mail["subject"] == "AWS Notification - Subscription Confirmation"
    assert f"You have chosen to subscribe to the topic:\n{topic_arn}\n" in mail["body"]
    assert link_in(mail, "ConfirmSubscription").startswith(f"{embedded_aws}/?")


def test_following_the_link_confirms_without_a_signature(
    embedded_aws: str, sns: Any, topic_arn: str, address: str
) -> None:
    arn = subscribe(sns, topic_arn, address, ReturnSubscriptionArn=True)

    assert arn in follow(link_in(mails(embedded_aws, address)[0], "ConfirmSubscription"))

    assert listed(sns, topic_arn) == [arn]
    assert counts(sns, topic_arn) == ("0", "1", "0")
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert (attributes["PendingConfirmation"], attributes["ConfirmationWasAuthenticated"]) == ("false", "false")


def test_subscribing_again_resends_the_email_only_while_pending(
    embedded_aws: str, sns: Any, topic_arn: str, address: str
) -> None:
    subscribe(sns, topic_arn, address)
    subscribe(sns, topic_arn, address)
    first, second = mails(embedded_aws, address)
    assert token_of(first) != token_of(second)
    assert listed(sns, topic_arn) == ["PendingConfirmation"]

    follow(link_in(second, "ConfirmSubscription"))
    assert subscribe(sns, topic_arn, address) == listed(sns, topic_arn)[0]
    assert len(mails(embedded_aws, address)) == 2


def test_a_pending_subscription_cannot_be_removed(sns: Any, topic_arn: str, address: str) -> None:
    arn = subscribe(sns, topic_arn, address, ReturnSubscriptionArn=True)

    for name in ("PendingConfirmation", arn):
        with pytest.raises(sns.exceptions.InvalidParameterException):
            sns.unsubscribe(SubscriptionArn=name)
    assert listed(sns, topic_arn) == ["PendingConfirmation"]


def test_the_link_in_every_email_removes_the_subscription(
    embedded_aws: str, sns: Any, topic_arn: str, address: str
) -> None:
    subscribe(sns, topic_arn, address)
    follow(link_in(mails(embedded_aws, address)[0], "ConfirmSubscription"))
    sns.publish(TopicArn=topic_arn, Message="hello")

    follow(link_in(mails(embedded_aws, address)[-1], "Unsubscribe"))

    assert listed(sns, topic_arn) == []
    assert counts(sns, topic_arn) == ("0", "0", "1")
    sns.publish(TopicArn=topic_arn, Message="unheard")
    assert len(mails(embedded_aws, address)) == 2


def test_a_signed_confirmation_can_lock_the_subscription(
    embedded_aws: str, sns: Any, topic_arn: str, address: str
) -> None:
    subscribe(sns, topic_arn, address)
    token = token_of(mails(embedded_aws, address)[0])
    arn = sns.confirm_subscription(TopicArn=topic_arn, Token=token, AuthenticateOnUnsubscribe="true")["SubscriptionArn"]
    sns.publish(TopicArn=topic_arn, Message="hello")

    with pytest.raises(HTTPError, match="403"):
        follow(link_in(mails(embedded_aws, address)[-1], "Unsubscribe"))
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["ConfirmationWasAuthenticated"] == "true"
    sns.unsubscribe(SubscriptionArn=arn)
    assert listed(sns, topic_arn) == []


@pytest.mark.parametrize("address", ["nobody", "a b@example.com", "@"])
def test_rejects_an_invalid_address(sns: Any, topic_arn: str, address: str) -> None:
    with pytest.raises(sns.exceptions.InvalidParameterException, match="Email address"):
        subscribe(sns, topic_arn, address)


def test_a_filter_policy_is_checked(sns: Any, topic_arn: str, address: str) -> None:
    with pytest.raises(sns.exceptions.InvalidParameterException, match="FilterPolicy"):
        subscribe(sns, topic_arn, address, Attributes={"FilterPolicy": '{"a": "no list"}'})
    assert listed(sns, topic_arn) == []


def test_an_unknown_topic_is_not_found(sns: Any, address: str) -> None:
    with pytest.raises(sns.exceptions.NotFoundException):
        subscribe(sns, "arn:aws:sns:us-east-1:123456789012:unknown", address)


def test_moto_still_confirms_at_once(moto_client: Client) -> None:
    sns = moto_client("sns")
    arn = sns.create_topic(Name="topic")["TopicArn"]
    subscription = subscribe(sns, arn, "ops@example.com")
    assert listed(sns, arn) == [subscription]
    assert sns.get_subscription_attributes(SubscriptionArn=subscription)["Attributes"]["PendingConfirmation"] == "false"


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


def test_moto_still_accepts_any_endpoint(moto_client: Client) -> None:
    sns, topic = subscribed(moto_client)
    with pytest.raises((requests.exceptions.ConnectionError, botocore.exceptions.ClientError)):
        sns.publish(TopicArn=topic, Message="hello")
