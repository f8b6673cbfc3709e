# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""When a mute rule of CloudWatch mutes its alarms.

Source: CloudWatch API reference, PutAlarmMuteRule and Schedule: ``cron(minutes hours day-of-month month day-of-week)``
with ``*``, ``-`` and ``,``, or ``at(yyyy-MM-ddThh:mm)``, an ISO 8601 duration from a minute to 15 days, a time zone.
That a day must pass the fields for month, day of the month and day of the week together is our reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(days=15)
_EXPRESSION = re.compile(r"(at|cron)\((.+)\)")
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?)?")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: tuple[tuple[int, int, tuple[str, ...]], ...] = (
    (0, 59, ()),
    (0, 23, ()),
    (1, 31, ()),
    (1, 12, _MONTHS),
    (0, 6, _DAYS),
)


@dataclass(frozen=True)
class MuteSchedule:
    """The schedule of a mute rule.

    Attributes:
        starts: The local time of the only window, or the allowed values of the five fields of a cron expression.
        duration: How long a window is.
        zone: The time zone.
    """

    starts: datetime | tuple[frozenset[int], ...]
    duration: timedelta
    zone: Any

    def window(self, now: datetime) -> tuple[datetime, datetime] | None:
        """Return start and end of the window that `now` is in, or None; both are in UTC."""
        for start in self._starts(now):
            if start <= now < start + self.duration:
                return start, start + self.duration
        return None

    def is_over(self, now: datetime) -> bool:
        """Return whether the only window has ended."""
        return isinstance(self.starts, datetime) and _utc(self.starts, self.zone) + self.duration <= now

    def _starts(self, now: datetime) -> Iterator[datetime]:
        """Yield the starts whose window can contain `now`, the latest first."""
        if isinstance(self.starts, datetime):
            yield _utc(self.starts, self.zone)
            return
        minutes, hours, *days = self.starts
        last = now.astimezone(self.zone).date()
        for back in range(self.duration.days + 3):
            day = last - timedelta(days=back)
            if _passes(day, days):
                times = [time(hour, minute) for hour in sorted(hours) for minute in sorted(minutes)]
                yield from (_utc(datetime.combine(day, at), self.zone) for at in reversed(times))


def mute_schedule(schedule: Mapping[str, Any]) -> MuteSchedule:
    """Return the schedule of PutAlarmMuteRule. Raise ValueError with the reason if it is invalid."""
    expression, duration = schedule["Expression"], schedule["Duration"]
    found, length = _EXPRESSION.fullmatch(expression), _DURATION.fullmatch(duration)
    if not found:
        raise ValueError(f"{expression!r} is neither cron(...) nor at(...)")
    if not length:
        raise ValueError(f"{duration!r} is not an ISO 8601 duration")
    days, hours, minutes = (int(part or 0) for part in length.groups())
    span = timedelta(days=days, hours=hours, minutes=minutes)
    if not SHORTEST <= span <= LONGEST:
        raise ValueError(f"the duration {duration} is not between PT1M and P15D")
    try:
        zone = ZoneInfo(schedule.get("Timezone") or "UTC")
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"the time zone {schedule['Timezone']!r} is unknown") from error
    if found[1] == "at":
        return MuteSchedule(datetime.strptime(found[2], "%Y-%m-%dT%H:%M"), span, zone)
    parts = found[2].split()
    if len(parts) != len(_FIELDS):
        raise ValueError(f"{expression!r} does not have five fields")
    return MuteSchedule(tuple(_values(part, *each) for part, each in zip(parts, _FIELDS, strict=True)), span, zone)


def _utc(local: datetime, zone: Any) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def _passes(day: date, fields: list[frozenset[int]]) -> bool:
    of_month, months, of_week = fields
    return day.day in of_month and day.month in months and day.isoweekday() % 7 in of_week


def _values(field: str, least: int, most: int, names: tuple[str, ...]) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        first, _hyphen, last = part.partition("-")
        bounds = (least, most) if part == "*" else tuple(_value(each, least, names) for each in (first, last or first))
        if not least <= bounds[0] <= bounds[1] <= most:
            raise ValueError(f"{part!r} is not between {least} and {most}")
        found.update(range(bounds[0], bounds[1] + 1))
    return frozenset(found)


def _value(text: str, least: int, names: tuple[str, ...]) -> int:
    return names.index(text.upper()) + least if text.upper() in names else int(text)
