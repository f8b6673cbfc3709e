"""Test that metric_alarms detects and repairs manual changes of each setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.metric_alarms.alarm_setup import (
    ARN,
    MINIMAL,
    OTHER_TOPIC,
    TASK,
    TOPIC,
    alarms,
    change_manually,
)
from tests.support.module_runner import ModuleRunner


def change_settings(**changes: Any) -> Callable[[Any], Any]:
    return lambda cloudwatch: change_manually(cloudwatch, "read", changes)


_MATH = {
    **dict.fromkeys(("Namespace", "MetricName", "Statistic", "Period", "Dimensions", "Unit")),
    "Metrics": [
        {
            "Id": "m",
            "MetricStat": {
                "Metric": {"Namespace": "SecurityMetrics", "MetricName": "SecretAccessCount"},
                "Period": 60,
                "Stat": "Sum",
            },
        }
    ],
}
MANUAL_CHANGES: dict[str, Callable[[Any], Any]] = {
    "description": change_settings(AlarmDescription="Nothing"),
    "description removed": change_settings(AlarmDescription=None),
    "metric_namespace": change_settings(Namespace="OtherNamespace"),
    "metric_name": change_settings(MetricName="Nothing"),
    "statistic": change_settings(Statistic="Average"),
    "extended_statistic": change_settings(Statistic=None, ExtendedStatistic="p50"),
    "period_seconds": change_settings(Period=300),
    "evaluation_periods": change_settings(EvaluationPeriods=5),
    "datapoints_to_alarm": change_settings(DatapointsToAlarm=3),
    "datapoints_to_alarm removed": change_settings(DatapointsToAlarm=None),
    "threshold": change_settings(Threshold=1e9),
    "comparison": change_settings(ComparisonOperator="LessThanThreshold"),
    "missing_data": change_settings(TreatMissingData="ignore"),
    "missing_data removed": change_settings(TreatMissingData=None),
    "unit": change_settings(Unit="Percent"),
    "unit removed": change_settings(Unit=None),
    "dimensions": change_settings(Dimensions=[{"Name": "Account", "Value": "999999999999"}]),
    "dimensions removed": change_settings(Dimensions=[]),
    "alarm_actions": change_settings(AlarmActions=[TOPIC, OTHER_TOPIC]),
    "alarm_actions removed": change_settings(AlarmActions=[]),
    "ok_actions": change_settings(OKActions=[OTHER_TOPIC]),
    "insufficient_data_actions": change_settings(InsufficientDataActions=[]),
    "tags left out": change_settings(ActionConfiguration={"AlarmTagsPropagation": {"Enabled": False}}),
    "muted": lambda cloudwatch: cloudwatch.disable_alarm_actions(AlarmNames=["read"]),
    "metric math": change_settings(**_MATH),
    "low samples": change_settings(EvaluateLowSampleCountPercentile="ignore"),
    "tag changed": lambda cloudwatch: cloudwatch.tag_resource(
        ResourceARN=f"{ARN}read", Tags=[{"Key": "team", "Value": "sales"}]
    ),
    "tag added": lambda cloudwatch: cloudwatch.tag_resource(
        ResourceARN=f"{ARN}minimal", Tags=[{"Key": "surplus", "Value": "1"}]
    ),
    "tag removed": lambda cloudwatch: cloudwatch.untag_resource(ResourceARN=f"{ARN}read", TagKeys=["team"]),
    "deleted": lambda cloudwatch: cloudwatch.delete_alarms(AlarmNames=["minimal"]),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("change", MANUAL_CHANGES.values(), ids=list(MANUAL_CHANGES))
def test_repairs_a_manual_change(run_module: ModuleRunner, cloudwatch: Any, change: Callable[[Any], Any]) -> None:
    run_module.repair(lambda: change(cloudwatch), lambda: alarms(cloudwatch), **TASK)


@pytest.mark.promise("drift")
@pytest.mark.parametrize(
    "changes",
    [
        {"Unit": "Percent"},
        {"DatapointsToAlarm": 1},
        {"TreatMissingData": "ignore"},
        {"Dimensions": [{"Name": "Account", "Value": "1"}]},
        {"ActionsEnabled": False},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_repairs_a_change_that_keeps_the_alarm_from_firing_even_if_the_task_omits_the_setting(
    run_module: ModuleRunner, cloudwatch: Any, changes: dict[str, Any]
) -> None:
    run_module.succeed(alarms=[{"name": "read", **MINIMAL}])
    expected = alarms(cloudwatch)
    change_manually(cloudwatch, "read", changes)
    assert run_module.succeed(alarms=[{"name": "read", **MINIMAL}])["changed"]
    assert alarms(cloudwatch) == expected


@pytest.mark.promise("drift")
def test_ignores_the_order_of_actions(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=[{"name": "read", **MINIMAL, "alarm_actions": [TOPIC, OTHER_TOPIC]}])
    change_manually(cloudwatch, "read", {"AlarmActions": [TOPIC, OTHER_TOPIC]})
    for actions in ([TOPIC, OTHER_TOPIC], [OTHER_TOPIC, TOPIC]):
        assert not run_module.succeed(alarms=[{"name": "read", **MINIMAL, "alarm_actions": actions}])["changed"]
