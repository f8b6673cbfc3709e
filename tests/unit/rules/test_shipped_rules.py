"""Checks of all shipped rules; the tests of each rule are in its file."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import LogMessage, compile_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.lint.lint import lint_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.overrides import resolve
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import fill_pattern, sample_values
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule_tests import run_tests

from tests.unit.rules.overlap_matrix import MATRIX, RULES, matrix, wide_pattern

PUBLISHED = Path(__file__).parent / "data" / "cis_patterns.txt"
MAX_PATTERN_LENGTH = 1024  # CloudWatch Logs API, FilterPattern
PACKS = {"guide": 1, "cis": 15, "operational": 15, "guard": 28, "threat": 32}
IDENTITY_TYPES = {"Root", "IAMUser", "AssumedRole", "FederatedUser", "AWSService", "AWSAccount", "IdentityCenterUser"}
# The ranges that RFC 5737 reserves for documentation.
ADDRESSES = ("198.51.100.", "203.0.113.", "192.0.2.")


@cache
def shipped() -> tuple[Rule, ...]:
    return load_rules([RULES])


def events() -> Iterator[tuple[Rule, dict[str, Any]]]:
    for rule in shipped():
        for test in rule.tests:
            assert not isinstance(test.event, str), f"{rule.id}: {test.name} is not a record"
            yield rule, dict(test.event)


def by_id(rule_id: str) -> Rule:
    return next(rule for rule in shipped() if rule.id == rule_id)


def test_every_pack_has_the_documented_number_of_rules() -> None:
    packs = [rule.path.parent.name for rule in shipped() if rule.path]
    assert {pack: packs.count(pack) for pack in packs} == PACKS


def test_the_readme_lists_every_rule() -> None:
    readme = (RULES / "README.md").read_text(encoding="utf-8")
    missing = [rule.id for rule in shipped() if f"| `{rule.id}` | {rule.title} | {rule.severity} |" not in readme]
    assert missing == []


def test_every_rule_passes_its_own_tests() -> None:
    assert [result for result in run_tests(shipped()) if not result.passed] == []


def test_the_lint_finds_nothing() -> None:
    assert lint_rules(shipped()) == ()


def test_every_rule_has_two_different_matching_events_and_three_near_misses() -> None:
    for rule in shipped():
        matching = {test.message for test in rule.tests if test.match}
        missing = {test.message for test in rule.tests if not test.match}
        assert len(matching) >= 2, rule.id
        assert len(missing) >= 3, rule.id


def test_no_two_records_share_an_event_id_unless_they_are_the_same_record() -> None:
    seen: dict[str, dict[str, Any]] = {}
    for rule, event in events():
        assert seen.setdefault(event["eventID"], event) == event, rule.id


def test_all_types_of_identity_occur() -> None:
    assert {event["userIdentity"].get("type") for _rule, event in events()} >= IDENTITY_TYPES


def test_every_version_of_the_record_occurs() -> None:
    assert {event["eventVersion"] for _rule, event in events()} == {"1.08", "1.09", "1.10", "1.11"}


def test_records_use_addresses_reserved_for_documentation() -> None:
    for rule, event in events():
        source = event["sourceIPAddress"]
        assert source.startswith(ADDRESSES) or source.endswith(".amazonaws.com") or source == "AWS Internal", rule.id


def test_a_service_call_has_the_service_as_source_address_and_no_tls_details() -> None:
    for rule, event in events():
        service = event["userIdentity"].get("invokedBy")
        if service and event["eventType"] == "AwsApiCall":
            assert event["sourceIPAddress"] == service, rule.id
            assert "tlsDetails" not in event, rule.id


def test_the_patterns_of_the_cis_pack_are_the_published_texts() -> None:
    published = dict(line.split(" | ", 1) for line in PUBLISHED.read_text(encoding="utf-8").splitlines())
    shipped_texts = {rule.id: rule.pattern for rule in shipped() if rule.compliance}
    assert shipped_texts == published


def test_only_rules_of_the_cis_pack_are_compliance_rules() -> None:
    for rule in shipped():
        assert rule.compliance == (rule.path is not None and rule.path.parent.name == "cis"), rule.id


def test_the_organizations_rule_refers_neither_to_cis_1_nor_to_security_hub() -> None:
    references = by_id("organizations_changes").references
    assert references.security_hub is None
    assert not {"v1.2", "v1.4"} & set(references.cis)


def test_the_guide_rule_is_that_of_the_aws_guide() -> None:
    rule = by_id("secret_access")
    assert rule.filter_name == "TrackSecretAccess"
    assert (rule.metric.namespace, rule.metric.name) == ("SecurityMetrics", "SecretAccessCount")
    assert (rule.metric.value, rule.metric.default_value) == ("1", 0)
    assert (rule.alarm.statistic, rule.alarm.period_seconds, rule.alarm.threshold) == ("Sum", 60, 1)
    guides = '{ ($.eventSource = "secretsmanager.amazonaws.com") && ($.eventName = "GetSecretValue") }'
    assert rule.pattern == guides
    assert resolve(rule).pattern == guides


def test_every_filled_pattern_is_within_the_length_limit() -> None:
    for rule in shipped():
        assert len(str(fill_pattern(rule, sample_values(rule)))) <= MAX_PATTERN_LENGTH, rule.id


def test_every_alarm_fires_at_the_first_event_of_a_period() -> None:
    for rule in shipped():
        assert (rule.alarm.statistic, rule.alarm.threshold) == ("Sum", 1), rule.id
        assert rule.alarm.missing_data == "notBreaching", rule.id


def test_runbooks_are_numbered_steps() -> None:
    for rule in shipped():
        steps = [line.split(".")[0] for line in rule.runbook.splitlines() if not line.startswith(" ")]
        assert steps == [str(number + 1) for number in range(len(steps))], rule.id
        assert len(steps) >= 4, rule.id


@pytest.mark.parametrize("rule_id", ["metric_filter_deleted", "alarm_silenced", "trail_stopped", "log_bucket_tampered"])
def test_rules_on_calls_that_no_deployment_makes_do_not_exclude_the_deployer(rule_id: str) -> None:
    assert all(parameter.type != "role_name" for parameter in by_id(rule_id).parameters)


def test_the_overlap_matrix_is_the_reviewed_one() -> None:
    assert matrix(shipped()) == MATRIX.read_text(encoding="utf-8"), "run overlap_matrix.py --write and read the diff"


def test_a_matching_event_also_matches_without_narrowing() -> None:
    for rule in shipped():
        wide = wide_pattern(rule)
        narrow = [test for test in rule.tests if test.match and not test.parameters]
        assert all(wide.matches(LogMessage(test.message)) for test in narrow), rule.id


def test_the_pattern_of_a_loaded_rule_can_be_compiled_and_matches() -> None:
    for rule in shipped():
        if any(parameter.required for parameter in rule.parameters):
            continue
        pattern = compile_pattern(rule.pattern)
        narrow = [test for test in rule.tests if test.match and not test.parameters]
        assert all(pattern.matches(test.message) for test in narrow), rule.id


def test_only_the_log_bucket_group_and_role_are_required_parameters() -> None:
    required = {rule.id for rule in shipped() for parameter in rule.parameters if parameter.required}
    assert required == {"log_bucket_tampered", "log_role_changed", "log_stream_forged"}
