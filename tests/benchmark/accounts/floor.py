"""The floor: a plain script that reads the resources of all accounts and creates what is missing, in one process.

python floor.py ENDPOINT WANTED.json ACCOUNT ...
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from tests.benchmark.accounts.organization import REGION, SECRET, access_key, for_account

Client = Callable[[str], Any]
_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


def found(read: Callable[..., Any], **arguments: Any) -> Any:
    """Return an answer, or None if the resource does not exist."""
    try:
        return read(**arguments)
    except ClientError:
        return None


def build(client: Client, wanted: dict[str, Any]) -> None:
    """Create what is missing in one account."""
    if client("sts").get_caller_identity()["Account"] != wanted["account"]:
        raise SystemExit("wrong account")
    if not found(client("secretsmanager").describe_secret, SecretId=wanted["secret"]):
        client("secretsmanager").create_secret(Name=wanted["secret"], SecretString="{}")
    _topic(client("sns"), wanted)
    logs, group = client("logs"), wanted["group"]
    if not logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]:
        logs.create_log_group(logGroupName=group)
        logs.put_retention_policy(logGroupName=group, retentionInDays=wanted["retention"])
    _role(client("iam"), wanted)
    _bucket(client("s3"), wanted["bucket"], wanted["bucket_policy"])
    _trail(client("cloudtrail"), wanted)
    existing = {one["filterName"] for one in logs.describe_metric_filters(logGroupName=group)["metricFilters"]}
    for one in wanted["filters"]:
        if one["filterName"] not in existing:
            logs.put_metric_filter(**one)
    cloudwatch = client("cloudwatch")
    names = {one["AlarmName"] for one in cloudwatch.describe_alarms()["MetricAlarms"]}
    for alarm in wanted["alarms"]:
        if alarm["AlarmName"] not in names:
            cloudwatch.put_metric_alarm(**alarm)


def _topic(sns: Any, wanted: dict[str, Any]) -> None:
    topic = wanted["topic_arn"]
    if not found(sns.get_topic_attributes, TopicArn=topic):
        sns.create_topic(Name=topic.rpartition(":")[2])
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=wanted["topic_policy"])
    if not sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]:
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=wanted["email"])


def _role(iam: Any, wanted: dict[str, Any]) -> None:
    if not found(iam.get_role, RoleName=wanted["role"]):
        iam.create_role(RoleName=wanted["role"], AssumeRolePolicyDocument=wanted["trust"])
    if not found(iam.get_role_policy, RoleName=wanted["role"], PolicyName=wanted["policy"]):
        iam.put_role_policy(RoleName=wanted["role"], PolicyName=wanted["policy"], PolicyDocument=wanted["permissions"])


def _bucket(s3: Any, bucket: str, policy: str) -> None:
    if not found(s3.head_bucket, Bucket=bucket):
        s3.create_bucket(Bucket=bucket)
    if s3.get_bucket_versioning(Bucket=bucket).get("Status") != "Enabled":
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    if not found(s3.get_public_access_block, Bucket=bucket):
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=_BLOCKED)
    if not found(s3.get_bucket_policy, Bucket=bucket):
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    found(s3.get_bucket_encryption, Bucket=bucket)


def _trail(cloudtrail: Any, wanted: dict[str, Any]) -> None:
    name, account = wanted["trail"], wanted["account"]
    if not cloudtrail.describe_trails(trailNameList=[name])["trailList"]:
        cloudtrail.create_trail(
            Name=name,
            S3BucketName=wanted["bucket"],
            IsMultiRegionTrail=True,
            EnableLogFileValidation=True,
            CloudWatchLogsLogGroupArn=f"arn:aws:logs:{REGION}:{account}:log-group:{wanted['group']}:*",
            CloudWatchLogsRoleArn=f"arn:aws:iam::{account}:role/{wanted['role']}",
        )
    if not cloudtrail.get_trail_status(Name=name)["IsLogging"]:
        cloudtrail.start_logging(Name=name)
    cloudtrail.get_event_selectors(TrailName=name)


def main() -> None:
    """Build the system in each account."""
    endpoint, wanted, *accounts = sys.argv[1:]
    for account in accounts:
        session = boto3.Session(access_key(account), SECRET, region_name=REGION)
        build(
            cache(partial(session.client, endpoint_url=endpoint)),
            for_account(json.loads(Path(wanted).read_text()), account),
        )


if __name__ == "__main__":
    main()
