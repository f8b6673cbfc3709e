from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan, Write

WRITE = Write("logs", "PutMetricFilter", {"filterPattern": "hunter2"}, "metric filter a")


def test_a_plan_without_writes_changes_nothing() -> None:
    assert not Plan(before={"a": 1}, after={"a": 1}, stages=((), ())).changed


def test_a_plan_with_a_write_and_a_difference_is_a_change() -> None:
    plan = Plan(before={}, after={"a": 1}, stages=((), (WRITE,)))
    assert plan.changed and plan.writes == (WRITE,)


@pytest.mark.parametrize(("after", "stages"), [({"a": 2}, ()), ({"a": 1}, ((WRITE,),))])
def test_a_plan_whose_diff_does_not_match_its_writes_is_rejected(
    after: dict[str, int], stages: tuple[object, ...]
) -> None:
    with pytest.raises(AssertionError):
        Plan(before={"a": 1}, after=after, stages=stages)  # type: ignore[arg-type]


def test_the_parameters_of_a_write_are_never_printed() -> None:
    assert "hunter2" not in repr(Plan(before={}, after={"a": 1}, stages=((WRITE,),)))
