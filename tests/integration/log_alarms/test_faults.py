"""Test how log_alarms behaves if calls fail, if it is interrupted, and in check mode."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from tests.integration.log_alarms.test_log_alarms import ALARM, MANAGED_TAG, TASK, alarms, tags
from tests.support.module_runner import ModuleRunner, hidden_in

PURGE = {**TASK, "purge_tag": {"team": "security"}}
OLD: dict[str, Any] = {"alarms": [ALARM | {"name": "old"}, ALARM | {"threshold": 7}], "tags": TASK["tags"]}


@pytest.mark.promise("retry")
@pytest.mark.parametrize("action", ["PutLogAlarm", "DeleteAlarms", "DescribeAlarms"])
def test_retries_transient_failures(run_module: ModuleRunner, cloudwatch: Any, action: str) -> None:
    run_module.succeed(**OLD)
    run_module.faults({"service": "cloudwatch", "action": action, "error": "Throttling", "status": 400})
    assert run_module.succeed(**PURGE)["removed"] == ["old"]
    assert list(alarms(cloudwatch)) == ["reads"]


@pytest.mark.promise("budget")
def test_gives_up_after_timeout_seconds(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "cloudwatch", "action": "PutLogAlarm", "error": "Throttling", "times": 500})
    message = run_module.fail(**TASK, timeout_seconds=60)
    assert "Throttling" in message and "timeout_seconds" in message


@pytest.mark.promise("denied")
def test_denial_names_the_action_to_allow_and_the_resource(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "cloudwatch", "action": "PutLogAlarm", "error": "AccessDenied", "status": 403})
    message = run_module.fail(**TASK)
    for word in ("Allow cloudwatch:PutLogAlarm on", "alarm reads", "account 123456789012, region us-east-1"):
        assert word in message


@pytest.mark.promise("prerequisite")
def test_explains_that_the_quota_is_reached(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "cloudwatch", "action": "PutLogAlarm", "error": "LimitExceeded"})
    assert "Service Quotas" in run_module.fail(**TASK)


@pytest.mark.promise("resume")
@pytest.mark.parametrize("action", ["PutLogAlarm", "DeleteAlarms"])
def test_completes_an_interrupted_run(run_module: ModuleRunner, cloudwatch: Any, action: str) -> None:
    run_module.succeed(**OLD)
    run_module.faults({"service": "cloudwatch", "action": action, "mode": "kill_after"})
    run_module.fail(**PURGE, timeout_seconds=0)
    run_module.succeed(**PURGE)
    assert list(alarms(cloudwatch)) == ["reads"]
    assert not run_module.succeed(**PURGE)["changed"]


@pytest.mark.promise("check")
@pytest.mark.promise("diff")
def test_check_mode_predicts_the_result_and_shows_only_what_changes(run_module: ModuleRunner) -> None:
    run_module.succeed(alarms=[ALARM | {"threshold": 7}], tags=TASK["tags"])
    predicted = run_module.predict(**TASK)
    assert predicted["diff"] == {
        "before": {"alarms": {"reads": {"threshold": 7.0}}},
        "after": {"alarms": {"reads": {"threshold": 1.0}}},
    }
    assert predicted == run_module.succeed(**TASK)


@pytest.mark.promise("unset_options")
def test_keeps_description_actions_and_tags_that_the_task_omits(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=[ALARM | {"description": "Ours"}], tags=TASK["tags"])
    before = alarms(cloudwatch)
    kept = ("alarm_actions", "tags_in_notifications", "tags")
    entry = {key: value for key, value in ALARM.items() if key not in kept}
    assert not run_module.succeed(alarms=[entry])["changed"]
    assert alarms(cloudwatch) == before
    assert tags(cloudwatch, "reads") == {"severity": "high", **TASK["tags"], **MANAGED_TAG}


@pytest.mark.promise("secrets")
def test_never_prints_the_secret_access_key(run_module: ModuleRunner) -> None:
    canary = 'canary/secret+key"'
    run_module.secret_key = canary
    fault = {"service": "cloudwatch", "action": "DescribeAlarms", "error": "AccessDenied", "message": canary}
    outputs = [run_module(**TASK), run_module(alarms=[{"name": "x"}])]
    run_module.faults(fault)
    outputs.append(run_module(**TASK))
    assert [output.get("failed", False) for output in outputs] == [False, True, True]
    assert hidden_in(outputs, canary) == []


@pytest.mark.promise("partition")
def test_works_in_every_partition(run_module: ModuleRunner, partition: str) -> None:
    topic = f"arn:{partition}:sns:{run_module.region}:123456789012:SecurityAlarms"
    named = ("query_role_arn", "log_lines_role_arn")
    roles = {key: ALARM[key].replace("arn:aws:", f"arn:{partition}:") for key in named}
    entry = ALARM | roles | {"alarm_actions": [topic]}
    assert run_module.succeed(alarms=[entry])["changed"]
    assert not run_module.succeed(alarms=[entry])["changed"]


@pytest.mark.promise("calls")
def test_a_run_without_changes_reads_alarms_and_tags_once(run_module: ModuleRunner) -> None:
    run_module.succeed(**PURGE)
    assert sorted(run_module.actions(**PURGE)) == ["DescribeAlarms", "GetResources"]


@pytest.mark.promise("upstream")
def test_upstream_has_no_module_for_log_alarms() -> None:
    for collection in ("amazon", "community"):
        folder = importlib.import_module(f"ansible_collections.{collection}.aws.plugins.modules").__path__[0]
        assert not list(Path(folder).glob("*log_alarm*"))
