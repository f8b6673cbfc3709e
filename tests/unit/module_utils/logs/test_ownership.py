"""Test the tags by which the filters and alarms of a log group are recognized."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.tags import tag_problems
from ansible_collections.secmon.aws.plugins.module_utils.logs.ownership import (
    Ownership,
    log_group_mark,
    record_in,
    record_of,
    without_record,
)
from hypothesis import given
from hypothesis import strategies as st

GROUPS = ["/aws/cloudtrail/logs", "a#b", "a/b", f"{'x' * 256}", f"{'x' * 256}#", f"{'x' * 511}#", f"{'x' * 512}"]
FILTER_NAMES = st.sets(st.text(st.characters(exclude_characters=":*"), min_size=1, max_size=20), max_size=100)


@pytest.mark.parametrize("name", GROUPS)
def test_the_tag_of_the_alarms_of_a_log_group_is_legal(name: str) -> None:
    assert list(tag_problems(log_group_mark(name))) == []


def test_each_log_group_has_its_own_tag() -> None:
    values = [log_group_mark(name)["secmon:log-group"] for name in GROUPS]
    assert len(set(values)) == len(GROUPS)
    assert values[0] == GROUPS[0]


@given(FILTER_NAMES, FILTER_NAMES)
def test_the_record_knows_exactly_its_filters(recorded: set[str], others: set[str]) -> None:
    ownership = Ownership(record=record_of(recorded))
    assert {name for name in recorded | others if ownership.made(name)} == recorded


def test_the_record_of_a_hundred_filters_is_legal() -> None:
    record = record_of(f"{number}{'ü' * 509}" for number in range(100))
    assert len(record) == 3 and list(tag_problems(record)) == []


def test_a_shorter_record_replaces_a_longer_one() -> None:
    longer = record_of(map(str, range(100)))
    shorter = record_of("1", former=longer)
    assert shorter.keys() == longer.keys()
    assert [name for name in map(str, range(100)) if Ownership(record=shorter).made(name)] == ["1"]


def test_tells_the_record_from_the_other_tags() -> None:
    record, others = record_of(map(str, range(100))), {"secmon:managed-by": "secmon.aws", "team": "x"}
    assert record_in(record | others) == record
    assert without_record(record | others) == others
