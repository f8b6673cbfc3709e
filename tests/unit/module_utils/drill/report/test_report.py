"""Test the report of a drill: its verdicts, and the same facts as text, JUnit and HTML."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from ansible_collections.secmon.aws.plugins.module_utils.drill.report.formats import as_junit, as_text
from ansible_collections.secmon.aws.plugins.module_utils.drill.report.model import document
from ansible_collections.secmon.aws.plugins.module_utils.drill.report.page import as_page


def result(name: str, status: str, cause: str = "", **changed: Any) -> dict[str, Any]:
    found = {"id": name, "title": f"Title of {name}", "severity": "high", "alarm_name": name, "status": status}
    found |= {
        "events": 1,
        "seconds": {"notification": 61.0} if status == "fired" else {},
        "stage": "metric" if cause else "",
    }
    code = cause.split()[0].lower() if cause else ""
    return found | {"cause_code": code, "cause": cause, "remedy": "Mend it." if cause else "", **changed}


def account(host: str, drill: list[dict[str, Any]], near: list[dict[str, Any]]) -> dict[str, Any]:
    done = {"run": "20260131T120000Z-abcdef", "began": "2026-01-31T12:00:00Z", "seconds": 100.0, "in_alarm": []}
    return {
        "host": host,
        "account_id": "111122223333",
        "region": "eu-west-1",
        "drill": {**done, "rules": drill},
        "near_misses": {**done, "rules": near},
    }


REPORT = document(
    "sample",
    [
        account("one", [result("a", "fired"), result("b", "broken", "Muted <by> hand.")], [result("a", "silent")]),
        account(
            "two",
            [result("a", "fired"), result("c", "not_drilled", "Nothing to send.")],
            [result("a", "raised", "Wide pattern.")],
        ),
    ],
    ["three"],
)


def test_a_near_miss_that_raised_its_alarm_and_a_host_without_a_result_fail_the_drill() -> None:
    assert not REPORT["passed"] and REPORT["verdicts"] == {"good": 1, "bad": 2, "unclear": 0, "none": 1}
    good = document("sample", [account("one", [result("a", "fired")], [result("a", "silent")])])
    assert good["passed"]
    assert not document("sample", [], ["three"])["passed"]
    failed = account("one", [], []) | {"drill": {"msg": "AccessDenied."}}
    assert document("live", [failed])["accounts"][0]["error"] == "AccessDenied."


def test_the_text_has_a_table_and_each_cause_once() -> None:
    lines = as_text(REPORT)
    assert "rule  one    two              three" in lines
    assert "a     61 s   near miss: wide" in lines
    assert "b     muted" in lines
    assert [line for line in lines if "Muted <by> hand." in line] == ["BROKEN  b (one): Muted <by> hand."]
    assert lines.count("        Mend it.") == 3
    assert any("three: not drilled." in line for line in lines)


def test_junit_has_a_case_for_each_rule_and_near_miss() -> None:
    root = ElementTree.fromstring(as_junit(REPORT))
    one, two, three = root
    assert (one.get("tests"), one.get("failures")) == ("3", "1")
    assert (two.get("failures"), two.get("skipped"), three.get("errors")) == ("1", "1", "1")
    failure = one.find("testcase[@name='b']/failure")
    assert failure is not None and failure.get("message") == "Muted <by> hand."


def test_the_page_is_self_contained_and_escapes_what_it_shows() -> None:
    page = as_page(REPORT)
    assert "Muted &lt;by&gt; hand." in page and "<by>" not in page
    assert "src=" not in page and "href=" not in page and "http" not in page
    assert "prefers-color-scheme: dark" in page and "@media print" in page
    assert 'class="bad"' in page and "not deployed" in page
