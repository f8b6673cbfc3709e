"""E-mail subscriptions, the texts of SNS's own e-mails, and e-mails that cannot be delivered."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from embedded_aws.core.clock import Clock
from embedded_aws.sns.email import backend_of, confirmation_text, post, sender, with_footer
from embedded_aws.sns.mailbox import Mailbox
from embedded_aws.sns.state import SnsState


def test_an_undelivered_email_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    state: Any = SimpleNamespace(clock=Clock(), mailbox=Mailbox(smtp=("127.0.0.1", 1)))
    with caplog.at_level(logging.WARNING):
        post(state, "a@example.com", "ops@example.com", "Hello", "text")

    assert "'Hello' to ops@example.com was not delivered" in caplog.text


def test_remove_keeps_only_the_tokens_of_a_subscription() -> None:
    at = datetime(2026, 9, 13, tzinfo=UTC)
    known = SnsState(tokens={"1": "a", "2": "b"}, base_urls={"a": "x"}, asked={"a": at}, confirmed={"a"}, locked={"a"})
    known.remove("a")
    known.remove("a")

    assert known == SnsState(tokens={"1": "a", "2": "b"})


@pytest.mark.parametrize("text", ["", "PendingConfirmation", "arn:aws:sns", "arn:aws:sns:::topic"])
def test_rejects_an_invalid_arn(text: str) -> None:
    with pytest.raises(ValueError, match="is not an ARN of SNS"):
        backend_of(text)


TOPIC = "arn:aws:sns:us-east-1:123456789012:alerts"


@pytest.mark.parametrize(
    ("display_name", "line"),
    [
        ("", "AWS Notifications <no-reply@sns.amazonaws.com>"),
        ("Security", "Security <no-reply@sns.amazonaws.com>"),
        ("Ops, Security", '"Ops, Security" <no-reply@sns.amazonaws.com>'),
        ("two\nlines", "two lines <no-reply@sns.amazonaws.com>"),
    ],
)
def test_the_display_name_is_the_senders_name(display_name: str, line: str) -> None:
    assert sender(display_name) == line


def test_the_link_of_the_confirmation_is_on_its_own_line() -> None:
    lines = confirmation_text("http://127.0.0.1:4599", TOPIC, "abc").splitlines()

    assert f"http://127.0.0.1:4599/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=abc" in lines


def test_the_link_of_the_footer_is_on_its_own_line() -> None:
    lines = with_footer("hello", "http://127.0.0.1:4599", f"{TOPIC}:1").splitlines()

    assert lines[:3] == ["hello", "", "--"]
    assert f"http://127.0.0.1:4599/?Action=Unsubscribe&SubscriptionArn={TOPIC}:1" in lines
