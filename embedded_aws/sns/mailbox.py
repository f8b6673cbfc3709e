"""Send e-mails by SMTP, and list those that have arrived."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import threading
from collections import deque
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

MAILS_KEPT = 1_000
"""How many e-mails are kept; older ones are dropped."""

_TIMEOUT_SECONDS = 10
# Bodies as AWS sends them: 8-bit text, long lines (links) are not wrapped.
_POLICY = policy.SMTP.clone(max_line_length=990, cte_type="8bit")


@dataclass(frozen=True)
class Mail:
    """One e-mail; ``at`` is ISO 8601 in UTC, by the clock of the embedded AWS."""

    to: str
    sender: str
    subject: str
    body: str
    at: str


class Mailbox:
    """Sends e-mails by SMTP and keeps the last ones.

    Without an external server, an embedded one on a free port of 127.0.0.1 receives them.
    """

    def __init__(self, smtp: tuple[str, int] | None = None, directory: Path | None = None) -> None:
        """Use an external SMTP server, and a directory for one file per e-mail, if given."""
        self._smtp = smtp
        self._directory = directory
        self._mails: deque[Mail] = deque(maxlen=MAILS_KEPT)
        self._number = 0
        self._lock = threading.Lock()
        self._sink: _Sink | None = None

    def deliver(self, sender: str, to: str, subject: str, body: str, at: datetime | None = None) -> None:
        """Send one e-mail and return when the server has accepted it.

        Args:
            sender: such as ``AWS Notifications <no-reply@sns.amazonaws.com>``.
            at: for the Date header; the machine's time without it.

        Raises:
            OSError: no server answers, or it rejected the e-mail (smtplib.SMTPException).
        """
        message = EmailMessage(policy=_POLICY)
        message["From"] = sender
        message["To"] = to
        # A header has one line; AWS does not allow line breaks in a subject either.
        message["Subject"] = " ".join(subject.split())
        message["Date"] = format_datetime(at or datetime.now(UTC))
        message.set_content(body)
        host, port = self._smtp or self._sink_address()
        with smtplib.SMTP(host, port, timeout=_TIMEOUT_SECONDS) as client:
            client.send_message(message, to_addrs=[to])
        if self._smtp:
            self.take(bytes(message))

    def take(self, content: bytes) -> None:
        """Store an e-mail that has arrived."""
        mail = _parse(content)
        with self._lock:
            self._mails.append(mail)
            self._number += 1
            if self._directory:
                self._directory.mkdir(parents=True, exist_ok=True)
                (self._directory / f"{self._number:06d}.eml").write_bytes(content)

    def messages(self, to: str | None = None) -> list[dict[str, Any]]:
        """Return the e-mails (to one address, if given), oldest first: {to, from, subject, body, at}."""
        with self._lock:
            mails = list(self._mails)
        fields = [asdict(mail) for mail in mails if to in (None, mail.to)]
        return [{("from" if key == "sender" else key): value for key, value in mail.items()} for mail in fields]

    def clear(self) -> None:
        """Remove all e-mails."""
        with self._lock:
            self._mails.clear()

    def close(self) -> None:
        """Stop the embedded SMTP server."""
        with self._lock:
            sink, self._sink = self._sink, None
        if sink:
            sink.stop()

    def _sink_address(self) -> tuple[str, int]:
        with self._lock:
            if self._sink is None:
                self._sink = _Sink(self)
                self._sink.start()
            return self._sink.hostname, self._sink.port


class _Sink(Controller):
    """An SMTP server on a free port that stores e-mails in the mailbox."""

    def __init__(self, mailbox: Mailbox) -> None:
        # Bound here, so that the port is known before the controller connects to it as a check.
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._mailbox = mailbox
        super().__init__(self, hostname="127.0.0.1", port=self._socket.getsockname()[1], enable_SMTPUTF8=True)

    def _create_server(self) -> Any:
        loop: asyncio.AbstractEventLoop = self.loop
        return loop.create_server(self._factory_invoker, sock=self._socket)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 -- aiosmtpd's name
        """Store the e-mail before the response to the sender."""
        self._mailbox.take(envelope.content)
        return "250 OK"


def _parse(content: bytes) -> Mail:
    message = message_from_bytes(content, policy=policy.default)
    body = message.get_body(("plain",))
    text = body.get_content() if body else ""
    return Mail(
        to=str(message["To"]),
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        body=text.replace("\r\n", "\n").removesuffix("\n"),
        at=parsedate_to_datetime(str(message["Date"])).astimezone(UTC).isoformat(),
    )
