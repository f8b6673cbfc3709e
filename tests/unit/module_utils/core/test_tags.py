from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.core.tags import (
    OWNER_MARK,
    as_list,
    as_mapping,
    as_texts,
    is_ours,
    own_tags,
    require_ownership,
    tag_change,
    tag_problems,
)
from hypothesis import given
from hypothesis import strategies as st

TAGS = st.dictionaries(st.sampled_from(["a", "b", "c", "aws:x", "secmon:managed-by"]), st.sampled_from(["", "1", "2"]))
WANTED = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["", "1", "2"]))


def test_numbers_are_tags_too_and_nothing_is_an_empty_text() -> None:
    assert as_texts({1: 2.5, "team": None, "live": True}) == {"1": "2.5", "team": "", "live": "True"}


@given(TAGS, st.none() | WANTED, st.booleans())
def test_a_change_that_was_made_leaves_nothing_to_change(
    current: dict[str, str], wanted: dict[str, str] | None, purge: bool
) -> None:
    change = tag_change(current, wanted, purge)
    made = {key: value for key, value in {**current, **change.add}.items() if key not in change.remove}
    assert own_tags(made) == change.after
    again = tag_change(made, wanted, purge)
    assert (again.add, again.remove) == ({}, ())


@given(TAGS, st.none() | WANTED, st.booleans())
def test_our_mark_is_always_set_and_awss_own_tags_never_touched(
    current: dict[str, str], wanted: dict[str, str] | None, purge: bool
) -> None:
    change = tag_change(current, wanted, purge)
    assert is_ours(change.after)
    assert not [key for key in (*change.add, *change.remove) if key.startswith("aws:")]


@given(TAGS, WANTED)
def test_without_a_purge_nothing_is_removed(current: dict[str, str], wanted: dict[str, str]) -> None:
    assert tag_change(current, wanted, purge=False).remove == ()


def test_a_task_that_says_nothing_of_tags_leaves_those_of_others() -> None:
    assert tag_change({"team": "x"}, None).after == {"team": "x", **OWNER_MARK}


@given(WANTED)
def test_both_forms_of_tags_hold_the_same(tags: dict[str, str]) -> None:
    assert as_mapping(as_list(tags)) == tags


@pytest.mark.parametrize(
    ("tags", "says"),
    [
        ({"": "x"}, "0 characters"),
        ({"k" * 129: "x"}, "129 characters"),
        ({"k": "v" * 257}, "257 characters"),
        ({"AWS:k": "v"}, "aws:"),
        ({"secmon:managed-by": "me"}, "Leave it out"),
        ({f"k{number}": "v" for number in range(50)}, "50 tags"),
    ],
)
def test_what_aws_would_refuse_is_said(tags: dict[str, str], says: str) -> None:
    assert says in " ".join(tag_problems(tags))


def test_good_tags_are_no_problem() -> None:
    assert list(tag_problems({f"k{number}": "v" for number in range(49)})) == []
    assert list(tag_problems(None)) == []


def test_what_is_not_ours_is_refused_with_the_ways_out() -> None:
    with pytest.raises(RequestError, match="adopt: true"):
        require_ownership("topic a", {"owner": "somebody"}, adopt=False)


@pytest.mark.parametrize(
    ("adopt", "unfinished", "tags"), [(True, False, {}), (False, True, {}), (False, False, OWNER_MARK)]
)
def test_what_is_ours_adopted_or_unfinished_is_taken(adopt: bool, unfinished: bool, tags: dict[str, str]) -> None:
    require_ownership("topic a", tags, adopt=adopt, unfinished=unfinished)
