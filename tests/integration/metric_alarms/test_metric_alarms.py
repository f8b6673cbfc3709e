"""Test metric_alarms on the embedded AWS and verify the result with plain boto3."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.metric_alarms.alarm_setup import (
    ABSENT,
    ALARM,
    ARN,
    MANAGED_TAG,
    MINIMAL,
    TASK,
    TOPIC,
    TWENTY,
    alarms,
    put_manually,
    tags,
)
from tests.support.module_runner import ModuleRunner
from tools.generate_docs.modules import documented_actions


@pytest.mark.promise("changed")
def test_writes_every_setting(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(**TASK)
    assert alarms(cloudwatch)["read"] == {
        "AlarmName": "read",
        "AlarmArn": f"{ARN}read",
        "AlarmDescription": "A secret value was read.",
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
        "ActionConfiguration": {"AlarmTagsPropagation": {"Enabled": True}},
        "Tags": {"team": "security", **MANAGED_TAG},
    }


@pytest.mark.promise("changed")
def test_an_alarm_may_watch_each_value_of_a_dimension(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=[{"name": "read", **MINIMAL}])
    grouped = {"alarms": [{"name": "read", **MINIMAL, "group_by": ["account"]}]}
    assert run_module.succeed(**grouped)["diff"]["after"]["alarms"]["read"]["group_by"] == ["account"]
    found = alarms(cloudwatch)["read"]
    query = 'SELECT SUM("SecretAccessCount") FROM SCHEMA("SecurityMetrics", "account") GROUP BY "account"'
    query += " ORDER BY SUM() DESC"
    assert found["Metrics"] == [{"Id": "grouped", "Expression": query, "Period": 60, "ReturnData": True}]
    assert "MetricName" not in found
    assert not run_module.succeed(**grouped)["changed"]
    rejected = run_module.fail(alarms=[{"name": "read", **MINIMAL, "group_by": ["account"], "unit": "Count"}])
    assert "group_by excludes dimensions and unit" in rejected
    assert run_module.succeed(alarms=[{"name": "read", **MINIMAL}])["changed"]
    assert alarms(cloudwatch)["read"]["MetricName"] == "SecretAccessCount"


@pytest.mark.promise("changed")
@pytest.mark.parametrize("statistic", ["p99", "p99.9", "tm90", "IQM", "TM(10%:90%)"])
def test_replaces_a_statistic_with_an_extended_statistic(
    run_module: ModuleRunner, cloudwatch: Any, statistic: str
) -> None:
    run_module.succeed(alarms=[{"name": "read", **MINIMAL}])
    extended = {"name": "read", **MINIMAL, "statistic": None, "extended_statistic": statistic}
    assert run_module.succeed(alarms=[extended])["changed"]
    assert (alarms(cloudwatch)["read"]["ExtendedStatistic"], "Statistic" in alarms(cloudwatch)["read"]) == (
        statistic,
        False,
    )
    assert not run_module.succeed(alarms=[extended])["changed"]
    assert run_module.succeed(alarms=[{"name": "read", **MINIMAL}])["changed"]


@pytest.mark.promise("unset_options")
def test_keeps_description_actions_and_tags_that_the_task_omits(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(**TASK)
    before = alarms(cloudwatch)
    omitted = ("description", "alarm_actions", "ok_actions", "insufficient_data_actions")
    entry = {key: value for key, value in ALARM.items() if key not in omitted}
    assert not run_module.succeed(alarms=[entry])["changed"]
    assert run_module.succeed(alarms=[{**entry, "threshold": 2}])["changed"]
    before["read"]["Threshold"] = 2.0
    assert alarms(cloudwatch) == before


@pytest.mark.promise("unset_options")
def test_clears_settings_that_the_task_sets_to_empty_values(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(**TASK)
    empty_actions: dict[str, Any] = {"alarm_actions": [], "ok_actions": [], "insufficient_data_actions": []}
    cleared = {"description": "", "unit": "", "dimensions": {}, "datapoints_to_alarm": 0, **empty_actions}
    task = {"alarms": [{**ALARM, **cleared}], "tags": {}}
    assert run_module.succeed(**task)["changed"]
    assert not run_module.succeed(**task)["changed"]
    found = alarms(cloudwatch)["read"]
    assert not {"AlarmDescription", "Unit", "DatapointsToAlarm"} & found.keys()
    assert found["Dimensions"] == found["AlarmActions"] == found["OKActions"] == []
    assert found["Tags"] == MANAGED_TAG


@pytest.mark.promise("unset_options")
def test_keeps_other_tags_with_purge_tags_false(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=[{"name": "read", **MINIMAL, "tags": {"cost": 42}}], tags={"team": "a", "cost": 1})
    assert tags(cloudwatch, "read") == {"team": "a", "cost": "42", **MANAGED_TAG}
    run_module.succeed(alarms=[{"name": "read", **MINIMAL}], tags={"team": "b"}, purge_tags=False)
    assert tags(cloudwatch, "read") == {"team": "b", "cost": "42", **MANAGED_TAG}


@pytest.mark.promise("check")
def test_check_mode_predicts_a_purge(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=TWENTY, tags={"set": "one"})
    task: dict[str, Any] = {"alarms": TWENTY[:5], "purge_tag": {"set": "one"}}
    predicted = run_module.succeed(check=True, **task)
    assert len(alarms(cloudwatch)) == 20
    assert predicted == run_module.succeed(**task)
    assert predicted["removed"] == [alarm["name"] for alarm in TWENTY[5:]]
    assert len(alarms(cloudwatch)) == 5


@pytest.mark.promise("diff")
def test_diff_shows_only_the_settings_that_change(run_module: ModuleRunner) -> None:
    run_module.succeed(alarms=TWENTY)
    changed = [{**TWENTY[0], "threshold": 5}, *TWENTY[1:]]
    diff = run_module.succeed(alarms=changed)["diff"]
    assert diff == {
        "before": {"alarms": {"alarm-00": {"threshold": 1.0}}},
        "after": {"alarms": {"alarm-00": {"threshold": 5.0}}},
    }


@pytest.mark.promise("calls")
def test_needs_two_listings_for_twenty_unchanged_alarms(run_module: ModuleRunner) -> None:
    def actions(**more: Any) -> list[str]:
        return run_module.actions(alarms=TWENTY, tags={"team": "security"}, **more)

    assert actions(check=True) == ["DescribeAlarms"]
    assert actions() == ["DescribeAlarms", *["PutMetricAlarm"] * 20]
    assert actions() == ["DescribeAlarms", "GetResources"]
    assert actions(purge_tag={"team": "security"}) == ["GetResources", "DescribeAlarms"]
    own_tags = ["ListTagsForResource"] * 20  # the listing may be minutes old, which is too old for a deletion
    assert actions(state="absent") == ["DescribeAlarms", "GetResources", *own_tags, "DeleteAlarms"]


@pytest.mark.promise("calls")
def test_writes_at_less_than_the_quota_of_three_per_second(run_module: ModuleRunner) -> None:
    from ansible_collections.secmon.aws.plugins.module_utils.core.rate_limits import calls_per_second

    for operation in ("PutMetricAlarm", "DeleteAlarms"):
        assert calls_per_second("cloudwatch", operation) < 3


@pytest.mark.promise("calls")
def test_reads_tags_from_the_alarm_if_the_listing_does_not_show_them_yet(
    run_module: ModuleRunner, cloudwatch: Any
) -> None:
    put_manually(cloudwatch, "alarm-00", Threshold=7.0)
    task: dict[str, Any] = {"alarms": TWENTY, "adopt": True}
    calls = run_module.actions(**task)
    assert calls.count("ListTagsForResource") == 1
    assert (calls.count("DescribeAlarms"), calls.count("GetResources"), calls.count("TagResource")) == (1, 1, 1)
    assert calls.count("PutMetricAlarm") == 20


@pytest.mark.promise("iam")
def test_calls_exactly_the_documented_iam_actions(run_module: ModuleRunner, cloudwatch: Any) -> None:
    put_manually(cloudwatch, "read")

    def use_every_action() -> None:
        run_module.succeed(**TASK, adopt=True)
        run_module.succeed(**{**TASK, "tags": {}})
        run_module.succeed(**ABSENT)
        run_module.faults({"service": "cloudwatch", "action": "PutMetricAlarm", "error": "LimitExceeded"})
        run_module.fail(**TASK)

    assert run_module.iam_actions(use_every_action) == documented_actions("metric_alarms")


@pytest.mark.promise("upstream")
def test_upstream_reports_a_muted_alarm_as_unchanged(run_module: ModuleRunner, cloudwatch: Any) -> None:
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
        "description": "A secret value was read.",
        "treat_missing_data": "notBreaching",
        "alarm_actions": [TOPIC],
    }
    assert run_module.upstream("amazon.aws.cloudwatch_metric_alarm", **upstream)["changed"]
    cloudwatch.disable_alarm_actions(AlarmNames=["read"])
    assert not run_module.upstream("amazon.aws.cloudwatch_metric_alarm", **upstream)["changed"]
    assert not alarms(cloudwatch)["read"]["ActionsEnabled"]


@pytest.mark.promise("upstream")
def test_upstream_does_not_support_tags(run_module: ModuleRunner) -> None:
    result = run_module.upstream("amazon.aws.cloudwatch_metric_alarm", name="read", tags={"a": "b"})
    assert "Unsupported parameters" in result["msg"] and "tags" in result["msg"]
