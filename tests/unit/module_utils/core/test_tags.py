from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.core.tags import (
    OWNER_MARK,
    as_list,
    as_mapping,
    as_texts,
    is_managed,
    own_tags,
    require_ownership,
    tag_change,
    tag_problems,
)
from hypothesis import given
from hypothesis import strategies as st

TAGS = st.dictionaries(st.sampled_from(["a", "b", "c", "aws:x", "secmon:managed-by"]), st.sampled_from(["", "1", "2"]))
DESIRED = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["", "1", "2"]))


def test_numbers_become_strings_and_null_an_empty_string() -> None:
    assert as_texts({1: 2.5, "team": None, "live": True}) == {"1": "2.5", "team": "", "live": "True"}


@given(TAGS, st.none() | DESIRED, st.booleans())
def test_a_tag_change_is_idempotent(current: dict[str, str], desired: dict[str, str] | None, purge: bool) -> None:
    change = tag_change(current, desired, purge)
    made = {key: value for key, value in {**current, **change.add}.items() if key not in change.remove}
    assert own_tags(made) == change.after
    again = tag_change(made, desired, purge)
    assert (again.add, again.remove) == ({}, ())


@given(TAGS, st.none() | DESIRED, st.booleans())
def test_the_ownership_tag_is_always_set_and_tags_of_aws_are_ignored(
    current: dict[str, str], desired: dict[str, str] | None, purge: bool
) -> None:
    change = tag_change(current, desired, purge)
    assert is_managed(change.after)
    assert not [key for key in (*change.add, *change.remove) if key.startswith("aws:")]


@given(TAGS, DESIRED)
def test_without_a_purge_nothing_is_removed(current: dict[str, str], desired: dict[str, str]) -> None:
    assert tag_change(current, desired, purge=False).remove == ()


def test_a_task_without_tags_keeps_existing_tags() -> None:
    assert tag_change({"team": "x"}, None).after == {"team": "x", **OWNER_MARK}


@given(DESIRED)
def test_both_forms_of_tags_are_equivalent(tags: dict[str, str]) -> None:
    assert as_mapping(as_list(tags)) == tags


@pytest.mark.parametrize(
    ("tags", "says"),
    [
        ({"": "x"}, "0 characters"),
        ({"k" * 129: "x"}, "129 characters"),
        ({"k": "v" * 257}, "257 characters"),
        ({"AWS:k": "v"}, "aws:"),
        ({"k": "a#b#c&d"}, "contains '#', '&'. IAM and CloudWatch Logs accept"),
        ({"a\tb": "v"}, r"contains '\t'."),
        ({"k": "on 🔥"}, "contains '🔥'."),
        ({"secmon:managed-by": "me"}, "Remove it from tags"),
        ({f"k{number}": "v" for number in range(50)}, "50 tags"),
    ],
)
def test_tags_that_aws_rejects_are_reported(tags: dict[str, str], says: str) -> None:
    assert says in " ".join(tag_problems(tags))


def test_valid_tags_are_accepted() -> None:
    assert list(tag_problems({f"k{number}": "v" for number in range(49)})) == []
    assert list(tag_problems(None)) == []
    assert list(tag_problems({"Größe 大": "a_b.c:/=+-@ ²\u00a0"})) == []


def test_rejects_an_unmanaged_resource_and_names_the_options() -> None:
    with pytest.raises(RequestError, match="adopt: true"):
        require_ownership("topic a", {"owner": "another-team"}, adopt=False)


@pytest.mark.parametrize(
    ("adopt", "unfinished", "tags"), [(True, False, {}), (False, True, {}), (False, False, OWNER_MARK)]
)
def test_managed_adopted_or_unfinished_resources_are_accepted(
    adopt: bool, unfinished: bool, tags: dict[str, str]
) -> None:
    require_ownership("topic a", tags, adopt=adopt, unfinished=unfinished)
