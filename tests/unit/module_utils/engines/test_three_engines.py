"""A metric filter, an event pattern and a Logs Insights query of one rule agree, but for the listed differences."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern, compile_tree
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.tree import Condition
from ansible_collections.secmon.aws.plugins.module_utils.rules.parameters import fill_pattern, values_for_test
from hypothesis import given
from hypothesis import strategies as st
from moto.events.models import EventPattern

from tests.unit.module_utils.engines.differential import (
    Count,
    Engines,
    Subject,
    compared,
    compared_changed,
    compared_recorded,
    records,
    selectors_of,
    shipped,
)
from tests.unit.module_utils.engines.known_differences import KNOWN, Difference, meets_array
from tests.unit.module_utils.filter_pattern import pattern_strategies as some


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.code)
def test_a_known_difference_is_one(known: Difference) -> None:
    engines, subject = Engines(compile_pattern(known.pattern)), Subject(known.message)

    assert engines.answers(subject) == known.answers
    count = Count()
    count.compare(engines, subject)
    assert {code for _engine, code in count.explained} >= {known.code}
    assert count.unexplained == []


def test_all_rules_agree_on_all_records() -> None:
    count = compared()

    assert count.unexplained == []
    assert not count.explained, "no record of the rules may meet a difference"
    assert min(count.comparisons.values()) > 45 * len(records())


def test_each_engine_passes_the_tests_of_the_rules() -> None:
    for rule in shipped():
        for test in rule.tests:
            engines = Engines(fill_pattern(rule, values_for_test(rule, test)))
            answers = engines.answers(Subject(test.message))
            assert {answer for answer in answers if answer is not None} == {test.match}, (rule.id, test.name)


def test_all_rules_agree_on_changed_records() -> None:
    count = compared_changed()

    assert count.unexplained == []
    assert count.explained.keys() >= {("EventBridge", "arrays"), ("Logs Insights", "leaf-only")}


def test_all_recorded_patterns_agree_on_all_recorded_messages() -> None:
    assert compared_recorded().unexplained == []


@given(some.conditions, st.lists(some.messages, min_size=1, max_size=5))
def test_generated_patterns_agree_on_generated_messages(tree: Condition, messages: list[str]) -> None:
    engines, count = Engines(compile_tree(tree)), Count()
    for message in messages:
        count.compare(engines, Subject(message))

    assert count.unexplained == []


def test_moto_agrees_on_event_patterns() -> None:
    """Compare with moto's matcher, which does not look into objects of an array and finds empty objects."""
    compared_with_moto, some_records = 0, records()[::8]
    for engines in shipped().values():
        if not engines.event_pattern.possible:
            continue
        moto = EventPattern.load(engines.event_pattern.text)
        selectors = selectors_of(engines)
        for subject in some_records:
            flat, detail = moto._flatten_dict(subject.event), [subject.event["detail"]]
            if any(each.has_wildcard or meets_array(each, detail) for each in selectors):
                continue
            compared_with_moto += 1
            assert moto._does_event_match(flat, moto.get_pattern()) is engines.answers(subject)[1]
    assert compared_with_moto > 45 * len(some_records)
