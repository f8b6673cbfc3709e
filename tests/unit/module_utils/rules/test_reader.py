from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import rule_to_mapping
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import Problem, ValidationError

from tests.unit.module_utils.rules.rule_builders import (
    narrowed_body,
    record,
    rule_body,
    rule_from,
)


def problems_of(body: dict[str, Any]) -> dict[str, Problem]:
    with pytest.raises(ValidationError) as caught:
        rule_from(body)
    return {problem.key: problem for problem in caught.value.problems}


def with_part(part: str, **changes: Any) -> dict[str, Any]:
    body = rule_body()
    kept = {key: value for key, value in {**body[part], **changes}.items() if value != "REMOVE"}
    return {**body, part: kept}


def test_rejects_a_parameter_without_a_body() -> None:
    assert "parameters.secret" in problems_of(narrowed_body(parameters={"secret": None}))


@pytest.mark.parametrize(
    ("key", "body", "words"),
    [
        ("id", {"id": "Secret-Access"}, "not a valid rule id"),
        ("title", {"title": ""}, "empty"),
        ("title", {"title": "x" * 256}, "256 characters"),
        ("title", {"title": "a\nb"}, "several lines"),
        ("title", {"title": 5}, "not the number 5"),
        ("description", {"description": "x" * 1025}, "more than 1024"),
        ("description", {"description": "a\u202eb"}, "RIGHT-TO-LEFT OVERRIDE"),
        ("filter_name", {"filter_name": "a:b"}, "not a valid filter name"),
        ("filter_name", {"filter_name": "x" * 513}, "not a valid filter name"),
        ("filter_name", {"filter_name": "Tr\u0430ck"}, "CYRILLIC SMALL LETTER A, which looks like 'a'"),
        ("version", {"version": 0}, "use 1 or more"),
        ("version", {"version": True}, "must be an integer, not the boolean true"),
        ("version", {"version": 1.5}, "must be an integer, not the number 1.5"),
        ("enabled", {"enabled": "true"}, "write true without quotes"),
        ("tests", {"tests": {}}, "must be a list, not an empty mapping"),
        ("tests[0]", {"tests": ["x"]}, "mapping"),
        ("false_positives", {"false_positives": "none"}, "must be a list"),
        ("references.cis.v5.0", {"references": {"cis": {"v5.0": 4.3}}}, "not the number 4.3"),
        ("references.cis.five", {"references": {"cis": {"five": "4.3"}}}, "not a valid version of the CIS benchmark"),
        ("references.mitre_attack[0]", {"references": {"mitre_attack": ["1555"]}}, "not a valid ATT&CK technique"),
        ("references.links[0]", {"references": {"links": ["http://a"]}}, "not a valid link"),
        ("references.cwe", {"references": {"cwe": "1"}}, "is not a known key"),
        ("pattern", {"pattern": 5}, "not the number 5"),
        ("pattern", {"pattern": "{ $.a = 1 }\n"}, "line break"),
        ("pattern", {"pattern": "{ $.a = 1 &&\n $.b = 2 }"}, "LINE FEED"),
        ("pattern", {"pattern": '{ $.eventName = "Get\u0405ecretValue" }'}, "looks like 'S'"),
        ("pattern", {"pattern": '{ $.eventName == "X" }'}, "^"),
        ("pattern", {"pattern": f'{{ $.eventName = "{"x" * 1024}" }}'}, "1024"),
    ],
)
def test_an_invalid_value_is_reported_by_key(key: str, body: dict[str, Any], words: str) -> None:
    problems = problems_of(rule_body(**body))
    assert words in str(problems[key])


@pytest.mark.parametrize(
    ("key", "part", "changes", "words"),
    [
        ("metric.namespace", "metric", {"namespace": "AWS/Logs"}, "reserved"),
        ("metric.namespace", "metric", {"namespace": "a$b"}, "not a valid metric namespace"),
        ("metric.name", "metric", {"name": "x" * 256}, "not a valid metric name"),
        ("metric.value", "metric", {"value": "one"}, "neither a number nor a selector"),
        ("metric.value", "metric", {"value": "$.bytes"}, "does not name"),
        ("metric.value", "metric", {"value": "1" * 101}, "more than 100"),
        ("metric.value", "metric", {"value": True}, "the boolean true"),
        ("metric.unit", "metric", {"unit": "count"}, 'Did you mean "Count"?'),
        ("metric.default_value", "metric", {"default_value": "0"}, "must be a number"),
        ("metric.default_value", "metric", {"dimensions": {"A": "$.eventName"}}, "dimensions"),
        (
            "metric.dimensions",
            "metric",
            {"default_value": "REMOVE", "dimensions": dict.fromkeys("abcd", "$.eventName")},
            "has 4 entries, more than 3",
        ),
        ("metric.dimensions.A", "metric", {"default_value": "REMOVE", "dimensions": {"A": "$.other"}}, "not name"),
        ("alarm.period_seconds", "alarm", {"period_seconds": 90}, "10, 20, 30 or a multiple of 60"),
        ("alarm.evaluation_periods", "alarm", {"period_seconds": 3600, "evaluation_periods": 25}, "90,000 seconds"),
        ("alarm.datapoints_to_alarm", "alarm", {"datapoints_to_alarm": 2}, "do not fit"),
        ("alarm.statistic", "alarm", {"extended_statistic": "p99"}, "exactly one"),
        ("alarm.statistic", "alarm", {"statistic": "sum"}, 'Did you mean "Sum"?'),
        ("alarm.extended_statistic", "alarm", {"statistic": "REMOVE", "extended_statistic": "99"}, "p99"),
        ("alarm.comparison", "alarm", {"comparison": "GreaterOrEqual"}, "GreaterThan"),
        ("alarm.missing_data", "alarm", {"missing_data": "notbreaching"}, 'Did you mean "notBreaching"?'),
        ("alarm.threshold", "alarm", {"threshold": float("nan")}, "must be a number"),
        ("alarm.treshold", "alarm", {"treshold": 1}, 'Did you mean "threshold"?'),
    ],
)
def test_rejects_values_beyond_the_limits_of_aws(key: str, part: str, changes: dict[str, Any], words: str) -> None:
    body = with_part(part, **changes)
    assert words in str(problems_of(body)[key])


@pytest.mark.parametrize(
    ("part", "changes"),
    [
        ("metric", {"value": 1}),
        ("metric", {"value": "1e3", "unit": "Count"}),
        ("metric", {"value": "$.eventName", "default_value": "REMOVE", "dimensions": {"Source": "$.eventSource"}}),
        ("metric", {"default_value": None}),
        ("alarm", {"period_seconds": 10}),
        ("alarm", {"period_seconds": 86400}),
        ("alarm", {"statistic": "REMOVE", "extended_statistic": "p99.9"}),
        ("alarm", {"evaluation_periods": 3, "datapoints_to_alarm": 2}),
    ],
)
def test_accepts_what_aws_accepts(part: str, changes: dict[str, Any]) -> None:
    rule_from(with_part(part, **changes))


def test_fields_of_a_delimited_pattern_can_be_metric_values() -> None:
    body = rule_body(pattern="[ip, user, ..., status = 4*, bytes]")
    for value in ("$bytes", "$status", "$2"):
        rule_from({**body, "metric": {**body["metric"], "value": value}})
    for value in ("$missing", "$.bytes", "$"):
        with pytest.raises(ValidationError):
            rule_from({**body, "metric": {**body["metric"], "value": value}})


def test_rejects_confusable_letters_in_event_names() -> None:
    body = rule_body()
    body["tests"][0]["event"] = record(eventName="GetSecretV\u0430lue")
    problem = problems_of(body)["tests[0].event.eventName"]
    assert "U+0430" in problem.message


def test_parameters_and_placeholders_must_have_the_same_names() -> None:
    body = narrowed_body(pattern='{ $.requestParameters.secretId = "${secrte}" }')
    body["tests"][0]["parameters"] = {"sceret": None}
    with pytest.raises(ValidationError) as caught:
        rule_from(body)
    problems = {problem.key: problem for problem in caught.value.problems}
    assert 'Did you mean "secret"?' in problems["pattern"].hint
    assert "does not use" in problems["parameters.secret"].message
    assert 'Did you mean "secret"?' in problems["tests[0].parameters.sceret"].hint


def test_samples_and_values_must_match_the_type() -> None:
    body = narrowed_body()
    body["parameters"]["secret"] = {**body["parameters"]["secret"], "samples": ["a*b", "x" * 513], "value": "a b"}
    with pytest.raises(ValidationError) as caught:
        rule_from(body)
    assert [problem.key for problem in caught.value.problems] == [
        "parameters.secret.samples",
        "parameters.secret.samples",
        "parameters.secret.value",
    ]


def test_rejects_parameters_of_a_compliance_rule() -> None:
    with pytest.raises(ValidationError) as caught:
        rule_from(narrowed_body(compliance=True))
    assert [problem.key for problem in caught.value.problems] == ["parameters"]


def test_a_rule_round_trips_through_a_mapping() -> None:
    body = narrowed_body(compliance=False, enabled=False, version=3)
    body["tests"][0]["parameters"] = {"secret": None}
    rule = rule_from(body)
    assert rule_from(rule_to_mapping(rule)) == rule
    assert rule.tests[0].parameters == {"secret": ()}
