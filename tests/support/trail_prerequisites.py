"""Prerequisites of a trail, and its settings on AWS, for the tests of the module trail."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.support.trail_setup import ACCOUNT, SERVICE, document, group_arn, make_role, trail_arn

NAME = "audit"
ARN = trail_arn(NAME)
BUCKET, OTHER_BUCKET = "audit-logs", "other-logs"
GROUP, OTHER_GROUP = "audit-events", "other-events"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deliver"
OTHER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/other"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:files"

AwsClient = Callable[..., Any]

SIMPLE = {"name": NAME, "s3_bucket_name": BUCKET}


def open_bucket(s3: Any, name: str) -> None:
    """Create a bucket to which CloudTrail may write for any trail."""
    region = s3.meta.region_name
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    s3.create_bucket(Bucket=name, **place)
    open_bucket_policy(s3, name)


def open_bucket_policy(s3: Any, name: str) -> None:
    """Allow CloudTrail to write to a bucket for any trail, with any prefix, in any partition."""
    allow = {"Effect": "Allow", "Principal": SERVICE, "Action": "s3:*", "Resource": "*"}
    s3.put_bucket_policy(Bucket=name, Policy=document(allow))


def make_organization_trail(aws: AwsClient, name: str, bucket: str) -> None:
    """Turn a trail into an organization trail, whose file keys contain the organization id."""
    aws("organizations").enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    open_bucket_policy(aws("s3"), bucket)
    aws("cloudtrail").update_trail(Name=name, IsOrganizationTrail=True)


def open_key(kms: Any) -> str:
    """Create a key that CloudTrail may use, and return its ARN."""
    allow = {"Effect": "Allow", "Principal": {**SERVICE, "AWS": "*"}, "Action": "kms:*", "Resource": "*"}
    return str(kms.create_key(Policy=document(allow))["KeyMetadata"]["Arn"])


def make_prerequisites(aws_client: AwsClient) -> dict[str, str]:
    """Create the prerequisites of `full_task`, and return the ARNs that AWS chose: `key` and `other_key`."""
    for bucket in (BUCKET, OTHER_BUCKET):
        open_bucket(aws_client("s3"), bucket)
    for group, role in ((GROUP, "deliver"), (OTHER_GROUP, "other")):
        aws_client("logs").create_log_group(logGroupName=group)
        make_role(aws_client, role, group)
    for topic in ("files", "other"):
        aws_client("sns").create_topic(Name=topic)
    return {"key": open_key(aws_client("kms")), "other_key": open_key(aws_client("kms"))}


def full_task(key: str) -> dict[str, Any]:
    """Return a task with every option."""
    return {
        "name": NAME,
        "s3_bucket_name": BUCKET,
        "s3_key_prefix": "trails",
        "sns_topic_name": "files",
        "multi_region": True,
        "global_service_events": True,
        "log_file_validation": True,
        "kms_key_arn": key,
        "log_group_arn": group_arn(GROUP),
        "log_group_role_arn": ROLE,
        "logging": True,
        "management_events": "all",
        "exclude_management_event_sources": ["kms.amazonaws.com"],
        "data_resources": [
            {"type": "AWS::S3::Object", "values": ["arn:aws:s3:::payroll/"], "events": "read"},
            {"type": "AWS::Lambda::Function", "values": ["arn:aws:lambda"]},
        ],
        "insight_types": ["ApiCallRateInsight", "ApiErrorRateInsight"],
        "organization": False,
        "tags": {"team": "security"},
    }


CLEARED: dict[str, Any] = {
    "name": NAME,
    "s3_key_prefix": "",
    "sns_topic_name": "",
    "kms_key_arn": "",
    "log_group_arn": "",
    "log_group_role_arn": "",
    "exclude_management_event_sources": [],
    "data_resources": [],
    "insight_types": [],
    "tags": {},
}


def read_trail(cloudtrail: Any, name: str = NAME) -> dict[str, Any]:
    """Return all settings of a trail; empty if it does not exist."""
    found = [trail for trail in cloudtrail.describe_trails()["trailList"] if trail["Name"] == name]
    if not found:
        return {}
    arn = found[0]["TrailARN"]
    selectors = cloudtrail.get_event_selectors(TrailName=arn)
    (tags,) = cloudtrail.list_tags(ResourceIdList=[arn])["ResourceTagList"]
    return {
        **found[0],
        "logging": cloudtrail.get_trail_status(Name=arn)["IsLogging"],
        "basic": json.dumps(selectors.get("EventSelectors", [])),
        "advanced": json.dumps(selectors.get("AdvancedEventSelectors", [])),
        "insights": _insights(cloudtrail, arn),
        "tags": {tag["Key"]: tag.get("Value", "") for tag in tags["TagsList"]},
    }


def _insights(cloudtrail: Any, arn: str) -> list[str]:
    try:
        selectors = cloudtrail.get_insight_selectors(TrailName=arn)["InsightSelectors"]
    except cloudtrail.exceptions.InsightNotEnabledException:
        return []
    return sorted(selector["InsightType"] for selector in selectors)
