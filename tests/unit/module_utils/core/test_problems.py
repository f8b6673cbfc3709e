from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError, did_you_mean, require


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
