"""The module metric_filters leaves log groups and filters alone that this collection did not make."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.metric_filters.metric_filter_setup import (
    GROUP,
    LOGINS,
    NAMESPACE,
    READS,
    TASK,
    filters,
    make_alarm,
    make_group,
    put,
)
from tests.support.module_runner import ModuleRunner, writes

GROUP_TAGS = {"no tag": {}, "another tool": {"secmon:managed-by": "another-tool"}}
PURGE = {"log_group_name": GROUP, "filters": [LOGINS], "purge_namespace": NAMESPACE}
TASKS: dict[str, dict[str, Any]] = {
    "create": {"log_group_name": GROUP, "filters": [LOGINS]},
    "overwrite": TASK,
    "adopt": {**TASK, "adopt": True},
    "purge": PURGE,
    "delete": {**TASK, "state": "absent"},
}


def tags(logs: Any) -> dict[str, str]:
    (group,) = logs.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]
    found: dict[str, str] = logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"]
    return found


def rejected(run_module: ModuleRunner, **task: Any) -> str:
    """Return the message of a run that wrote nothing, the same as in check mode."""
    message = run_module.fail(check=True, **task)
    result, calls = run_module.recorded(**task)
    assert writes(calls) == [] and result["msg"] == message
    assert "account 123456789012, region us-east-1" in message
    return message


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("group_tags", GROUP_TAGS.values(), ids=list(GROUP_TAGS))
@pytest.mark.parametrize("task", TASKS.values(), ids=list(TASKS))
def test_writes_nothing_in_a_log_group_of_others(
    run_module: ModuleRunner, aws_client: Callable[..., Any], group_tags: dict[str, str], task: dict[str, Any]
) -> None:
    logs = aws_client("logs")
    logs.create_log_group(logGroupName=GROUP, **({"tags": group_tags} if group_tags else {}))
    put(logs, READS["name"])
    before = filters(logs)
    message = rejected(run_module, **task)
    assert f"log group {GROUP} is not managed by this collection" in message and "use_existing_group" in message
    assert filters(logs) == before and tags(logs) == group_tags


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("own_group", [True, False])
def test_rejects_a_filter_that_others_made_unless_adopted(
    run_module: ModuleRunner, aws_client: Callable[..., Any], own_group: bool, state: str
) -> None:
    logs = aws_client("logs")
    make_group(logs) if own_group else logs.create_log_group(logGroupName=GROUP)
    put(logs, READS["name"])
    before = filters(logs)
    task = {**TASK, "state": state, "use_existing_group": not own_group}
    message = rejected(run_module, **task)
    for words in (READS["name"], GROUP, NAMESPACE, "adopt: true"):
        assert words in message
    assert filters(logs) == before
    assert run_module.succeed(**task, adopt=True)["changed"]
    assert set(filters(logs)) == ({READS["name"], LOGINS["name"]} if state == "present" else set())
    assert own_group or tags(logs) == {}


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("own_group", [True, False])
def test_keeps_filters_of_others_in_a_namespace_that_it_purges(
    run_module: ModuleRunner, aws_client: Callable[..., Any], own_group: bool
) -> None:
    logs = aws_client("logs")
    make_group(logs) if own_group else logs.create_log_group(logGroupName=GROUP)
    put(logs, "OfAnotherTeam")
    for task in (TASK, PURGE, {**PURGE, "adopt": True}):
        result = run_module.succeed(**{**task, "purge_namespace": NAMESPACE}, use_existing_group=not own_group)
        assert any("OfAnotherTeam" in warning and "was kept" in warning for warning in result["warnings"])
    assert "OfAnotherTeam" in filters(logs)
    # In a group of others, only an alarm would show that a filter is not theirs.
    assert (READS["name"] in filters(logs)) != own_group


@pytest.mark.promise("ownership")
def test_repairs_deletes_and_purges_its_own_filters_in_a_log_group_of_others(
    run_module: ModuleRunner, aws_client: Callable[..., Any]
) -> None:
    logs, cloudwatch = aws_client("logs"), aws_client("cloudwatch")
    logs.create_log_group(logGroupName=GROUP)
    old = {**READS, "name": "Old", "metric_name": "OldCount"}
    task = {**TASK, "use_existing_group": True, "purge_namespace": NAMESPACE}
    run_module.succeed(**{**task, "filters": [READS, LOGINS, old]})
    for item in (READS, old):
        make_alarm(cloudwatch, item)
    expected = {name: own for name, own in filters(logs).items() if name != "Old"}
    put(logs, READS["name"], namespace="Changed")
    assert run_module.succeed(**task)["removed"] == ["Old"]
    assert filters(logs) == expected
    put(logs, READS["name"])
    assert run_module.succeed(**task, state="absent")["removed"] == [READS["name"], LOGINS["name"]]
    assert tags(logs) == {}


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("alarm", ["of another group", "not managed"])
def test_an_alarm_of_others_does_not_show_who_made_a_filter(
    run_module: ModuleRunner, aws_client: Callable[..., Any], alarm: str
) -> None:
    logs, cloudwatch = aws_client("logs"), aws_client("cloudwatch")
    make_group(logs)
    put(logs, READS["name"])
    make_alarm(cloudwatch, READS, group="/other" if alarm == "of another group" else GROUP)
    if alarm == "not managed":
        (found,) = cloudwatch.describe_alarms()["MetricAlarms"]
        cloudwatch.untag_resource(ResourceARN=found["AlarmArn"], TagKeys=["secmon:managed-by"])
    assert "was not made by this collection" in rejected(run_module, **TASK)


@pytest.mark.promise("ownership")
def test_changes_and_purges_what_it_recorded(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(**TASK)
    assert set(tags(logs)) == {"secmon:managed-by", "secmon:metric-filters"}
    put(logs, READS["name"], namespace="Changed")
    assert run_module.succeed(**TASK)["updated"] == [READS["name"]]
    assert run_module.succeed(**PURGE)["removed"] == [READS["name"]]
    run_module.succeed(**TASK, state="absent")
    assert tags(logs)["secmon:metric-filters"] == ""
    put(logs, READS["name"])
    assert "was not made by this collection" in rejected(run_module, **TASK)
