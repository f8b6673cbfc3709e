"""E-mail subscriptions, and e-mails that cannot be delivered."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from embedded_aws.core.clock import Clock
from embedded_aws.sns.email import backend_of, post
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
