# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""A report in the XML of JUnit, which CI systems show: a suite per account, a case per row."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from .report import FAIL, NOT_APPLICABLE, UNREAD, Cell, Report, Row

# XML 1.0 has no place for these.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def as_junit(report: Report) -> str:
    """Return the XML."""
    suites = "".join(_suite(report, column) for column in report.columns)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name={_attribute(report.title)}>\n{suites}</testsuites>\n'
    )


def _suite(report: Report, column: str) -> str:
    cases = [_case(row, row.cells[column]) for row in report.rows if column in row.cells]
    counts = report.counts(column)
    if column in report.errors:
        cell = Cell(NOT_APPLICABLE if column in report.elsewhere else UNREAD, report.errors[column])
        counts[cell.status] += 1
        cases.append(_case(Row("account", "judged", "judged"), cell))
    errors, skipped = counts[UNREAD], counts[NOT_APPLICABLE]
    numbers = f'tests="{len(cases)}" failures="{counts[FAIL]}" errors="{errors}" skipped="{skipped}"'
    return f"  <testsuite name={_attribute(column)} {numbers}>\n{''.join(cases)}  </testsuite>\n"


def _case(row: Row, cell: Cell) -> str:
    time = f' time="{cell.seconds:.3f}"' if cell.seconds is not None else ""
    name = _attribute(row.name if row.title == row.name else f"{row.name} {row.title}")
    head = f"    <testcase classname={_attribute(row.group)} name={name}{time}"
    tag = {FAIL: "failure", UNREAD: "error", NOT_APPLICABLE: "skipped"}.get(cell.status)
    if tag is None:
        return f"{head}/>\n"
    body = f">{_text(cell.remedy)}</{tag}>" if cell.remedy else "/>"
    return f"{head}><{tag} message={_attribute(cell.why)}{body}</testcase>\n"


def _attribute(text: str) -> str:
    return quoteattr(_CONTROL.sub("", text))


def _text(text: str) -> str:
    return escape(_CONTROL.sub("", text))
