"""Test the results of a drill as one document and as a report."""

from __future__ import annotations

from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.drill.document import as_report, document, failure, remarks
from ansible_collections.secmon.aws.plugins.module_utils.reports.text import as_text


def result(name: str, status: str, cause: str = "") -> dict[str, Any]:
    seconds = {"metric": 40.0, "notification": 61.0} if status == "fired" else {}
    found = {
        "id": name,
        "title": f"Title of {name}",
        "alarm_name": name,
        "engine": "Alarms",
        "severity": "high",
        "status": status,
        "seconds": seconds,
    }
    return found | {
        "cause_code": cause.split()[0] if cause else "",
        "cause": cause,
        "remedy": "Correct it." if cause else "",
    }


def account(host: str, drill: list[dict[str, Any]], near: list[dict[str, Any]]) -> dict[str, Any]:
    done = {"run": "20260131T120000Z-abcdef", "began": "2026-01-31T12:00:00Z", "seconds": 100.0, "in_alarm": [host]}
    place = {"host": host, "account_id": "111122223333", "region": "eu-west-1"}
    return {**place, "drill": {**done, "rules": drill}, "near_misses": {**done, "rules": near}}


FOUND = document(
    "sample",
    [
        account("one", [result("a", "fired"), result("b", "broken", "Muted manually.")], [result("a", "silent")]),
        account(
            "two",
            [result("a", "fired"), result("c", "not_drilled", "Nothing to send.")],
            [result("a", "raised", "Wide pattern.")],
        ),
        {"host": "member", "central": "111122223333"},
    ],
    ["three"],
)


def test_a_near_miss_that_raised_its_alarm_and_a_host_without_a_result_fail_the_drill() -> None:
    assert not FOUND["passed"]
    assert FOUND["counts"] == {"broken": 1, "fired": 2, "not_drilled": 1, "raised": 1, "silent": 1}
    good = document("sample", [account("one", [result("a", "fired")], [result("a", "silent")])])
    assert good["passed"] and as_report(good).is_met
    assert not document("sample", [], ["three"])["passed"]
    failed = account("one", [], []) | {"drill": {"msg": "AccessDenied."}}
    assert document("live", [failed])["accounts"][0]["error"] == "AccessDenied."


def test_members_of_an_organization_say_where_their_alarms_are_drilled() -> None:
    members = document("sample", [{"host": f"m{number}", "central": "1"} for number in range(7)])
    assert "m0, m1, m2, m3, m4 and 2 more" in remarks(members)[0]
    assert "Everything is met" not in as_text(as_report(members))


def test_a_part_that_did_not_run_fails_the_drill_and_hides_no_other_result() -> None:
    denied = {"failed": True, "msg": "PutLogEvents was denied."}
    done = account("one", [result("a", "fired")], [result("a", "silent")])
    for part, group in (("near_misses", "Near misses"), ("events", "Event alerts")):
        found = document("sample", [done | {part: denied}])
        assert not found["passed"] and "PutLogEvents was denied." in as_text(as_report(found))
        statuses = {row.group: row.cells["one"].status for row in as_report(found).rows}
        assert statuses["Alarms"] == "pass" and statuses[group] == "fail"


def test_the_report_shows_seconds_causes_and_near_misses() -> None:
    report = as_report(FOUND)
    cells = {(row.group, row.name): row.cells for row in report.rows}
    assert report.columns == ("one", "two", "three")
    assert (
        cells["Alarms", "a"]["one"].text == "61 s"
        and cells["Alarms", "a"]["one"].why == "metric 40 s, notification 61 s"
    )
    assert cells["Alarms", "b"]["one"].text == "Muted" and cells["Near misses", "a"]["two"].status == "fail"
    text = as_text(report)
    assert "one: Muted manually. Correct it." in text and "three: not judged." in text


def test_what_does_not_count_is_remarked() -> None:
    assert remarks(FOUND)[:-1] == [
        "Not back in OK, one: one",
        "Not back in OK, two: two",
        "Not drilled, c (two): Nothing to send.",
    ]
    assert remarks(FOUND)[-1].startswith(
        "Nothing to drill in member: the alarms of the organization are in account 1111"
    )


def test_the_message_of_a_failure_names_rules_causes_and_the_file_and_stays_short() -> None:
    assert failure(FOUND, ["drill/drill.txt", "drill/drill.json"]) == (
        "one: b (Muted). two: a (Wide). three: It was not drilled; the run says why. The report above, also in"
        " drill/drill.txt, says what to do. Then run it again."
    )
    many = document("sample", [account("one", [result(f"r{number}", "broken", "Muted.") for number in range(88)], [])])
    assert "r4 (Muted.) and 83 more. The report above says" in failure(many, [])
