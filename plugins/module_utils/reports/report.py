# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A report: what was judged, row by row, in each account."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

PASS, FAIL, NOT_APPLICABLE, UNREAD = STATUSES = ("pass", "fail", "not applicable", "unread")
MARKS = {PASS: "✓", FAIL: "✗", NOT_APPLICABLE: "-", UNREAD: "?"}
NOT_MET = (FAIL, UNREAD)


@dataclass(frozen=True)
class Cell:
    """What was found in one account.

    Attributes:
        status: One of STATUSES.
        why: The reason, as a sentence.
        remedy: What corrects it.
        text: What the table shows beside the mark, such as ``12.5 s``.
        seconds: How long it took, if that is known.
    """

    status: str
    why: str = ""
    remedy: str = ""
    text: str = ""
    seconds: float | None = None


@dataclass(frozen=True)
class Row:
    """One row.

    Attributes:
        group: The heading that it belongs to, such as a standard.
        name: Its name in the group, such as the number of a control.
        title: What it is about.
        cells: What was found, by column.
    """

    group: str
    name: str
    title: str
    cells: Mapping[str, Cell] = field(default_factory=dict)


@dataclass(frozen=True)
class Cause:
    """Why something is not met.

    Attributes:
        cell: Status, reason and remedy.
        columns: The accounts.
        rows: The groups with their rows, such as ``CIS v5 3.1, 3.2``.
    """

    cell: Cell
    columns: Sequence[str]
    rows: Sequence[str]


@dataclass(frozen=True)
class Report:
    """A report.

    Attributes:
        title: The title.
        subtitle: What and when.
        columns: The accounts, in the order of the inventory.
        rows: The rows; those of a group follow each other.
        errors: Why an account was not judged, by column.
        elsewhere: The columns of `errors` that are judged with another account, so nothing is wrong.
    """

    title: str
    subtitle: str
    columns: Sequence[str]
    rows: Sequence[Row]
    errors: Mapping[str, str] = field(default_factory=dict)
    elsewhere: Sequence[str] = ()

    @property
    def groups(self) -> list[str]:
        """The groups in their order."""
        return list(dict.fromkeys(row.group for row in self.rows))

    def counts(self, column: str, group: str = "") -> Counter[str]:
        """Return how many rows have each status in a column, of one group or of all."""
        cells = (row.cells.get(column) for row in self.rows if group in ("", row.group))
        return Counter(cell.status for cell in cells if cell)

    def causes(self) -> list[Cause]:
        """Return what is not met, each cause once."""
        found: dict[Cell, tuple[dict[str, None], dict[int, Row]]] = {}
        for number, row in enumerate(self.rows):
            for column in self.columns:
                cell = row.cells.get(column)
                if cell and cell.status in NOT_MET:
                    columns, rows = found.setdefault(Cell(cell.status, cell.why, cell.remedy), ({}, {}))
                    columns[column], rows[number] = None, row
        return [Cause(cell, (*columns,), _joined(rows.values())) for cell, (columns, rows) in found.items()]

    @property
    def is_met(self) -> bool:
        """Whether nothing fails, and everything could be read."""
        return not self.causes() and not set(self.errors) - set(self.elsewhere)


def _joined(rows: Iterable[Row]) -> list[str]:
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(row.group, []).append(row.name)
    return [f"{group} {', '.join(names)}" for group, names in groups.items()]


def build(
    title: str,
    subtitle: str,
    results: Mapping[str, Iterable[Mapping[str, Any]] | str],
    elsewhere: Sequence[str] = (),
) -> Report:
    """Return a report.

    Args:
        title: The title.
        subtitle: What and when.
        results: The items by column: `group`, `name`, `title`, and the attributes of Cell; or why there are none.
        elsewhere: The columns without items that are judged with another account.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for column, items in results.items():
        for item in () if isinstance(items, str) else items:
            row = rows.setdefault((item["group"], item["name"]), {"title": item["title"], "cells": {}})
            known = {name: item[name] for name in Cell.__dataclass_fields__ if item.get(name) is not None}
            row["cells"][column] = Cell(**known)
    errors = {column: items for column, items in results.items() if isinstance(items, str)}
    found = tuple(Row(group, name, **row) for (group, name), row in rows.items())
    return Report(title, subtitle, tuple(results), found, errors, tuple(elsewhere))
