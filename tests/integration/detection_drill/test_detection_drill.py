"""Test the detection drill on the guide's chain: one event that is delivered, and a failure in every stage."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core import retries

from tests.support import guide_chain as chain
from tests.support.embedded_control import advance, ask, drain
from tests.support.module_runner import ModuleRunner, hidden_in
from tests.support.trail_prerequisites import make_organization_trail
from tools.generate_docs.modules import documented_actions

STAGES = ["call", "event_history", "log_file", "log_group", "metric", "alarm", "notification"]
TASK = {
    "secret_id": chain.SECRET,
    "trail_name": chain.TRAIL,
    "log_group_name": chain.GROUP,
    "filter_name": chain.SECRET_ALARM,
    "alarm_name": chain.SECRET_ALARM,
    "topic_arn": chain.TOPIC_ARN,
}
Aws = Callable[..., Any]


@pytest.fixture
def drill(run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch) -> ModuleRunner:
    """Return the module on the guide's chain; its waits advance the embedded clock."""
    chain.build_by_steps(run_module.endpoint, chain.with_boto3)
    clock = {"now": 0.0}

    def sleep(seconds: float) -> None:
        clock["now"] += seconds
        advance(run_module.endpoint, seconds)

    budget = retries.Budget
    monkeypatch.setattr(
        "ansible_collections.secmon.aws.plugins.module_utils.core.runner.Budget",
        lambda seconds: budget(seconds, now=lambda: clock["now"], sleep=sleep),
    )
    return run_module


def statuses(result: dict[str, Any]) -> dict[str, str]:
    return {step["hop"]: step["status"] for step in result["timeline"]}


def reads(calls: list[dict[str, Any]]) -> int:
    return sum(call["action"] == "GetSecretValue" for call in calls)


def test_tracks_one_event_to_the_notification(drill: ModuleRunner) -> None:
    result = drill.succeed(**TASK)
    assert statuses(result) == dict.fromkeys(STAGES, "ok")
    assert not result["changed"] and result["broken_hop"] == ""
    assert chain.alarm_mails(drill.endpoint) == 1


def put_alarm(**changed: Any) -> Callable[[Aws], None]:
    """Return a function that changes settings of the guide's alarm."""

    def change(aws: Aws) -> None:
        (step,) = (step for step in chain.chain_steps() if step.parameters.get("AlarmName") == chain.SECRET_ALARM)
        aws("cloudwatch").put_metric_alarm(**step.parameters | changed)

    return change


def put_filter(pattern: str) -> Callable[[Aws], None]:
    """Return a function that changes the pattern of the guide's filter."""

    def change(aws: Aws) -> None:
        (step,) = (step for step in chain.chain_steps() if step.parameters.get("filterName") == chain.SECRET_ALARM)
        aws("logs").put_metric_filter(**step.parameters | {"filterPattern": pattern})

    return change


def select(**selectors: Any) -> Callable[[Aws], None]:
    return lambda aws: aws("cloudtrail").put_event_selectors(TrailName=chain.TRAIL, **selectors)


def update_trail(**changed: Any) -> Callable[[Aws], None]:
    return lambda aws: aws("cloudtrail").update_trail(Name=chain.TRAIL, **changed)


def delete_role(aws: Aws) -> None:
    aws("iam").delete_role_policy(RoleName=chain.ROLE, PolicyName="Write")
    aws("iam").delete_role(RoleName=chain.ROLE)


def trust_only_ec2(aws: Aws) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("iam").update_assume_role_policy(RoleName=chain.ROLE, PolicyDocument=document)


def deliver_to_another_log_group(aws: Aws) -> None:
    aws("logs").create_log_group(logGroupName="other")
    streams = f"arn:aws:logs:*:*:log-group:other:log-stream:{chain.ACCOUNT}_CloudTrail_{chain.REGION}*"
    statement = {"Effect": "Allow", "Action": "logs:*", "Resource": streams}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("iam").put_role_policy(RoleName=chain.ROLE, PolicyName="Other", PolicyDocument=document)
    update_trail(
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:{chain.REGION}:{chain.ACCOUNT}:log-group:other:*",
        CloudWatchLogsRoleArn=f"arn:aws:iam::{chain.ACCOUNT}:role/{chain.ROLE}",
    )(aws)


def delete_bucket(aws: Aws) -> None:
    s3 = aws("s3")
    for item in s3.list_objects_v2(Bucket=chain.BUCKET)["Contents"]:
        s3.delete_object(Bucket=chain.BUCKET, Key=item["Key"])
    s3.delete_bucket(Bucket=chain.BUCKET)


def recreate_trail_in_another_region(aws: Aws) -> None:
    aws("cloudtrail").delete_trail(Name=chain.TRAIL)
    other_arn = f"arn:aws:cloudtrail:eu-west-1:{chain.ACCOUNT}:trail/{chain.TRAIL}"
    policy = json.loads(aws("s3").get_bucket_policy(Bucket=chain.BUCKET)["Policy"])
    for statement in policy["Statement"]:
        statement["Condition"]["StringEquals"]["aws:SourceArn"] = other_arn
    aws("s3").put_bucket_policy(Bucket=chain.BUCKET, Policy=json.dumps(policy))
    aws("cloudtrail", "eu-west-1").create_trail(Name=chain.TRAIL, S3BucketName=chain.BUCKET)


def encrypt_topic(key: str) -> Callable[[Aws], None]:
    return lambda aws: aws("sns").set_topic_attributes(
        TopicArn=chain.TOPIC_ARN, AttributeName="KmsMasterKeyId", AttributeValue=key
    )


def encrypt_topic_for_iam_only(aws: Aws) -> None:
    root = {"AWS": f"arn:aws:iam::{chain.ACCOUNT}:root"}
    statement = {"Effect": "Allow", "Principal": root, "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    encrypt_topic(aws("kms").create_key(Policy=policy)["KeyMetadata"]["KeyId"])(aws)


def deny_cloudwatch(aws: Aws) -> None:
    owner = {"AWS": f"arn:aws:iam::{chain.ACCOUNT}:root"}
    statement = {"Effect": "Allow", "Principal": owner, "Action": "sns:*", "Resource": chain.TOPIC_ARN}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("sns").set_topic_attributes(TopicArn=chain.TOPIC_ARN, AttributeName="Policy", AttributeValue=policy)


def unsubscribe(aws: Aws) -> None:
    for subscription in aws("sns").list_subscriptions_by_topic(TopicArn=chain.TOPIC_ARN)["Subscriptions"]:
        aws("sns").unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])


def leave_pending(aws: Aws) -> None:
    unsubscribe(aws)
    aws("sns").subscribe(TopicArn=chain.TOPIC_ARN, Protocol="email", Endpoint="new@example.com")


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
    "role deleted": (delete_role, "log_group", "role_missing", "cloudwatch_logs"),
    "role not trusted": (trust_only_ec2, "log_group", "role_denied", "does not trust"),
    "role without policy": (
        lambda aws: aws("iam").delete_role_policy(RoleName=chain.ROLE, PolicyName="Write"),
        "log_group",
        "role_denied",
        "logs:CreateLogStream",
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
    found: dict[str, Any] = {}
    calls = drill.calls(lambda: found.update(drill(**TASK)))
    assert found["failed"] and (found["broken_hop"], found["cause_code"]) == (stage, code), found["msg"]
    assert words in found["cause"] + found["remedy"]
    assert found["cause"] in found["msg"] and found["remedy"] in found["msg"]
    assert f"account {chain.ACCOUNT}, region {chain.REGION}" in found["msg"]
    assert statuses(found)[stage] == "broken"
    assert reads(calls) == 0
    assert drill(check=True, **TASK)["cause_code"] == code


def test_reports_that_the_trail_writes_to_another_bucket(drill: ModuleRunner) -> None:
    for options in ({"bucket_name": "other"}, {"key_prefix": "other"}):
        found = drill(**TASK | options)
        assert (found["broken_hop"], found["cause_code"]) == ("log_file", "other_bucket")
        assert "not to 'other'" in found["cause"]
    assert statuses(drill.succeed(**TASK, bucket_name=chain.BUCKET, key_prefix=""))["log_file"] == "ok"


UNDETERMINED_CONDITION = {"StringNotEquals": {"aws:PrincipalOrgID": "o-example"}}


def delete_bucket_policy(aws: Aws) -> None:
    aws("s3").delete_bucket_policy(Bucket=chain.BUCKET)


def deny_by_condition(aws: Aws) -> None:
    statement = {"Effect": "Deny", "Action": "logs:PutLogEvents", "Resource": "*", "Condition": UNDETERMINED_CONDITION}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    aws("iam").put_role_policy(RoleName=chain.ROLE, PolicyName="Deny", PolicyDocument=document)


UNCERTAIN_FAILURES: dict[str, tuple[Callable[[Aws], Any], str, str, str]] = {
    "bucket policy missing": (delete_bucket_policy, "log_file", "bucket_denied", "AccessDenied"),
    "a condition denies the role": (deny_by_condition, "log_group", "delivery_failed", "permissions for your role"),
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
    found: dict[str, Any] = {}
    calls = drill.calls(lambda: found.update(drill(**TASK, timeout_seconds=120)))
    assert found["failed"] and (found["broken_hop"], found["cause_code"]) == (stage, code), found["msg"]
    assert words in found["cause"] + found["remedy"]
    assert (statuses(found)["call"], statuses(found)[stage]) == ("ok", "broken")
    assert reads(calls) == 1


def advance_to_the_next_minute(drill: ModuleRunner) -> None:
    """Advance the clock so that all events of the drill fall into one minute."""
    now = datetime.fromisoformat(ask(drill.endpoint, "health")["time"])
    advance(drill.endpoint, 61 - now.second)


def test_reads_the_secret_once_and_never_prints_its_value(drill: ModuleRunner, aws_client: Aws) -> None:
    canary = "canary/secret+value"
    aws_client("secretsmanager").put_secret_value(SecretId=chain.SECRET, SecretString=canary)
    drill.secret_key = "canary/secret+key"
    outputs: list[Any] = []
    calls = drill.calls(lambda: outputs.append(drill.succeed(**TASK)))
    assert reads(calls) == 1
    assert [call["action"] for call in calls if call["access"] == "write"] == []
    drill.faults({"service": "cloudwatch", "action": "DescribeAlarmHistory", "error": "ValidationError"})
    chain.settle_alarms(drill.endpoint)
    outputs.append(drill(**TASK))
    assert outputs[1]["cause_code"] == "call_failed"
    assert hidden_in(outputs, canary) == [] and hidden_in(outputs, drill.secret_key) == []


def test_check_mode_inspects_without_reading_the_secret(drill: ModuleRunner) -> None:
    found: dict[str, Any] = {}
    calls = drill.calls(lambda: found.update(drill.succeed(check=True, **TASK)))
    assert reads(calls) == 0
    assert statuses(found) == dict.fromkeys(STAGES, "not_reached")
    assert "the secret was not read" in found["msg"]


DENIED = {
    "call": ("secretsmanager", "GetSecretValue"),
    "event_history": ("cloudtrail", "LookupEvents"),
    "log_file": ("s3", "GetObject"),
    "log_group": ("logs", "FilterLogEvents"),
    "metric": ("cloudwatch", "GetMetricStatistics"),
    "alarm": ("cloudwatch", "DescribeAlarmHistory"),
}


@pytest.mark.parametrize("stage", DENIED)
def test_a_denied_call_breaks_its_stage_and_names_the_action(drill: ModuleRunner, stage: str) -> None:
    service, action = DENIED[stage]
    drill.faults({"service": service, "action": action, "error": "AccessDeniedException", "times": 5})
    found = drill(**TASK)
    assert (found["broken_hop"], found["cause_code"]) == (stage, "caller_denied"), found["msg"]
    assert f"Allow {service}:{action} on" in found["remedy"]


CONFIGURATION = {
    "trail": ("cloudtrail", "DescribeTrails", "log_file"),
    "metric filter": ("logs", "DescribeMetricFilters", "metric"),
    "alarm": ("cloudwatch", "DescribeAlarms", "alarm"),
}


@pytest.mark.parametrize(("service", "action", "stage"), CONFIGURATION.values(), ids=list(CONFIGURATION))
def test_requires_the_permissions_that_tracking_needs(
    drill: ModuleRunner, service: str, action: str, stage: str
) -> None:
    drill.faults({"service": service, "action": action, "error": "AccessDenied"})
    found = drill(**TASK)
    assert (found["broken_hop"], found["cause_code"]) == (stage, "caller_denied")
    assert f"Allow {service}:{action} on" in found["remedy"]


def test_warns_about_a_missing_inspection_permission(drill: ModuleRunner) -> None:
    drill.faults({"service": "iam", "action": "GetRole", "error": "AccessDenied"})
    result = drill.succeed(**TASK)
    assert statuses(result) == dict.fromkeys(STAGES, "ok") | {"log_group": "warning"}
    assert "Allow iam:GetRole on" in result["msg"]


def test_warns_about_a_single_region_trail(drill: ModuleRunner, aws_client: Aws) -> None:
    update_trail(IsMultiRegionTrail=False)(aws_client)
    result = drill.succeed(**TASK)
    assert statuses(result) == dict.fromkeys(STAGES, "ok") | {"log_file": "warning"}
    assert "multi_region: true" in result["msg"]


def test_warns_about_a_pending_subscription(drill: ModuleRunner, aws_client: Aws) -> None:
    aws_client("sns").subscribe(TopicArn=chain.TOPIC_ARN, Protocol="email", Endpoint="new@example.com")
    result = drill.succeed(**TASK)
    assert statuses(result) == dict.fromkeys(STAGES, "ok") | {"notification": "warning"}
    assert "new@example.com" in result["msg"]


def test_waits_for_an_alarm_that_fired_before(drill: ModuleRunner) -> None:
    drill.succeed(**TASK)
    result = drill.succeed(**TASK)
    assert statuses(result) == dict.fromkeys(STAGES, "ok")
    assert chain.alarm_mails(drill.endpoint) == 2


def test_reports_an_alarm_that_stays_in_alarm_without_reading_the_secret(drill: ModuleRunner, aws_client: Aws) -> None:
    put_alarm(TreatMissingData="ignore", Statistic="Maximum")(aws_client)
    (step,) = (step for step in chain.chain_steps() if step.parameters.get("filterName") == chain.SECRET_ALARM)
    del step.parameters["metricTransformations"][0]["defaultValue"]
    chain.with_boto3(drill.endpoint, step)
    aws_client("secretsmanager").get_secret_value(SecretId=chain.SECRET)
    drain(drill.endpoint)
    found: dict[str, Any] = {}
    calls = drill.calls(lambda: found.update(drill(**TASK, timeout_seconds=300)))
    assert (found["broken_hop"], found["cause_code"]) == ("alarm", "already_in_alarm"), found["msg"]
    assert reads(calls) == 0


def test_gives_up_after_timeout_seconds(drill: ModuleRunner, aws_client: Aws) -> None:
    drill.faults({"service": "cloudtrail", "action": "LookupEvents", "error": "ThrottlingException", "times": 500})
    found = drill(**TASK, timeout_seconds=60)
    assert (found["broken_hop"], found["cause_code"]) == ("event_history", "call_failed")
    assert "timeout_seconds" in found["remedy"]


def test_retries_throttled_calls(drill: ModuleRunner) -> None:
    drill.faults(
        {"service": "cloudtrail", "action": "DescribeTrails", "error": "ThrottlingException", "times": 2},
        {"service": "cloudtrail", "action": "LookupEvents", "mode": "reset"},
        {"service": "logs", "action": "FilterLogEvents", "error": "ServiceUnavailableException", "status": 503},
    )
    assert statuses(drill.succeed(**TASK)) == dict.fromkeys(STAGES, "ok")


def test_rejects_invalid_parameters_before_any_call(drill: ModuleRunner) -> None:
    found: dict[str, Any] = {}
    calls = drill.calls(lambda: found.update(drill(**TASK | {"topic_arn": "SecurityAlarms", "poll_seconds": 0})))
    assert len(found["problems"]) == 2 and calls == []


def add_optional_resources(aws: Aws) -> None:
    """Attach a managed policy to the role and encrypt the topic, so that the inspection reads them."""
    statement = {"Effect": "Allow", "Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = aws("iam").create_policy(PolicyName="Logs", PolicyDocument=document)["Policy"]["Arn"]
    aws("iam").attach_role_policy(RoleName=chain.ROLE, PolicyArn=arn)
    principals = {"Service": "cloudwatch.amazonaws.com", "AWS": f"arn:aws:iam::{chain.ACCOUNT}:root"}
    key_statement = {"Effect": "Allow", "Principal": principals, "Action": "kms:*", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [key_statement]})
    encrypt_topic(aws("kms").create_key(Policy=policy)["KeyMetadata"]["Arn"])(aws)


def test_calls_exactly_the_documented_iam_actions(drill: ModuleRunner, aws_client: Aws) -> None:
    add_optional_resources(aws_client)
    make_organization_trail(aws_client, chain.TRAIL, chain.BUCKET)
    result: dict[str, Any] = {}
    used = drill.iam_actions(lambda: result.update(drill.succeed(**TASK)))
    used |= drill.iam_actions(lambda: drill.fail(**TASK | {"trail_name": "unknown"}))
    assert statuses(result) == dict.fromkeys(STAGES, "ok")
    named = {"s3:HeadBucket": "s3:ListBucket", "s3:ListObjectsV2": "s3:ListBucket"}
    assert {named.get(action, action) for action in used} == documented_actions("detection_drill")
