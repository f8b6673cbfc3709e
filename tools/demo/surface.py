"""The embedded AWS's own surface, as far as the demonstration needs it."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.request import Request, urlopen


def ask(endpoint: str, path: str, body: Any = None, method: str | None = None) -> Any:
    """Return the parsed answer of GET, or of POST with a body or if the method says so."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{endpoint}/_embedded/{path}", data=data, method=method)) as answer:
        return json.load(answer)


def mails(endpoint: str, subject: str) -> list[dict[str, str]]:
    """Return the mails with this in their subject, after all that is under way has arrived."""
    ask(endpoint, "drain", method="POST")
    return [mail for mail in ask(endpoint, "mailbox") if subject in mail["subject"]]


def follow_the_confirmation_links(endpoint: str) -> list[str]:
    """Confirm every subscription as the owner of its address would, and return the addresses."""
    confirmed = []
    for mail in mails(endpoint, "Subscription Confirmation"):
        link = re.search(r"https?://\S+Action=ConfirmSubscription\S*", mail["body"])
        if link:
            urlopen(link.group(0)).close()
            confirmed.append(mail["to"])
    return confirmed


def calls(endpoint: str) -> list[dict[str, Any]]:
    """Return every API call that was recorded."""
    found: list[dict[str, Any]] = ask(endpoint, "calls")
    return found


def advance(endpoint: str, seconds: int) -> None:
    """Let time pass, and everything happen that is due by then."""
    ask(endpoint, "clock", {"advance_seconds": seconds})
    ask(endpoint, "drain", method="POST")
