"""Split a list into pages, with tokens that are valid for the same request only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from typing import TypeVar

from embedded_aws.core.errors import AwsError

Item = TypeVar("Item")


def page(
    items: Sequence[Item], size: int, token: str | None, question: object, rejection: AwsError
) -> tuple[list[Item], str | None]:
    """Return one page and the token of the next page, which is None after the last.

    Args:
        items: all items, in an order that is the same for every page.
        size: the maximum number of items of a page.
        token: the client's token; None for the first page.
        question: the request without its token; a token of another request is rejected.
        rejection: raised for an invalid token.
    """
    # Sorted, since a client may send the parameters in another order with the token.
    mark = hashlib.sha256(json.dumps(question, sort_keys=True, default=str).encode()).hexdigest()[:16]
    start = _start(token, mark, rejection) if token else 0
    end = start + size
    return list(items[start:end]), _token(mark, end) if end < len(items) else None


def _token(mark: str, start: int) -> str:
    return base64.urlsafe_b64encode(f"{mark}:{start}".encode()).decode()


def _start(token: str, mark: str, rejection: AwsError) -> int:
    try:
        own_mark, start = base64.urlsafe_b64decode(token.encode()).decode().split(":")
        if own_mark == mark:
            return int(start)
    except (ValueError, binascii.Error):
        pass
    raise rejection
