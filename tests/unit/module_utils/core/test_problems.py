from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import (
    RequestError,
    did_you_mean,
    listed,
    require,
    sentence,
)


def test_all_problems_are_reported_at_once() -> None:
    with pytest.raises(RequestError) as caught:
        require(["one", "two"])
    assert caught.value.problems == ("one", "two")
    assert str(caught.value) == "one\ntwo"


def test_no_problems_raise_no_error() -> None:
    require([])


@pytest.mark.parametrize(("name", "says"), [("retension", ' Did you mean "retention"?'), ("zzz", "")])
def test_the_nearest_known_name_is_suggested(name: str, says: str) -> None:
    assert did_you_mean(name, ["retention", "region"]) == says


@pytest.mark.parametrize(
    ("quoted", "ended"),
    [
        ("Access denied", "Access denied."),
        ("Access denied.", "Access denied."),
        ("Did you sign it?", "Did you sign it?"),
        ("Access denied. ", "Access denied."),
    ],
)
def test_a_quoted_message_ends_with_one_mark(quoted: str, ended: str) -> None:
    assert sentence(quoted) == ended


def test_a_list_names_each_once() -> None:
    assert listed(["bucket a", "trail b", "bucket a"]) == "bucket a, trail b"
