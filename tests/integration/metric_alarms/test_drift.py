"""What somebody changed about alarms by hand is seen and repaired, setting by setting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.metric_alarms.alarm_witness import (
    ARN,
    LEAST,
    OTHER_TOPIC,
    TOPIC,
    WANTED,
    alarms,
    change_by_hand,
)
from tests.support.module_runner import ModuleRunner


@pytest.fixture
def cloudwatch(witness: Callable[..., Any]) -> Any:
    return witness("cloudwatch")


def in_metric_alarm(**changes: Any) -> Callable[[Any], Any]:
    return lambda cloudwatch: change_by_hand(cloudwatch, "read", changes)


def in_composite(**changes: Any) -> Callable[[Any], Any]:
    return lambda cloudwatch: change_by_hand(cloudwatch, "both", changes)


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
_NO_SUPPRESSOR = dict.fromkeys(("ActionsSuppressor", "ActionsSuppressorWaitPeriod", "ActionsSuppressorExtensionPeriod"))
BY_HAND: dict[str, Callable[[Any], Any]] = {
    "description": in_metric_alarm(AlarmDescription="Nothing"),
    "description removed": in_metric_alarm(AlarmDescription=None),
    "metric_namespace": in_metric_alarm(Namespace="Elsewhere"),
    "metric_name": in_metric_alarm(MetricName="Nothing"),
    "statistic": in_metric_alarm(Statistic="Average"),
    "extended_statistic": in_metric_alarm(Statistic=None, ExtendedStatistic="p50"),
    "period_seconds": in_metric_alarm(Period=300),
    "evaluation_periods": in_metric_alarm(EvaluationPeriods=5),
    "datapoints_to_alarm": in_metric_alarm(DatapointsToAlarm=3),
    "datapoints_to_alarm removed": in_metric_alarm(DatapointsToAlarm=None),
    "threshold": in_metric_alarm(Threshold=1e9),
    "comparison": in_metric_alarm(ComparisonOperator="LessThanThreshold"),
    "missing_data": in_metric_alarm(TreatMissingData="ignore"),
    "missing_data removed": in_metric_alarm(TreatMissingData=None),
    "unit": in_metric_alarm(Unit="Percent"),
    "unit removed": in_metric_alarm(Unit=None),
    "dimensions": in_metric_alarm(Dimensions=[{"Name": "Account", "Value": "999999999999"}]),
    "dimensions removed": in_metric_alarm(Dimensions=[]),
    "alarm_actions": in_metric_alarm(AlarmActions=[TOPIC, OTHER_TOPIC]),
    "alarm_actions removed": in_metric_alarm(AlarmActions=[]),
    "ok_actions": in_metric_alarm(OKActions=[OTHER_TOPIC]),
    "insufficient_data_actions": in_metric_alarm(InsufficientDataActions=[]),
    "muted": lambda cloudwatch: cloudwatch.disable_alarm_actions(AlarmNames=["read"]),
    "metric math": in_metric_alarm(**_MATH),
    "low samples": in_metric_alarm(EvaluateLowSampleCountPercentile="ignore"),
    "tag changed": lambda cloudwatch: cloudwatch.tag_resource(
        ResourceARN=f"{ARN}read", Tags=[{"Key": "team", "Value": "sales"}]
    ),
    "tag added": lambda cloudwatch: cloudwatch.tag_resource(
        ResourceARN=f"{ARN}both", Tags=[{"Key": "surplus", "Value": "1"}]
    ),
    "tag removed": lambda cloudwatch: cloudwatch.untag_resource(ResourceARN=f"{ARN}read", TagKeys=["team"]),
    "deleted": lambda cloudwatch: cloudwatch.delete_alarms(AlarmNames=["both"]),
    "rule": in_composite(AlarmRule="FALSE"),
    "description of a composite": in_composite(AlarmDescription="Nothing"),
    "actions of a composite": in_composite(AlarmActions=[]),
    "ok_actions of a composite": in_composite(OKActions=[OTHER_TOPIC]),
    "insufficient_data_actions of a composite": in_composite(InsufficientDataActions=[OTHER_TOPIC]),
    "suppressor": in_composite(ActionsSuppressor="read"),
    "suppressor removed": in_composite(**_NO_SUPPRESSOR),
    "wait": in_composite(ActionsSuppressorWaitPeriod=0),
    "extension": in_composite(ActionsSuppressorExtensionPeriod=0),
    "composite muted": lambda cloudwatch: cloudwatch.disable_alarm_actions(AlarmNames=["both"]),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("by_hand", BY_HAND.values(), ids=list(BY_HAND))
def test_what_was_changed_by_hand_is_seen_and_repaired(
    run_module: ModuleRunner, cloudwatch: Any, by_hand: Callable[[Any], Any]
) -> None:
    run_module.succeed(**WANTED)
    right = alarms(cloudwatch)
    by_hand(cloudwatch)
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
def test_what_keeps_an_alarm_from_going_off_is_seen_even_if_the_task_does_not_mention_it(
    run_module: ModuleRunner, cloudwatch: Any, changes: dict[str, Any]
) -> None:
    run_module.succeed(alarms=[{"name": "read", **LEAST}])
    right = alarms(cloudwatch)
    change_by_hand(cloudwatch, "read", changes)
    assert run_module.succeed(alarms=[{"name": "read", **LEAST}])["changed"]
    assert alarms(cloudwatch) == right


@pytest.mark.promise("drift")
def test_the_order_of_actions_is_no_drift(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=[{"name": "read", **LEAST, "alarm_actions": [TOPIC, OTHER_TOPIC]}])
    change_by_hand(cloudwatch, "read", {"AlarmActions": [TOPIC, OTHER_TOPIC]})
    assert not run_module.succeed(alarms=[{"name": "read", **LEAST, "alarm_actions": [TOPIC, OTHER_TOPIC]}])["changed"]
    assert not run_module.succeed(alarms=[{"name": "read", **LEAST, "alarm_actions": [OTHER_TOPIC, TOPIC]}])["changed"]
