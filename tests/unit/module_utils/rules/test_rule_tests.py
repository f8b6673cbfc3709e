from __future__ import annotations

from ansible_collections.secmon.aws.plugins.module_utils.rules.rule_tests import run_tests

from tests.unit.module_utils.rules.rule_builders import (
    ARN,
    make_rule,
    narrowed_body,
    record,
    rule_from,
    secret_read,
)


def test_passing_tests_have_no_explanation() -> None:
    results = run_tests([make_rule()])
    assert [result.expected for result in results] == [True, True, False, False, False]
    assert all(result.passed and result.matched is result.expected and not result.explanation for result in results)


def test_a_missing_match_is_explained_by_the_false_condition_and_the_value() -> None:
    rule = make_rule(tests=[{"name": "t", "match": True, "event": record(eventName="DescribeSecret")}])
    (result,) = run_tests([rule])
    assert (result.rule_id, result.test_name, result.passed) == ("secret_access", "t", False)
    (line,) = result.explanation
    assert line == 'condition `$.eventName = "GetSecretValue"` is false: the event has "DescribeSecret"'


def test_only_decisive_conditions_are_listed() -> None:
    pattern = "{ ($.a = 1) && (($.b = 1) || ($.c = 1)) && (($.d = 1) || ($.d = 2) || ($.d = 3)) }"
    event = {"a": 1, "b": 2, "c": 1, "d": 4}
    (result,) = run_tests([make_rule(pattern=pattern, tests=[{"name": "t", "match": True, "event": event}])])
    assert result.explanation == ("condition `$.d = 1` and 2 more up to `$.d = 3` are false: the event has 4",)
    tests = [{"name": "t", "match": False, "event": {**event, "d": 2}}]
    (result,) = run_tests([make_rule(pattern=pattern, tests=tests)])
    assert [line.split("`")[1] for line in result.explanation] == ["$.a = 1", "$.c = 1", "$.d = 2"]


def test_an_absent_field_is_reported_as_absent() -> None:
    event = record()
    del event["eventSource"]
    (result,) = run_tests([make_rule(tests=[{"name": "t", "match": True, "event": event}])])
    assert "`$.eventSource" in result.explanation[0]
    assert "absent" in result.explanation[0]


def test_an_unexpected_match_is_explained_by_the_true_conditions() -> None:
    (result,) = run_tests([make_rule(tests=[{"name": "t", "match": False, "event": record()}])])
    assert not result.passed
    assert len(result.explanation) == 2
    assert all(" is true: the event has " in line for line in result.explanation)


def test_tests_use_the_first_sample_by_default() -> None:
    body = narrowed_body()
    body["parameters"]["secret"]["samples"] = [ARN, "other"]
    body["tests"] = [
        {"name": "the sample", "match": True, "event": secret_read("MySampleSecret")},
        {"name": "not the second", "match": False, "event": secret_read("other")},
        {"name": "its own", "match": True, "event": secret_read("other"), "parameters": {"secret": "other"}},
        {"name": "any of", "match": True, "event": secret_read("b"), "parameters": {"secret": ["a", "b"]}},
        {"name": "not narrowed", "match": True, "event": secret_read("x"), "parameters": {"secret": None}},
    ]
    assert all(result.passed for result in run_tests([rule_from(body)]))


def test_a_log_line_can_be_a_test_event() -> None:
    tests = [
        {"name": "error", "match": True, "event": "2026-09-13 ERROR disk full"},
        {"name": "info", "match": True, "event": "2026-09-13 INFO ok"},
    ]
    first, second = run_tests([make_rule(pattern="ERROR disk", tests=tests)])
    assert first.passed
    assert not second.passed
    assert second.explanation
