"""A change of names: site.yml reports what it leaves behind, and prune.yml removes it and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.log_alarms.test_log_alarms import ALARM as LOG_ALARM
from tests.support.embedded_control import ask
from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import open_bucket
from tests.support.trail_setup import group_arn, make_role
from tools.demo.playbooks import Run, run_playbook

ACCOUNT = "123456789012"
GROUP = "/aws/cloudtrail/logs"
RENAMED = {"secmon_trail_name": "new-trail", "secmon_topic_name": "NewTopic", "secmon_log_role_name": "NewRole"}
FORMER = {"trail": "secrets-manager-trail", "topic": "SecurityAlarms", "role": "CloudTrailToCloudWatchLogs"}
BUCKET = f"{FORMER['trail']}-{ACCOUNT}"
TAGS = [{"Key": "secmon:managed-by", "Value": "secmon.aws"}]


def make_both(endpoint: str, aws_client: Callable[[str], Any]) -> None:
    """Make what site.yml leaves after the change: the former resources beside the new ones."""
    ask(endpoint, "reset", method="POST")
    open_bucket(aws_client("s3"), BUCKET)
    aws_client("s3").put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": TAGS})
    aws_client("s3").put_object(Bucket=BUCKET, Key=f"AWSLogs/{ACCOUNT}/CloudTrail/file", Body=b"")
    ModuleRunner(endpoint, "log_group").succeed(name=GROUP)
    ModuleRunner(endpoint, "alert_topic").succeed(name=FORMER["topic"])
    open_bucket(aws_client("s3"), f"new-trail-{ACCOUNT}")
    for bucket, trail, role in (
        (BUCKET, FORMER["trail"], FORMER["role"]),
        (f"new-trail-{ACCOUNT}", "new-trail", "NewRole"),
    ):
        arn = make_role(aws_client, role, GROUP)
        aws_client("iam").tag_role(RoleName=role, Tags=TAGS)
        ModuleRunner(endpoint, "trail").succeed(
            name=trail, s3_bucket_name=bucket, log_group_arn=group_arn(GROUP), log_group_role_arn=arn
        )


def make_former_alarms(endpoint: str, aws_client: Callable[[str], Any]) -> None:
    """Make a metric alarm and a log alarm that no variable names, beside the alarm of the rule."""
    former = LOG_ALARM | {"name": "former-reads", "alarm_actions": []}
    ModuleRunner(endpoint, "log_alarms").succeed(alarms=[former])
    put = {"Namespace": "Former", "MetricName": "Former", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1}
    put |= {"Statistic": "Sum", "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
    for name in ("Former", "SecretIsAccessed"):
        aws_client("cloudwatch").put_metric_alarm(AlarmName=name, **put, Tags=TAGS)


def play(endpoint: str, name: str, *arguments: str, **variables: str) -> tuple[Run, list[str]]:
    """Run a playbook with the new names, and return its run and the calls that wrote."""
    before = ask(endpoint, "calls")
    run = run_playbook(endpoint, name, "--limit", "guide", *arguments, "-e", json.dumps({**RENAMED, **variables}))
    calls = ask(endpoint, f"calls?since={before[-1]['id'] if before else 0}")
    return run, [call["action"] for call in calls if call["access"] == "write"]


def text(run: Run, task: str) -> str:
    return json.dumps(run.result(task)["guide"])


@pytest.mark.long
def test_site_reports_what_a_change_of_names_leaves_and_fails_for_a_second_trail_into_the_log_group(
    embedded_aws: str, aws_client: Callable[[str], Any]
) -> None:
    make_both(embedded_aws, aws_client)
    site, _writes = play(embedded_aws, "site", "--tags", "secret")
    report = text(site, "Report what no variable names any more")
    assert site.code != 0
    assert f"The trail {FORMER['trail']} delivers to the log group {GROUP}, as the trail of this deployment" in report
    for name in (*FORMER.values(), f"{BUCKET} (kept: it contains log files", "prune.yml"):
        assert name in report


def test_only_what_a_change_of_names_left_is_removed_and_only_with_a_confirmation(
    embedded_aws: str, aws_client: Callable[[str], Any]
) -> None:
    make_both(embedded_aws, aws_client)
    make_former_alarms(embedded_aws, aws_client)
    others = aws_client("sns").create_topic(Name="OfOthers", Tags=[{"Key": "secmon:managed-by", "Value": "terraform"}])

    dry, writes = play(embedded_aws, "prune")
    shown = text(dry, "Report what was removed, and what was kept and why")
    assert (dry.code, writes) == (0, []), dry.results
    assert "Would be removed (5):" in shown and f"-e secmon_prune_confirm={ACCOUNT}" in shown

    done, writes = play(embedded_aws, "prune", secmon_prune_confirm=ACCOUNT)
    shown = text(done, "Report what was removed, and what was kept and why")
    assert done.code == 0, done.results
    assert writes == ["DeleteAlarms", "DeleteAlarms", "DeleteTrail", "DeleteRolePolicy", "DeleteRole", "DeleteTopic"]
    assert "Removed (5):" in shown and f"{BUCKET}  kept: it contains log files" in shown
    left = aws_client("cloudwatch").describe_alarms(AlarmTypes=["MetricAlarm", "LogAlarm"])
    assert [alarm["AlarmName"] for alarm in left["MetricAlarms"] + left["LogAlarms"]] == ["SecretIsAccessed"]
    assert [trail["Name"] for trail in aws_client("cloudtrail").describe_trails()["trailList"]] == ["new-trail"]
    assert [role["RoleName"] for role in aws_client("iam").list_roles()["Roles"]] == ["NewRole"]
    assert [topic["TopicArn"] for topic in aws_client("sns").list_topics()["Topics"]] == [others["TopicArn"]]
