from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.rules.overrides import apply_overrides, resolve
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule, rule_to_mapping
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import Problem, ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.module_utils.rules.rule_builders import (
    ARN,
    make_rule,
    narrowed_body,
    rule_body,
    rule_from,
)

NARROWED = rule_from(narrowed_body())
COMPLIANCE = make_rule(compliance=True)


def override(*layers: Any, rule: Rule = NARROWED) -> Rule:
    return apply_overrides([rule], *layers)[0]


def errors_of(*layers: Any, rule: Rule = NARROWED) -> dict[str, Problem]:
    with pytest.raises(ValidationError) as caught:
        apply_overrides([rule], *layers)
    return {problem.key: problem for problem in caught.value.problems}


def test_host_overrides_group_and_group_overrides_the_file() -> None:
    group = {"secret_access": {"severity": "low", "alarm": {"threshold": 3, "period_seconds": 300}}}
    host = {"secret_access": {"alarm": {"threshold": 5}}}
    rule = override(group, host)
    assert (rule.severity, rule.alarm.threshold, rule.alarm.period_seconds) == ("low", 5.0, 300)
    assert rule.alarm.statistic == "Sum"
    assert replace(rule, severity="high", alarm=NARROWED.alarm) == NARROWED


def test_without_layers_rules_stay_equal_and_layers_are_never_modified() -> None:
    layer = {"secret_access": {"parameters": {"secret": ["a", "b"]}}}
    kept = copy.deepcopy(layer)
    assert override(layer, {"secret_access": {"parameters": {"secret": "c"}}}).parameters[0].value == ("c",)
    assert layer == kept
    assert apply_overrides([NARROWED]) == apply_overrides([NARROWED], {}, None) == (NARROWED,)


def test_a_disabled_rule_stays_in_the_result() -> None:
    assert override({"secret_access": {"enabled": False}}).enabled is False


def test_null_removes_a_field() -> None:
    layer = {"secret_access": {"alarm": {"statistic": None, "extended_statistic": "p99"}}}
    assert override(layer).alarm.statistic is None
    taken_back = override(
        {"secret_access": {"parameters": {"secret": "a"}}}, {"secret_access": {"parameters": {"secret": None}}}
    )
    assert taken_back.parameters[0].value == ()


def test_the_result_is_validated_and_problems_name_layer_rule_and_key() -> None:
    group = {"secret_access": {"alarm": {"period_seconds": 90}, "titel": "x"}}
    host = {"secret_access": {"parameters": {"secret": "a*"}}}
    problems = errors_of(("group_vars", group), ("host_vars", host))
    assert problems["secret_access.alarm.period_seconds"].source == "group_vars"
    assert problems["secret_access.titel"].hint == 'Did you mean "title"?'
    assert "period" in str(problems["secret_access.alarm.period_seconds"])
    problem = errors_of(("group_vars", {}), ("host_vars", host))["secret_access.parameters.secret.value"]
    assert (problem.source, problem.line) == ("host_vars", None)


def test_an_unknown_rule_or_parameter_gets_a_suggestion() -> None:
    problems = errors_of({"secret_acess": {"enabled": False}, "secret_access": {"parameters": {"sceret": "x"}}})
    assert 'Did you mean "secret_access"?' in problems["secret_acess"].hint
    assert 'Did you mean "secret"?' in problems["secret_access.parameters.sceret"].hint


@pytest.mark.parametrize("layer", [["secret_access"], "x", {"secret_access": False}, {"secret_access": ["x"]}, {1: {}}])
def test_a_layer_of_the_wrong_type_is_an_error(layer: Any) -> None:
    assert errors_of(layer)


def test_rejects_an_account_id_as_a_number() -> None:
    problems = errors_of({"secret_access": {"parameters": {"secret": 111122223333}}})
    assert "quote it" in problems["secret_access.parameters.secret.value"].hint


@pytest.mark.parametrize(
    "change",
    [
        {"pattern": "{ $.a = 1 }"},
        {"parameters": {"x": {"type": "string", "description": "x", "samples": ["x"]}}},
        {"compliance": False},
        {"metric": {"name": "Other"}},
        {"filter_name": "Other"},
        {"tests": []},
    ],
)
def test_rejects_overrides_of_what_security_hub_checks_in_a_compliance_rule(change: dict[str, Any]) -> None:
    problems = errors_of({"secret_access": change}, rule=COMPLIANCE)
    assert all("cannot be overridden" in problem.message for problem in problems.values())


def test_the_alarm_of_a_compliance_rule_can_be_overridden() -> None:
    layer = {"secret_access": {"alarm": {"threshold": 2}, "enabled": False, "severity": "low"}}
    rule = override(layer, rule=COMPLIANCE)
    assert (rule.alarm.threshold, rule.enabled, rule.severity) == (2.0, False, "low")


def test_an_unknown_id_with_a_full_body_is_a_new_rule() -> None:
    body = rule_body(filter_name="Mine", metric={"namespace": "SecurityMetrics", "name": "Mine"})
    del body["id"]
    rules = apply_overrides([NARROWED], {"mine": body}, {"mine": {"alarm": {"threshold": 9}}})
    assert [(rule.id, rule.alarm.threshold) for rule in rules] == [("secret_access", 1.0), ("mine", 9.0)]


def test_a_new_rule_is_validated_like_a_file() -> None:
    body = rule_body(filter_name="Mine", metric={"namespace": "SecurityMetrics", "name": "Mine"})
    problems = errors_of(("host_vars", {"mine": {key: body[key] for key in ("pattern", "filter_name", "metric")}}))
    assert problems.keys() == {"mine.tests", "mine.title"}
    assert {problem.source for problem in problems.values()} == {"host_vars"}


def test_overrides_cannot_make_two_rules_share_a_metric() -> None:
    body = rule_body(id="other", filter_name="Other", metric={"namespace": "SecurityMetrics", "name": "Other"})
    layer = {"other": {"metric": {"name": "SecretAccessCount"}}}
    with pytest.raises(ValidationError) as caught:
        apply_overrides([NARROWED, rule_from(body)], ("host_vars", layer))
    (problem,) = caught.value.problems
    assert (problem.source, problem.key) == ("host_vars", "other.metric")


def test_the_id_cannot_be_overridden() -> None:
    assert "secret_access.id" in errors_of({"secret_access": {"id": "x"}})


def test_a_parameter_can_be_defined_together_with_a_new_pattern() -> None:
    definition = {"type": "region", "description": "The region.", "required": False, "samples": ["eu-central-1"]}
    pattern = '{ ($.requestParameters.secretId = "${secret}") && ($.eventName = "*") && ($.awsRegion = "${region}") }'
    rule = override({"secret_access": {"pattern": pattern, "parameters": {"region": definition}}})
    assert [parameter.name for parameter in rule.parameters] == ["secret", "region"]


def test_resolve_uses_the_values_of_layers_and_arguments() -> None:
    rule = override({"secret_access": {"parameters": {"secret": "mine"}}})
    assert "mine" in resolve(rule).pattern
    assert "yours" in resolve(rule, {"secret": ["yours"]}).pattern
    assert "secretId" not in resolve(rule, {"secret": None}).pattern
    assert "secretId" not in resolve(NARROWED).pattern


def test_resolve_is_idempotent() -> None:
    once = resolve(NARROWED, {"secret": ARN})
    assert resolve(once) == once


def test_resolve_keeps_a_pattern_without_parameters_verbatim() -> None:
    rule = make_rule(pattern='{($.eventName="GetSecretValue")}', compliance=True)
    assert resolve(rule) == rule


@pytest.mark.parametrize(
    ("values", "key", "words"),
    [
        ({"sceret": "x"}, "parameters.sceret", 'Did you mean "secret"?'),
        ({"secret": "a*"}, "parameters.secret", "wildcard"),
        ({"secret": 5}, "parameters.secret", "quote it"),
        ({"secret": ["a", 5]}, "parameters.secret[1]", "quote it"),
    ],
)
def test_an_invalid_value_is_reported_with_its_key(values: dict[str, Any], key: str, words: str) -> None:
    with pytest.raises(ValidationError) as caught:
        resolve(replace(NARROWED, path=Path("a/secret_access.yml")), values)
    (problem,) = caught.value.problems
    assert (problem.source, problem.key) == ("a/secret_access.yml", key)
    assert words in str(problem)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("${secret}"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
KEYS = st.sampled_from([*narrowed_body(), "references", "nonsense"])


@given(st.dictionaries(st.just("secret_access"), st.dictionaries(KEYS, JUNK, max_size=3), max_size=1) | JUNK)
def test_any_layer_gives_valid_rules_or_a_rule_error(layer: Any) -> None:
    try:
        rules = apply_overrides([NARROWED], layer)
    except ValidationError as error:
        assert error.problems
        assert str(error)
    else:
        assert all(rule_from(rule_to_mapping(rule)) == rule for rule in rules)


def test_a_filled_rule_keeps_its_template_and_can_be_filled_again() -> None:
    (rule,) = apply_overrides([NARROWED], {"secret_access": {"parameters": {"secret": "MySampleSecret"}}})
    assert "${secret}" in rule.written_pattern
    assert "MySampleSecret" in rule.pattern
    (other,) = apply_overrides([rule], {"secret_access": {"parameters": {"secret": "Other"}}})
    assert "MySampleSecret" not in other.pattern
    assert "Other" in other.pattern
