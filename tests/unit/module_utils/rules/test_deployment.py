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


def test_the_guides_filter_is_as_the_guide_has_it(rule: Rule) -> None:
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
    }


def test_the_guides_alarm_is_as_the_guide_has_it(rule: Rule) -> None:
    (alarm,) = detections([rule], {"secret_access": "SecretIsAccessed"}, [TOPIC_ARN]).alarms
    assert alarm["name"] == "SecretIsAccessed"
    assert (alarm["statistic"], alarm["period_seconds"], alarm["threshold"]) == ("Sum", 60, 1)
    assert alarm["comparison"] == "GreaterThanOrEqualToThreshold"
    assert alarm["alarm_actions"] == [TOPIC_ARN]
    assert alarm["actions_enabled"] is True
    assert "extended_statistic" not in alarm
    assert "tags" not in alarm


def test_an_alarm_without_a_name_is_called_as_its_filter_and_can_have_tags(rule: Rule) -> None:
    (alarm,) = detections([rule], {"other": "Other"}, [], {"team": "blue"}).alarms
    assert (alarm["name"], alarm["tags"]) == ("TrackSecretAccess", {"team": "blue"})


def test_a_percentile_takes_the_place_of_the_statistic(rule: Rule) -> None:
    changed = replace(rule, alarm=replace(rule.alarm, statistic=None, extended_statistic="p99"))
    (alarm,) = detections([changed], {}, []).alarms
    assert alarm["extended_statistic"] == "p99"
    assert "statistic" not in alarm


def test_a_metric_without_a_default_value_says_so(rule: Rule) -> None:
    changed = replace(rule, metric=replace(rule.metric, default_value=None, dimensions={"Who": "$.userIdentity.type"}))
    (metric_filter,) = detections([changed], {}, []).filters
    assert (metric_filter["default_value"], metric_filter["dimensions"]) == ("", {"Who": "$.userIdentity.type"})


def test_each_rule_is_told_and_each_namespace_once() -> None:
    rules = load_rules([RULES / pack for pack in ("guide", "cis")])
    found = detections([resolve(rule) for rule in rules], {}, [])
    assert found.namespaces == ("LogMetrics", "SecurityMetrics")
    assert [entry["id"] for entry in found.rules] == [rule.id for rule in rules]
    assert [entry["filter_name"] for entry in found.rules] == [entry["name"] for entry in found.filters]
    assert [entry["alarm_name"] for entry in found.rules] == [entry["name"] for entry in found.alarms]


def test_the_mail_says_what_happened_how_bad_it_is_and_what_to_do(rule: Rule) -> None:
    text = describe_alarm(rule)
    assert text.startswith("A secret value was read. Severity: high. Rule: secret_access, version ")
    assert "1. Find the record in CloudTrail's event history" in text


@given(st.text(min_size=1, max_size=3000))
def test_a_description_fits_and_ends_where_the_runbook_goes_on(runbook: str) -> None:
    (rule,) = load_rules(RULES / "guide")
    text = describe_alarm(replace(rule, runbook=runbook, tests=()))
    assert len(text) <= 1024
    assert runbook.strip() in text or text.endswith("[The runbook goes on in the rule secret_access.]")


def test_a_name_for_no_rule_and_a_name_of_two_alarms_are_told(rule: Rule) -> None:
    other = replace(rule, id="other", filter_name="Other")
    (unknown,) = alarm_name_problems([rule], {"secret_acess": "X"}, ["secret_access"])
    assert unknown == 'there is no rule "secret_acess". Did you mean "secret_access"?'
    (twice,) = alarm_name_problems([rule, other], {"other": "TrackSecretAccess"}, ["secret_access", "other"])
    assert "the alarms of secret_access and other are both called" in twice
    assert list(alarm_name_problems([], {"secret_access": "X"}, ["secret_access"])) == []
