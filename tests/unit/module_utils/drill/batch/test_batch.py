"""Test what a drill sends: how many events an alarm needs, which events are chosen, their mark, and scenarios."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch.events import choose_events
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch.sample import events_needed, times_of_events
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch.scenario import read_scenario
from ansible_collections.secmon.aws.plugins.module_utils.drill.marks import is_drill, marked
from ansible_collections.secmon.aws.plugins.module_utils.rules.overrides import apply_overrides
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from ansible_collections.secmon.aws.plugins.module_utils.rules.selection import deployed

ABOVE, FROM = "GreaterThanThreshold", "GreaterThanOrEqualToThreshold"


@pytest.mark.parametrize(
    ("statistic", "comparison", "threshold", "value", "number"),
    [
        ("Sum", FROM, 1, 1, 1),
        ("Sum", ABOVE, 1, 1, 2),
        ("Sum", FROM, 5, 2, 3),
        ("SampleCount", FROM, 3, 100, 3),
        ("Maximum", FROM, 5, 7, 1),
        ("Average", ABOVE, 7, 7, None),
    ],
)
def test_as_many_events_as_breach_the_threshold_are_needed(
    statistic: str, comparison: str, threshold: float, value: float, number: int | None
) -> None:
    assert events_needed(statistic, comparison, threshold, value) == number


def rule(alarm: dict[str, object] | None = None, **changed: object) -> Rule:
    event = {"eventName": "Call", "requestParameters": {"name": "sample"}}
    body = {
        "title": "A rule",
        "pattern": '{ $.requestParameters.name = "${name}" }',
        "parameters": {
            "name": {
                "type": "role_name",
                "description": "A name.",
                "required": True,
                "samples": ["sample"],
                "value": "own",
            }
        },
        "alarm": alarm or {},
        "tests": [
            {"name": "match", "match": True, "event": event},
            {"name": "near", "match": False, "event": {"eventName": "Call", "requestParameters": {"name": "other"}}},
        ],
    }
    (made,) = deployed(apply_overrides([], ("test", {"a_rule": {**body, **changed}})))
    return made


def test_events_of_several_periods_are_sent_at_their_times() -> None:
    found = times_of_events(rule({"threshold": 2, "evaluation_periods": 3, "datapoints_to_alarm": 2}), "{}")
    assert found == (60, 60, 0, 0)


@pytest.mark.parametrize(
    ("alarm", "words"),
    [
        ({"comparison": "LessThanThreshold"}, "raised by few events"),
        ({"threshold": 5000}, "a drill sends 1000"),
        ({"statistic": "Maximum", "threshold": 2}, "No number of its test events"),
    ],
)
def test_an_alarm_that_events_cannot_raise_is_explained(alarm: dict[str, object], words: str) -> None:
    assert words in str(times_of_events(rule(alarm), "{}"))


def test_events_get_the_values_of_the_account() -> None:
    chosen = choose_events([rule()], "444455556666")
    (match,), (near,) = chosen.matches, chosen.near_misses
    assert json.loads(match.text)["requestParameters"] == {"name": "own"}
    assert (match.name, near.name) == ("match", "near")


def test_a_rule_without_a_fitting_test_event_is_explained() -> None:
    tests = [{"name": "near", "match": False, "event": {"eventName": "Call"}}]
    more = [
        {
            "name": "match",
            "match": True,
            "event": {"requestParameters": {"name": "else"}},
            "parameters": {"name": "else"},
        }
    ]
    chosen = choose_events([rule(tests=tests + more)], "444455556666")
    assert json.loads(chosen.matches[0].text)["requestParameters"] == {"name": "own"}
    other = rule(
        pattern='{ ($.requestParameters.name = "${name}") && ($.userAgent = "exactly") }',
        tests=[
            {
                "name": "match",
                "match": True,
                "event": {"requestParameters": {"name": "sample"}, "userAgent": "exactly"},
            },
            *tests,
        ],
    )
    without = choose_events([other], "444455556666").without["a_rule"]
    assert "None of its test events matches its pattern" in without


def test_the_event_that_matches_the_fewest_rules_is_chosen() -> None:
    noisy = {"name": "noisy", "match": True, "event": {"eventName": "Other", "requestParameters": {"name": "sample"}}}
    quiet = {"name": "quiet", "match": True, "event": {"requestParameters": {"name": "sample"}}}
    near = {"name": "near", "match": False, "event": {"eventName": "Call"}}
    neighbour = rule(
        pattern='{ ($.eventName = "Other") && ($.requestParameters.name = "${name}") }', tests=[noisy, near]
    )
    chosen = choose_events([rule(tests=[noisy, quiet, near]), neighbour], "444455556666")
    assert [event.name for event in chosen.matches] == ["quiet", "noisy"]


def test_a_marked_record_has_ids_and_a_time_of_its_own() -> None:
    at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    before = {"eventTime": "2025-01-01T00:00:00Z", "eventID": "1", "requestID": "2", "userAgent": "aws-cli"}
    after = json.loads(marked(json.dumps(before), "run", at))
    assert (after["eventTime"], after["userAgent"]) == ("2026-01-31T12:00:00Z", "aws-cli secmon-drill/run")
    assert after["eventID"] != "1" and after["requestID"] != "2"
    assert is_drill(after) and is_drill({}, "secmon-drill") and not is_drill(before, "1_CloudTrail_eu-west-1")
    assert marked("no JSON", "run", at) == "no JSON"


def test_a_scenario_is_read_in_order_from_each_format(tmp_path: Path) -> None:
    records = [{"eventName": name} for name in "ABCDE"]
    (tmp_path / "1.json").write_text(json.dumps({"Records": records[:2]}))
    (tmp_path / "2.jsonl").write_text(f"{json.dumps(records[2])}\n\n")
    (tmp_path / "3.json.gz").write_bytes(gzip.compress(json.dumps(records[3:4]).encode()))
    (tmp_path / "4.json").write_text(json.dumps(records[4]))
    (tmp_path / "README.md").write_text("no record")
    names = [event.name for event in read_scenario(tmp_path)]
    assert names == ["1.json:1 A", "1.json:2 B", "2.jsonl:1 C", "3.json.gz:1 D", "4.json:1 E"]


@pytest.mark.parametrize(
    ("content", "words"),
    [("[", "neither JSON nor JSON lines"), ("[1]", "entry 1 is not a record"), ("", "not a folder with")],
)
def test_a_scenario_without_records_is_explained(tmp_path: Path, content: str, words: str) -> None:
    if content:
        (tmp_path / "1.json").write_text(content)
    with pytest.raises(RequestError, match=words):
        read_scenario(tmp_path)
