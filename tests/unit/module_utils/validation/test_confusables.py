from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.validation.confusables import ascii_for, invisible, non_ascii
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("character", "plain"),
    [
        ("\u0430", "a"),
        ("\u0405", "S"),
        ("\u03bf", "o"),
        ("\u2019", "'"),
        ("\u00a0", " "),
        ("\uff21", "A"),
        ("\u00e9", "e"),
    ],
)
def test_a_look_alike_is_named_with_the_ascii_it_looks_like(character: str, plain: str) -> None:
    assert ascii_for(character) == plain
    complaint = non_ascii(f"Get{character}") or ""
    assert f"character 4 is U+{ord(character):04X}" in complaint
    assert f"looks like {plain!r}" in complaint


def test_printable_ascii_is_fine_and_letters_of_any_script_are_visible() -> None:
    assert non_ascii("GetSecretValue { } ~") is None
    assert invisible("Ein Geheimnis wurde gelesen \u2013 pr\u00fcfen\n") is None


@pytest.mark.parametrize("character", ["\u200b", "\u202e", "\x1b", "\ud800"])
def test_what_hides_text_is_named(character: str) -> None:
    assert "character 2" in (invisible(f"a{character}b") or "")


@given(st.text())
def test_any_text_can_be_described(text: str) -> None:
    assert (non_ascii(text) is None) == all(" " <= character <= "~" for character in text)
