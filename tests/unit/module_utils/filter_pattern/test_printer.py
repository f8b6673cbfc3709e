"""The canonical text of a pattern."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.filter_pattern.pattern import compile_pattern


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("{$.a=1}", "{ $.a = 1 }"),
        ('{$.a="x"&&$.b NOT EXISTS}', '{ ($.a = "x") && ($.b NOT EXISTS) }'),
        ("{$.a=1||$.b=2&&$.c=3}", "{ ($.a = 1) || (($.b = 2) && ($.c = 3)) }"),
        ("[a=1||a=2,...]", "[a = 1 || a = 2, ...]"),
        ('?a  ?"b c"', '?a ?"b c"'),
        (" ", ""),
    ],
)
def test_json_conditions_are_in_parentheses_as_in_published_patterns(written: str, canonical: str) -> None:
    assert str(compile_pattern(written)) == canonical


def test_a_pattern_that_fits_only_without_spaces_is_printed_without_spaces() -> None:
    written = "{" + "||".join(f"$.a{number}=1" for number in range(110)) + "}"
    printed = str(compile_pattern(written))
    assert len(written) <= 1024
    assert printed == written
