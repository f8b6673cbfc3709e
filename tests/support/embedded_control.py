"""Client of the control API of the embedded AWS, and of the links in its emails."""

from __future__ import annotations

import json
import re
import urllib.request
from datetime import datetime
from typing import Any


def ask(endpoint: str, path: str, body: Any = None, method: str | None = None) -> Any:
    """Return the parsed response to a GET, to a POST if there is a body, or to the given method."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{endpoint}/_embedded/{path}", data=data, method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def drain(endpoint: str) -> None:
    """Wait until all events are delivered and filtered, alarms are evaluated and emails are sent."""
    ask(endpoint, "drain", method="POST")


def reset(endpoint: str) -> None:
    """Delete all state and apply the seed again."""
    ask(endpoint, "reset", method="POST")


def advance(endpoint: str, seconds: float) -> datetime:
    """Move the clock forward, run what is due, and return the new time."""
    return datetime.fromisoformat(ask(endpoint, "clock", {"advance_seconds": seconds})["time"])


def now_of(endpoint: str) -> datetime:
    """Return the embedded time."""
    return datetime.fromisoformat(ask(endpoint, "health")["time"])


def mails(endpoint: str, to: str) -> list[dict[str, Any]]:
    """Return the emails to an address, after a drain."""
    drain(endpoint)
    found: list[dict[str, Any]] = ask(endpoint, f"mailbox?to={to}")
    return found


def link_in(mail: dict[str, Any], action: str) -> str:
    """Return the link in an email for an action such as Unsubscribe."""
    match = re.search(rf"\S+\?Action={action}\S+", mail["body"])
    assert match, mail["body"]
    return match[0]


def follow(link: str) -> str:
    """Return the response body of an unsigned GET of a link. Raise HTTPError for an error."""
    with urllib.request.urlopen(link, timeout=60) as response:
        return str(response.read().decode())
