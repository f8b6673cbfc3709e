"""The report says which rules EventBridge and Logs Insights can take, and which tests a rule fails there."""

from __future__ import annotations

from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.rules.engines import EVENTBRIDGE, INSIGHTS, engine_results
from ansible_collections.secmon.aws.plugins.module_utils.rules.report import format_engines
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule

from tests.unit.module_utils.rules.rule_builders import make_rule, record

PATTERN = '{ ($.eventName = "GetSecretValue") && ($.requestParameters.secretId NOT EXISTS) }'


def rule(pattern: str, event: Any) -> Rule:
    test = {"name": "the test", "match": False, "event": event}
    return make_rule(pattern=pattern, tests=[test])


def test_a_rule_that_both_engines_take_has_its_texts() -> None:
    results = engine_results([rule(PATTERN, record())])

    assert [(result.engine, result.reasons, result.failed) for result in results] == [
        (EVENTBRIDGE, (), ()),
        (INSIGHTS, (), ()),
    ]
    assert results[0].state == "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    assert format_engines(results).splitlines() == [
        "rule           EventBridge     Logs Insights",
        f"secret_access  {len(results[0].text)} characters  {len(results[1].text)} characters",
    ]


def test_the_reason_against_a_rule_is_printed_with_its_source() -> None:
    text = format_engines(engine_results([rule("{ $.eventName = %Get% }", record(eventName="PutSecretValue"))]))

    assert text.splitlines()[1].split() == ["secret_access", "no", "27", "characters"]
    assert "EventBridge cannot take secret_access:\n  $.eventName = %Get%: EventBridge has no regular" in text
    assert "Logs Insights cannot take" not in text


def test_a_test_that_an_engine_judges_differently_is_named() -> None:
    event = record(requestParameters={"secretId": {"arn": "an object"}})
    text = format_engines(engine_results([rule(PATTERN, event)]))

    assert "EventBridge fails tests of secret_access:\n  test 'the test' FAILED" in text
    assert "Logs Insights fails tests of secret_access:" in text
