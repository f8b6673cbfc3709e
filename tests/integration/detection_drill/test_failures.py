"""The drill names the stage and the cause of each failure, and reads the secret only if the failure is uncertain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.integration.detection_drill.drill_setup import (
    TASK,
    Aws,
    allow_one_stream,
    delete_bucket,
    delete_bucket_policy,
    delete_role,
    deliver_to_another_log_group,
    deny_by_condition,
    deny_cloudwatch,
    encrypt_topic,
    encrypt_topic_for_iam_only,
    leave_pending,
    mute,
    put_alarm,
    put_filter,
    reads,
    recreate_trail_in_another_region,
    select,
    statuses,
    trust_only_ec2,
    unsubscribe,
    update_trail,
)
from tests.support import guide_chain as chain
from tests.support.embedded_control import advance, ask, follow, link_in, mails
from tests.support.module_runner import ModuleRunner

WRITE_ONLY = {"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}
WRITE_EVENTS = [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "readOnly", "Equals": ["false"]}]

# How to break the chain, the stage and cause code that the drill must report, and text of its message.
CERTAIN_FAILURES: dict[str, tuple[Callable[[Aws], Any], str, str, str]] = {
    "secret missing": (
        lambda aws: aws("secretsmanager").delete_secret(SecretId=chain.SECRET, ForceDeleteWithoutRecovery=True),
        "call",
        "secret_missing",
        "secmon.aws.secret",
    ),
    "secret pending deletion": (
        lambda aws: aws("secretsmanager").delete_secret(SecretId=chain.SECRET, RecoveryWindowInDays=7),
        "call",
        "secret_pending_deletion",
        "restore",
    ),
    "trail missing": (
        lambda aws: aws("cloudtrail").delete_trail(Name=chain.TRAIL),
        "log_file",
        "trail_missing",
        "secmon.aws.trail",
    ),
    "trail stopped": (
        lambda aws: aws("cloudtrail").stop_logging(Name=chain.TRAIL),
        "log_file",
        "trail_stopped",
        "start-logging",
    ),
    "selectors match writes only": (
        select(EventSelectors=[WRITE_ONLY]),
        "log_file",
        "selectors_exclude",
        "management_events: all",
    ),
    "advanced selectors match writes only": (
        select(AdvancedEventSelectors=[{"Name": "writes", "FieldSelectors": WRITE_EVENTS}]),
        "log_file",
        "selectors_exclude",
        "management_events: all",
    ),
    "trail of another region": (recreate_trail_in_another_region, "log_file", "not_multi_region", "eu-west-1"),
    "bucket missing": (delete_bucket, "log_file", "bucket_missing", "secmon.aws.log_bucket"),
    "trail without log group": (
        update_trail(CloudWatchLogsLogGroupArn="", CloudWatchLogsRoleArn=""),
        "log_group",
        "not_delivering",
        "log_group_arn",
    ),
    "trail with another log group": (deliver_to_another_log_group, "log_group", "other_log_group", "log-group:other"),
    "role deleted": (delete_role, "log_group", "role_missing", "--tags logs"),
    "role not trusted": (trust_only_ec2, "log_group", "role_denied", "does not trust"),
    "role without policy": (
        lambda aws: aws("iam").delete_role_policy(RoleName=chain.ROLE, PolicyName="Write"),
        "log_group",
        "role_denied",
        "logs:CreateLogStream",
    ),
    "role for the stream without a number": (
        allow_one_stream,
        "log_group",
        "role_denied",
        f"log-stream:{chain.ACCOUNT}_CloudTrail_{chain.REGION}_1",
    ),
    "log group missing": (
        lambda aws: aws("logs").delete_log_group(logGroupName=chain.GROUP),
        "log_group",
        "log_group_missing",
        "secmon.aws.log_group",
    ),
    "filter missing": (
        lambda aws: aws("logs").delete_metric_filter(logGroupName=chain.GROUP, filterName=chain.SECRET_ALARM),
        "metric",
        "filter_missing",
        "secmon.aws.metric_filters",
    ),
    "filter of another event": (
        put_filter('{ $.eventName = "DeleteSecret" }'),
        "metric",
        "pattern_mismatch",
        "DeleteSecret",
    ),
    "filter of another secret": (
        put_filter('{ ($.eventName = "GetSecretValue") && ($.requestParameters.secretId = "Other") }'),
        "metric",
        "pattern_mismatch",
        "Other",
    ),
    "alarm missing": (
        lambda aws: aws("cloudwatch").delete_alarms(AlarmNames=[chain.SECRET_ALARM]),
        "alarm",
        "alarm_missing",
        "secmon.aws.metric_alarms",
    ),
    "alarm on another metric": (put_alarm(MetricName="Other"), "alarm", "other_metric", "SecurityMetrics/Other"),
    "alarm on another namespace": (put_alarm(Namespace="Else"), "alarm", "other_metric", "Else/SecretIsAccessed"),
    "alarm with a dimension": (
        put_alarm(Dimensions=[{"Name": "user", "Value": "root"}]),
        "alarm",
        "other_metric",
        "dimensions",
    ),
    "alarm in another unit": (put_alarm(Unit="Bytes"), "alarm", "other_metric", "Bytes"),
    "threshold too high": (put_alarm(Threshold=5), "alarm", "threshold", "One read counts 1"),
    "threshold not exceeded": (
        put_alarm(ComparisonOperator="GreaterThanThreshold"),
        "alarm",
        "threshold",
        "GreaterThanThreshold",
    ),
    "too many periods": (put_alarm(EvaluationPeriods=3), "alarm", "too_many_datapoints", "3 periods"),
    "alarm muted": (put_alarm(ActionsEnabled=False), "notification", "alarm_muted", "actions_enabled"),
    "alarm muted by a rule": (mute, "notification", "alarm_muted_by_rule", "The mute rule night mutes"),
    "no action": (put_alarm(AlarmActions=[]), "notification", "no_action", "none at all"),
    "another topic": (
        put_alarm(AlarmActions=[f"arn:aws:sns:{chain.REGION}:{chain.ACCOUNT}:Other"]),
        "notification",
        "no_action",
        ":Other",
    ),
    "topic missing": (
        lambda aws: aws("sns").delete_topic(TopicArn=chain.TOPIC_ARN),
        "notification",
        "topic_missing",
        "secmon.aws.alert_topic",
    ),
    "topic denies CloudWatch": (deny_cloudwatch, "notification", "topic_denied", "cloudwatch.amazonaws.com"),
    "topic with the AWS managed key": (
        encrypt_topic("alias/aws/sns"),
        "notification",
        "key_of_aws",
        "kms:GenerateDataKey*",
    ),
    "key for IAM only": (encrypt_topic_for_iam_only, "notification", "key_denied", "kms:GenerateDataKey"),
    "no subscription": (unsubscribe, "notification", "no_subscription", "secmon_emails"),
    "subscription pending": (leave_pending, "notification", "subscription_pending", "new@example.com"),
}


@pytest.mark.parametrize(
    ("break_chain", "stage", "code", "words"), CERTAIN_FAILURES.values(), ids=list(CERTAIN_FAILURES)
)
def test_reports_a_certain_failure_without_reading_the_secret(
    drill: ModuleRunner, aws_client: Aws, break_chain: Callable[[Aws], Any], stage: str, code: str, words: str
) -> None:
    break_chain(aws_client)
    found, calls = drill.recorded(**TASK)
    assert found["failed"] and (found["broken_hop"], found["cause_code"]) == (stage, code), found["msg"]
    assert words in found["cause"] + found["remedy"]
    assert found["cause"] in found["msg"] and found["remedy"] in found["msg"]
    assert f"account {chain.ACCOUNT}, region {chain.REGION}" in found["msg"]
    assert statuses(found)[stage] == "broken"
    assert reads(calls) == 0
    assert drill(check=True, **TASK)["cause_code"] == code


def test_an_account_without_the_system_gets_one_cause(drill: ModuleRunner) -> None:
    names = ("secret_id", "trail_name", "log_group_name", "filter_name", "alarm_name", "topic_arn")
    found = drill(check=True, **TASK | {name: f"{TASK[name]}-before-site" for name in names})
    assert (found["cause_code"], len(found["problems"])) == ("not_built", 1)
    assert "run site.yml" in found["remedy"]


def test_warns_of_a_subscription_that_anybody_can_end(drill: ModuleRunner, aws_client: Aws) -> None:
    aws_client("sns").subscribe(TopicArn=chain.TOPIC_ARN, Protocol="email", Endpoint="open@example.com")
    follow(link_in(mails(drill.endpoint, "open@example.com")[0], "ConfirmSubscription"))

    found = drill(check=True, **TASK)

    (warning,) = [line for line in found["lines"] if line.startswith("Warning: Anybody who has an email to")]
    assert "open@example.com" in warning
    assert not found.get("failed") and "confirm.yml" in warning


def test_names_the_end_of_a_mute_rule_and_warns_of_one_that_is_to_come(drill: ModuleRunner, aws_client: Aws) -> None:
    end = mute(aws_client) + timedelta(days=1)
    found = drill(check=True, **TASK)
    assert f"mutes the alarm {chain.SECRET_ALARM} until {end:%Y-%m-%dT%H:%M:00Z}" in found["cause"]
    assert "delete-alarm-mute-rule --alarm-mute-rule-name night" in found["remedy"]
    mute(aws_client, hours=24)
    found = drill(check=True, **TASK)
    assert not found.get("failed")
    assert [line for line in found["lines"] if line.startswith("Warning: The mute rule night will mute")]


def test_warns_of_a_log_alarm_that_is_missing_or_cannot_run(drill: ModuleRunner, aws_client: Aws) -> None:
    task = TASK | {"log_alarm_name": "by-actor"}
    found = drill(check=True, **task)
    assert not found.get("failed")
    assert [line for line in found["lines"] if "log alarm by-actor does not exist" in line]
    query = {
        "QueryString": 'filter eventName = "GetSecretValue"',
        "AggregationExpression": "count(*) by userIdentity.arn",
        "LogGroupIdentifiers": [chain.GROUP],
        "ScheduledQueryRoleARN": f"arn:aws:iam::{chain.ACCOUNT}:role/none",
        "ScheduleConfiguration": {"ScheduleExpression": "rate(1 minute)", "StartTimeOffset": 60},
    }
    results = {"QueryResultsToEvaluate": 1, "QueryResultsToAlarm": 1}
    condition = {"Threshold": 1.0, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}
    aws_client("cloudwatch").put_log_alarm(
        AlarmName="by-actor", ScheduledQueryConfiguration=query, **results, **condition, ActionsEnabled=False
    )
    advance(drill.endpoint, 61)
    end = mute(aws_client, alarm="by-actor") + timedelta(days=1)
    found = drill(check=True, **task)
    assert not found.get("failed")
    warnings = "\n".join(line for line in found["lines"] if line.startswith("Warning: "))
    for words in (
        "cannot run the query of the log alarm by-actor: The role",
        "actions of the log alarm",
        "not an action",
        f"The mute rule night mutes the log alarm by-actor until {end:%Y-%m-%dT%H:%M:00Z}",
    ):
        assert words in warnings


UNCERTAIN_FAILURES: dict[str, tuple[Callable[[Aws], Any], str, str, str]] = {
    "bucket policy missing": (delete_bucket_policy, "log_file", "bucket_denied", "AccessDenied"),
    "a condition denies the role": (deny_by_condition, "log_group", "delivery_failed", "adequate permissions"),
    "filter of another client": (
        put_filter('{ ($.eventName = "GetSecretValue") && ($.userAgent = "browser") }'),
        "metric",
        "pattern_mismatch",
        "browser",
    ),
    "average": (put_alarm(Statistic="Average"), "alarm", "diluted_statistic", "default value 0"),
}


@pytest.mark.parametrize(
    ("break_chain", "stage", "code", "words"), UNCERTAIN_FAILURES.values(), ids=list(UNCERTAIN_FAILURES)
)
def test_reads_the_secret_if_the_failure_is_uncertain_and_explains_it(
    drill: ModuleRunner, aws_client: Aws, break_chain: Callable[[Aws], Any], stage: str, code: str, words: str
) -> None:
    break_chain(aws_client)
    advance_to_the_next_minute(drill)
    found, calls = drill.recorded(**TASK, timeout_seconds=120)
    assert found["failed"] and (found["broken_hop"], found["cause_code"]) == (stage, code), found["msg"]
    assert words in found["cause"] + found["remedy"]
    assert (statuses(found)["call"], statuses(found)[stage]) == ("ok", "broken")
    assert reads(calls) == 1


def advance_to_the_next_minute(drill: ModuleRunner) -> None:
    """Advance the clock so that all events of the drill fall into one minute."""
    now = datetime.fromisoformat(ask(drill.endpoint, "health")["time"])
    advance(drill.endpoint, 61 - now.second)


DENIED = [
    ("call", "secretsmanager", "GetSecretValue"),
    ("log_file", "cloudtrail", "DescribeTrails"),
    ("log_group", "logs", "FilterLogEvents"),
    ("metric", "cloudwatch", "GetMetricStatistics"),
    ("metric", "logs", "DescribeMetricFilters"),
    ("alarm", "cloudwatch", "DescribeAlarmHistory"),
    ("alarm", "cloudwatch", "DescribeAlarms"),
]


@pytest.mark.parametrize(("stage", "service", "action"), DENIED, ids=[action for _stage, _service, action in DENIED])
def test_a_denied_call_breaks_its_stage_and_names_the_action(
    drill: ModuleRunner, stage: str, service: str, action: str
) -> None:
    drill.faults({"service": service, "action": action, "error": "AccessDeniedException", "times": 5})
    found = drill(**TASK)
    assert (found["broken_hop"], found["cause_code"]) == (stage, "caller_denied"), found["msg"]
    assert f"Allow {service}:{action} on" in found["remedy"]


def test_reports_that_the_trail_writes_to_another_bucket(drill: ModuleRunner) -> None:
    for options in ({"bucket_name": "other"}, {"key_prefix": "other"}):
        found = drill(**TASK | options)
        assert (found["broken_hop"], found["cause_code"]) == ("log_file", "other_bucket")
        assert "not to 'other'" in found["cause"]
    assert statuses(drill.succeed(**TASK, bucket_name=chain.BUCKET, key_prefix=""))["log_file"] == "ok"
