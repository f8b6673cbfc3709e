"""The embedded AWS's own surface, as tests use it."""

from __future__ import annotations

import json
import re
import urllib.request
from typing import Any


def ask(endpoint: str, path: str, body: Any = None, method: str | None = None) -> Any:
    """Return the parsed answer of GET, or of POST with a body or if the method says so."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{endpoint}/_embedded/{path}", data=data, method=method)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def drain(endpoint: str) -> None:
    """Wait until all is delivered, filtered, evaluated and mailed."""
    ask(endpoint, "drain", method="POST")


def advance(endpoint: str, seconds: float) -> None:
    """Move the clock forward."""
    ask(endpoint, "clock", {"advance_seconds": seconds})


def mails(endpoint: str, to: str) -> list[dict[str, Any]]:
    """Return the mails to an address, after all that is under way has arrived."""
    drain(endpoint)
    found: list[dict[str, Any]] = ask(endpoint, f"mailbox?to={to}")
    return found


def link_in(mail: dict[str, Any], action: str) -> str:
    """Return the link of a mail that does this."""
    match = re.search(rf"\S+\?Action={action}\S+", mail["body"])
    assert match, mail["body"]
    return match[0]


def follow(link: str) -> str:
    """Return what a browser gets for a link, unsigned. HTTPError if that is an error."""
    with urllib.request.urlopen(link, timeout=60) as response:
        return str(response.read().decode())
