# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Count matches of rules: by minute, by caller, and with a few examples.

The memory is bounded by the minutes that have matches, not by the records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

MINUTES = 24 * 60
_MOST_CALLERS = 1_000
_EXAMPLES = 3
_SHOWN = ("eventTime", "eventName", "eventSource", "awsRegion", "recipientAccountId", "sourceIPAddress", "errorCode")


@dataclass
class Tally:
    """The matches of one rule.

    Attributes:
        minutes: The matches by minute, numbered from the first of year 1, see `minute_of`.
        callers: The matches by caller, see `caller_of`; the rarest are dropped if there are very many.
        examples: The first matches by time, with a few of their fields.
    """

    minutes: Counter[int] = field(default_factory=Counter)
    callers: Counter[str] = field(default_factory=Counter)
    examples: list[dict[str, str]] = field(default_factory=list)

    @property
    def matches(self) -> int:
        """Return the number of matches."""
        return self.minutes.total()

    def add(self, record: Mapping[str, Any], time: str) -> None:
        """Count a record and its time."""
        self.minutes[minute_of(time)] += 1
        caller = caller_of(record)
        self.callers[caller] += 1
        self._limit()
        if len(self.examples) < _EXAMPLES or time < self.examples[-1]["eventTime"]:
            shown = {name: str(record[name]) for name in _SHOWN if record.get(name) is not None}
            self._keep([*self.examples, {"eventID": str(record.get("eventID", "")), **shown, "caller": caller}])

    def merge(self, other: Tally) -> None:
        """Add the matches of other records."""
        self.minutes.update(other.minutes)
        self.callers.update(other.callers)
        self._limit()
        self._keep([*self.examples, *other.examples])

    def by_day(self) -> Counter[int]:
        """Return the matches by the number of the day."""
        days: Counter[int] = Counter()
        for minute, count in self.minutes.items():
            days[minute // MINUTES] += count
        return days

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON, which `from_json` reads."""
        return {"minutes": list(self.minutes.items()), "callers": dict(self.callers), "examples": self.examples}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Tally:
        """Return a saved tally."""
        return cls(Counter(dict(saved["minutes"])), Counter(saved["callers"]), list(saved["examples"]))

    def _limit(self) -> None:
        if len(self.callers) > _MOST_CALLERS:
            self.callers = Counter(dict(self.callers.most_common(_MOST_CALLERS // 2)))

    def _keep(self, examples: list[dict[str, str]]) -> None:
        self.examples = sorted(examples, key=lambda shown: (shown["eventTime"], shown["eventID"]))[:_EXAMPLES]


def minute_of(time: str) -> int:
    """Return the number of the minute of a valid time such as ``2026-05-25T04:19:01Z``."""
    return _day_number(time[:10]) * MINUTES + int(time[11:13]) * 60 + int(time[14:16])


def day_name(number: int) -> str:
    """Return the day with a number, such as ``2026-05-25``."""
    return date.fromordinal(number).isoformat()


@lru_cache(maxsize=512)
def _day_number(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def caller_of(record: Mapping[str, Any]) -> str:
    """Return who made a call; all sessions of a role are one caller."""
    identity = record.get("userIdentity")
    if not isinstance(identity, Mapping):
        return "unknown"
    if identity.get("type") == "Root":
        return f"root of {identity.get('accountId', 'an account')}"
    context = identity.get("sessionContext")
    issuer = context.get("sessionIssuer") if isinstance(context, Mapping) else None
    names = (
        issuer.get("arn") if isinstance(issuer, Mapping) else None,
        identity.get("arn"),
        identity.get("invokedBy"),
        identity.get("userName"),
        identity.get("principalId"),
    )
    return next((str(name) for name in names if name), str(identity.get("type", "unknown")))
