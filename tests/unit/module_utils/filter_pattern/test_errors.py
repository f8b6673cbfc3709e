"""Errors for invalid patterns: position, reason, hint and the message of AWS."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import (
    MAX_PATTERN_LENGTH,
    PatternError,
    compile_pattern,
)


def _error(pattern: str) -> PatternError:
    with pytest.raises(PatternError) as caught:
        compile_pattern(pattern)
    return caught.value


@pytest.mark.parametrize(
    ("pattern", "position", "hint"),
    [
        ("{ $.a == 1 }", 6, 'Write a single "="'),
        ("{ $.a <> 1 }", 6, "Write !=."),
        ("{ $.a =! 1 }", 6, "Write !=."),
        ("{ $.a = 1 AND $.b = 2 }", 10, '"&&" and "||"'),
        ("{ $.a = 1 or $.b = 2 }", 10, '"&&" and "||"'),
        ("{ $.a = 1 & $.b = 2 }", 10, '"&&" and "||"'),
        ("{ $.a = 'x' }", 8, "double quotes"),
        ('{ $."a" = 1 }', 4, "$.['...']"),
        ('{ $["a"] = 1 }', 4, "$.['name']"),
        ("{ $.a:b = 1 }", 5, "$.['...']"),
        ("{ $.a EXISTS }", 6, "write = *"),
        ("{ $.a IS NOT NULL }", 6, "has no IS NOT"),
        ("{ $.a is null }", 6, "IS NULL"),
        ("{ $.a Not Exists }", 6, "NOT EXISTS"),
        ('{ $.a IS "NULL" }', 6, "without quotes"),
        ("{ !($.a = 1) }", 2, "has no negation"),
        ("{ NOT $.a = 1 }", 2, "has no negation"),
        ("{ ($.a = 1 }", 2, "Add the missing )"),
        ("{ ($.a = 1 && ($.b = 2) }", 2, "Add the missing )"),
        ("{ $.a = 1) }", 9, "Remove it"),
        (" { $.a = 1 }", 0, "Remove it"),
        ("{ $.a = 1 }\n", 11, "Remove it"),
        ("{ $.a = \u201cx\u201d }", 8, "U+201C only looks like the double quote"),
        ("{ $.a\u00a0= 1 }", 5, "looks like a space"),
        ("{ $.a = \u0421reate }", 8, "only look like the intended letter"),
        ("{ $.a = null }", 8, "Write IS NULL"),
        ("{ $.a != null }", 9, "write = *"),
        ("{ $.a > x }", 8, "need an unquoted number"),
        ('{ $.a > "5" }', 8, "need an unquoted number"),
        ("{ $.a <= 5* }", 9, "need an unquoted number"),
        ('{ "v": [1] }', 2, "looks like JSON data"),
        ("{ $.a[-1] = 1 }", 6, "no negative indexes"),
        ("{ $.a[0:2] = 1 }", 7, "no slices"),
        ("{ $.a = arn:aws }", 11, "double quotes"),
        ("{ $.a = $.b }", 8, "two properties cannot be compared"),
        ("{ $.a = }", 8, "A value is missing"),
        ("{ $.a = 1 && }", 13, "A condition is missing"),
        ("{ $.a = 1", 9, 'Close the pattern with "}"'),
        ('{ $.a = "x }', 8, 'Write \\"'),
        ("{ $.a LIKE x }", 6, "has no LIKE"),
        ("{ $.a = %a\\%b% }", 10, "\\x25"),
        ("{ $.a = %a(b)% }", 10, "There are no groups"),
        ("{ $.a = %a!% }", 10, "\\x21"),
        ("'x'", 0, "double quotes"),
    ],
)
def test_a_common_mistake_is_reported_with_position_and_hint(pattern: str, position: int, hint: str) -> None:
    error = _error(pattern)
    assert error.position == position
    assert hint.lower() in error.hint.lower()
    assert error.reason


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{ $.a[*].b.* = 1 }", "a maximum of 1 wildcard allowed per json selector."),
        ("{ $.a[*]=1 || $.b[*]=1 || $.c.*=1 || $.d[*]=1 }", "a maximum of 3 JSON wildcard selectors allowed"),
        ("{ $.a=%x% || $.b=%y% || $.c=%z% }", "a maximum of 2 regular expressions per filter pattern."),
        ("{ $.a == 1 }", "Invalid metric filter pattern"),
        ("x" * (MAX_PATTERN_LENGTH + 1), "less than or equal to 1024"),
    ],
)
def test_the_error_has_the_message_of_aws(pattern: str, message: str) -> None:
    assert message in _error(pattern).aws_message


def test_the_error_shows_the_pattern_with_a_caret() -> None:
    assert str(_error("{ $.a == 1 }")).splitlines() == [
        "Invalid filter pattern at position 6: == is not an operator",
        "  { $.a == 1 }",
        "        ^",
        'Write a single "=" to compare.',
    ]


def test_the_caret_is_correct_in_a_long_pattern_with_line_breaks() -> None:
    pattern = "{ " + " || ".join(f"$.a = {n}\n" for n in range(40)) + " || $.b == 1 }"
    lines = str(_error(pattern)).splitlines()
    assert lines[1][lines[2].index("^") :].startswith("== 1 }")
    assert len(lines[1]) < 140


def test_the_length_is_counted_in_characters() -> None:
    compile_pattern('"' + "é" * (MAX_PATTERN_LENGTH - 2) + '"')
    assert _error('"' + "e" * (MAX_PATTERN_LENGTH - 1) + '"').position == MAX_PATTERN_LENGTH
