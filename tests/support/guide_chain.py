"""The pipeline of AWS's guide, built by boto3, the AWS CLI or upstream modules."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore
import botocore.exceptions

from tests.conftest import run
from tests.support.embedded_control import advance, drain, link_in, mails
from tests.support.module_runner import ModuleRunner

# The names that playbooks/site.yml uses, so that all clients build the same pipeline.
ACCOUNT = "123456789012"
REGION = "us-east-1"
BUCKET = f"secrets-manager-trail-{ACCOUNT}"
GROUP = "/aws/cloudtrail/logs"
MAIL = "security@example.com"
ROLE = "CloudTrailToCloudWatchLogs"
SECRET = "MySampleSecret"
SECRET_ALARM = "SecretIsAccessed"
KEY_ALARM = "KeyServiceIsUsed"
TOPIC_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:SecurityAlarms"
TRAIL = "secrets-manager-trail"

_TRAIL_ARN = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{TRAIL}"
_GROUP_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{GROUP}"
_ENVIRONMENT = {
    "AWS_DEFAULT_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "tester",
    "AWS_SECRET_ACCESS_KEY": "tester",
}


@dataclass(frozen=True)
class Step:
    """One API call, with the API's names."""

    service: str
    operation: str
    parameters: dict[str, Any]


Perform = Callable[..., str | None]
"""A function that performs steps at an endpoint up to the first error, and returns its code, or None."""


def with_boto3(endpoint: str, *steps: Step) -> str | None:
    """Perform steps with boto3."""
    for step in steps:
        client = _client(endpoint, step.service)
        try:
            getattr(client, botocore.xform_name(step.operation))(**step.parameters)
        except botocore.exceptions.ClientError as error:
            return str(error.response["Error"]["Code"])
    return None


@cache
def _client(endpoint: str, service: str) -> Any:
    keys = {"aws_access_key_id": "tester", "aws_secret_access_key": "tester"}
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **keys)


# As `aws` does for one command; a start for each would take most of the time.
_CLI = """
import json, sys
from awscli.clidriver import create_clidriver
sys.exit(any(create_clidriver().main(arguments) for arguments in json.loads(sys.argv[1])))
"""


def with_aws_cli(endpoint: str, *steps: Step) -> str | None:
    """Perform steps with the AWS CLI."""
    commands = [
        [
            {"s3": "s3api"}.get(step.service, step.service),
            botocore.xform_name(step.operation, "-"),
            *("--cli-input-json", json.dumps(step.parameters)),
        ]
        for step in steps
    ]
    result = run(
        *(sys.executable, "-c", _CLI, json.dumps(commands)),
        **_ENVIRONMENT,
        AWS_ENDPOINT_URL=endpoint,
        PYTHONPATH=str(Path(sys.prefix) / "awscli"),
    )
    if result.returncode == 0:
        return None
    code = re.search(r"An error occurred \((\w+)\)", result.stderr)
    assert code, result.stderr
    return code[1]


def build_by_steps(endpoint: str, perform: Perform) -> None:
    """Build the pipeline call by call, and confirm the subscription."""
    assert perform(endpoint, *chain_steps()) is None
    confirm_subscription(endpoint)


def build_by_modules(endpoint: str) -> None:
    """Build the pipeline with modules of amazon.aws and community.aws, and the event selectors with boto3."""
    for name, arguments in _module_tasks():
        result = ModuleRunner(endpoint, "").upstream(name, **arguments)
        assert not result.get("failed"), result
    # No upstream module sets event selectors.
    assert with_boto3(endpoint, select_events("kms.amazonaws.com", "rdsdata.amazonaws.com")) is None
    confirm_subscription(endpoint)


def _module_tasks() -> list[tuple[str, dict[str, Any]]]:
    """Return the tasks as a user without this collection writes them: the module and its arguments."""
    trail = {
        "name": TRAIL,
        "s3_bucket_name": BUCKET,
        "is_multi_region_trail": True,
        "include_global_events": True,
        "enable_log_file_validation": True,
        "cloudwatch_logs_log_group_arn": f"{_GROUP_ARN}:*",
        "cloudwatch_logs_role_arn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
        "enable_logging": True,
    }
    role = {"name": ROLE, "create_instance_profile": False, "assume_role_policy_document": _trust_policy()}
    policy = {"iam_type": "role", "iam_name": ROLE, "policy_name": "Write", "policy_json": _write_policy()}
    address = {"endpoint": MAIL, "protocol": "email"}
    return [
        ("community.aws.secretsmanager_secret", {"name": SECRET, "secret": "hunter2", "overwrite": False}),
        (
            "community.aws.sns_topic",
            {"name": "SecurityAlarms", "subscriptions": [address], "purge_subscriptions": False},
        ),
        ("amazon.aws.cloudwatchlogs_log_group", {"log_group_name": GROUP, "retention": 365}),
        ("amazon.aws.iam_role", role),
        ("amazon.aws.iam_policy", policy),
        ("amazon.aws.s3_bucket", {"name": BUCKET, "policy": _bucket_policy()}),
        ("amazon.aws.cloudtrail", trail),
        *_alarm_tasks(SECRET_ALARM, '{ $.eventName = "GetSecretValue" }'),
        *_alarm_tasks(KEY_ALARM, '{ $.eventSource = "kms.amazonaws.com" }'),
    ]


def _alarm_tasks(name: str, pattern: str) -> list[tuple[str, dict[str, Any]]]:
    metric = {"metric_namespace": "SecurityMetrics", "metric_name": name, "metric_value": "1", "default_value": 0}
    metric_filter = {
        "log_group_name": GROUP,
        "filter_name": name,
        "filter_pattern": pattern,
        "metric_transformation": metric,
        "state": "present",
    }
    alarm = {
        "name": name,
        "namespace": "SecurityMetrics",
        "metric_name": name,
        "statistic": "Sum",
        "period": 60,
        "evaluation_periods": 1,
        "threshold": 1,
        "comparison": "GreaterThanOrEqualToThreshold",
        "treat_missing_data": "notBreaching",
        "alarm_actions": [TOPIC_ARN],
    }
    return [
        ("amazon.aws.cloudwatchlogs_log_group_metric_filter", metric_filter),
        ("amazon.aws.cloudwatch_metric_alarm", alarm),
    ]


def chain_steps() -> list[Step]:
    """Return the calls that build the pipeline, in the order of the guide as far as CloudTrail allows it."""
    return [
        Step("secretsmanager", "CreateSecret", {"Name": SECRET, "SecretString": "hunter2"}),
        *_trail_steps(),
        Step("sns", "CreateTopic", {"Name": "SecurityAlarms"}),
        Step("sns", "Subscribe", {"TopicArn": TOPIC_ARN, "Protocol": "email", "Endpoint": MAIL}),
        *_alarm_steps(SECRET_ALARM, '{ $.eventName = "GetSecretValue" }'),
        *_alarm_steps(KEY_ALARM, '{ $.eventSource = "kms.amazonaws.com" }'),
    ]


def select_events(*excluded: str) -> Step:
    """Return the call that selects management events, without those of the excluded event sources."""
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True, "ExcludeManagementEventSources": excluded}
    return Step("cloudtrail", "PutEventSelectors", {"TrailName": TRAIL, "EventSelectors": [selector]})


def _trail_steps() -> list[Step]:
    trail = {
        "Name": TRAIL,
        "S3BucketName": BUCKET,
        "IsMultiRegionTrail": True,
        "EnableLogFileValidation": True,
        "CloudWatchLogsLogGroupArn": f"{_GROUP_ARN}:*",
        "CloudWatchLogsRoleArn": f"arn:aws:iam::{ACCOUNT}:role/{ROLE}",
    }
    return [
        Step("s3", "CreateBucket", {"Bucket": BUCKET}),
        Step("s3", "PutBucketPolicy", {"Bucket": BUCKET, "Policy": _bucket_policy()}),
        Step("logs", "CreateLogGroup", {"logGroupName": GROUP}),
        Step("iam", "CreateRole", {"RoleName": ROLE, "AssumeRolePolicyDocument": _trust_policy()}),
        Step("iam", "PutRolePolicy", {"RoleName": ROLE, "PolicyName": "Write", "PolicyDocument": _write_policy()}),
        Step("cloudtrail", "CreateTrail", trail),
        select_events("kms.amazonaws.com", "rdsdata.amazonaws.com"),
        Step("cloudtrail", "StartLogging", {"Name": TRAIL}),
    ]


def _alarm_steps(name: str, pattern: str) -> list[Step]:
    metric = {"metricNamespace": "SecurityMetrics", "metricName": name, "metricValue": "1", "defaultValue": 0}
    alarm = {
        "AlarmName": name,
        "Namespace": "SecurityMetrics",
        "MetricName": name,
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        "AlarmActions": [TOPIC_ARN],
    }
    put_filter = {
        "logGroupName": GROUP,
        "filterName": name,
        "filterPattern": pattern,
        "metricTransformations": [metric],
    }
    return [Step("logs", "PutMetricFilter", put_filter), Step("cloudwatch", "PutMetricAlarm", alarm)]


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | statement for statement in statements]}
    )


def _bucket_policy() -> str:
    principal = {"Service": "cloudtrail.amazonaws.com"}
    source = {"aws:SourceArn": _TRAIL_ARN}
    read = {"Action": "s3:GetBucketAcl", "Resource": f"arn:aws:s3:::{BUCKET}", "Condition": {"StringEquals": source}}
    write = {
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{BUCKET}/AWSLogs/{ACCOUNT}/*",
        "Condition": {"StringEquals": source | {"s3:x-amz-acl": "bucket-owner-full-control"}},
    }
    return _policy({"Principal": principal} | read, {"Principal": principal} | write)


def _trust_policy() -> str:
    return _policy({"Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"})


def _write_policy() -> str:
    streams = f"{_GROUP_ARN}:log-stream:{ACCOUNT}_CloudTrail_{REGION}*"
    return _policy({"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": streams})


def confirm_subscription(endpoint: str) -> None:
    """Confirm with the link of the email so that only credentials can end it, and wait until every alarm is OK."""
    (mail,) = mails(endpoint, MAIL)
    assert mail["subject"] == "AWS Notification - Subscription Confirmation"
    token = parse_qs(urlsplit(link_in(mail, "ConfirmSubscription")).query)["Token"][0]
    signed = {"TopicArn": TOPIC_ARN, "Token": token, "AuthenticateOnUnsubscribe": "true"}
    assert with_boto3(endpoint, Step("sns", "ConfirmSubscription", signed)) is None
    settle_alarms(endpoint)


def settle_alarms(endpoint: str) -> None:
    """Advance the clock until every alarm is OK."""
    drain(endpoint)
    advance(endpoint, 600)


def alarm_mails(endpoint: str, alarm: str = SECRET_ALARM) -> int:
    """Drain once and return the number of emails about the alarm."""
    subject = f'ALARM: "{alarm}" in US East (N. Virginia)'
    return sum(mail["subject"] == subject for mail in mails(endpoint, MAIL))


def delivered_records(client: Callable[[str], Any], event_name: str) -> list[dict[str, Any]]:
    """Return the records of an event that reached the log group."""
    pages = client("logs").get_paginator("filter_log_events").paginate(logGroupName=GROUP)
    messages = [json.loads(event["message"]) for page in pages for event in page["events"]]
    return [message for message in messages if message["eventName"] == event_name]
