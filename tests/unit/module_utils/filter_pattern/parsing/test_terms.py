"""The meaning of patterns of terms."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import PatternError, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "message", "holds"),
    [
        ("ERROR", "TERROR", True),
        ("ERROR", "error", False),
        ("a b", "b then a", True),
        ('"a b"', "b a", False),
        ('"[x]" y', "[x]y", True),
        ("-a", "b", True),
        ("-a", "a", False),
        ("-a", "", True),
        ('a -"b c"', "a b-c", True),
        ("?a ?b", "b", True),
        ("?a ?b", "c", False),
        ("?a", "c", False),
        ("?a ?b c", "c", True),
        ("?a ?b c", "a b", False),
        ("?a ?b -c", "x", True),
        ("?a ?b -c", "a c", False),
        ('?"a b" ?c', "a b", True),
        ('"say \\"hi\\""', 'say "hi"', True),
        ('"a\\\\b"', "a\\b", True),
        ('"é"', "café", True),
        ('"*"', "a*b", True),
        ('"*"', "ab", False),
        ("%a.c%", "xabcx", True),
        ("  a   b  ", "ab", True),
    ],
)
def test_terms_match_substrings(pattern: str, message: str, holds: bool) -> None:
    assert compile_pattern(pattern).matches(message) is holds


@pytest.mark.parametrize(
    ("pattern", "term"),
    [
        ("ERR*", "*"),
        ('"ERROR', '"ERROR'),
        ("%^(a)%", "%^("),
        ("[x", None),
        ("a(b", "("),
        ("a,b", ","),
        ("a:b", ":"),
        ("a\\b", "\\"),
        ("a`b", "`"),
        ("a-b", "-"),
        ("a.b", "."),
        ("a/b", "/"),
        ("é", "é"),
        ("a{", "{"),
    ],
)
def test_rejects_an_unquoted_special_character_with_the_message_of_aws(pattern: str, term: str | None) -> None:
    with pytest.raises(PatternError) as caught:
        compile_pattern(pattern)
    expected = "Invalid metric filter pattern" if term is None else f"Invalid character(s) in term '{term}'"
    assert caught.value.aws_message == expected


@pytest.mark.parametrize("pattern", ["-", "?", "- a", "--a", "-?a", "a b -", '"a""b"', 'a"b"', "%a%b", '%a% -"x"'])
def test_rejects_a_term_without_a_documented_meaning(pattern: str) -> None:
    with pytest.raises(PatternError):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["", " ", "   ", "\n"])
def test_a_pattern_of_whitespace_matches_everything(pattern: str) -> None:
    for message in ("", "x", "{}", "\x00"):
        assert compile_pattern(pattern).matches(message)
    assert str(compile_pattern(pattern)) == ""
