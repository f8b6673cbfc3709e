"""Test log_alarms on the embedded AWS and verify the result with plain boto3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.metric_alarms.alarm_setup import ARN, MANAGED_TAG, OTHER_TOPIC, TOPIC, put_manually, tags
from tests.support.module_runner import ModuleRunner
from tools.generate_docs.modules import documented_actions

ROLE = "arn:aws:iam::123456789012:role/"
ALARM: dict[str, Any] = {
    "name": "reads",
    "query": 'filter eventName = "GetSecretValue"',
    "aggregation": "count(*) by userIdentity.arn, recipientAccountId | sort desc",
    "log_group_names": ["/aws/cloudtrail/logs"],
    "query_role_arn": f"{ROLE}query",
    "schedule": "rate(5 minutes)",
    "start_seconds": 420,
    "results_to_evaluate": 1,
    "results_to_alarm": 1,
    "threshold": 1,
    "comparison": "GreaterThanOrEqualToThreshold",
    "missing_data": "notBreaching",
    "log_lines": 10,
    "log_lines_role_arn": f"{ROLE}lines",
    "alarm_actions": [TOPIC],
    "tags_in_notifications": True,
    "tags": {"severity": "high"},
}
TASK: dict[str, Any] = {"alarms": [ALARM], "tags": {"team": "security"}}
_STATE = ("StateUpdatedTimestamp", "StateTransitionedTimestamp", "AlarmConfigurationUpdatedTimestamp")


def alarms(cloudwatch: Any) -> dict[str, dict[str, Any]]:
    """Return all log alarms with all settings and tags, except the times and the name of the query, by name."""
    found = cloudwatch.describe_alarms(AlarmTypes=["LogAlarm"])["LogAlarms"]
    for alarm in found:
        del alarm["ScheduledQueryConfiguration"]["QueryARN"]
    return {
        alarm["AlarmName"]: {key: value for key, value in alarm.items() if key not in _STATE}
        | {"Tags": tags(cloudwatch, alarm["AlarmName"])}
        for alarm in found
    }


def change(**changes: Any) -> Callable[[Any], Any]:
    """Return a manual change of settings of the alarm; the others are kept."""

    def put(cloudwatch: Any) -> None:
        found = alarms(cloudwatch)["reads"]
        query = found["ScheduledQueryConfiguration"] | changes.get("ScheduledQueryConfiguration", {})
        request = {**found, **changes, "ScheduledQueryConfiguration": query}
        shown = ("AlarmArn", "StateValue", "StateReason", "Tags")
        cloudwatch.put_log_alarm(**{key: value for key, value in request.items() if key not in shown})

    return put


@pytest.mark.promise("changed")
def test_creates_and_deletes_alarms_idempotently(run_module: ModuleRunner, cloudwatch: Any) -> None:
    assert run_module.predict(**TASK)["changed"]
    assert run_module.succeed(**TASK)["changed"]
    found = alarms(cloudwatch)["reads"]
    assert found["Tags"] == {"team": "security", "severity": "high", **MANAGED_TAG}
    assert found["ScheduledQueryConfiguration"]["ScheduleConfiguration"] == {
        "ScheduleExpression": "rate(5 minutes)",
        "StartTimeOffset": 420,
    }
    assert found["ActionConfiguration"] == {"AlarmTagsPropagation": {"Enabled": True}}
    assert not run_module.succeed(**TASK)["changed"]
    absent = {"alarms": [{"name": "reads"}], "state": "absent"}
    assert run_module.succeed(**absent)["removed"] == ["reads"]
    assert not run_module.succeed(**absent)["changed"]


@pytest.mark.promise("drift")
@pytest.mark.parametrize(
    "act",
    [
        change(AlarmActions=[OTHER_TOPIC]),
        change(Threshold=9.0),
        change(QueryResultsToEvaluate=3),
        change(ActionLogLineCount=0),
        change(ActionConfiguration={"AlarmTagsPropagation": {"Enabled": False}}),
        change(ScheduledQueryConfiguration={"QueryString": 'filter eventName = "None"'}),
        change(
            ScheduledQueryConfiguration={
                "ScheduleConfiguration": {"ScheduleExpression": "rate(1 day)", "StartTimeOffset": 60}
            }
        ),
        lambda cloudwatch: cloudwatch.disable_alarm_actions(AlarmNames=["reads"]),
        lambda cloudwatch: cloudwatch.untag_resource(ResourceARN=f"{ARN}reads", TagKeys=["severity"]),
        lambda cloudwatch: cloudwatch.delete_alarms(AlarmNames=["reads"]),
    ],
)
def test_repairs_a_manual_change(run_module: ModuleRunner, cloudwatch: Any, act: Callable[[Any], Any]) -> None:
    run_module.repair(lambda: act(cloudwatch), lambda: alarms(cloudwatch), **TASK)


@pytest.mark.promise("ownership")
def test_purges_only_its_own_log_alarms(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=[ALARM | {"name": name} for name in ("old-1", "old-2", "reads")], tags=TASK["tags"])
    marks = [{"Key": key, "Value": value} for key, value in {**MANAGED_TAG, "team": "security"}.items()]
    put_manually(cloudwatch, "metric", Tags=marks)
    task = {**TASK, "purge_tag": {"team": "security"}}
    assert run_module.predict(**task)["removed"] == ["old-1", "old-2"]
    assert run_module.succeed(**task)["removed"] == ["old-1", "old-2"]
    assert [alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]] == ["metric"]
    purge = {"alarms": [], "purge_tag": {"team": "security"}}
    assert ModuleRunner(run_module.endpoint, "metric_alarms").succeed(**purge)["removed"] == ["metric"]
    assert list(alarms(cloudwatch)) == ["reads"]


@pytest.mark.promise("ownership")
def test_rejects_a_log_alarm_of_others_and_the_name_of_a_metric_alarm(
    run_module: ModuleRunner, cloudwatch: Any
) -> None:
    put_manually(cloudwatch, "reads")
    assert "reads is a metric alarm" in run_module.fail_before_writes(**TASK, adopt=True)
    cloudwatch.delete_alarms(AlarmNames=["reads"])
    run_module.succeed(**TASK)
    cloudwatch.untag_resource(ResourceARN=f"{ARN}reads", TagKeys=list(MANAGED_TAG))
    assert "alarm reads already exists" in run_module.fail_before_writes(**TASK)
    assert run_module.succeed(**TASK, adopt=True)["changed"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schedule": "cron(0 * * * *)"}, "schedule is 'cron(0 * * * *)'"),
        ({"end_seconds": 420}, "start_seconds is 420 and end_seconds 420"),
        ({"results_to_alarm": 2}, "results_to_alarm is 2"),
        ({"log_lines": 51}, "log_lines is 51"),
        ({"log_lines_role_arn": ""}, "log_lines needs log_lines_role_arn"),
        ({"query_role_arn": "query"}, "query_role_arn is 'query'"),
        ({"log_group_names": []}, "log_group_names has 0 entries"),
        ({"aggregation": ""}, "aggregation has 0 characters"),
        ({"query": None}, "missing: query"),
    ],
)
def test_rejects_what_cloudwatch_would_reject(run_module: ModuleRunner, changes: dict[str, Any], message: str) -> None:
    assert message in run_module.fail_before_calls(alarms=[ALARM | changes])


def test_says_that_botocore_is_too_old(run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "ansible_collections.secmon.aws.plugins.modules.log_alarms.is_supported"
    monkeypatch.setattr(module, lambda *_arguments: False)
    assert "Upgrade boto3 and botocore" in run_module.fail_before_calls(**TASK)


@pytest.mark.promise("iam")
def test_documents_the_actions_that_it_calls(run_module: ModuleRunner) -> None:
    def work() -> None:
        run_module.succeed(**TASK)
        retagged = {"alarms": [ALARM], "tags": {"other": "1"}}
        run_module.succeed(**retagged)
        run_module.succeed(alarms=[], purge_tag={"other": "1"})

    assert run_module.iam_actions(work) | {"iam:PassRole", "sts:GetCallerIdentity"} == documented_actions("log_alarms")
