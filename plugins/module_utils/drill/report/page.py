# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The report of a drill as one self-contained HTML page, for screens, light and dark, and for paper."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from .model import cell, problems, rows

_STYLE = """
:root { color-scheme: light dark; --text: #1b1f24; --back: #fff; --line: #d0d7de; --soft: #f3f5f7; --dim: #57606a;
  --good: #116329; --good-back: #dafbe1; --bad: #a40e26; --bad-back: #ffebe9; --unclear: #7d4e00;
  --unclear-back: #fff8c5; }
@media (prefers-color-scheme: dark) { :root { --text: #e6edf3; --back: #0d1117; --line: #30363d; --soft: #161b22;
  --dim: #9198a1; --good: #7ee787; --good-back: #12261e; --bad: #ffa198; --bad-back: #2d1215; --unclear: #f2cc60;
  --unclear-back: #272115; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); margin: 2rem auto;
  max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
p.sum { font-size: 1.1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: var(--dim); padding: .3rem 0; }
th, td { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
thead th { background: var(--soft); position: sticky; top: 0; }
tbody th { font-weight: 600; } small { color: var(--dim); font-weight: 400; display: block; }
td.good { color: var(--good); background: var(--good-back); } td.bad { color: var(--bad); background: var(--bad-back); }
td.unclear { color: var(--unclear); background: var(--unclear-back); } td.none { color: var(--dim); }
td.bad, td.unclear { font-weight: 600; }
@media print { :root { --text: #000; --back: #fff; --line: #999; --soft: #eee; --dim: #444; --good: #000; --bad: #000;
  --unclear: #000; --good-back: #fff; --bad-back: #ddd; --unclear-back: #eee; }
  body { font-size: 9pt; margin: 0; max-width: none; padding: 0; } .scroll { overflow: visible; }
  thead { display: table-header-group; } thead th { position: static; } tr { break-inside: avoid; } }
"""
_SIGNS = {"good": "✓", "bad": "✗", "unclear": "?", "none": "-"}


def as_page(report: Mapping[str, Any]) -> str:
    """Return the report as an HTML page."""
    counts = report["verdicts"]
    outcome = "Every alarm that was drilled went off." if report["passed"] else "Not every alarm went off as it must."
    totals = f"{counts['good']} good, {counts['bad']} bad, {counts['unclear']} unclear, {counts['none']} not drilled"
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Drill of security alarms</title>',
        f"<style>{_STYLE}</style></head><body><h1>Drill of security alarms</h1>",
        f'<p class="sum">{escape(outcome)} Mode {escape(report["mode"])}: {totals}.</p>',
        _accounts(report),
        _problems(report),
        _matrix(report),
        "</body></html>\n",
    ]
    return "\n".join(part for part in parts if part)


def _accounts(report: Mapping[str, Any]) -> str:
    lines = [
        _row(
            [
                account["host"],
                account.get("account_id", ""),
                account.get("region", ""),
                account.get("run", ""),
                account.get("began", ""),
                account["error"] or f"{account['seconds']:.0f} s",
            ]
        )
        for account in report["accounts"]
    ]
    return _table(["account", "ID", "region", "drill", "began", "took"], lines, "Accounts")


def _problems(report: Mapping[str, Any]) -> str:
    lines = [
        _row([entry["rule"], entry["status"].replace("_", " "), entry["hosts"], entry["cause"], entry["remedy"]])
        for entry in problems(report)
    ]
    return _table(["rule", "result", "accounts", "cause", "remedy"], lines, "What to look at") if lines else ""


def _matrix(report: Mapping[str, Any]) -> str:
    lines = []
    for rule, cells in rows(report):
        what = f"{rule['title']} ({rule['severity']})"
        head = f'<th scope="row">{escape(rule["id"])}<small>{escape(what)}</small></th>'
        lines.append(f"<tr>{head}{''.join(_cell(each) for each in cells)}</tr>")
    names = ["rule", *(account["host"] for account in report["accounts"])]
    return _table(names, lines, "Seconds from the event to the notification, or what is wrong")


def _cell(rule: Mapping[str, Any] | None) -> str:
    if rule is None:
        return '<td class="none">not deployed</td>'
    stages = ", ".join(f"{stage} {seconds:.0f} s" for stage, seconds in rule["seconds"].items() if stage != "log_group")
    near = f"near miss {rule['near_miss']['status']}" if rule["near_miss"] else ""
    small = "; ".join(part for part in (stages, near) if part)
    text = f"{_SIGNS[rule['verdict']]} {escape(cell(rule))}"
    return f'<td class="{rule["verdict"]}">{text}<small>{escape(small)}</small></td>'


def _row(cells: list[str]) -> str:
    return f"<tr>{''.join(f'<td>{escape(str(text))}</td>' for text in cells)}</tr>"


def _table(heads: list[str], lines: list[str], title: str) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    body = "".join(lines)
    return (
        f'<h2>{escape(title)}</h2><div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
