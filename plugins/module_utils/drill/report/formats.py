# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The report of a drill as text and as JUnit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from .model import cell, problems, rows

_MOST_COLUMNS = 6
_MARKS = {"broken": "BROKEN", "raised": "RAISED", "unclear": "unclear", "not_drilled": "no event"}


def as_text(report: Mapping[str, Any]) -> list[str]:
    """Return the report as lines: a table of the rules unless there are too many accounts, then what is wrong."""
    lines = [f"Drill of security alarms, mode {report['mode']}"]
    accounts = report["accounts"]
    for account in accounts:
        if account["error"]:
            lines.append(f"  {account['host']}: not drilled. {account['error']}")
        else:
            fired = sum(rule["status"] == "fired" for rule in account["rules"])
            where = f"{account['host']}: account {account['account_id']}, region {account['region']}"
            result = f"{fired} of {len(account['rules'])} rules fired in {account['seconds']:.0f} s"
            lines.append(f"  {where}: {result} (drill {account['run']})")
            if account["in_alarm"]:
                lines.append(f"    Not back in OK yet: {', '.join(account['in_alarm'])}")
    if len(accounts) <= _MOST_COLUMNS:
        lines += _table(report)
    for entry in problems(report):
        mark = _MARKS.get(entry["status"], entry["status"])
        lines.append(f"{mark}  {entry['rule']} ({entry['hosts']}): {entry['cause']}")
        if entry["remedy"]:
            lines.append(f"        {entry['remedy']}")
    return lines


def _table(report: Mapping[str, Any]) -> list[str]:
    found = rows(report)
    lines = [["rule", *(account["host"] for account in report["accounts"])]]
    lines += [[rule["id"], *("" if each is None else cell(each) for each in cells)] for rule, cells in found]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in lines)
    return [line.rstrip() for line in padded] if found else []


def as_junit(report: Mapping[str, Any]) -> str:
    """Return the report as JUnit XML: a suite for each account, a case for each rule and its near miss."""
    root = ElementTree.Element("testsuites", name=f"drill {report['mode']}")
    for account in report["accounts"]:
        suite = ElementTree.SubElement(root, "testsuite", name=account["host"])
        if account["error"]:
            case = ElementTree.SubElement(suite, "testcase", classname=account["host"], name="drill")
            ElementTree.SubElement(case, "error", message=account["error"])
        for rule in account["rules"]:
            _case(suite, account["host"], rule["id"], rule, rule["seconds"].get("notification", 0.0))
            if rule["near_miss"]:
                _case(suite, account["host"], f"{rule['id']} near miss", rule["near_miss"], 0.0)
        cases = list(suite)
        suite.set("tests", str(len(cases)))
        for kind in ("failure", "error", "skipped"):
            suite.set({"failure": "failures", "error": "errors"}.get(kind, kind), str(_having(cases, kind)))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _having(cases: list[ElementTree.Element], kind: str) -> int:
    return sum(case.find(kind) is not None for case in cases)


def _case(suite: ElementTree.Element, host: str, name: str, part: Mapping[str, Any], seconds: float) -> None:
    case = ElementTree.SubElement(suite, "testcase", classname=host, name=name, time=f"{seconds:.1f}")
    if part["status"] in ("broken", "raised"):
        failure = ElementTree.SubElement(case, "failure", type=part["cause_code"], message=part["cause"])
        failure.text = part["remedy"]
    elif part["status"] in ("unclear", "not_drilled"):
        ElementTree.SubElement(case, "skipped", message=part["cause"])
