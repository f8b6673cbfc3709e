"""The task of the tests of log_bucket, and the settings of the bucket, read by plain boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.support.trail_setup import document

NAME = "audit-123456789012"
TRAIL = "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit"
TASK: dict[str, Any] = {
    "name": NAME,
    "trail_arns": [TRAIL],
    "archive_days": 90,
    "access_log_bucket": "",
    "tags": {"team": "security"},
}
Change = Callable[[Any], Any]


def read_setting(s3: Any, operation: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return a setting, or the error code if it is not set."""
    try:
        response = operation()
    except ClientError as error:
        return {"error": error.response["Error"]["Code"]}
    response.pop("ResponseMetadata")
    return response


def bucket(s3: Any) -> dict[str, Any]:
    """Return all settings of the bucket; empty if it does not exist."""
    if NAME not in [found["Name"] for found in s3.list_buckets()["Buckets"]]:
        return {}
    operations = (
        *(s3.get_bucket_tagging, s3.get_bucket_policy, s3.get_bucket_versioning, s3.get_bucket_encryption),
        *(s3.get_public_access_block, s3.get_bucket_ownership_controls),
        *(s3.get_bucket_lifecycle_configuration, s3.get_bucket_logging),
    )
    return {
        operation.__name__: read_setting(s3, lambda operation=operation: operation(Bucket=NAME))
        for operation in operations
    }


def comparable(found: dict[str, Any]) -> dict[str, Any]:
    """Return the settings with sorted policy statements."""
    policy = json.loads(found["get_bucket_policy"].get("Policy", '{"Statement": []}'))
    statements = sorted(json.dumps(statement, sort_keys=True) for statement in policy["Statement"])
    return found | {"get_bucket_policy": statements}


def make_access_log_bucket(s3: Any) -> None:
    s3.create_bucket(Bucket="access-logs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::access-logs/*",
    }
    s3.put_bucket_policy(Bucket="access-logs", Policy=document(statement))
