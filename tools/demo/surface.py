"""The control API of the embedded AWS, as far as the demo needs it."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.request import Request, urlopen


def ask(endpoint: str, path: str, body: Any = None, method: str | None = None) -> Any:
    """Return the parsed response of a GET request, or of a POST request if there is a body or the method is POST."""
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{endpoint}/_embedded/{path}", data=data, method=method)) as answer:
        return json.load(answer)


def mails(endpoint: str, subject: str) -> list[dict[str, str]]:
    """Return the emails with this text in their subject, after everything pending is delivered."""
    ask(endpoint, "drain", method="POST")
    return [mail for mail in ask(endpoint, "mailbox") if subject in mail["subject"]]


def follow_the_confirmation_links(endpoint: str) -> list[str]:
    """Confirm every subscription, and return the addresses."""
    confirmed = []
    for mail in mails(endpoint, "Subscription Confirmation"):
        link = re.search(r"https?://\S+Action=ConfirmSubscription\S*", mail["body"])
        if link:
            urlopen(link.group(0)).close()
            confirmed.append(mail["to"])
    return confirmed


def calls(endpoint: str) -> list[dict[str, Any]]:
    """Return the recorded API calls."""
    found: list[dict[str, Any]] = ask(endpoint, "calls")
    return found
