"""Test that metric_alarms detects and repairs manual changes of each setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.metric_alarms.alarm_setup import (
    ARN,
    LEAST,
    OTHER_TOPIC,
    TOPIC,
    WANTED,
    alarms,
    change_manually,
)
from tests.support.module_runner import ModuleRunner


@pytest.fixture
def cloudwatch(aws_client: Callable[..., Any]) -> Any:
    return aws_client("cloudwatch")


def in_alarm(**changes: Any) -> Callable[[Any], Any]:
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
    "description": in_alarm(AlarmDescription="Nothing"),
    "description removed": in_alarm(AlarmDescription=None),
    "metric_namespace": in_alarm(Namespace="Elsewhere"),
    "metric_name": in_alarm(MetricName="Nothing"),
    "statistic": in_alarm(Statistic="Average"),
    "extended_statistic": in_alarm(Statistic=None, ExtendedStatistic="p50"),
    "period_seconds": in_alarm(Period=300),
    "evaluation_periods": in_alarm(EvaluationPeriods=5),
    "datapoints_to_alarm": in_alarm(DatapointsToAlarm=3),
    "datapoints_to_alarm removed": in_alarm(DatapointsToAlarm=None),
    "threshold": in_alarm(Threshold=1e9),
    "comparison": in_alarm(ComparisonOperator="LessThanThreshold"),
    "missing_data": in_alarm(TreatMissingData="ignore"),
    "missing_data removed": in_alarm(TreatMissingData=None),
    "unit": in_alarm(Unit="Percent"),
    "unit removed": in_alarm(Unit=None),
    "dimensions": in_alarm(Dimensions=[{"Name": "Account", "Value": "999999999999"}]),
    "dimensions removed": in_alarm(Dimensions=[]),
    "alarm_actions": in_alarm(AlarmActions=[TOPIC, OTHER_TOPIC]),
    "alarm_actions removed": in_alarm(AlarmActions=[]),
    "ok_actions": in_alarm(OKActions=[OTHER_TOPIC]),
    "insufficient_data_actions": in_alarm(InsufficientDataActions=[]),
    "muted": lambda cloudwatch: cloudwatch.disable_alarm_actions(AlarmNames=["read"]),
    "metric math": in_alarm(**_MATH),
    "low samples": in_alarm(EvaluateLowSampleCountPercentile="ignore"),
    "tag changed": lambda cloudwatch: cloudwatch.tag_resource(
        ResourceARN=f"{ARN}read", Tags=[{"Key": "team", "Value": "sales"}]
    ),
    "tag added": lambda cloudwatch: cloudwatch.tag_resource(
        ResourceARN=f"{ARN}quiet", Tags=[{"Key": "surplus", "Value": "1"}]
    ),
    "tag removed": lambda cloudwatch: cloudwatch.untag_resource(ResourceARN=f"{ARN}read", TagKeys=["team"]),
    "deleted": lambda cloudwatch: cloudwatch.delete_alarms(AlarmNames=["quiet"]),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("change", MANUAL_CHANGES.values(), ids=list(MANUAL_CHANGES))
def test_repairs_a_manual_change(run_module: ModuleRunner, cloudwatch: Any, change: Callable[[Any], Any]) -> None:
    run_module.succeed(**WANTED)
    right = alarms(cloudwatch)
    change(cloudwatch)
    assert alarms(cloudwatch) != right
    predicted = run_module.succeed(check=True, **WANTED)
    repaired = run_module.succeed(**WANTED)
    assert repaired["changed"] and predicted["changed"]
    assert repaired["diff"] == predicted["diff"]
    assert alarms(cloudwatch) == right
    assert not run_module.succeed(**WANTED)["changed"]


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
    run_module.succeed(alarms=[{"name": "read", **LEAST}])
    right = alarms(cloudwatch)
    change_manually(cloudwatch, "read", changes)
    assert run_module.succeed(alarms=[{"name": "read", **LEAST}])["changed"]
    assert alarms(cloudwatch) == right


@pytest.mark.promise("drift")
def test_ignores_the_order_of_actions(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=[{"name": "read", **LEAST, "alarm_actions": [TOPIC, OTHER_TOPIC]}])
    change_manually(cloudwatch, "read", {"AlarmActions": [TOPIC, OTHER_TOPIC]})
    assert not run_module.succeed(alarms=[{"name": "read", **LEAST, "alarm_actions": [TOPIC, OTHER_TOPIC]}])["changed"]
    assert not run_module.succeed(alarms=[{"name": "read", **LEAST, "alarm_actions": [OTHER_TOPIC, TOPIC]}])["changed"]
