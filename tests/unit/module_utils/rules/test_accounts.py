"""Rules for a log group with the events of several accounts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.deployment import by_account, tells_accounts_apart

from tests.support.shipped_rules import shipped_rules

RULES = shipped_rules()
(SECRET,) = (rule for rule in RULES if rule.id == "secret_access")


def test_every_shipped_rule_tells_accounts_apart_unless_a_standard_prescribes_its_filter() -> None:
    assert [rule.id for rule in RULES if tells_accounts_apart(by_account(rule)) == rule.compliance] == []


def test_the_filter_matches_the_same_events_of_any_account() -> None:
    before, after = compile_pattern(SECRET.pattern), compile_pattern(by_account(SECRET).pattern)
    for test in SECRET.tests:
        message = json.dumps({**json.loads(test.message), "recipientAccountId": "111111111111"})
        assert after.matches(message) == before.matches(message)


@pytest.mark.parametrize(
    "change",
    [
        {"pattern": "ERROR"},
        {"pattern": f'{{ $.a = "{"x" * 1000}" }}'},
        {"alarm": replace(SECRET.alarm, statistic=None, extended_statistic="p99")},
        {"alarm": replace(SECRET.alarm, comparison="LessThanThreshold")},
        {"alarm": replace(SECRET.alarm, evaluation_periods=181)},
        {"metric": replace(SECRET.metric, dimensions={"user": "$.userIdentity.arn"})},
    ],
)
def test_a_rule_of_another_form_keeps_one_metric(change: dict[str, Any]) -> None:
    rule = replace(SECRET, **change)
    assert by_account(rule) == rule
