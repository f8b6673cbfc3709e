"""Buckets, log groups and roles that CloudTrail may use, and trails."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

ACCOUNT = "123456789012"
REGION = "us-east-1"
SERVICE = {"Service": "cloudtrail.amazonaws.com"}

Client = Callable[[str], Any]


def trail_arn(name: str) -> str:
    return f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{name}"


def bucket_policy(bucket: str, trail: str, path: str = f"AWSLogs/{ACCOUNT}/*") -> dict[str, Any]:
    """Return the bucket policy of the user guide, with a statement that denies access without TLS."""
    source = {"aws:SourceArn": trail_arn(trail)}
    arn = f"arn:aws:s3:::{bucket}"
    acl = {"s3:x-amz-acl": "bucket-owner-full-control"}
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": SERVICE,
                "Action": "s3:GetBucketAcl",
                "Resource": arn,
                "Condition": {"StringEquals": source},
            },
            {
                "Effect": "Allow",
                "Principal": SERVICE,
                "Action": "s3:PutObject",
                "Resource": f"{arn}/{path}",
                "Condition": {"StringEquals": acl | source},
            },
            {
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [arn, f"{arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ],
    }


def make_bucket(client: Client, bucket: str, trail: str, path: str = f"AWSLogs/{ACCOUNT}/*") -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(bucket_policy(bucket, trail, path)))


def make_role(
    client: Client,
    role: str,
    group: str,
    actions: tuple[str, ...] = ("logs:CreateLogStream", "logs:PutLogEvents"),
    principal: dict[str, str] | None = None,
) -> str:
    """Return the ARN of a role for deliveries to a log group."""
    trust = {"Effect": "Allow", "Principal": principal or SERVICE, "Action": "sts:AssumeRole"}
    resource = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:log-stream:{ACCOUNT}_CloudTrail_{REGION}*"
    allow = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    iam = client("iam")
    arn: str = iam.create_role(RoleName=role, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    iam.put_role_policy(RoleName=role, PolicyName="deliver", PolicyDocument=document(allow))
    return arn


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def group_arn(group: str) -> str:
    return f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}:*"


def make_trail(client: Client, name: str, *, logs: bool = False, **settings: Any) -> str:
    """Create a trail with a bucket and, with `logs`, a log group, both named like the trail; return its ARN."""
    make_bucket(client, name, name)
    if logs:
        client("logs").create_log_group(logGroupName=name)
        role = make_role(client, name, name)
        settings |= {"CloudWatchLogsLogGroupArn": group_arn(name), "CloudWatchLogsRoleArn": role}
    cloudtrail = client("cloudtrail")
    arn: str = cloudtrail.create_trail(Name=name, S3BucketName=name, **settings)["TrailARN"]
    cloudtrail.start_logging(Name=name)
    return arn


def keys(client: Client, bucket: str, prefix: str = "") -> list[str]:
    """Return the keys of a bucket's gzip files, sorted."""
    listed = client("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    return [item["Key"] for item in listed if item["Key"].endswith(".json.gz")]


def log_keys(client: Client, bucket: str) -> list[str]:
    return [key for key in keys(client, bucket) if "/CloudTrail/" in key]


def records(client: Client, bucket: str) -> list[dict[str, Any]]:
    """Return the records of all log files of a bucket."""
    s3 = client("s3")
    bodies = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in log_keys(client, bucket)]
    return [record for body in bodies for record in json.loads(gzip.decompress(body))["Records"]]
