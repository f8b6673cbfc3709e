"""The promises of docs/modules.md, kept by metric_alarms on the embedded AWS; plain boto3 is the witness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.metric_alarms.alarm_witness import (
    ALARM,
    ARN,
    COMPOSITE,
    GONE,
    LEAST,
    MARK,
    TOPIC,
    TWENTY,
    WANTED,
    alarms,
    put_by_hand,
    tags,
    writes,
)
from tests.support.module_runner import ModuleRunner, documented_actions, hidden_in


@pytest.fixture
def cloudwatch(witness: Callable[..., Any]) -> Any:
    return witness("cloudwatch")


@pytest.mark.promise("changed")
def test_present_again_absent_again(run_module: ModuleRunner, cloudwatch: Any) -> None:
    assert run_module.succeed(**WANTED)["changed"]
    assert sorted(alarms(cloudwatch)) == ["both", "quiet", "read"]
    assert alarms(cloudwatch)["both"]["Tags"] == {"team": "security", **MARK}
    assert not run_module.succeed(**WANTED)["changed"]
    assert run_module.succeed(**GONE)["changed"]
    assert alarms(cloudwatch) == {}
    assert not run_module.succeed(**GONE)["changed"]


@pytest.mark.promise("changed")
def test_every_setting_reaches_cloudwatch(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(**WANTED)
    assert alarms(cloudwatch)["read"] == {
        "AlarmName": "read",
        "AlarmArn": f"{ARN}read",
        "AlarmDescription": "Somebody read a secret.",
        "Namespace": "SecurityMetrics",
        "MetricName": "SecretAccessCount",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 3,
        "DatapointsToAlarm": 2,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "Unit": "Count",
        "Dimensions": [{"Name": "Account", "Value": "123456789012"}],
        "AlarmActions": [TOPIC],
        "OKActions": [TOPIC],
        "InsufficientDataActions": [TOPIC],
        "ActionsEnabled": True,
        "Tags": {"team": "security", **MARK},
    }
    assert alarms(cloudwatch)["both"] == {
        "AlarmName": "both",
        "AlarmArn": f"{ARN}both",
        "AlarmRule": "ALARM(read) AND NOT ALARM(quiet)",
        "AlarmDescription": "Somebody read a secret out of hours.",
        "ActionsSuppressor": "quiet",
        "ActionsSuppressorWaitPeriod": 60,
        "ActionsSuppressorExtensionPeriod": 120,
        "AlarmActions": [TOPIC],
        "OKActions": [TOPIC],
        "InsufficientDataActions": [TOPIC],
        "ActionsEnabled": True,
        "Tags": {"team": "security", **MARK},
    }


@pytest.mark.promise("changed")
@pytest.mark.parametrize("statistic", ["p99", "p99.9", "tm90", "IQM", "TM(10%:90%)"])
def test_an_extended_statistic_takes_the_place_of_a_statistic(
    run_module: ModuleRunner, cloudwatch: Any, statistic: str
) -> None:
    run_module.succeed(alarms=[{"name": "read", **LEAST}])
    extended = {"name": "read", **LEAST, "statistic": None, "extended_statistic": statistic}
    assert run_module.succeed(alarms=[extended])["changed"]
    assert (alarms(cloudwatch)["read"]["ExtendedStatistic"], "Statistic" in alarms(cloudwatch)["read"]) == (
        statistic,
        False,
    )
    assert not run_module.succeed(alarms=[extended])["changed"]
    assert run_module.succeed(alarms=[{"name": "read", **LEAST}])["changed"]


@pytest.mark.promise("silence")
def test_description_actions_and_tags_that_the_task_does_not_mention_stay(
    run_module: ModuleRunner, cloudwatch: Any
) -> None:
    run_module.succeed(**WANTED)
    before = alarms(cloudwatch)
    silent = ("description", "alarm_actions", "ok_actions", "insufficient_data_actions")
    entry = {key: value for key, value in ALARM.items() if key not in silent}
    composite = {key: value for key, value in COMPOSITE.items() if key not in silent}
    assert not run_module.succeed(alarms=[entry], composite_alarms=[composite])["changed"]
    assert run_module.succeed(alarms=[{**entry, "threshold": 2}])["changed"]
    before["read"]["Threshold"] = 2.0
    assert alarms(cloudwatch) == before


@pytest.mark.promise("silence")
def test_what_the_task_clears_is_cleared(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(**WANTED)
    empty_actions: dict[str, Any] = {"alarm_actions": [], "ok_actions": [], "insufficient_data_actions": []}
    cleared = {"description": "", "unit": "", "dimensions": {}, "datapoints_to_alarm": 0, **empty_actions}
    composite = {**COMPOSITE, "description": "", "actions_suppressor": "", **empty_actions}
    task = {"alarms": [{**ALARM, **cleared}], "composite_alarms": [composite], "tags": {}}
    assert run_module.succeed(**task)["changed"]
    assert not run_module.succeed(**task)["changed"]
    found = alarms(cloudwatch)
    gone = {"AlarmDescription", "Unit", "DatapointsToAlarm", "ActionsSuppressor", "ActionsSuppressorWaitPeriod"}
    assert not gone & (found["read"].keys() | found["both"].keys())
    assert found["read"]["Dimensions"] == found["read"]["AlarmActions"] == found["both"]["OKActions"] == []
    assert found["read"]["Tags"] == MARK


@pytest.mark.promise("silence")
def test_other_tags_stay_if_the_task_says_so_and_aws_own_always(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=[{"name": "read", **LEAST, "tags": {"cost": 42}}], tags={"team": "a", "cost": 1})
    assert tags(cloudwatch, "read") == {"team": "a", "cost": "42", **MARK}
    run_module.succeed(alarms=[{"name": "read", **LEAST}], tags={"team": "b"}, purge_tags=False)
    assert tags(cloudwatch, "read") == {"team": "b", "cost": "42", **MARK}


@pytest.mark.promise("check")
@pytest.mark.parametrize("task", [WANTED, GONE], ids=["present", "absent"])
@pytest.mark.parametrize("there", ["nothing", "some", "all"])
def test_check_mode_predicts_the_run_and_writes_nothing(
    run_module: ModuleRunner, there: str, task: dict[str, Any]
) -> None:
    if there == "some":
        run_module.succeed(alarms=[{**ALARM, "threshold": 7}], tags={"old": "yes"})
    elif there == "all":
        run_module.succeed(**WANTED)
    predicted: dict[str, Any] = {}
    calls = run_module.calls(lambda: predicted.update(run_module.succeed(check=True, **task)))
    assert writes(calls) == []
    real = run_module.succeed(**task)
    assert predicted == real
    same = (there, task is GONE) in (("all", False), ("nothing", True))
    assert real["changed"] == (not same) == (real["diff"]["before"] != real["diff"]["after"])


@pytest.mark.promise("check")
def test_check_mode_predicts_a_purge(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=TWENTY, tags={"set": "one"})
    task: dict[str, Any] = {"alarms": TWENTY[:5], "purge_prefix": "alarm-"}
    predicted = run_module.succeed(check=True, **task)
    assert len(alarms(cloudwatch)) == 20
    assert predicted == run_module.succeed(**task)
    assert predicted["removed"] == [alarm["name"] for alarm in TWENTY[5:]]
    assert len(alarms(cloudwatch)) == 5


@pytest.mark.promise("diff")
def test_the_difference_shows_before_and_after_of_what_changes(run_module: ModuleRunner) -> None:
    run_module.succeed(alarms=TWENTY)
    changed = [{**TWENTY[0], "threshold": 5}, *TWENTY[1:]]
    diff = run_module.succeed(alarms=changed)["diff"]
    assert diff == {
        "before": {"alarms": {"alarm-00": {"threshold": 1.0}}},
        "after": {"alarms": {"alarm-00": {"threshold": 5.0}}},
    }


@pytest.mark.promise("secrets")
def test_the_secret_key_is_printed_nowhere(run_module: ModuleRunner) -> None:
    canary = 'canary/secret+key"'
    run_module.secret_key = canary
    outputs = [run_module(**WANTED), run_module(alarms=[{"name": "x"}])]
    run_module.faults({"service": "cloudwatch", "action": "DescribeAlarms", "error": "AccessDenied", "message": canary})
    outputs.append(run_module(**WANTED))
    assert [output.get("failed", False) for output in outputs] == [False, True, True]
    assert hidden_in(outputs, canary) == []


@pytest.mark.promise("calls")
def test_twenty_alarms_take_a_listing_and_a_write_each_and_then_two_listings(run_module: ModuleRunner) -> None:
    def actions(**more: Any) -> list[str]:
        task = {"alarms": TWENTY, "tags": {"team": "security"}, **more}
        return [call["action"] for call in run_module.calls(lambda: run_module.succeed(**task))]

    assert actions(check=True) == ["DescribeAlarms"]
    assert actions() == ["DescribeAlarms", *["PutMetricAlarm"] * 20]
    assert actions() == ["DescribeAlarms", "GetResources"]
    assert actions(purge_prefix="alarm-") == ["DescribeAlarms", "GetResources"]
    assert actions(purge_prefix="other-") == ["DescribeAlarms", "DescribeAlarms", "GetResources"]
    assert actions(purge_tag={"team": "security"}) == ["GetResources", "DescribeAlarms"]
    assert actions(state="absent") == ["DescribeAlarms", "GetResources", "DeleteAlarms"]


@pytest.mark.promise("calls")
def test_writes_stay_below_the_published_three_per_second(run_module: ModuleRunner) -> None:
    from ansible_collections.secmon.aws.plugins.module_utils.core.rate_limits import calls_per_second

    for operation in ("PutMetricAlarm", "PutCompositeAlarm", "DeleteAlarms"):
        assert calls_per_second("cloudwatch", operation) < 3


@pytest.mark.promise("calls")
def test_tags_that_the_listing_does_not_show_yet_are_read_from_the_alarm(
    run_module: ModuleRunner, cloudwatch: Any
) -> None:
    put_by_hand(cloudwatch, "alarm-00", Threshold=7.0)
    task: dict[str, Any] = {"alarms": TWENTY, "adopt": True}
    calls = [call["action"] for call in run_module.calls(lambda: run_module.succeed(**task))]
    assert calls.count("ListTagsForResource") == 1
    assert (calls.count("DescribeAlarms"), calls.count("GetResources"), calls.count("TagResource")) == (1, 1, 1)
    assert calls.count("PutMetricAlarm") == 20


@pytest.mark.promise("iam")
def test_the_documented_actions_are_those_that_are_called(run_module: ModuleRunner, cloudwatch: Any) -> None:
    put_by_hand(cloudwatch, "read")

    def everything() -> None:
        run_module.succeed(**WANTED, adopt=True)
        run_module.succeed(**{**WANTED, "tags": {}})
        run_module.succeed(**GONE)
        run_module.faults({"service": "cloudwatch", "action": "PutMetricAlarm", "error": "LimitExceeded"})
        run_module.fail(**WANTED)

    assert run_module.iam_actions(everything) == documented_actions("metric_alarms")


@pytest.mark.promise("upstream")
def test_upstream_takes_a_muted_alarm_for_a_working_one(run_module: ModuleRunner, cloudwatch: Any) -> None:
    upstream = {
        "name": "read",
        "metric_name": "SecretAccessCount",
        "namespace": "SecurityMetrics",
        "statistic": "Sum",
        "period": 60,
        "evaluation_periods": 1,
        "threshold": 1,
        "comparison": "GreaterThanOrEqualToThreshold",
        "unit": "Count",
        "description": "Somebody read a secret.",
        "treat_missing_data": "notBreaching",
        "alarm_actions": [TOPIC],
    }
    assert run_module.upstream("amazon.aws.cloudwatch_metric_alarm", **upstream)["changed"]
    cloudwatch.disable_alarm_actions(AlarmNames=["read"])
    assert not run_module.upstream("amazon.aws.cloudwatch_metric_alarm", **upstream)["changed"]
    assert not alarms(cloudwatch)["read"]["ActionsEnabled"]


@pytest.mark.promise("upstream")
def test_upstream_knows_no_tags(run_module: ModuleRunner) -> None:
    result = run_module.upstream("amazon.aws.cloudwatch_metric_alarm", name="read", tags={"a": "b"})
    assert "Unsupported parameters" in result["msg"] and "tags" in result["msg"]
