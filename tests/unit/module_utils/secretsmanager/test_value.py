"""Test the stored text, the version ID and the plan of a value."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.secretsmanager.value import (
    may_be_deprecated,
    plan_value,
    stored_text,
    value_problems,
    version_of,
)
from hypothesis import given
from hypothesis import strategies as st

KEY = "k" * 16
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
STRUCTURES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)


def task(value: Any, **more: Any) -> dict[str, Any]:
    return {"name": "n", "value": value, "update_value": "always", "value_hmac_key": KEY, **more}


def shuffled(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(list(value))}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(STRUCTURES)
def test_equal_structures_have_the_same_text_and_version_id(structure: Any) -> None:
    assert stored_text(shuffled(structure)) == stored_text(structure)
    assert version_of(task(shuffled(structure))) == version_of(task(structure))


@given(st.dictionaries(st.text(), STRUCTURES))
def test_a_structure_is_stored_as_equivalent_json(structure: Any) -> None:
    assert json.loads(stored_text(structure)) == structure


@given(st.text(), st.text())
def test_different_texts_have_different_version_ids(one: str, other: str) -> None:
    assert (version_of(task(one)) == version_of(task(other))) == (one == other)


def test_the_version_id_depends_on_the_name_and_the_hmac_key() -> None:
    versions = {version_of(task("v")), version_of(task("v", name="m")), version_of(task("v", value_hmac_key=KEY * 2))}
    assert len(versions) == 3
    assert {len(version) for version in versions} == {64}


@given(st.text(), st.text())
def test_without_a_key_the_version_id_is_independent_of_the_value(one: str, other: str) -> None:
    assert version_of(task(one, value_hmac_key=None)) == version_of(task(other, value_hmac_key=None))


@given(st.lists(st.sampled_from("ABCD"), min_size=1, max_size=12))
def test_the_value_of_the_last_task_becomes_current(turns: list[str]) -> None:
    versions: dict[str, list[str]] = {}
    for turn in turns:
        change = plan_value(task(turn), versions)
        current = next((version for version, labels in versions.items() if "AWSCURRENT" in labels), None)
        if change.operation:
            assert (change.operation == "PutSecretValue") == (version_of(task(turn)) not in versions)
            if change.operation == "UpdateSecretVersionStage":
                assert change.parameters["RemoveFromVersionId"] == current
            versions = {version: [] for version in versions} | {change.version_id: ["AWSCURRENT"]}
            if current:
                versions[current] = ["AWSPREVIOUS"]
        assert versions[version_of(task(turn))] == ["AWSCURRENT"]
        assert not plan_value(task(turn), versions).operation
    assert len(versions) == len(set(turns))


@pytest.mark.parametrize(
    ("versions", "operation"),
    [({}, "PutSecretValue"), ({"a": ["AWSCURRENT"]}, ""), ({"a": ["AWSCURRENT", "AWSPENDING"]}, "")],
)
def test_on_create_stores_a_value_only_if_the_secret_has_none(versions: dict[str, list[str]], operation: str) -> None:
    assert plan_value(task("v", update_value="on_create"), versions).operation == operation


@pytest.mark.parametrize("versions", [{"p": ["AWSPENDING"]}, {"a": ["AWSCURRENT"], "p": ["AWSPENDING"]}])
def test_rejects_a_change_during_a_rotation(versions: dict[str, list[str]]) -> None:
    with pytest.raises(RequestError, match="is in progress"):
        plan_value(task("v"), versions)
    assert not plan_value(task(None), versions).operation


def test_lists_deprecated_versions_only_for_a_value_without_a_stage() -> None:
    version = version_of(task("v"))
    assert may_be_deprecated(task("v"), {"a": ["AWSCURRENT"]})
    assert not may_be_deprecated(task("v"), {})
    assert not may_be_deprecated(task("v"), {"a": ["AWSCURRENT"], version: ["AWSPREVIOUS"]})
    assert not may_be_deprecated(task("v", update_value="on_create"), {"a": ["AWSCURRENT"]})


@pytest.mark.parametrize(
    ("value", "expected"), [("x" * 65537, "65537"), ("", "0 bytes"), ([float("inf")], "NaN"), ("\ud800", "UTF-8")]
)
def test_reports_an_invalid_value_without_printing_it(value: Any, expected: str) -> None:
    (problem,) = value_problems(task(value))
    assert expected in problem
    assert "xxx" not in problem and "\ud800" not in problem


@given(STRUCTURES.filter(lambda value: len(str(value)) > 3))
def test_the_repr_of_a_plan_omits_the_value(value: Any) -> None:
    assert stored_text(value) not in repr(plan_value(task(f"canary{value}"), {}))
    assert "canary" not in repr(plan_value(task(f"canary{value}"), {}))
