"""The meaning of space-delimited patterns, by TestMetricFilter (us-east-1, 2026-09) and the user guide."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import PatternError, compile_pattern

_LINE = '127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534'


def test_the_last_named_field_takes_the_rest_of_the_line() -> None:
    names = "[ip, user, username, timestamp, request, status_code, bytes]"
    assert compile_pattern(names).extract(_LINE + " extra  words ")["$bytes"] == "1534 extra  words"
    ordered = compile_pattern(names.replace("bytes", "bytes > 1000"))
    assert ordered.matches(_LINE)
    assert not ordered.matches(_LINE + " extra")


def test_after_an_ellipsis_the_last_field_is_the_last_word() -> None:
    assert compile_pattern("[ip, ..., bytes]").extract("a b c d") == {"$ip": "a", "$2": "b", "$3": "c", "$bytes": "d"}


@pytest.mark.parametrize(
    ("pattern", "message", "holds"),
    [
        ("[w1=ERROR, w2]", "ERROR request failed", True),
        ("[w1=ERROR, w2]", "ERROR", False),
        ("[w1, w2]", "one", False),
        ("[w1]", "one two", True),
        ("[w1]", "", False),
        ("[w1]", "  ", False),
        ("[]", "", True),
        ("[ ]", "a b", True),
        ("[...]", "", True),
        ("[a, ...]", "x", True),
        ("[..., a, b]", "x", False),
        ("[a, ..., b]", "x", False),
        ("[a, ..., b]", "x y", True),
        ("[,]", "x", False),
        ("[,]", "x y", True),
        ("[, b=y]", "x y", True),
        ("[a=x,]", "x", False),
        ("[a=x,]", "x y", True),
        ('[a="x y", ...]', '"x y" z', True),
        ("[a=%^x%, ...]", "xyz", True),
        ("[a!=%^x%, ...]", "xyz", False),
        ("[a=x* && a!=xy, ...]", "xy", False),
        ("[(a=x || a=y) && b=z, b]", "y z", True),
        ("[a=x || a=y && b=z, b]", "x q", True),
        ("[a>=4.5e2, ...]", "450", True),
        ("[a<5, ...]", "4x", False),
        ("[a<5, ...]", "nan", False),
        ("[a=200, ...]", "200.0", False),
        ("[a = 1* && zz > 3, ...]", "10 4", False),
    ],
)
def test_fields_are_counted_and_compared(pattern: str, message: str, holds: bool) -> None:
    assert compile_pattern(pattern).matches(message) is holds


@pytest.mark.parametrize(
    ("message", "fields"),
    [
        ("a  b\t c", ["a", "b", "c"]),
        ('a "b c" [d e]', ["a", "b c", "d e"]),
        ('"unterminated x', ['"unterminated', "x"]),
        ("[a b", ["[a", "b"]),
        ('"" []', ["", ""]),
        ('k="a b"', ['k="a', 'b"']),
        ("a]", ["a]"]),
    ],
)
def test_whitespace_separates_fields_and_delimiters_group_words(message: str, fields: list[str]) -> None:
    assert list(compile_pattern("[]").extract(message).values()) == fields


def test_unnamed_fields_are_numbered_by_their_position() -> None:
    assert compile_pattern("[a, , c]").extract("x y z") == {"$a": "x", "$2": "y", "$c": "z"}
    assert compile_pattern("[]").extract("x y") == {"$1": "x", "$2": "y"}


@pytest.mark.parametrize(
    ("pattern", "name"), [("[word, word]", "word"), ("[..., a, ...]", "..."), ("[a=1, b, a=2]", "a")]
)
def test_rejects_a_repeated_field_with_the_message_of_aws(pattern: str, name: str) -> None:
    with pytest.raises(PatternError) as caught:
        compile_pattern(pattern)
    assert caught.value.aws_message == f"Duplicate field '{name}'"


@pytest.mark.parametrize(
    "pattern",
    [
        "[a",
        "[a b]",
        "[a=]",
        "[=a]",
        "[a=1 &&]",
        "[a IS NULL]",
        "[a NOT EXISTS]",
        "[1]",
        "[a-b]",
        "[$a]",
        "[a]]",
        "[a] ",
        " [a]",
        "[a>x]",
        '["a"]',
        "[a=%x%, b=%y%, c=%z%]",
        "[a=(b)]",
        "[..]",
        "[....]",
        "[a, b=c, ... d]",
    ],
)
def test_rejects_a_malformed_pattern(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)
