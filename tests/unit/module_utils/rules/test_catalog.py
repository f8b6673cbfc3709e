from __future__ import annotations

import dataclasses
import os
import pickle
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.rules import catalog
from ansible_collections.secmon.aws.plugins.module_utils.rules.catalog import load_rules
from ansible_collections.secmon.aws.plugins.module_utils.validation import yaml_document
from ansible_collections.secmon.aws.plugins.module_utils.validation.problems import Problem, ValidationError

from tests.unit.module_utils.rules.rule_builders import (
    rule_body,
    write_rule,
)


def errors_of(*paths: Path) -> tuple[Problem, ...]:
    with pytest.raises(ValidationError) as caught:
        load_rules(paths)
    return caught.value.problems


def errors_of_body(folder: Path, body: dict[str, Any]) -> dict[str, Problem]:
    return {problem.key: problem for problem in errors_of(write_rule(folder, body))}


def test_loads_a_rule_file_as_a_frozen_rule_with_its_path(tmp_path: Path) -> None:
    path = write_rule(tmp_path, rule_body())
    (rule,) = load_rules([path])
    assert (rule.id, rule.path, rule.metric.default_value, rule.alarm.statistic) == ("secret_access", path, 0.0, "Sum")
    assert (rule.version, rule.enabled, rule.compliance) == (1, True, False)
    with pytest.raises(dataclasses.FrozenInstanceError):
        rule.title = "x"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(rule)) == rule
    assert hash(rule)


def test_folders_are_searched_recursively_in_sorted_order_and_each_file_is_read_once(tmp_path: Path) -> None:
    for number, folder in enumerate(("b", "a/deep", "a")):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        body = rule_body(id=f"rule_{number}", filter_name=f"Filter{number}")
        body["metric"] = {**body["metric"], "name": f"Metric{number}"}
        write_rule(tmp_path / folder, body)
    (tmp_path / "a" / ".hidden.yml").write_text("x")
    (tmp_path / "a" / "README.md").write_text("x")
    rules = load_rules([tmp_path, tmp_path / "b"])
    assert [rule.id for rule in rules] == ["rule_2", "rule_1", "rule_0"]
    assert load_rules(str(tmp_path)) == rules


def test_an_empty_folder_has_no_rules_and_a_missing_path_is_an_error(tmp_path: Path) -> None:
    assert load_rules([tmp_path]) == ()
    (problem,) = errors_of(tmp_path / "typo")
    assert problem.source.endswith("typo")
    assert "no such file" in problem.message


def test_reports_all_errors_of_all_files_with_file_line_key_and_hint(tmp_path: Path) -> None:
    first = tmp_path / "first.yml"
    first.write_text(
        "id: first\ntitel: x\nseverity: hihg\nmetric: {namespace: AWS/x, name: a:b}\nalarm: {period_seconds: 7}\n"
        "tests: []\n"
    )
    second = tmp_path / "second.yml"
    second.write_text("- a list\n")
    problems = errors_of(tmp_path)
    by_key = {problem.key: problem for problem in problems if problem.source == str(first)}
    assert by_key["titel"].line == 2
    assert "title" in by_key["titel"].hint
    assert (by_key["severity"].line, by_key["severity"].hint) == (3, 'Did you mean "high"?')
    # The misspelt title is one mistake, and what has a default is not missing.
    found = {"titel", "severity", "pattern", "metric.namespace", "metric.name", "alarm.period_seconds", "tests"}
    assert by_key.keys() == found
    assert [problem.line for problem in problems if problem.source == str(second)] == [1]
    with pytest.raises(ValidationError) as caught:
        load_rules([tmp_path])
    assert all(str(problem) in str(caught.value) for problem in problems)


def test_an_ambiguous_yaml_value_is_reported_once_and_hides_no_other_error(tmp_path: Path) -> None:
    body = rule_body(severity="hihg", enabled="yes", pattern='{ $.eventName == "X" }')
    path = write_rule(tmp_path, body)
    path.write_text(path.read_text().replace("'yes'", "yes"))
    problems = errors_of(path)
    assert [problem.key for problem in problems] == ["severity", "pattern", "enabled"]
    assert "quote it" in problems[2].hint
    assert (problems[1].message.count("^"), problems[1].hint) == (1, 'Write a single "=" to compare.')


def test_a_missing_mapping_is_a_single_error(tmp_path: Path) -> None:
    body = rule_body()
    del body["pattern"]
    assert list(errors_of_body(tmp_path, body)) == ["pattern"]


def test_the_id_must_be_the_name_of_the_file(tmp_path: Path) -> None:
    path = write_rule(tmp_path, rule_body()).rename(tmp_path / "other.yml")
    (problem,) = errors_of(path)
    assert problem.key == "id"
    assert "'other'" in problem.message


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("id", {"id": "second", "filter_name": "B"}),
        ("filter_name", {"id": "second"}),
        ("metric", {"id": "second", "filter_name": "B"}),
    ],
)
def test_two_rules_cannot_share_an_id_a_filter_or_a_metric(tmp_path: Path, key: str, change: dict[str, Any]) -> None:
    write_rule(tmp_path, rule_body())
    (tmp_path / "sub").mkdir()
    body = rule_body(**change)
    body["metric"] = {**body["metric"], "name": "SecretAccessCount" if key == "metric" else "Other"}
    if key == "id":
        body["id"] = "secret_access"
    second = write_rule(tmp_path / "sub", body)
    (problem,) = errors_of(tmp_path)
    assert (problem.key, problem.source) == (key, str(second))
    assert problem.line is not None
    assert "secret_access" in problem.message


def test_duplicates_are_found_among_files_with_other_errors(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write_rule(tmp_path, rule_body(severity="x"))
    write_rule(tmp_path / "sub", rule_body(severity="y"))
    keys = [problem.key for problem in errors_of(tmp_path)]
    # The copy repeats filter name and metric as well, which is the same mistake.
    assert sorted(keys) == ["id", "severity", "severity"]


def test_special_files_are_errors_and_never_block(tmp_path: Path) -> None:
    (tmp_path / "folder.yml").mkdir()
    (tmp_path / "broken_link.yml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe.yml")
    problems = errors_of(tmp_path)
    assert len(problems) == 3
    assert all("regular file" in problem.message for problem in problems)


def test_rejects_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "MAX_RULE_FILES", 2)
    for number in range(3):
        (tmp_path / f"r{number}.yml").write_text("")
    assert any("more than 2" in problem.message for problem in errors_of(tmp_path))


def test_a_missing_pyyaml_is_reported_with_the_command_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml_document, "HAS_YAML", False)
    (problem,) = errors_of(write_rule(tmp_path, rule_body()))
    assert "pip install PyYAML" in problem.hint
