from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError, did_you_mean, require


def test_all_problems_come_at_once() -> None:
    with pytest.raises(RequestError) as caught:
        require(["one", "two"])
    assert caught.value.problems == ("one", "two")
    assert str(caught.value) == "one\ntwo"


def test_no_problem_is_no_error() -> None:
    require([])


@pytest.mark.parametrize(("name", "says"), [("retension", ' Did you mean "retention"?'), ("zzz", "")])
def test_a_misspelt_name_gets_the_nearest_one(name: str, says: str) -> None:
    assert did_you_mean(name, ["retention", "region"]) == says
