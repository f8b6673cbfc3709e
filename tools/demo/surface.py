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


def confirmation_links(confirmations: list[dict[str, str]]) -> list[str]:
    """Return the links of confirmation emails."""
    links = (re.search(r"https?://\S+Action=ConfirmSubscription\S*", mail["body"]) for mail in confirmations)
    return [link.group(0) for link in links if link]


def calls(endpoint: str) -> list[dict[str, Any]]:
    """Return the recorded API calls."""
    found: list[dict[str, Any]] = ask(endpoint, "calls")
    return found
