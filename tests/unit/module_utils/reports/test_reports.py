"""A report as text, JUnit and HTML."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from ansible_collections.secmon.aws.plugins.module_utils.reports.html import as_html
from ansible_collections.secmon.aws.plugins.module_utils.reports.junit import as_junit
from ansible_collections.secmon.aws.plugins.module_utils.reports.report import Report, build
from ansible_collections.secmon.aws.plugins.module_utils.reports.text import as_text

EVIL = '<script>alert(1)</script> & "x" \x1b[31m'


def item(name: str, status: str, why: str = "", **more: Any) -> dict[str, Any]:
    return {"group": "CIS v5", "name": name, "title": f"Title {name}", "status": status, "why": why, **more}


def report(elsewhere: tuple[str, ...] = (), **results: Any) -> Report:
    return build("Posture", "2026-11-29", results, elsewhere)


BAD = [item("3.1", "fail", EVIL, remedy="Run site.yml."), item("3.2", "fail", EVIL, remedy="Run site.yml.")]
GOOD = [item("3.1", "pass", seconds=1.5), item("3.2", "not applicable", "Elsewhere.")]


def test_the_text_shows_each_cause_once_with_its_accounts_and_controls() -> None:
    text = as_text(report(production=GOOD, staging=BAD, sandbox=BAD, test="Access denied."))
    assert "CIS v5  1 pass, 1 not applicable  2 fail   2 fail   -" in text
    assert text.count("Run site.yml.") == 1
    assert "staging, sandbox: <script>" in text and "    CIS v5 3.1, 3.2\n" in text
    assert "test: not judged. Access denied." in text


def test_the_text_of_many_accounts_adds_them_up() -> None:
    text = as_text(report(**{f"account-{number}": BAD if number < 7 else GOOD for number in range(100)}))
    assert "93 meet it, 7 do not" in text
    assert "account-3 and 3 more" in text
    assert len(text.splitlines()) < 12


def test_members_that_another_account_judges_are_no_failure_and_one_line() -> None:
    members = {f"member-{number}": "Judge it there." for number in range(99)}
    found = report(elsewhere=tuple(members), central=GOOD, **members)
    text = as_text(found)
    assert found.is_met and "1 meet it, 0 do not" in text
    assert "member-0, member-1, member-2, member-3 and 95 more: not judged. Judge it there." in text
    suite = ElementTree.fromstring(as_junit(found))[1]
    assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == ["1", "0", "0", "1"]
    assert [(case.get("classname"), case.get("name"), case[0].tag) for case in suite] == [
        ("account", "judged", "skipped")
    ]


def test_everything_is_met_if_nothing_fails() -> None:
    assert report(production=GOOD).is_met and as_text(report(production=GOOD)).endswith("Everything is met.\n")
    assert not report(production=GOOD, test="Access denied.").is_met


def test_junit_counts_failures_errors_and_skipped_ones() -> None:
    root = ElementTree.fromstring(as_junit(report(production=GOOD, staging=BAD, test="Denied.")))
    counts = [tuple(suite.get(name) for name in ("tests", "failures", "errors", "skipped")) for suite in root]
    assert counts == [("2", "0", "0", "1"), ("2", "2", "0", "0"), ("1", "0", "1", "0")]
    failure = root[1][0][0]
    assert (failure.tag, failure.text) == ("failure", "Run site.yml.")
    assert root[0][0].get("time") == "1.500"


def test_the_page_is_one_file_without_scripts_and_shows_names_as_they_are() -> None:
    for results in ({"staging": BAD}, {f"account-{number}": BAD for number in range(20)}):
        page = as_html(report(**results))
        assert "&lt;script&gt;" in page
        assert not re.search(r"<script|<link|https?:|url\(|@import|\bsrc=|\bon\w+=", page)
        assert "prefers-color-scheme:dark" in page and "@media print" in page
