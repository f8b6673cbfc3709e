"""The calls that event_rules makes to compare rules and targets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.event_rules.rule_setup import RULE, TASK
from tests.support.module_runner import ModuleRunner


@pytest.mark.promise("calls")
def test_reads_the_rules_once_and_their_targets_and_writes_what_differs(run_module: ModuleRunner) -> None:
    writes = ["ListRules", "PutRule", "PutRule", "PutTargets", "PutTargets"]
    assert run_module.actions(**TASK) == writes
    assert run_module.actions(**TASK) == ["ListRules", "ListTargetsByRule", "ListTargetsByRule"]
    changed = {"rules": [{**RULE, "description": "new"}]}
    assert run_module.actions(**changed) == ["ListRules", "ListTargetsByRule", "ListTagsForResource", "PutRule"]


@pytest.mark.promise("calls")
def test_lists_the_rules_of_a_target_instead_of_reading_each_target(
    run_module: ModuleRunner, aws_client: Callable[..., Any]
) -> None:
    task = {"rules": [RULE], "compare_targets": False}
    run_module.succeed(**task)
    lists = ["ListRules", "ListRuleNamesByTarget"]
    assert run_module.actions(**task) == lists

    aws_client("events").remove_targets(Rule="secmon-read", Ids=["secmon"])
    repair = [*lists, "ListTargetsByRule", "ListTagsForResource", "PutTargets"]
    assert run_module.actions(**task) == repair

    # The description shows that the text is older; it is put last, so that an interrupted run is completed.
    newer = {**task, "rules": [{**RULE, "description": "text 2", "input_template": '"<who> read it."'}]}
    assert run_module.actions(**newer) == [*repair, "PutRule"]
    assert not run_module.succeed(**newer)["changed"]
