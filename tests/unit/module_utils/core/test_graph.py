"""Things that need each other come in an order in which they can be made."""

from __future__ import annotations

from ansible_collections.secmon.aws.plugins.module_utils.core.graph import layers
from hypothesis import given
from hypothesis import strategies as st

NAMES = st.sampled_from("abcdef")


def test_what_needs_nothing_comes_first() -> None:
    assert layers({"c": {"a", "b"}, "b": {"a"}, "a": set(), "d": set()}) == ([["a", "d"], ["b"], ["c"]], [])


def test_a_circle_and_what_depends_on_it_is_left_over() -> None:
    assert layers({"a": {"b"}, "b": {"a"}, "c": {"a"}, "d": set(), "e": {"e"}}) == ([["d"]], ["a", "b", "c", "e"])


@given(st.dictionaries(NAMES, st.sets(NAMES)))
def test_nothing_comes_before_what_it_needs_and_nothing_is_lost(needs: dict[str, set[str]]) -> None:
    made, left = layers(needs)
    earlier: set[str] = set()
    for layer in made:
        assert all(needs[name] & needs.keys() <= earlier for name in layer)
        earlier |= set(layer)
    assert sorted([*earlier, *left]) == sorted(needs)
    assert all(needs[name] & set(left) for name in left)
