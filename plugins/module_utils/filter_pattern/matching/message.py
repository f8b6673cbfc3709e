# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A log message that is parsed once for all patterns, on demand: as JSON or as space-delimited fields."""

from __future__ import annotations

import re
from functools import cached_property

from .document import Json, parse_document

_WORD = re.compile(r"[^ \t\r\n]+")
_WHITESPACE = re.compile(r"[ \t\r\n]*")
_CLOSERS = {'"': '"', "[": "]"}


class LogMessage:
    """The text of one log event. Raises TypeError if it is not a ``str``."""

    def __init__(self, text: str) -> None:
        """Keep the text without parsing it."""
        if not isinstance(text, str):
            raise TypeError(f"a log message is a str, not {type(text).__name__}")
        self.text = text

    @cached_property
    def document(self) -> dict[str, Json] | None:
        """The text as a JSON object, with JsonNumber for numbers; None if it is not one."""
        return parse_document(self.text)

    @cached_property
    def fields(self) -> tuple[tuple[str, int], ...]:
        """The space-delimited fields, each with its position in the text.

        Whitespace separates; ``"..."`` and ``[...]`` are one field without the delimiters; an opening delimiter without
        a closing one is part of its word (observed with TestMetricFilter, us-east-1, 2026-09).
        """
        return _split(self.text)


def as_message(message: str | LogMessage) -> LogMessage:
    """Return a LogMessage for a string or a LogMessage."""
    return message if isinstance(message, LogMessage) else LogMessage(message)


def _split(text: str) -> tuple[tuple[str, int], ...]:
    fields: list[tuple[str, int]] = []
    # If a closing delimiter is not found once, it does not occur later; searching again would be quadratic.
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
    spaces = _WHITESPACE.match(text, position)
    return spaces.end() if spaces else position
