"""Rules become Sigma rules that mean the same, and come back as rules that match the same records."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
import yaml
from ansible_collections.secmon.aws.plugins.module_utils.catalog.formats import FORMATS, Options, export, manifest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from ansible_collections.secmon.aws.plugins.module_utils.sigma.detection import to_detection
from ansible_collections.secmon.aws.plugins.module_utils.sigma.reading import read_document
from ansible_collections.secmon.aws.plugins.module_utils.sigma.sigma_rule import Origin, sigma_text
from ansible_collections.secmon.aws.plugins.module_utils.sigma.translate import Options as ImportOptions
from ansible_collections.secmon.aws.plugins.module_utils.sigma.translate import to_pattern
from sigma.rule import SigmaRule
from sigma.validation import SigmaValidator
from sigma.validators.core import validators

from tests.unit.module_utils.engines.differential import records, shipped
from tests.unit.module_utils.sigma.sigma_meaning import meaning

ORIGIN = Origin("Ana Example", "MIT")
# These fetch the lists of ATT&CK and D3FEND.
NOT_CHECKED = {"attacktag", "d3_fendtag"}


def detection(pattern: str) -> dict[str, Any]:
    found, reasons = to_detection(compile_pattern(pattern))
    assert reasons == ()
    return found


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (
            '{ $.eventSource = "iam.amazonaws.com" && ($.eventName = "CreateUser" || $.eventName = "DeleteUser") }',
            {"selection": {"eventSource": "iam.amazonaws.com", "eventName": ["CreateUser", "DeleteUser"]}},
        ),
        (r'{ $.userAgent = "a\\b?" }', {"selection": {"userAgent|cased": r"a\\b\?"}}),
        ('{ $.userAgent = "x*y" }', {"selection": {"userAgent|cased": "x*y"}}),
        (
            '{ $.userAgent = "*1*" && $.userAgent = "1*" }',
            {"selection": {"userAgent|contains": "1", "userAgent|startswith": "1"}},
        ),
        (
            '{ $.eventName = "Put*" || $.eventName = "*foo" }',
            {"selection": [{"eventName|startswith": "Put"}, {"eventName|endswith|cased": "foo"}]},
        ),
        (
            "{ $.readOnly IS TRUE && $.errorCode NOT EXISTS }",
            {"selection": {"readOnly": True, "errorCode|exists": False}},
        ),
        (
            '{ $.additionalEventData.x = "true" && $.errorCode = * }',
            {"selection": {"additionalEventData.x": "true", "errorCode|exists": True}},
        ),
        (
            "{ $.requestParameters.n = 5 && $.requestParameters.m >= 1.5 }",
            {"selection": {"requestParameters.n": 5, "requestParameters.m|gte": 1.5}},
        ),
        ("{ $.a NOT EXISTS || $.a IS NULL }", {"selection": {"a": None}}),
        ("{ $.userIdentity.arn = %^a% }", {"selection": {"userIdentity.arn|re": "^a"}}),
        (
            "{ $.resources[*].ARN = 1 || $.requestParameters.a[*] = 1 || $.requestParameters.['b.c'][0] = 1 }",
            {"selection": [{"resources.ARN": 1}, {"requestParameters.a[*]": 1}, {r"requestParameters.b\.c[0]": 1}]},
        ),
    ],
)
def test_a_pattern_becomes_a_selection(pattern: str, expected: dict[str, Any]) -> None:
    assert detection(pattern) == {**expected, "condition": "selection"}


def test_a_rule_for_a_backend_without_the_modifier_ignores_case() -> None:
    found, _reasons = to_detection(compile_pattern('{ $.userAgent = "x*" || $.userAgent != "z" }'), cased=False)
    assert found["selection"] == {"userAgent|startswith": "x"}
    assert found["filter"] == {"userAgent": "z"}


def test_an_exclusion_becomes_a_filter() -> None:
    assert detection(
        '{ $.eventName = "A" && ($.a NOT EXISTS || $.a != "1" || $.b NOT EXISTS || ($.b != "2" && $.b != "3")) }'
    ) == {
        "selection": {"eventName|cased": "A"},
        "filter": {"a": "1", "b": ["2", "3"]},
        "condition": "selection and not filter",
    }
    assert detection('{ $.a != "1" && ($.b = 1 || ($.c = 1 && $.c = 2)) }') == {
        "selection": {"a|exists": True},
        "filter": {"a": "1"},
        "selection_2": {"b": 1},
        "selection_3": {"c": 1},
        "selection_4": {"c": 2},
        "condition": "selection and not filter and (selection_2 or (selection_3 and selection_4))",
    }


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("ERROR", "searches the text of a line"),
        ("{ $.b.* NOT EXISTS || $.b.* IS NULL }", "Sigma has no wildcard for the names"),
        ("{ $.a IS NULL || $.b.* = 1 }", "$.a IS NULL: Sigma does not tell null"),
        ("{ $.a IS NULL || $.b.* = 1 }", "$.b.* = 1: Sigma has no wildcard for the names"),
    ],
)
def test_what_sigma_cannot_say_is_refused_with_the_reason(pattern: str, reason: str) -> None:
    found, reasons = to_detection(compile_pattern(pattern))

    assert found == {}
    assert reason in "\n".join(map(str, reasons))


def test_all_rules_mean_the_same_in_sigma_and_come_back_as_they_were() -> None:
    documents = [json.loads(subject.message.text) for subject in records()]
    validator = SigmaValidator({each for name, each in validators.items() if name not in NOT_CHECKED})
    refused, differ, issues = [], [], []
    for rule, engines in shipped().items():
        found, reasons = to_detection(engines.pattern)
        if reasons:
            refused.append(rule.id)
            continue
        written = yaml.safe_load(sigma_text(rule, found, ORIGIN))
        issues += validator.validate_rule(SigmaRule.from_dict(written))
        back = read_document(written).condition
        assert back, rule.id
        pattern, means = to_pattern(back, ImportOptions()), meaning(written)
        for document, subject in zip(documents, records(), strict=True):
            answers = {engines.pattern.matches(subject.message), pattern.matches(subject.message), means(document)}
            differ += [(rule.id, subject.message.text)] if len(answers) > 1 else []

    assert (refused, differ) == (["public_access_block_weakened"], [])
    assert [str(issue) for issue in issues] == []


def rule_named(name: str) -> Rule:
    return next(rule for rule in shipped() if rule.id == name)


def test_what_a_rule_says_of_itself_travels_with_it() -> None:
    rule = rule_named("trail_stopped")
    written = yaml.safe_load(sigma_text(rule, {}, ORIGIN))

    assert (written["title"], written["level"], written["author"], written["license"]) == (
        rule.title,
        "critical",
        "Ana Example",
        "MIT",
    )
    assert written["falsepositives"] == list(rule.false_positives)
    assert written["references"][0].startswith("https://")
    assert all(tag.startswith("attack.t") for tag in written["tags"])
    assert yaml.safe_load(sigma_text(rule, {}, ORIGIN))["id"] == written["id"]


def test_a_rule_that_came_from_sigma_keeps_its_author_and_licence() -> None:
    sigma_id = "11111111-2222-4333-8444-555555555555"
    description = f"A user was made. Sigma rule {sigma_id} by Bea Example, licence DRL 1.1."
    rule = dataclasses.replace(rule_named("trail_stopped"), description=description)
    written = yaml.safe_load(sigma_text(rule, {}, ORIGIN))

    assert (written["author"], written["license"]) == ("Bea Example", "DRL 1.1")
    assert written["description"] == "A user was made."
    assert written["related"] == [{"id": sigma_id, "type": "derived"}]

    without = dataclasses.replace(rule, description=description.replace(", licence DRL 1.1", ""))
    assert "license" not in yaml.safe_load(sigma_text(without, {}, ORIGIN))


def test_the_manifest_lists_the_files_and_says_why_others_are_missing() -> None:
    rules = [rule_named(name) for name in ("trail_stopped", "public_access_block_weakened", "log_role_changed")]
    exported = export(rules, FORMATS, Options(table="logs"))
    listed = {rule["id"]: rule["formats"] for rule in json.loads(manifest(rules, exported))["rules"]}

    assert {each["file"] for each in listed["trail_stopped"].values()} == {
        *("sigma/trail_stopped.yml", "athena/trail_stopped.sql"),
        *("insights/trail_stopped.txt", "eventbridge/trail_stopped.json"),
    }
    assert '\nfrom logs\nwhere ("timestamp" >= date' in next(each.text for each in exported if each.format == "athena")
    weakened = listed["public_access_block_weakened"]
    assert weakened["athena"]["file"]
    assert "wildcard for the names of fields" in weakened["sigma"]["reasons"][0]["why"]
    assert "no value for log_role_name" in listed["log_role_changed"]["insights"]["reasons"][0]["why"]
