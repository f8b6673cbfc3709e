from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.deployment import (
    alarm_name_problems,
    describe_alarm,
    detections,
)
from ansible_collections.secmon.aws.plugins.module_utils.rules.overrides import resolve
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from hypothesis import given
from hypothesis import strategies as st

TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:SecurityAlarms"
RULES = Path(__file__).resolve().parents[4] / "rules"


@pytest.fixture(scope="module")
def rule() -> Rule:
    (found,) = load_rules(RULES / "guide")
    return resolve(found)


def test_the_filter_of_the_guide_rule_is_that_of_the_aws_guide(rule: Rule) -> None:
    (metric_filter,) = detections([rule], {}, []).filters
    assert metric_filter == {
        "name": "TrackSecretAccess",
        "pattern": rule.pattern,
        "metric_namespace": "SecurityMetrics",
        "metric_name": "SecretAccessCount",
        "metric_value": "1",
        "default_value": 0,
        "unit": "None",
        "dimensions": {},
        "field_selection_criteria": "",
        "emit_system_field_dimensions": [],
    }


def test_the_alarm_of_the_guide_rule_is_that_of_the_aws_guide(rule: Rule) -> None:
    (alarm,) = detections([rule], {"secret_access": "SecretIsAccessed"}, [TOPIC_ARN]).alarms
    assert alarm["name"] == "SecretIsAccessed"
    assert (alarm["statistic"], alarm["period_seconds"], alarm["threshold"]) == ("Sum", 60, 1)
    assert alarm["comparison"] == "GreaterThanOrEqualToThreshold"
    assert alarm["alarm_actions"] == [TOPIC_ARN]
    assert alarm["actions_enabled"] is True
    assert "extended_statistic" not in alarm
    assert "tags" not in alarm


def test_an_alarm_is_named_after_its_filter_by_default_and_can_have_tags(rule: Rule) -> None:
    (alarm,) = detections([rule], {"other": "Other"}, [], {"team": "blue"}).alarms
    assert (alarm["name"], alarm["tags"]) == (
        "TrackSecretAccess",
        {
            "secmon:severity": "high",
            "secmon:rule": "secret_access",
            "secmon:runbook": "https://github.com/secmon/aws/blob/main/rules/guide/secret_access.yml",
            "team": "blue",
        },
    )


def test_an_extended_statistic_replaces_the_statistic(rule: Rule) -> None:
    changed = replace(rule, alarm=replace(rule.alarm, statistic=None, extended_statistic="p99"))
    (alarm,) = detections([changed], {}, []).alarms
    assert alarm["extended_statistic"] == "p99"
    assert "statistic" not in alarm


def test_a_missing_default_value_is_passed_as_empty(rule: Rule) -> None:
    changed = replace(rule, metric=replace(rule.metric, default_value=None, dimensions={"Who": "$.userIdentity.type"}))
    (metric_filter,) = detections([changed], {}, []).filters
    assert (metric_filter["default_value"], metric_filter["dimensions"]) == ("", {"Who": "$.userIdentity.type"})


def test_summarizes_each_rule_and_lists_each_namespace_once() -> None:
    rules = load_rules([RULES / pack for pack in ("guide", "cis")])
    found = detections([resolve(rule) for rule in rules], {}, [])
    assert found.namespaces == ("LogMetrics", "SecurityMetrics")
    assert [entry["id"] for entry in found.rules] == [rule.id for rule in rules]
    assert [entry["filter_name"] for entry in found.rules] == [entry["name"] for entry in found.filters]
    assert [entry["alarm_name"] for entry in found.rules] == [entry["name"] for entry in found.alarms]


def test_the_description_has_title_severity_and_runbook(rule: Rule) -> None:
    text = describe_alarm(rule)
    assert text.startswith("A secret value was read. Severity: high. Rule: secret_access, version ")
    assert "1. List the records that the alarm counted" in text


@given(st.text(min_size=1, max_size=3000))
def test_a_long_description_is_cut_with_a_reference_to_the_rule(runbook: str) -> None:
    (rule,) = load_rules(RULES / "guide")
    text = describe_alarm(replace(rule, runbook=runbook, tests=()))
    assert len(text) <= 1024
    assert runbook.strip() in text or text.endswith("[The runbook continues in rule secret_access.]")


def test_reports_alarm_names_of_unknown_rules_and_duplicate_names(rule: Rule) -> None:
    other = replace(rule, id="other", filter_name="Other")
    (unknown,) = alarm_name_problems([rule], {"secret_acess": "X"}, ["secret_access"])
    assert unknown == 'no rule has the id "secret_acess". Did you mean "secret_access"?'
    (twice,) = alarm_name_problems([rule, other], {"other": "TrackSecretAccess"}, ["secret_access", "other"])
    assert "the alarms of secret_access and other are both named" in twice
    assert list(alarm_name_problems([], {"secret_access": "X"}, ["secret_access"])) == []


def test_a_filter_has_the_test_events_of_its_rule_if_requested(rule: Rule) -> None:
    (metric_filter,) = detections([rule], {}, []).filters
    assert "test_messages" not in metric_filter
    (metric_filter,) = detections([rule], {}, [], test_messages=True).filters
    assert metric_filter["test_messages"] == [test.message for test in rule.tests] != []
