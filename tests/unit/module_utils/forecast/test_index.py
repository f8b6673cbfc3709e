"""The index finds exactly the rules that match."""

from __future__ import annotations

import json

from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.matching.document import parse_document
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern
from ansible_collections.secmon.aws.plugins.module_utils.forecast.index import RuleIndex

from tests.support.shipped_rules import shipped_rules
from tests.unit.rules.overlap_matrix import wide_pattern

RULES = shipped_rules()
PATTERNS = {rule.id: str(wide_pattern(rule)) for rule in RULES}


def test_it_finds_what_trying_every_rule_finds() -> None:
    index = RuleIndex(PATTERNS)
    compiled = {rule_id: compile_pattern(pattern) for rule_id, pattern in PATTERNS.items()}
    texts = {test.message for rule in RULES for test in rule.tests}
    for text in texts:
        expected = [rule_id for rule_id, pattern in compiled.items() if pattern.matches(text)]
        assert list(index.matches(parse_document(text) or {})) == expected
    assert len(texts) > 500


def test_wildcards_negations_and_missing_names_are_decided_by_the_pattern() -> None:
    index = RuleIndex(
        {
            "wildcard": '{ $.eventName = "Delete*" }',
            "negation": '{ ($.eventName != "DeleteUser") && ($.eventSource = "iam.amazonaws.com") }',
            "missing": "{ $.eventName NOT EXISTS }",
            "term": '"DeleteUser"',
            "number": "{ $.count = 2 }",
        }
    )

    def found(**record: object) -> list[str]:
        return list(index.matches(parse_document(json.dumps(record)) or {}))

    assert found(eventSource="iam.amazonaws.com", eventName="DeleteUser") == ["wildcard", "term"]
    assert found(eventSource="iam.amazonaws.com", eventName="CreateUser", count=2) == ["negation", "number"]
    assert found(eventSource="iam.amazonaws.com") == ["missing"]
