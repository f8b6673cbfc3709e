"""The token alone decides what ConfirmSubscription answers.

The facts are recorded answers of AWS (2026-09, the subscription of a queue in another account); an e-mail subscription
stands in for the queue here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from tests.support.embedded_control import advance, link_in, mails

Client = Callable[[str], Any]
Answer = tuple[int, str, str]

INVALID_TOKEN = (400, "InvalidParameter", "Invalid token")
UNKNOWN_TOKEN = (400, "InvalidParameter", "Invalid parameter: Token")
CONFIRMED_BEFORE = (403, "AuthorizationError", "Subscription already confirmed")
NO_SUBSCRIPTION = (404, "NotFound", "Subscription does not exist")
AUTHENTICATE = {"AuthenticateOnUnsubscribe": "true"}


class Asked:
    """A topic of this test, and an address that was asked to confirm its subscription."""

    def __init__(self, endpoint: str, sns: Any) -> None:
        self.endpoint, self.sns = endpoint, sns
        self.address = f"{uuid.uuid4()}@example.com"
        self.topic = sns.create_topic(Name=f"topic-{uuid.uuid4()}")["TopicArn"]
        self.other = sns.create_topic(Name=f"other-{uuid.uuid4()}")["TopicArn"]
        self.subscribe()

    def subscribe(self) -> None:
        """Subscribe the address, and keep the ARN and the token of its newest e-mail."""
        options = {"TopicArn": self.topic, "Protocol": "email", "Endpoint": self.address}
        self.arn = self.sns.subscribe(**options, ReturnSubscriptionArn=True)["SubscriptionArn"]
        link = link_in(mails(self.endpoint, self.address)[-1], "ConfirmSubscription")
        self.token = parse_qs(urlsplit(link).query)["Token"][0]

    def confirm(self, topic: str = "", token: str = "", **options: str) -> Answer:
        """Return status, error code and message of a confirmation, or the ARN of its success."""
        try:
            answer = self.sns.confirm_subscription(TopicArn=topic or self.topic, Token=token or self.token, **options)
        except ClientError as error:
            found = error.response
            return found["ResponseMetadata"]["HTTPStatusCode"], found["Error"]["Code"], found["Error"]["Message"]
        return 200, "", answer["SubscriptionArn"]

    def ended(self) -> Asked:
        """Confirm the subscription and end it."""
        self.confirm()
        self.sns.unsubscribe(SubscriptionArn=self.arn)
        return self


@pytest.fixture
def asked(embedded_aws: str, aws_client: Client) -> Asked:
    return Asked(embedded_aws, aws_client("sns"))


SUCCESSES: dict[str, Callable[[Asked], Answer]] = {
    "its topic": lambda asked: asked.confirm(),
    "another topic": lambda asked: asked.confirm(topic=asked.other),
    "a topic that does not exist": lambda asked: asked.confirm(topic=f"{asked.topic}-missing"),
    "a topic of another account": lambda asked: asked.confirm(topic="arn:aws:sns:us-east-1:222222222222:any"),
    "a second time": lambda asked: (asked.confirm(), asked.confirm())[1],
    "after DeleteTopic": lambda asked: (
        asked.confirm(),
        asked.sns.delete_topic(TopicArn=asked.topic),
        asked.confirm(),
    )[2],
}


@pytest.mark.parametrize("ask", SUCCESSES.values(), ids=SUCCESSES)
def test_a_valid_token_is_confirmed_with(ask: Callable[[Asked], Answer], asked: Asked) -> None:
    assert ask(asked) == (200, "", asked.arn)


REFUSALS: dict[str, tuple[Callable[[Asked], Answer], Answer]] = {
    "a second time with authentication": (
        lambda asked: (asked.confirm(**AUTHENTICATE), asked.confirm(**AUTHENTICATE))[1],
        CONFIRMED_BEFORE,
    ),
    "with authentication after a confirmation without": (
        lambda asked: (asked.confirm(), asked.confirm(**AUTHENTICATE))[1],
        CONFIRMED_BEFORE,
    ),
    "after Unsubscribe": (lambda asked: asked.ended().confirm(), NO_SUBSCRIPTION),
    "the token of an earlier subscription": (
        lambda asked: asked.confirm(token=(asked.token, asked.ended().subscribe())[0]),
        NO_SUBSCRIPTION,
    ),
    "nonsense": (lambda asked: asked.confirm(token="nonsense"), INVALID_TOKEN),
    "nonsense for a topic that does not exist": (
        lambda asked: asked.confirm(topic=f"{asked.topic}-missing", token="nonsense"),
        INVALID_TOKEN,
    ),
    "an unknown token": (lambda asked: asked.confirm(token="5" * 288), UNKNOWN_TOKEN),
}


@pytest.mark.parametrize(("ask", "answer"), REFUSALS.values(), ids=REFUSALS)
def test_a_token_is_refused(ask: Callable[[Asked], Answer], answer: Answer, asked: Asked) -> None:
    assert ask(asked) == answer


def test_a_pending_subscription_and_its_token_end_after_48_hours(embedded_aws: str, asked: Asked) -> None:
    """SNS developer guide, "Confirming the subscription": SNS deletes it after 48 hours."""
    advance(embedded_aws, 48 * 3600 + 1)

    assert asked.confirm() == NO_SUBSCRIPTION
    assert asked.sns.list_subscriptions_by_topic(TopicArn=asked.topic)["Subscriptions"] == []
