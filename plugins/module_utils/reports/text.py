# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A report as text that fits on a screen."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from .report import MARKS, NOT_MET, PASS, STATUSES, Cause, Report

_WIDTH = 110
# More accounts than this are added up.
_MOST_COLUMNS = 4


def as_text(report: Report) -> str:
    """Return the counts of each group, then what is not met, each cause once."""
    blocks = [f"{report.title}\n{report.subtitle}", "\n".join(_counts(report))]
    reasons: dict[str, list[str]] = {}
    for column, why in report.errors.items():
        reasons.setdefault(why, []).append(column)
    blocks += [f"{_shortened(columns)}: not judged. {why}" for why, columns in reasons.items()]
    causes = report.causes()
    blocks += ["\n".join(_lines(cause)) for cause in causes]
    if report.columns and report.is_met:
        blocks.append("Everything is met.")
    return "\n\n".join(blocks) + "\n"


def _shortened(columns: Sequence[str]) -> str:
    more = len(columns) - _MOST_COLUMNS
    return ", ".join(columns[:_MOST_COLUMNS]) + (f" and {more} more" if more > 0 else "")


def _lines(cause: Cause) -> Iterator[str]:
    text = f"{MARKS[cause.cell.status]} {_shortened(cause.columns)}: {cause.cell.why} {cause.cell.remedy}".rstrip()
    yield from textwrap.wrap(text, _WIDTH, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    rows = "; ".join(cause.rows)
    yield from textwrap.wrap(rows, _WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)


def _counts(report: Report) -> Iterator[str]:
    """Yield a table of the groups: for a few accounts each count, for many how many accounts meet the whole group."""
    few = len(report.columns) <= _MOST_COLUMNS
    judged = [column for column in report.columns if column not in report.elsewhere]
    names = list(report.columns) if few else [f"{len(judged)} accounts"]
    rows = [["", *names]]
    for group in report.groups:
        counts = [report.counts(column, group) for column in (report.columns if few else judged)]
        met = sum(not any(count[status] for status in NOT_MET) and count[PASS] > 0 for count in counts)
        each = [", ".join(f"{count[name]} {name}" for name in STATUSES if count[name]) or "-" for count in counts]
        rows.append([group, *(each if few else [f"{met} meet it, {len(counts) - met} do not"])])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
