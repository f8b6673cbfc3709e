# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Scan files of records with the rules: one file, and the sum of many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..drill.marks import is_drill
from .index import RuleIndex
from .records import read_records
from .tally import Tally

_MOST_PROBLEMS = 20
_LAST = "9999-12-31"
_TIME = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-[0-3][0-9]T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-9]{2}(?:\.[0-9]+)?Z")


@dataclass(frozen=True)
class Selection:
    """Which records count: those from the first to the last day (``2026-05-25``, UTC), and of which account."""

    first_day: str = ""
    last_day: str = ""
    account: str = ""

    def includes(self, time: str, account: object) -> bool:
        """Return whether a record of a time and an account counts; a record without an account does."""
        if self.account and account and account != self.account:
            return False
        return _TIME.fullmatch(time) is not None and self.first_day <= time[:10] <= (self.last_day or _LAST)


@dataclass
class Scan:
    """What was found in records.

    Attributes:
        tallies: The matches by the id of the rule.
        records: The number of records that count.
        size: Their size in bytes, as JSON.
        others: The number of records of other times and accounts.
        first: The time of the earliest record.
        last: The time of the latest record.
        problems: Why files could not be read, the first of them.
        unreadable: The number of these files.
    """

    tallies: dict[str, Tally] = field(default_factory=dict)
    records: int = 0
    size: int = 0
    others: int = 0
    first: str = ""
    last: str = ""
    problems: list[str] = field(default_factory=list)
    unreadable: int = 0

    def merge(self, other: Scan) -> None:
        """Add what was found in other files."""
        for rule_id, tally in other.tallies.items():
            self.tallies.setdefault(rule_id, Tally()).merge(tally)
        self.records += other.records
        self.size += other.size
        self.others += other.others
        self.first = min(filter(None, (self.first, other.first)), default="")
        self.last = max(self.last, other.last)
        self.problems = [*self.problems, *other.problems][:_MOST_PROBLEMS]
        self.unreadable += other.unreadable

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON, which `from_json` reads."""
        return {**vars(self), "tallies": {rule_id: tally.as_json() for rule_id, tally in self.tallies.items()}}

    @classmethod
    def from_json(cls, saved: Mapping[str, Any]) -> Scan:
        """Return a saved scan."""
        tallies = {rule_id: Tally.from_json(tally) for rule_id, tally in saved["tallies"].items()}
        return cls(**{**saved, "tallies": tallies})


def scan_file(folder: Path, name: str, index: RuleIndex, selection: Selection) -> Scan:
    """Scan one file. A file that cannot be read, or only its begin, is one problem of the scan."""
    scan = Scan()
    try:
        for record, size in read_records(folder / name):
            _count(scan, record, size, index, selection)
    except (ValueError, OSError) as error:
        scan.problems.append(f"{name}: {error}")
        scan.unreadable = 1
    return scan


def _count(scan: Scan, record: Mapping[str, Any], size: int, index: RuleIndex, selection: Selection) -> None:
    time = record.get("eventTime")
    if not isinstance(time, str) or not selection.includes(time, record.get("recipientAccountId")):
        scan.others += 1
        return
    scan.records += 1
    scan.size += size
    if not scan.first or time < scan.first:
        scan.first = time
    if time > scan.last:
        scan.last = time
    # An export of the log group has the events of drills; the files of a trail have not.
    for rule_id in () if is_drill(record) else index.matches(record):
        scan.tallies.setdefault(rule_id, Tally()).add(record, time)
