"""Regular expressions: the allowed language, and the same results as Python's ``re``."""

from __future__ import annotations

import re

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.regex.matcher import (
    CharacterSet,
    Row,
    SafeRegex,
)
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.regex.parser import RegexError, parse_regex
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.module_utils.filter_pattern import pattern_strategies as some


def _python(source: str) -> re.Pattern[str]:
    """Translate to Python: ``$`` is the very end here, and ``.`` any character."""
    translated = re.sub(r"(?<!\\)\$(?=\||\Z)", r"\\Z", source)
    return re.compile(translated, re.ASCII | re.DOTALL)


@given(some.regexes, some.short_texts)
def test_a_search_agrees_with_python(source: str, text: str) -> None:
    assert SafeRegex(source).search(text) == bool(_python(source).search(text))


@given(st.frozensets(st.integers(0, 255)), st.binary(max_size=30), st.sampled_from([0, 3_000]))
def test_a_character_set_marks_its_characters_in_short_and_long_texts(
    codes: frozenset[int], head: bytes, pad: int
) -> None:
    text = head + bytes(pad)
    expected = sum(1 << place for place, code in enumerate(text) if code in codes)
    assert CharacterSet(codes).mask(Row(text)) == expected


@given(some.regexes, st.lists(some.short_texts, min_size=1, max_size=5))
def test_a_search_of_many_texts_agrees_with_single_ones(source: str, texts: list[str]) -> None:
    regex = SafeRegex(source)
    each = [regex.search(text) for text in texts]
    assert regex.search_all(texts) == (any(each), all(each))


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("^$", "", True),
        ("^$", "a", False),
        ("^", "a", True),
        ("$", "a", True),
        ("a$", "a\n", False),
        ("^b", "a\nb", False),
        ("a.b", "a\nb", True),
        ("a\\sb", "a\nb", True),
        (".", "€", True),
        ("^.$", "𝄞", True),
        ("\\w", "é", False),
        ("[^a]", "é", True),
        ("\\x21", "!", True),
        ("a{,2}b", "aab", True),
        ("^a{,2}b", "aaab", False),
        ("^a{2,}$", "a" * 500, True),
        ("[.*+?|]", "|", True),
        ("[a-]", "-", True),
        ("[\\]]", "]", True),
        ("gra|ey", "grey", True),
        ("a-z", "a-z", True),
        ("\\@\\;\\-", "@;-", True),
    ],
)
def test_operators_match_as_documented(source: str, text: str, found: bool) -> None:
    assert SafeRegex(source).search(text) is found


@pytest.mark.parametrize(
    "source",
    [
        "",
        "a|",
        "|a",
        "(a)",
        "a!",
        "é",
        "a**",
        "a+?",
        "a{2}{3}",
        "*a",
        "{2}",
        "a{",
        "a{}",
        "a{,}",
        "a{3,2}",
        "a{x}",
        "a{-1}",
        "[",
        "[]",
        "[a",
        "[b-a]",
        "[\\d-z]",
        "[a[b]]",
        "]",
        "}",
        "a^b",
        "a$b",
        "\\",
        "\\n",
        "\\q",
        "\\x2",
        "\\xgg",
        "\\xe9",
        "a&b",
        "a{1001}",
        "a{600}b{600}",
        "a{99999999999999999999}",
        "[é]",
        "[(]",
        "a'",
        "a\nb",
    ],
)
def test_rejects_undocumented_syntax(source: str) -> None:
    with pytest.raises(RegexError) as caught:
        parse_regex(source)
    assert 0 <= caught.value.position <= len(source)
