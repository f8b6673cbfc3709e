"""Cut a list into the pages that AWS returns, with tokens that only fit the same question."""

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
    items: Sequence[Item], size: int, token: str | None, question: object, refusal: AwsError
) -> tuple[list[Item], str | None]:
    """Return one page and the token of the next one, None after the last.

    Args:
        items: all items, in an order that is the same for every page.
        size: the most items of a page.
        token: what the client sent; None asks for the first page.
        question: what was asked for, without the token; a token is refused with another question.
        refusal: raised for a token that was not given out for this question.
    """
    # Sorted, since a client may name its parameters in another order when it sends the token.
    mark = hashlib.sha256(json.dumps(question, sort_keys=True, default=str).encode()).hexdigest()[:16]
    start = _start(token, mark, refusal) if token else 0
    end = start + size
    return list(items[start:end]), _token(mark, end) if end < len(items) else None


def _token(mark: str, start: int) -> str:
    return base64.urlsafe_b64encode(f"{mark}:{start}".encode()).decode()


def _start(token: str, mark: str, refusal: AwsError) -> int:
    try:
        own_mark, start = base64.urlsafe_b64decode(token.encode()).decode().split(":")
        if own_mark == mark:
            return int(start)
    except (ValueError, binascii.Error):
        pass
    raise refusal
