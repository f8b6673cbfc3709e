# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A report as one HTML page without scripts, fonts or links, for light and dark screens and for paper."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from .report import FAIL, MARKS, NOT_APPLICABLE, PASS, STATUSES, UNREAD, Cell, Report, Row
from .style import STYLE

_CLASSES = {PASS: "pass", FAIL: "fail", NOT_APPLICABLE: "na", UNREAD: "unread"}
# More accounts than this are named in a row, since a column for each would not fit on paper.
_MOST_COLUMNS = 6


def as_html(report: Report) -> str:
    """Return the page."""
    title = escape(report.title)
    body = "\n".join([*_head(report), *_summary(report), *_not_met(report), *_tables(report)])
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta name="color-scheme" content="light dark">\n<title>{title}</title>\n'
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _head(report: Report) -> Iterator[str]:
    total = sum((report.counts(column) for column in report.columns), start=report.counts(""))
    verdict = "Everything is met." if report.is_met else "Not everything is met."
    yield f"<header><h1>{escape(report.title)}</h1><p>{escape(report.subtitle)}</p>"
    yield f'<p class="verdict {"pass" if report.is_met else "fail"}">{verdict}</p><ul class="totals">'
    for status in STATUSES:
        yield f'<li class="{_CLASSES[status]}"><b>{total[status]}</b> {MARKS[status]} {status}</li>'
    yield "</ul></header>"


def _summary(report: Report) -> Iterator[str]:
    if len(report.columns) > _MOST_COLUMNS:
        return
    yield "<section><h2>Summary</h2><table class=summary><thead><tr><th></th>"
    yield "".join(f"<th scope=col>{escape(column)}</th>" for column in report.columns) + "</tr></thead><tbody>"
    for group in report.groups:
        cells = "".join(f"<td>{_counted(report, column, group)}</td>" for column in report.columns)
        yield f"<tr><th scope=row>{escape(group)}</th>{cells}</tr>"
    yield "</tbody></table></section>"


def _counted(report: Report, column: str, group: str) -> str:
    counts = report.counts(column, group)
    found = [status for status in STATUSES if counts[status]]
    return " ".join(f'<span class="{_CLASSES[each]}">{MARKS[each]} {counts[each]}</span>' for each in found) or "-"


def _not_met(report: Report) -> Iterator[str]:
    if report.is_met:
        return
    yield "<section><h2>Not met</h2>"
    for column, why in report.errors.items():
        yield f'<article class="unread"><h3>? {escape(column)}</h3><p>{escape(why)}</p></article>'
    for cause in report.causes():
        cell = cause.cell
        remedy = f"<p><b>To do:</b> {escape(cell.remedy)}</p>" if cell.remedy else ""
        where = f'<p><b>{escape(", ".join(cause.columns))}</b></p><p class="where">{escape("; ".join(cause.rows))}</p>'
        title = f"<h3>{MARKS[cell.status]} {escape(cell.why)}</h3>"
        yield f'<article class="{_CLASSES[cell.status]}">{title}{where}{remedy}</article>'
    yield "</section>"


def _tables(report: Report) -> Iterator[str]:
    for group in report.groups:
        rows = [row for row in report.rows if row.group == group]
        many = len(report.columns) > _MOST_COLUMNS
        names = [f"{len(report.columns)} accounts"] if many else report.columns
        yield f"<section><h2>{escape(group)}</h2><table><thead><tr><th scope=col class=name>Control</th>"
        yield "".join(f"<th scope=col>{escape(name)}</th>" for name in names) + "</tr></thead><tbody>"
        yield from (_added_up(report, row) if many else _row(report, row) for row in rows)
        yield "</tbody></table></section>"


def _row(report: Report, row: Row) -> str:
    cells = "".join(_cell(row.cells.get(column)) for column in report.columns)
    return f"<tr>{_name(row)}{cells}</tr>"


def _name(row: Row) -> str:
    return f"<th scope=row class=name><b>{escape(row.name)}</b> {escape(row.title)}</th>"


def _cell(cell: Cell | None) -> str:
    if cell is None:
        return "<td>not judged</td>"
    mark = f'<span class="{_CLASSES[cell.status]}">{MARKS[cell.status]} {escape(cell.text or cell.status)}</span>'
    return f"<td>{mark}<small>{escape(cell.why)}</small></td>"


def _added_up(report: Report, row: Row) -> str:
    parts = []
    for status in STATUSES:
        columns = [column for column in report.columns if (cell := row.cells.get(column)) and cell.status == status]
        if columns:
            who = f"<small>{escape(', '.join(columns))}</small>" if status in (FAIL, UNREAD) else ""
            parts.append(f'<span class="{_CLASSES[status]}">{MARKS[status]} {len(columns)} {status}</span>{who}')
    return f"<tr>{_name(row)}<td>{' '.join(parts)}</td></tr>"
