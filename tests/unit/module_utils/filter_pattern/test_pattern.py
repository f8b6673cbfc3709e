"""The public API: test vectors from the documentation and answers of AWS, and the results of each function."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.choices import CHOICES, REJECTED, Rejection
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.matching import message as pattern_message
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    LogMessage,
    PatternError,
    compile_pattern,
)

_DATA = Path(__file__).parent / "data"


def _load(name: str) -> list[dict[str, Any]]:
    vectors: list[dict[str, Any]] = json.loads((_DATA / name).read_text(encoding="utf-8"))
    return vectors


@pytest.mark.parametrize("vector", _load("filter_pattern_vectors.json"), ids=lambda vector: str(vector["id"]))
def test_vectors_of_aws_have_the_same_result(vector: dict[str, Any]) -> None:
    pattern = compile_pattern(vector["pattern"])
    assert pattern.matches(vector["message"]) is vector["match"]
    if "extract" in vector:
        assert pattern.extract(vector["message"]) == vector["extract"]


@pytest.mark.parametrize("vector", _load("filter_pattern_vectors.json"), ids=lambda vector: str(vector["id"]))
def test_the_printed_form_of_a_vector_parses_to_the_same_tree(vector: dict[str, Any]) -> None:
    pattern = compile_pattern(vector["pattern"])
    again = compile_pattern(str(pattern))
    assert again.tree == pattern.tree
    assert str(again) == str(pattern)
    assert again.matches(vector["message"]) is vector["match"]


@pytest.mark.parametrize(
    "vector", _load("filter_pattern_validity.json"), ids=lambda vector: str(vector["pattern"])[:40]
)
def test_a_pattern_is_accepted_or_rejected_as_by_aws(vector: dict[str, Any]) -> None:
    if vector["valid"]:
        compile_pattern(vector["pattern"])
    else:
        with pytest.raises(PatternError):
            compile_pattern(vector["pattern"])


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [("", "everything"), (" ", "everything"), ("ERROR", "terms"), ("{ $.a = 1 }", "json"), ("[a]", "delimited")],
)
def test_the_first_character_determines_the_kind(pattern: str, kind: str) -> None:
    assert compile_pattern(pattern).kind == kind


def test_a_message_is_parsed_once_for_all_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def parse(text: str) -> None:
        parsed.append(text)

    monkeypatch.setattr(pattern_message, "parse_document", parse)
    message = LogMessage('{"a": 1}')
    for _turn in range(3):
        compile_pattern("{ $.a = 1 }").matches(message)
    assert parsed == ['{"a": 1}']


def test_a_value_that_is_not_a_string_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        compile_pattern(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        compile_pattern("a").matches(b"a")  # type: ignore[arg-type]


def test_extract_returns_nothing_for_a_message_that_does_not_match() -> None:
    assert compile_pattern("[a = x, b]").extract("y z") == {}
    assert compile_pattern("{ $.a = 1 }").extract('{"a": 2}') == {}
    assert compile_pattern("ERROR").extract("ERROR") == {}


def test_extract_keys_a_json_value_by_the_selector_as_written() -> None:
    pattern = compile_pattern("{ $.['a'] = * && $.n > 1 && $.o NOT EXISTS }")
    assert pattern.extract('{"a": "x", "n": 1.50}') == {"$.['a']": "x", "$.n": "1.50"}


def test_value_reads_any_selector_of_a_json_message() -> None:
    pattern = compile_pattern("{ $.a = 1 }")
    message = LogMessage('{"a": 1, "b": {"c": "x"}, "l": [true, 7], "n": null}')
    assert pattern.value(message, "$.b.c") == "x"
    assert pattern.value(message, "$.l[*]") == "7"
    assert pattern.value(message, "$.b") is None
    assert pattern.value(message, "$.n") is None
    assert pattern.value("no JSON", "$.a") is None


def test_value_reads_a_field_by_its_name_or_number() -> None:
    pattern = compile_pattern("[ip, , bytes]")
    assert pattern.value("1.2.3.4 x 77", "$bytes") == "77"
    assert pattern.value("1.2.3.4 x 77", "$2") == "x"
    assert pattern.value("1.2.3.4 x 77", "$other") is None
    assert pattern.value("1.2.3.4", "$bytes") is None


@pytest.mark.parametrize(
    ("pattern", "selector"),
    [("{ $.a = 1 }", "a"), ("{ $.a = 1 }", "$.a b"), ("[a]", "$.a"), ("ERROR", "$.a"), ("", "$1")],
)
def test_value_rejects_a_selector_of_another_kind_of_pattern(pattern: str, selector: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern).value("x", selector)


def test_explain_returns_the_value_of_the_message_for_each_condition() -> None:
    pattern = compile_pattern('{ $.name = "a" && ($.n > 5 || $.list[*] = "z") && $.gone NOT EXISTS && $.o IS TRUE }')
    message = '{"name": "b", "n": 7.0, "list": [1, 2, 3, 4, 5, 6, null], "o": {"x": 1}}'
    results = [(result.text, result.holds, result.found) for result in pattern.explain(message)]
    assert results == [
        ('$.name = "a"', False, '"b"'),
        ("$.n > 5", True, "7.0"),
        ('$.list[*] = "z"', False, "1, 2, 3, 4, 5 and 2 more"),
        ("$.gone NOT EXISTS", True, "absent"),
        ("$.o IS TRUE", False, "an object of 1"),
    ]


def test_explain_reports_a_message_that_is_not_a_json_object() -> None:
    (result,) = compile_pattern("{ $.a NOT EXISTS }").explain("[1]")
    assert (result.holds, result.found) == (False, "the message is not a JSON object")


def test_explain_shows_terms_and_fields() -> None:
    terms = compile_pattern('ERROR -"b c"').explain("ERROR b c")
    assert [(each.text, each.holds, each.found) for each in terms] == [
        ("ERROR", True, "present"),
        ('-"b c"', False, "present"),
    ]
    fields = compile_pattern("[a, b > 5, ...]").explain("x 4")
    assert [(each.text, each.holds, each.found) for each in fields] == [
        ("at least 2 fields", True, "2 fields"),
        ("b > 5", False, '"4"'),
    ]
    assert [each.holds for each in compile_pattern("[a, b > 5]").explain("x")] == [False, False]


@pytest.mark.parametrize(
    ("pattern", "codes"),
    [
        ('{ $.a != "x" }', ["not-equal-on-missing"]),
        ('{ ($.a = *) && ($.a != "x") }', []),
        ('{ ($.b = *) && ($.a != "x") }', ["not-equal-on-missing"]),
        ('{ ($.a != "x") || ($.a NOT EXISTS) }', []),
        ('{ $.b = 1 && ($.a NOT EXISTS || ($.a != "x" && $.c = 2)) }', []),
        ('{ $.a[*] != "x" }', ["not-equal-on-wildcard"]),
        ("{ $.a[*] NOT EXISTS }", ["not-exists-on-wildcard"]),
        ("{ $[0] = 1 }", ["top-level-index"]),
        ('{ $.a = "x*y" }', ["interior-wildcard"]),
        ('{ $.a = "*x*" }', []),
        ('{ $.a = "*" }', ["wildcard-only-literal"]),
        ("{ $.a = true }", ["boolean-word"]),
        ('{ $.a = "NOT EXISTS" }', ["quoted-keyword"]),
        ("{ $['a'] = 1 }", ["bracket-without-dot"]),
        ('{ $.a = "1.0" }', ["number-text"]),
        ("{ $.a\n= 1 }", ["unusual-blank"]),
        ('{ $.a = "C:\\temp" }', ["unknown-escape"]),
        ("%shutting down%", ["regex-blank"]),
        ("%a% b", ["regex-with-terms"]),
        ("?a ?b c", ["optional-terms-ignored", "optional-terms-ignored"]),
        ("?a ?b -c", ["optional-terms-ignored", "optional-terms-ignored"]),
        ('"a*"', ["literal-asterisk-term"]),
        ('a ""', ["empty-term"]),
        ("[a, b]", ["delimited-field-count"]),
        ("[a, b, ...]", []),
        ("[a = 1*, ..., b > 5 && c > 3]", ["undeclared-field"]),
        ("[..., a = 200]", ["delimited-number-equality"]),
    ],
)
def test_every_choice_that_a_pattern_relies_on_is_a_warning(pattern: str, codes: list[str]) -> None:
    warnings = compile_pattern(pattern).warnings
    assert [warning.code for warning in warnings] == codes
    for warning in warnings:
        assert warning.reason == CHOICES[warning.code].reason
        assert warning.source


def test_every_choice_has_a_test() -> None:
    (marker,) = test_every_choice_that_a_pattern_relies_on_is_a_warning.pytestmark  # type: ignore[attr-defined]
    tested = {code for _key, codes in marker.args[1] for code in codes}
    assert tested == set(CHOICES)


@pytest.mark.parametrize("rejection", REJECTED, ids=lambda rejection: str(rejection.form))
def test_a_form_without_a_known_meaning_is_rejected(rejection: Rejection) -> None:
    with pytest.raises(PatternError):
        compile_pattern(rejection.example)


def test_a_warning_points_at_its_condition() -> None:
    (warning,) = compile_pattern('{ $.b = 1 && $.a != "x" }').warnings
    assert warning.position == 13


def test_regexes_are_counted() -> None:
    assert compile_pattern("{ $.a = %x% || $.b != %y% }").regex_count == 2
    assert compile_pattern("%x%").regex_count == 1
    assert compile_pattern("[a = %x%, ...]").regex_count == 1
    assert compile_pattern("{ $.a = 1 }").regex_count == 0


def test_a_pattern_error_survives_pickling() -> None:
    with pytest.raises(PatternError) as caught:
        compile_pattern("{ $.a == 1 }")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert str(copy) == str(caught.value)
    assert (copy.position, copy.reason, copy.hint) == (caught.value.position, caught.value.reason, caught.value.hint)
