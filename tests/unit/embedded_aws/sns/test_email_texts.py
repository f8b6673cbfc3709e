"""The texts of SNS's own e-mails."""

from __future__ import annotations

import pytest

from embedded_aws.sns.email import confirmation_text, sender, with_footer

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
