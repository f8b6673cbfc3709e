"""Test how log_alarms behaves if calls fail, if it is interrupted, and in check mode."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from tests.integration.log_alarms.test_log_alarms import ALARM, MANAGED_TAG, TASK, alarms, tags
from tests.support.module_runner import ModuleRunner

PURGE = {**TASK, "purge_tag": {"team": "security"}}
OLD: dict[str, Any] = {"alarms": [ALARM | {"name": "old"}, ALARM | {"threshold": 7}], "tags": TASK["tags"]}


@pytest.mark.promise("prerequisite")
def test_explains_that_the_quota_is_reached(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "cloudwatch", "action": "PutLogAlarm", "error": "LimitExceeded"})
    assert "Service Quotas" in run_module.fail(**TASK)


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


@pytest.mark.promise("calls")
def test_a_run_without_changes_reads_alarms_and_tags_once(run_module: ModuleRunner) -> None:
    run_module.succeed(**PURGE)
    assert sorted(run_module.actions(**PURGE)) == ["DescribeAlarms", "GetResources"]


@pytest.mark.promise("upstream")
def test_upstream_has_no_module_for_log_alarms() -> None:
    for collection in ("amazon", "community"):
        folder = importlib.import_module(f"ansible_collections.{collection}.aws.plugins.modules").__path__[0]
        assert not list(Path(folder).glob("*log_alarm*"))
