"""E-mails are sent by SMTP to a bounded mailbox."""

from __future__ import annotations

import contextlib
import smtplib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from embedded_aws.sns import mailbox as module
from embedded_aws.sns.mailbox import Mailbox

AT = datetime(2026, 9, 13, 10, 11, 12, tzinfo=UTC)
SENDER = "AWS Notifications <no-reply@sns.amazonaws.com>"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with contextlib.closing(Mailbox()) as box:
        yield box


def test_an_email_is_listed_when_deliver_returns(mailbox: Mailbox) -> None:
    mailbox.deliver(SENDER, "ops@example.com", "Hello", "First line\n\nSecond line", at=AT)

    assert mailbox.messages() == [
        {
            "to": "ops@example.com",
            "from": SENDER,
            "subject": "Hello",
            "body": "First line\n\nSecond line",
            "at": "2026-09-13T10:11:12+00:00",
        }
    ]


def test_emails_are_listed_oldest_first_and_by_recipient(mailbox: Mailbox) -> None:
    for to, subject in [("a@example.com", "1"), ("b@example.com", "2"), ("a@example.com", "3")]:
        mailbox.deliver(SENDER, to, subject, "x")

    assert [mail["subject"] for mail in mailbox.messages()] == ["1", "2", "3"]
    assert [mail["subject"] for mail in mailbox.messages(to="a@example.com")] == ["1", "3"]
    assert mailbox.messages(to="nobody@example.com") == []


@pytest.mark.parametrize(
    "text", ["Grüße, 世界", "https://example.com/?" + "x" * 900, ". a line that starts with a dot", ""]
)
def test_what_is_sent_arrives_unchanged(mailbox: Mailbox, text: str) -> None:
    mailbox.deliver(SENDER, "ops@example.com", "s", text)

    assert mailbox.messages()[0]["body"] == text


def test_a_display_name_outside_ascii_arrives(mailbox: Mailbox) -> None:
    mailbox.deliver("Öffentliche Alarme <no-reply@sns.amazonaws.com>", "ops@example.com", "Grüße " * 16, "x")

    mail = mailbox.messages()[0]
    assert mail["from"] == "Öffentliche Alarme <no-reply@sns.amazonaws.com>"
    assert mail["subject"] == ("Grüße " * 16).strip()


def test_the_oldest_emails_are_dropped(mailbox: Mailbox) -> None:
    mail = (
        b"From: a@example.com\r\nTo: b@example.com\r\nSubject: %d\r\nDate: Sun, 13 Sep 2026 10:11:12 +0000\r\n\r\nx\r\n"
    )
    for number in range(module.MAILS_KEPT + 2):
        mailbox.take(mail % number)

    subjects = [kept["subject"] for kept in mailbox.messages()]
    assert len(subjects) == module.MAILS_KEPT
    assert subjects[0] == "2"


def test_clear_removes_all_emails(mailbox: Mailbox) -> None:
    mailbox.deliver(SENDER, "ops@example.com", "s", "x")
    mailbox.clear()

    assert mailbox.messages() == []


def test_emails_sent_to_an_external_server_are_listed(mailbox: Mailbox) -> None:
    mailbox.deliver(SENDER, "warm-up@example.com", "s", "x")
    with contextlib.closing(Mailbox(smtp=mailbox._sink_address())) as sender:
        sender.deliver(SENDER, "ops@example.com", "s", "x")

        assert [mail["to"] for mail in mailbox.messages()] == ["warm-up@example.com", "ops@example.com"]
        assert [mail["to"] for mail in sender.messages()] == ["ops@example.com"]


def test_a_server_that_does_not_answer_is_an_error() -> None:
    unreachable = Mailbox(smtp=("127.0.0.1", 1))

    with pytest.raises(OSError, match="refused"):
        unreachable.deliver(SENDER, "ops@example.com", "s", "x")
    assert unreachable.messages() == []


def test_each_email_is_a_file_in_the_data_directory(tmp_path: Path) -> None:
    with contextlib.closing(Mailbox(directory=tmp_path / "mails")) as mailbox:
        mailbox.deliver(SENDER, "ops@example.com", "Hello", "the body")

    (file,) = (tmp_path / "mails").iterdir()
    assert file.name == "000001.eml"
    assert b"the body" in file.read_bytes()


def test_a_rejected_address_is_an_error(mailbox: Mailbox) -> None:
    with pytest.raises(smtplib.SMTPException):
        mailbox.deliver(SENDER, "a@b@c", "s", "x")
    assert mailbox.messages() == []
