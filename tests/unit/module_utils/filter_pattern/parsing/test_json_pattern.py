"""The meaning of JSON patterns, by TestMetricFilter (us-east-1, 2026-09) and the user guide."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern


def _matches(condition: str, message: str) -> bool:
    return compile_pattern("{ " + condition + " }").matches(message)


@pytest.mark.parametrize("value", ["null", "true", "false", "{}", "[]", '{"b": 1}', '["x"]'])
@pytest.mark.parametrize("condition", ["= *", "!= zzz", "= %.%", "!= %zzz%", "= true", "> -1", "= 1", "!= 1"])
def test_a_comparison_is_false_for_null_booleans_objects_and_arrays(condition: str, value: str) -> None:
    assert not _matches(f"$.a {condition}", f'{{"a": {value}}}')


@pytest.mark.parametrize("condition", ["= x", "!= x", "= *", "!= *", "> 1", "< 1", "= %.%", "!= %.%", "= 1", "!= 1"])
def test_a_comparison_is_false_for_a_missing_property(condition: str) -> None:
    assert not _matches(f"$.a {condition}", '{"b": "x"}')
    assert not _matches(f"$.a.b {condition}", '{"a": "x"}')
    assert not _matches(f"$.a[1] {condition}", '{"a": ["x"]}')
    assert not _matches(f"$.a[0] {condition}", '{"a": {"0": "x"}}')


def test_the_word_true_compares_with_the_string_not_the_boolean() -> None:
    assert _matches("$.a = true", '{"a": "true"}')
    assert not _matches("$.a = true", '{"a": true}')


@pytest.mark.parametrize(
    ("condition", "value", "holds"),
    [
        ("IS TRUE", "true", True),
        ("IS TRUE", '"true"', False),
        ("IS TRUE", "1", False),
        ("IS TRUE", "[true]", False),
        ("IS FALSE", "false", True),
        ("IS FALSE", "null", False),
        ("IS FALSE", "0", False),
        ("IS FALSE", '"false"', False),
        ("IS NULL", "null", True),
        ("IS NULL", "[1, null]", True),
        ("IS NULL", "[[null]]", False),
        ("IS NULL", "[]", False),
        ("IS NULL", '{"b": null}', False),
        ("IS NULL", '"null"', False),
        ("IS NULL", "0", False),
        ("NOT EXISTS", "null", False),
        ("NOT EXISTS", '""', False),
        ("NOT EXISTS", "[]", False),
    ],
)
def test_a_keyword_test_checks_the_json_type(condition: str, value: str, holds: bool) -> None:
    assert _matches(f"$.a {condition}", f'{{"a": {value}}}') is holds


@pytest.mark.parametrize("message", ["{}", '{"a": null}', '{"a": {}}', '{"a": [{"b": 1}]}', '{"a": 1}', '{"a.b": 1}'])
def test_not_exists_is_true_below_a_value_without_the_key(message: str) -> None:
    assert _matches("$.a.b NOT EXISTS", message)


def test_a_key_with_a_dot_needs_brackets() -> None:
    assert _matches("$.['a.b'] = 1", '{"a.b": 1}')
    assert not _matches("$.['a.b'] = 1", '{"a": {"b": 1}}')
    assert _matches("$.x.['a.b'].c-d[0] = 1", '{"x": {"a.b": {"c-d": [1]}}}')
    assert _matches("$.['*'] = 1", '{"*": 1}')
    assert not _matches("$.['*'] = 1", '{"a": 1}')


@pytest.mark.parametrize(
    "message", ["not JSON", "{broken", "[1]", '[{"a": 1}]', "1", '"x"', "null", "", " ", '{"a": 1} x']
)
def test_a_message_that_is_not_a_json_object_matches_nothing(message: str) -> None:
    assert not _matches("$.a NOT EXISTS", message)
    assert not _matches("$[0] NOT EXISTS || $.a = 1", message)


@pytest.mark.parametrize("message", ['{"a": NaN}', '{"a": Infinity}', '{"a": -Infinity}', '{"a": 01}', '{"a": +1}'])
def test_python_and_javascript_extensions_of_json_match_nothing(message: str) -> None:
    assert not _matches("$.b NOT EXISTS", message)


def test_whitespace_around_the_message_is_ignored() -> None:
    assert _matches("$.a = 1", ' \t\r\n{"a": 1}\n')


@pytest.mark.parametrize("number", ["1", "1.0", "1e0", "1E+0", "10e-1", "0.1e1", "1.000"])
def test_an_unquoted_number_equals_a_json_number_by_value(number: str) -> None:
    assert _matches("$.a = 1", f'{{"a": {number}}}')
    assert not _matches("$.a != 1", f'{{"a": {number}}}')
    assert _matches(f"$.a = {number}", '{"a": 1}')


def test_an_unquoted_number_equals_a_json_string_by_text() -> None:
    assert _matches("$.a = 1", '{"a": "1"}')
    assert not _matches("$.a = 1", '{"a": "1.0"}')
    assert _matches("$.a != 1", '{"a": "1.0"}')
    assert _matches("$.a = 1.0", '{"a": "1.0"}')


def test_a_quoted_number_equals_the_source_text_only() -> None:
    assert _matches('$.a = "1"', '{"a": 1}')
    assert _matches('$.a = "1"', '{"a": "1"}')
    assert not _matches('$.a = "1"', '{"a": 1.0}')
    assert not _matches('$.a = "1"', '{"a": 1e0}')
    assert _matches('$.a = "1.0"', '{"a": 1.0}')
    assert _matches('$.a = "1.0" || $.a = "x"', '{"a": 1.0}')
    assert _matches('$.a = "-0"', '{"a": -0}')


@pytest.mark.parametrize("value", ['"7"', '"x"', "null", "true", "[7]"])
def test_order_comparisons_apply_to_numbers_only(value: str) -> None:
    for operator in ("<", "<=", ">", ">="):
        assert not _matches(f"$.a {operator} 5", f'{{"a": {value}}}')


@pytest.mark.parametrize(
    ("condition", "number", "holds"),
    [
        ("> 5", "5.000000000000000000000000000001", True),
        (">= 1e400", "1" + "0" * 400, True),
        ("< 1e999999999999999999999", "7", True),
        ("> -1e999999999999999999999", "7", True),
        ("> 1e-999999999999999999999", "7", True),
        ("<= -5", "-5.0", True),
        ("< +3", "2", True),
        ("> 9007199254740992", "9007199254740993", True),
    ],
)
def test_numbers_are_compared_by_their_exact_value(condition: str, number: str, holds: bool) -> None:
    assert _matches(f"$.a {condition}", f'{{"a": {number}}}') is holds


def test_the_last_repeated_key_wins() -> None:
    assert _matches("$.a = 2", '{"a": 1, "a": 2}')
    assert not _matches("$.a = 1", '{"a": 1, "a": 2}')


@pytest.mark.parametrize(
    ("literal", "value", "holds"),
    [
        ("*", "", True),
        ("a*", "a", True),
        ("*a", "ba", True),
        ("*a", "aba", False),
        ("*a*", "xax", True),
        ("*a*", "x", False),
        ("1*3", "123", True),
        ("1*4", "12.34", True),
        ("111*111", "111.111.111.111", False),
        ("11*1", "111.111.111.111", False),
        ("*111.111.111", "111.111.111.111", False),
        ("*.111.111.111", "111.111.111.111", True),
        ("a*b*", "a-b-c", True),
        ("a**b", "a-b", True),
        ("ab*b", "ab", False),
        ("*?*", "a", False),
        ("a.c", "abc", False),
    ],
)
def test_an_asterisk_matches_up_to_the_first_occurrence_of_what_follows(literal: str, value: str, holds: bool) -> None:
    message = f'{{"a": "{value}"}}'
    assert _matches(f'$.a = "{literal}"', message) is holds
    assert _matches(f'$.a != "{literal}"', message) is not holds


def test_an_asterisk_matches_the_text_of_a_number() -> None:
    assert _matches("$.a = 4*", '{"a": 404}')
    assert _matches("$.a = *.3*", '{"a": 12.34}')
    assert _matches("$.a = %^4%", '{"a": 404}')


@pytest.mark.parametrize(
    ("condition", "message", "holds"),
    [
        ("$.a[*] = x", '{"a": ["y", "x"]}', True),
        ("$.a[*] = x", '{"a": {"k": "x"}}', True),
        ("$.a[*] = x", '{"a": [["x"]]}', False),
        ("$.a[*].b = x", '{"a": [{"b": "y"}, {"b": "x"}]}', True),
        ("$.a[*] = x", '{"a": "x"}', False),
        ("$.a[*] != x", '{"a": ["x", "y"]}', True),
        ("$.a[*] != x", '{"a": ["x"]}', False),
        ("$.a[*] != %x%", '{"a": ["x", "y"]}', True),
        ("$.a[*] != %x%", '{"a": ["ax", "xb"]}', False),
        ("$.a[*] = %^b$%", '{"a": ["ab", "b", 3]}', True),
        ("$.a[*] = %^b$%", '{"a": ["ab", "ba"]}', False),
        ("$.a[*] = %ab%", '{"a": ["a", "b"]}', False),
        ("$.a[*] = %a\\sb%", '{"a": ["a", "b"]}', False),
        ("$.a[*] IS NULL", '{"a": [1, null]}', True),
        ("$.a[*] IS TRUE", '{"a": [1, true]}', True),
        ("$.a[*].b NOT EXISTS", '{"a": [{"b": 1}, {}]}', False),
        ("$.a[*].b NOT EXISTS", '{"a": [{}, {}]}', True),
        ("$.a[*] = x && $.a[*] = y", '{"a": ["x", "y"]}', True),
        ("$.a[*].k = x && $.a[*].v = 2", '{"a": [{"k": "x", "v": 1}, {"k": "y", "v": 2}]}', True),
        ("$.* = x", '{"a": 1, "b": "x"}', True),
        ("$.* = x", '{"a": {"b": "x"}}', False),
        ("$.a.* = x", '{"a": {"b": "x"}}', True),
        ("$.a.* = x", '{"a": ["x"]}', False),
        ("$.*.b = x", '{"a": {"b": "x"}, "c": 1}', True),
    ],
)
def test_a_wildcard_step_is_true_for_any_element(condition: str, message: str, holds: bool) -> None:
    assert _matches(condition, message) is holds


def test_and_has_precedence_over_or() -> None:
    assert _matches("$.a = 1 || $.a = 2 && $.b = 3", '{"a": 1}')
    assert not _matches("($.a = 1 || $.a = 2) && $.b = 3", '{"a": 1}')


@pytest.mark.parametrize(
    "pattern",
    [
        "{$.a=1&&$.b=x||$.c NOT EXISTS}",
        "{ $.a = 1 && $.b = x || $.c  NOT  EXISTS }",
        "{(($.a=1)&&($.b=x))||($.c NOT EXISTS)}",
        "{\t$.a\n=\r\n1 && $.b =x ||$.c NOT EXISTS}",
    ],
)
def test_whitespace_and_needless_parentheses_are_ignored(pattern: str) -> None:
    assert compile_pattern(pattern).tree == compile_pattern("{ $.a = 1 && $.b = x || $.c NOT EXISTS }").tree


def test_a_quoted_string_allows_two_escapes_and_unicode() -> None:
    assert _matches(r'$.a = "say \"hi\" \\ now"', r'{"a": "say \"hi\" \\ now"}')
    assert _matches('$.a = "é€𝄞"', '{"a": "é€𝄞"}')
    assert _matches('$.a = ""', '{"a": ""}')
    assert not _matches('$.a = "é"', '{"a": "e\u0301"}')


def test_equalities_on_one_property_are_one_lookup_for_any_value() -> None:
    for value in ("{}", "[]", "null", "true", "1", '"z"'):
        assert not _matches("$.a = x || $.a = y || $.b.c = x || $.b.c = y", f'{{"a": {value}, "b": {{"c": {value}}}}}')
    assert _matches("$.a = x || $.a = y*", '{"a": "yes"}')
    assert _matches("$.a = x || $.a = 1 || $.b.c = y || $.b.c = z", '{"a": 1.0}')
    assert _matches("$.a = x || $.b.c = y || $.b.c = z", '{"b": {"c": "z"}}')
