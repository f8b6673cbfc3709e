"""Test ownership, composite alarms, partitions and rejected tasks of metric_alarms."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.metric_alarms.alarm_setup import (
    ALARM,
    MANAGED_TAG,
    TOPIC,
    TWENTY,
    alarms,
    put_manually,
)
from tests.support.module_runner import ModuleRunner


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_rejects_the_name_of_a_composite_alarm_even_if_adopted(
    run_module: ModuleRunner, cloudwatch: Any, state: str
) -> None:
    cloudwatch.put_composite_alarm(AlarmName="both", AlarmRule="TRUE")
    assert "both is a composite alarm" in run_module.fail(alarms=[{**ALARM, "name": "both"}], adopt=True, state=state)
    (kept,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    assert kept["AlarmRule"] == "TRUE"


@pytest.mark.promise("ownership")
def test_purge_keeps_composite_alarms_and_metric_alarms_are_deleted_without_them(
    run_module: ModuleRunner, cloudwatch: Any
) -> None:
    run_module.succeed(alarms=[ALARM], tags={"set": "one"})
    tags = [{"Key": key, "Value": value} for key, value in {**MANAGED_TAG, "set": "one"}.items()]
    cloudwatch.put_composite_alarm(AlarmName="read-both", AlarmRule="TRUE", Tags=tags)
    assert run_module.succeed(purge_tag={"set": "one"}, state="absent")["removed"] == ["read"]
    assert cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]


@pytest.mark.promise("ownership")
def test_purge_keeps_unmanaged_alarms(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=TWENTY, tags={"set": "one"})
    put_manually(cloudwatch, "alarm-unmanaged", Tags=[{"Key": "set", "Value": "one"}])
    run_module.succeed(alarms=TWENTY[:1], purge_tag={"set": "one"}, adopt=True)
    assert sorted(alarms(cloudwatch)) == ["alarm-00", "alarm-unmanaged"]
    run_module.succeed(state="absent", purge_tag={"set": "one"})
    assert sorted(alarms(cloudwatch)) == ["alarm-unmanaged"]


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("invalid", "expected"),
    [
        ({"alarms": [{**ALARM, "period_seconds": 7}]}, "period_seconds is 7"),
        ({"alarms": [{**ALARM, "name": "x" * 256}]}, "1-255"),
        ({"alarms": [{**ALARM, "alarm_actions": [TOPIC.replace("arn:aws", "arn:aws-cn")]}]}, "partition aws"),
        ({"alarms": [ALARM, ALARM]}, "2 times"),
        ({"alarms": []}, None),
        ({"alarms": [ALARM], "tags": {"aws:owner": "x"}}, "aws:"),
        ({}, "option alarms is missing"),
    ],
)
def test_rejects_invalid_tasks_before_the_first_call(
    run_module: ModuleRunner, invalid: dict[str, Any], expected: str | None
) -> None:
    result, calls = run_module.recorded(**invalid)
    assert calls == []
    assert expected in result["msg"] if expected else not result["changed"]
