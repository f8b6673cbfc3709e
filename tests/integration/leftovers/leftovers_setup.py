"""The names of the system, resources with these names, made by plain boto3, and what leftovers says of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.module_runner import ModuleRunner
from tests.support.trail_setup import document

ACCOUNT = "123456789012"
MANAGED_TAGS = [{"Key": "secmon:managed-by", "Value": "secmon.aws"}]
GROUP = "/aws/cloudtrail/logs"
BUCKET = f"secrets-manager-trail-{ACCOUNT}"
TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:SecurityAlarms"
ALIAS = "alias/secmon-security-monitoring-trail"
SYSTEM: dict[str, Any] = {
    "trail_name": "secrets-manager-trail",
    "bucket_name": BUCKET,
    "log_group_name": GROUP,
    "role_name": "CloudTrailToCloudWatchLogs",
    "topic_name": "SecurityAlarms",
    "secret_name": "MySampleSecret",
    "key_aliases": [ALIAS],
    "alarm_names": ["SecretIsAccessed"],
    "event_rule_names": ["secmon-read"],
    "filter_names": ["TrackSecretAccess"],
    "metric_namespaces": ["SecurityMetrics"],
}

Client = Callable[..., Any]


def make_bucket(client: Client, tags: list[dict[str, str]], name: str = BUCKET, **options: Any) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=name, **options)
    if tags:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})


def make_trail(client: Client, tags: list[dict[str, str]], name: str = "secrets-manager-trail") -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="other-bucket")
    arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/{name}"
    allow = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    put = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": arn}}
    statements = [
        {**allow, "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::other-bucket"},
        {**allow, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::other-bucket/AWSLogs/*", "Condition": put},
    ]
    s3.put_bucket_policy(Bucket="other-bucket", Policy=document(*statements))
    client("cloudtrail").create_trail(Name=name, S3BucketName="other-bucket", TagsList=tags)


def make_log_group(client: Client, tags: list[dict[str, str]]) -> None:
    converted = {tag["Key"]: tag["Value"] for tag in tags}
    client("logs").create_log_group(logGroupName=GROUP, **({"tags": converted} if converted else {}))


def make_filter(client: Client, name: str = "TrackSecretAccess", namespace: str = "SecurityMetrics") -> None:
    transformation = {"metricName": "SecretAccessCount", "metricNamespace": namespace, "metricValue": "1"}
    client("logs").put_metric_filter(
        logGroupName=GROUP, filterName=name, filterPattern="x", metricTransformations=[transformation]
    )


def make_alarm(client: Client, tags: list[dict[str, str]]) -> None:
    client("cloudwatch").put_metric_alarm(
        AlarmName="SecretIsAccessed",
        Namespace="SecurityMetrics",
        MetricName="SecretAccessCount",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Tags=tags,
    )


def make_event_rule(client: Client, tags: list[dict[str, str]]) -> None:
    client("events").put_rule(Name="secmon-read", EventPattern='{"source": ["aws.secretsmanager"]}', Tags=tags)


def make_topic(client: Client, tags: list[dict[str, str]]) -> None:
    client("sns").create_topic(Name="SecurityAlarms", Tags=tags)


def make_secret(client: Client, tags: list[dict[str, str]]) -> None:
    client("secretsmanager").create_secret(Name="MySampleSecret", SecretString="canary-value", Tags=tags)


def make_role(client: Client, tags: list[dict[str, str]]) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam = client("iam")
    iam.create_role(RoleName="CloudTrailToCloudWatchLogs", AssumeRolePolicyDocument=document(trust), Tags=tags)
    write = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
    iam.put_role_policy(
        RoleName="CloudTrailToCloudWatchLogs",
        PolicyName="WriteTrailEvents",
        PolicyDocument=document(write),
    )


def make_key(client: Client, tags: list[dict[str, str]], alias: str = ALIAS) -> str:
    kms = client("kms")
    converted = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags]
    key = kms.create_key(Tags=converted)["KeyMetadata"]
    if alias:
        kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    return str(key["Arn"])


MAKERS: dict[str, tuple[Callable[..., Any], str]] = {
    "trail": (make_trail, "secrets-manager-trail"),
    "log bucket": (make_bucket, BUCKET),
    "log group": (make_log_group, GROUP),
    "alarm": (make_alarm, "SecretIsAccessed"),
    "event rule": (make_event_rule, "secmon-read"),
    "topic": (make_topic, "SecurityAlarms"),
    "secret": (make_secret, "MySampleSecret"),
    "role": (make_role, "CloudTrailToCloudWatchLogs"),
    "key": (make_key, ALIAS),
}


def leftover_reasons(run_module: ModuleRunner, **options: Any) -> dict[tuple[str, str], str]:
    """Return the reason for each leftover by type and name, and check the counts."""
    result = run_module.succeed(**{"keep_bucket": False, **SYSTEM, **options})
    assert not result["changed"]
    assert result["unexpected"] == sum(item["unexpected"] for item in result["leftovers"])
    assert all(item["unexpected"] == item["why"].startswith("UNEXPECTED") for item in result["leftovers"])
    return {(item["type"], item["name"]): item["why"] for item in result["leftovers"]}
