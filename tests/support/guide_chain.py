"""The pipeline of AWS's guide, built by boto3, the AWS CLI or a playbook."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import botocore
import botocore.exceptions

from tests.conftest import run
from tests.support.embedded_control import advance, drain, link_in, mails

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
    # Version 1 of the AWS CLI reads AWS_DEFAULT_REGION, amazon.aws prefers AWS_REGION.
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_ACCESS_KEY_ID": "tester",
    "AWS_SECRET_ACCESS_KEY": "tester",
}


@dataclass(frozen=True)
class Step:
    """One API call, with the API's names."""

    service: str
    operation: str
    parameters: dict[str, Any]


Perform = Callable[[str, Step], str | None]
"""A function that calls an endpoint and returns the error code, or None."""


def with_boto3(endpoint: str, step: Step) -> str | None:
    """Perform a step with boto3."""
    client = boto3.client(
        step.service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="tester",
        aws_secret_access_key="tester",
    )
    try:
        getattr(client, botocore.xform_name(step.operation))(**step.parameters)
    except botocore.exceptions.ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def with_aws_cli(endpoint: str, step: Step) -> str | None:
    """Perform a step with the AWS CLI."""
    service = {"s3": "s3api"}.get(step.service, step.service)
    command = (sys.executable, "-m", "awscli", service, botocore.xform_name(step.operation, "-"))
    result = run(
        *(*command, "--cli-input-json", json.dumps(step.parameters)),
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
    for step in chain_steps():
        assert perform(endpoint, step) is None, step
    confirm_subscription(endpoint)


def build_by_playbook(endpoint: str) -> None:
    """Build the pipeline with modules of amazon.aws and community.aws, and the event selectors with boto3."""
    playbook = Path(__file__).with_name("amazon_aws_chain.yml")
    result = run("ansible-playbook", playbook, **_ENVIRONMENT, AWS_ENDPOINT_URL=endpoint)
    assert result.returncode == 0, result.stdout + result.stderr
    # No upstream module sets event selectors.
    assert with_boto3(endpoint, select_events("kms.amazonaws.com", "rdsdata.amazonaws.com")) is None
    confirm_subscription(endpoint)


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
