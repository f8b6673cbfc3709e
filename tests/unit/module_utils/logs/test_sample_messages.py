"""Comparing test results of AWS and of the engine."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.logs.sample_messages import (
    compared,
    disagree,
    messages_of,
    with_tests,
)

MESSAGES = ["an ERROR", "fine", "an ERROR"]


def match(message: str, number: int = 1, **values: str) -> dict[str, Any]:
    return {"eventNumber": number, "eventMessage": message, "extractedValues": values}


@pytest.mark.parametrize("first", [0, 1], ids=["counted from 0", "counted from 1"])
def test_identifies_messages_by_text(first: int) -> None:
    tests = compared("Errors", "ERROR", MESSAGES, [match("an ERROR", first), match("an ERROR", first + 2)])
    assert [test["aws_matches"] for test in tests] == [True, False, True]
    assert not any(map(disagree, tests))


@pytest.mark.parametrize(
    ("pattern", "matches", "says"),
    [
        ("ERROR", [], "AWS does not match the message 'an ERROR', the collection's engine matches it"),
        (
            "ERROR",
            [match("an ERROR"), match("fine", 2)],
            "AWS matches the message 'fine', the collection's engine does not match it",
        ),
        ("[w1, w2]", [match("an ERROR", **{"$w1": "an", "$w2": "OTHER"})], "'$w2': 'OTHER'"),
    ],
)
def test_returns_every_disagreement_with_a_warning(pattern: str, matches: list[dict[str, Any]], says: str) -> None:
    plan = with_tests(Plan({}, {}), compared("Errors", pattern, MESSAGES, matches))
    assert plan.results["disagreements"] == [test for test in plan.results["tests"] if disagree(test)] != []
    assert any(says in warning for warning in plan.warnings)


def test_no_warning_without_a_disagreement() -> None:
    plan = with_tests(Plan({}, {}), compared("Errors", "fine", MESSAGES, [match("fine")]))
    assert plan.warnings == () and plan.results["disagreements"] == []
    assert [test["message"] for test in plan.results["tests"]] == MESSAGES


def test_does_not_compare_values_of_json_patterns() -> None:
    message = '{"a": "b"}'
    assert not disagree(*compared("A", '{ $.a = "b" }', [message], [match(message)]))


def test_a_mapping_becomes_json() -> None:
    messages = messages_of({"test_messages": [{"user": "Zoë"}]}, {"test_messages": ['{"raw":1}']})
    assert messages == ['{"raw":1}', '{"user": "Zoë"}']
