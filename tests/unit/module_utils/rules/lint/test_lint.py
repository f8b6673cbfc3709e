from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.rules.lint.cis_patterns import CIS_PATTERNS
from ansible_collections.secmon.aws.plugins.module_utils.rules.lint.lint import Finding, LintContext, lint_rules
from ansible_collections.secmon.aws.plugins.module_utils.rules.overrides import apply_overrides
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule

from tests.unit.module_utils.rules.rule_builders import (
    make_rule,
    narrowed_body,
    record,
    rule_body,
    rule_from,
    secret_read,
)

VALID = make_rule()


def findings(rule: Rule, **context: Any) -> dict[str, Finding]:
    return {finding.code: finding for finding in lint_rules([rule], LintContext(**context))}


def with_alarm(**changes: Any) -> Rule:
    return replace(VALID, alarm=replace(VALID.alarm, **changes))


def test_a_valid_rule_has_no_findings_and_every_finding_has_a_reason_and_a_source() -> None:
    assert lint_rules([VALID]) == ()
    bad = replace(with_alarm(statistic="Average", period_seconds=10), references=VALID.references.__class__(), tests=())
    found = lint_rules([bad])
    assert len(found) >= 4
    assert all(finding.reason and finding.source and finding.rule_id == "secret_access" for finding in found)


# ---- pattern


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ('{ $.errorCode != "x" }', "not-equal-on-missing"),
        ('{ $.eventName = "Get*Value" }', "interior-wildcard"),
        ("ERROR ?WARN", "optional-terms-ignored"),
        ("[ip, user, status = 4*]", "delimited-field-count"),
    ],
)
def test_ambiguous_syntax_of_a_pattern_is_reported(pattern: str, code: str) -> None:
    finding = findings(replace(VALID, pattern=pattern))[code]
    assert finding.level == "warning"
    assert "position" in finding.reason


@pytest.mark.parametrize(
    ("pattern", "code", "hint"),
    [
        ('{ $.event_name = "GetSecretValue" }', "unknown-field", 'Did you mean "eventName"?'),
        ('{ $.status = "success" }', "unknown-field", ""),
        ('{ $.userIdentity.arn = "responseElements.accessKey.userName" }', "name-as-value", ""),
    ],
)
def test_a_comparison_that_no_record_can_pass_is_reported(pattern: str, code: str, hint: str) -> None:
    assert findings(replace(VALID, pattern=pattern))[code].hint == hint


@pytest.mark.parametrize(
    "pattern", ['{ ($.errorCode NOT EXISTS) || ($.errorCode != "x") }', '{ $.eventName = "Get*" }', "[ip, ...]"]
)
def test_unambiguous_forms_are_not_reported(pattern: str) -> None:
    assert not findings(replace(VALID, pattern=pattern)).keys() & {
        "not-equal-on-missing",
        "interior-wildcard",
        "delimited-field-count",
    }


@pytest.mark.parametrize("topic", CIS_PATTERNS)
def test_a_verbatim_compliance_pattern_has_no_finding(topic: str) -> None:
    entry = CIS_PATTERNS[topic]
    references = replace(VALID.references, security_hub=entry.security_hub)
    codes = findings(replace(VALID, pattern=entry.text, compliance=True, references=references)).keys()
    assert not codes - {"event-source-excluded"}


def test_a_compliance_pattern_that_is_not_verbatim_is_an_error_with_the_position() -> None:
    text = CIS_PATTERNS["cmk"].text.replace("DisableKey", "DisableKeys")
    references = replace(VALID.references, security_hub="CloudWatch.7")
    finding = findings(replace(VALID, pattern=text, compliance=True, references=references))["not-verbatim"]
    assert finding.level == "error"
    assert f"character {text.index('DisableKeys') + 11}" in finding.reason
    longer = replace(VALID, pattern=CIS_PATTERNS["cmk"].text.replace("=", " = "), compliance=True)
    assert "not-verbatim" in findings(longer)
    assert "not a published" in findings(replace(VALID, compliance=True))["not-verbatim"].reason


def test_a_verbatim_pattern_with_the_id_of_another_control_is_an_error() -> None:
    references = replace(VALID.references, security_hub="CloudWatch.1")
    rule = replace(VALID, pattern=CIS_PATTERNS["cmk"].text, compliance=True, references=references)
    assert "CloudWatch.7" in findings(rule)["wrong-control"].reason


@pytest.mark.parametrize("pattern", ["ERROR", '"[ERROR]" Exception', "%AUTHORIZED%", "?ERROR ?FATAL"])
def test_terms_that_match_the_put_metric_filter_call_are_an_error(pattern: str) -> None:
    assert findings(replace(VALID, pattern=pattern))["matches-own-filter"].level == "error"


def test_terms_that_exclude_the_put_metric_filter_call_are_accepted() -> None:
    assert "matches-own-filter" not in findings(replace(VALID, pattern="ERROR -PutMetricFilter"))


def test_a_rule_that_matches_its_own_deployment_is_reported_unless_it_excludes_the_deployer() -> None:
    pattern = "{ $.eventName = PutMetricFilter }"
    assert findings(replace(VALID, pattern=pattern))["matches-own-deployment"].level == "warning"
    user = "$.userIdentity.sessionContext.sessionIssuer.userName"
    excepting = f'{{ ($.eventName = PutMetricFilter) && (({user} NOT EXISTS) || ({user} != "${{deployer}}")) }}'
    parameters = {"deployer": {"type": "role_name", "description": "It deploys.", "samples": ["sample-role"]}}
    assert lint_rules([make_rule(pattern=excepting, parameters=parameters)]) == ()


# ---- metric and alarm


@pytest.mark.parametrize(
    ("changes", "code", "level"),
    [
        ({"statistic": "Average"}, "average-with-zero-default", "error"),
        ({"statistic": "Minimum"}, "minimum-with-zero-default", "error"),
        ({"statistic": "SampleCount"}, "sample-count-with-default", "error"),
        ({"statistic": None, "extended_statistic": "p50"}, "percentile-with-zero-default", "warning"),
        ({"period_seconds": 30}, "short-period", "warning"),
        ({"threshold": 0.0}, "alarm-always", "error"),
        ({"threshold": -1.0, "comparison": "GreaterThanThreshold"}, "alarm-always", "error"),
        ({"statistic": "Maximum", "threshold": 2.0}, "alarm-never", "error"),
        ({"statistic": "Maximum", "comparison": "GreaterThanThreshold"}, "alarm-never", "error"),
        ({"comparison": "LessThanThreshold", "threshold": 0.0}, "alarm-never", "error"),
        ({"statistic": "Maximum", "comparison": "LessThanThreshold", "threshold": 2.0}, "alarm-always", "error"),
        ({"missing_data": "breaching"}, "missing-data-breaching", "warning"),
        ({"missing_data": "missing"}, "missing-data-missing", "warning"),
    ],
)
def test_an_alarm_that_is_diluted_or_never_or_always_fires_is_reported(
    changes: dict[str, Any], code: str, level: str
) -> None:
    assert findings(with_alarm(**changes))[code].level == level


@pytest.mark.parametrize(
    "changes",
    [
        {"threshold": 100.0},
        {"comparison": "GreaterThanThreshold", "threshold": 0.0},
        {"statistic": "Maximum"},
        {"comparison": "LessThanThreshold", "threshold": 1.0, "missing_data": "breaching"},
    ],
)
def test_correct_alarms_are_not_reported(changes: dict[str, Any]) -> None:
    assert findings(with_alarm(**changes)) == {}


def test_an_average_without_default_value_is_not_diluted() -> None:
    rule = with_alarm(statistic="Average")
    assert findings(replace(rule, metric=replace(rule.metric, default_value=None))) == {}


def test_a_metric_value_of_zero_never_reaches_the_threshold() -> None:
    assert "alarm-never" in findings(replace(VALID, metric=replace(VALID.metric, value="0")))
    assert "alarm-never" not in findings(replace(VALID, metric=replace(VALID.metric, value="$.bytes")))


def test_a_default_value_with_dimensions_or_other_than_zero_is_reported() -> None:
    metric = replace(VALID.metric, default_value=0.25, dimensions={"A": "$.eventName"})
    codes = findings(replace(VALID, metric=metric))
    assert {"dimensions-with-default", "default-value-adds-up"} == set(codes)


# ---- tests and references


def test_too_few_different_tests_are_an_error() -> None:
    few = replace(VALID, tests=VALID.tests[:1] + VALID.tests[2:4])
    reasons = [finding.reason for finding in lint_rules([few]) if finding.code == "too-few-tests"]
    assert len(reasons) == 2


def test_a_test_with_the_same_event_but_another_time_is_a_duplicate() -> None:
    again = replace(VALID.tests[0], name="later", event=record(eventTime="2026-09-14T10:00:00Z", eventID="3"))
    finding = findings(replace(VALID, tests=(*VALID.tests, again)))["duplicate-test"]
    assert "'read by a user' and 'later'" in finding.reason


def test_missing_references_and_false_positives_are_reported() -> None:
    bare = replace(VALID, references=VALID.references.__class__(), false_positives=())
    assert set(findings(bare)) == {"no-references", "no-false-positives"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"eventID": "REMOVE"}, "eventID missing"),
        ({"responseElements": "REMOVE"}, "responseElements missing"),
        ({"recipientAccountId": 111122223333}, "quoted"),
        ({"eventVersion": "1.05"}, "1.08"),
        ({"eventTime": "yesterday"}, "2026-09-13T10:00:00Z"),
        ({"readOnly": "true"}, "true or false"),
        ({"eventType": "AwsApicall"}, "AwsApiCall"),
        ({"eventCategory": "management"}, "Management"),
        ({"sessionCredentialFromConsole": True}, 'the string "true"'),
        ({"userIdentity": "alice"}, "not a mapping"),
        ({"userIdentity": {"accountId": "111122223333"}}, "userIdentity.type"),
        ({"userIdentity": {"type": "Admin"}}, "IAMUser"),
        ({"userIdentity": {"type": "AssumedRole", "accountId": 5}}, "12 digits"),
        (
            {"userIdentity": {"type": "Root", "sessionContext": {"attributes": {"mfaAuthenticated": False}}}},
            "mfaAuthenticated",
        ),
    ],
)
def test_an_unrealistic_record_is_reported(change: dict[str, Any], words: str) -> None:
    event = {key: value for key, value in record(**change).items() if value != "REMOVE"}
    rule = replace(VALID, tests=(*VALID.tests, replace(VALID.tests[0], name="odd", event=event)))
    assert words in findings(rule)["incomplete-record"].reason


def test_records_of_services_and_application_events_are_accepted() -> None:
    service = record(userIdentity={"accountId": "111122223333", "invokedBy": "x"}, eventType="AwsServiceEvent")
    tests = [replace(VALID.tests[2], name=str(n), event=event) for n, event in enumerate((service, {"level": "ERROR"}))]
    assert findings(replace(VALID, tests=(*VALID.tests, *tests))) == {}


# ---- trail and log group


def test_an_excluded_event_source_is_an_error() -> None:
    finding = findings(VALID, excluded_event_sources=("secretsmanager.amazonaws.com",))["event-source-excluded"]
    assert (finding.level, "secretsmanager.amazonaws.com" in finding.reason) == ("error", True)
    assert findings(VALID, excluded_event_sources=("kms.amazonaws.com",)) == {}


def test_a_partly_excluded_event_source_is_a_warning() -> None:
    pattern = "{ ($.eventSource = kms.amazonaws.com) || ($.eventSource = secretsmanager.amazonaws.com) }"
    codes = findings(replace(VALID, pattern=pattern), excluded_event_sources=("kms.amazonaws.com",))
    assert codes["event-source-partly-excluded"].level == "warning"


def test_event_sources_are_also_taken_from_matching_tests() -> None:
    rule = replace(VALID, pattern="{ $.eventName = GetSecretValue }")
    assert "event-source-excluded" in findings(rule, excluded_event_sources=("secretsmanager.amazonaws.com",))


def test_reads_and_data_events_that_the_trail_does_not_record_are_errors() -> None:
    assert findings(VALID, trail_write_only=True)["read-events-dropped"].level == "error"
    data = [replace(test, event={**test.event, "eventCategory": "Data"}) for test in VALID.tests[:1]]  # type: ignore[dict-item]
    assert findings(replace(VALID, tests=tuple(data)), trail_data_events=False)["data-events-dropped"].level == "error"
    mixed = replace(VALID, tests=(*data, *VALID.tests))
    assert findings(mixed, trail_data_events=False)["data-events-dropped"].level == "warning"
    assert "data-events-dropped" not in findings(mixed)


def test_writes_that_the_trail_does_not_record_are_errors() -> None:
    writes = tuple(
        replace(test, event={**test.event, "readOnly": False})  # type: ignore[dict-item]
        for test in VALID.tests
    )
    assert findings(replace(VALID, tests=writes), trail_read_only=True)["write-events-dropped"].level == "error"
    assert "write-events-dropped" not in findings(VALID, trail_read_only=True)


@pytest.mark.parametrize(
    ("changed", "level"),
    [
        ([{"eventSource": "iam.amazonaws.com"}], "error"),
        ([{"eventSource": "signin.amazonaws.com"}], "error"),
        (
            [{"eventSource": "sts.amazonaws.com", "tlsDetails": {"clientProvidedHostHeader": "sts.amazonaws.com"}}],
            "error",
        ),
        ([{"eventSource": "iam.amazonaws.com"}, {}], "warning"),
        ([{"eventSource": "sts.amazonaws.com"}], None),
    ],
)
def test_a_trail_of_another_region_records_no_global_events(changed: list[dict[str, str]], level: str | None) -> None:
    (test,) = [test for test in VALID.tests if test.match][:1]
    rule = replace(VALID, tests=tuple(replace(test, event={**test.event, **change}) for change in changed))
    found = findings(rule, global_events_in="us-east-1").get("global-events-dropped")
    assert (found and found.level) == level
    if found:
        assert "us-east-1 only" in found.reason and "secmon_multi_region: true" in found.hint
    assert "global-events-dropped" not in findings(rule)


def test_a_disabled_rule_is_not_checked_against_the_trail() -> None:
    off = replace(VALID, enabled=False)
    assert findings(off, excluded_event_sources=("secretsmanager.amazonaws.com",), trail_write_only=True) == {}


def test_the_first_filter_above_the_limit_of_the_log_group_is_reported() -> None:
    rules = [replace(VALID, id=f"r{number}") for number in range(101)]
    assert [(f.rule_id, f.code) for f in lint_rules(rules)] == [("r100", "too-many-filters")]
    assert lint_rules(rules[:100]) == ()
    assert lint_rules([replace(rules[0], enabled=False), *rules[1:]]) == ()
    assert [f.rule_id for f in lint_rules(rules[:2], LintContext(other_filters=99))] == ["r1"]


def test_the_sixth_filter_with_a_regular_expression_is_reported() -> None:
    pattern = "{ $.eventName = %^GetSecret% }"
    rules = [replace(VALID, id=f"r{number}", pattern=pattern) for number in range(6)]
    assert [(f.rule_id, f.code) for f in lint_rules(rules)] == [("r5", "too-many-regex-filters")]
    assert "(r0, r1, r2, r3, r4, r5)" in lint_rules(rules)[0].reason
    assert lint_rules(rules[:5]) == ()
    assert len(lint_rules(rules[:1], LintContext(other_regex_filters=5))) == 1


def test_a_secret_by_name_counts_as_a_regular_expression_and_a_full_arn_does_not() -> None:
    body = narrowed_body()
    for test in body["tests"][:2]:
        test["event"] = secret_read(body["parameters"]["secret"]["samples"][0])
    body["tests"][1]["event"]["userIdentity"]["userName"] = "bob"
    context = LintContext(other_regex_filters=5)
    arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:s-AbC123"
    for value, count in (("s", 1), (arn, 0), (None, 0)):
        rules = apply_overrides([rule_from(body)], {"secret_access": {"parameters": {"secret": value}}})
        assert [f.code for f in lint_rules(rules, context)].count("too-many-regex-filters") == count


def test_the_example_body_is_valid() -> None:
    assert lint_rules([rule_from(rule_body())]) == ()
