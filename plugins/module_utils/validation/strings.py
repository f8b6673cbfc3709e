# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a text in a rule may look like, and how a wrong value is described."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .confusables import invisible, non_ascii

_SHOWN = 60


@dataclass(frozen=True)
class TextKind:
    """What a text must keep to; ``shape`` must match all of it, ``hint`` says in words what it asks for."""

    longest: int | None = None
    shape: re.Pattern[str] | None = None
    hint: str = ""
    ascii_only: bool = False
    one_line: bool = False


ANY_TEXT = TextKind()


def complaint_about(text: str, kind: TextKind) -> tuple[str, str] | None:
    """Return what is wrong with a text and what to do, or None."""
    if not text.strip():
        return "this is empty", kind.hint
    if kind.longest is not None and len(text) > kind.longest:
        return f"this has {len(text)} characters, more than {kind.longest}", "shorten it"
    odd = non_ascii(text) if kind.ascii_only else invisible(text)
    if odd:
        return f"{odd}", "type it anew as plain ASCII" if kind.ascii_only else "remove the invisible character"
    if kind.one_line and "\n" in text.strip():
        return "this has several lines", "write one line"
    if kind.shape and not kind.shape.fullmatch(text):
        return f"{shortened(text)!r} is not allowed here", kind.hint
    return None


def describe(value: Any) -> str:
    """Name a value of a wrong type: ``the number 4.3``, ``a mapping``."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return f"the truth value {str(value).lower()}"
    if isinstance(value, int | float):
        return f"the number {shortened(str(value))}"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list" if value else "an empty list"
    return f"the text {shortened(str(value))!r}"


def quote_hint(value: Any) -> str:
    """Return the hint for a number or truth value where a text belongs."""
    if isinstance(value, bool):
        return f'quote it: "{str(value).lower()}"'
    if isinstance(value, int | float):
        return f'quote it: "{value}"; leading and trailing zeros get lost without quotes'
    return ""


def shortened(text: str) -> str:
    """Cut a text for a message."""
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
