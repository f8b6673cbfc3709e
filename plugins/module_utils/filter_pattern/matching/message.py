# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A log message, parsed once for all patterns: as a JSON document and as space-delimited fields, each on demand."""

from __future__ import annotations

import re
from functools import cached_property

from .document import Json, parse_document

_WORD = re.compile(r"[^ \t\r\n]+")
_BLANKS = re.compile(r"[ \t\r\n]*")
_CLOSERS = {'"': '"', "[": "]"}


class LogMessage:
    """The text of one log event; TypeError if it is no ``str``."""

    def __init__(self, text: str) -> None:
        """Keep the text; nothing is parsed yet."""
        if not isinstance(text, str):
            raise TypeError(f"a log message is a str, not {type(text).__name__}")
        self.text = text

    @cached_property
    def document(self) -> dict[str, Json] | None:
        """The JSON object that the text holds, with JsonNumber for numbers; None if it holds none."""
        return parse_document(self.text)

    @cached_property
    def fields(self) -> tuple[tuple[str, int], ...]:
        """The space-delimited fields, each with the place in the text where it begins.

        Blanks separate; ``"..."`` and ``[...]`` are one field without the delimiters; an opening delimiter without
        its closing one is part of its word (observed with TestMetricFilter, us-east-1, 2026-09).
        """
        return _split(self.text)


def as_message(message: str | LogMessage) -> LogMessage:
    """Wrap a text that is no LogMessage yet."""
    return message if isinstance(message, LogMessage) else LogMessage(message)


def _split(text: str) -> tuple[tuple[str, int], ...]:
    fields: list[tuple[str, int]] = []
    # A closing delimiter that was not found once is not there later either; asking again would be quadratic.
    closers = {opener: closer for opener, closer in _CLOSERS.items() if opener in text}
    position = _skip(text, 0)
    while closers and position < len(text):
        start = position
        opener = text[start]
        end = text.find(closers[opener], start + 1) if opener in closers else -1
        if end >= 0:
            fields.append((text[start + 1 : end], start))
            position = end + 1
        else:
            closers.pop(opener, None)
            word = _WORD.match(text, start)
            position = word.end() if word else len(text)
            fields.append((text[start:position], start))
        position = _skip(text, position)
    fields.extend((word.group(), word.start()) for word in _WORD.finditer(text, position))
    return tuple(fields)


def _skip(text: str, position: int) -> int:
    blanks = _BLANKS.match(text, position)
    return blanks.end() if blanks else position
