# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A range of days, such as 2026-05-01 to 2026-05-31."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def day_problems(first: str, last: str) -> Iterator[str]:
    """Yield the problems of a first and a last day, each of which may be empty."""
    wrong = [
        f"{name} {text!r}" for name, text in (("first_day", first), ("last_day", last)) if text and not _is_day(text)
    ]
    if wrong:
        yield f"Write a day as 2026-05-01, not as in {' and '.join(wrong)}."
    elif first and last and last < first:
        yield f"last_day {last} is earlier than first_day {first}."


def days_between(first: str, last: str) -> list[date]:
    """Return the days from the first to the last, both included."""
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + timedelta(days=number) for number in range((end - begin).days + 1)]


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False
