"""What CloudTrail calls services and operations where botocore calls them otherwise.

Sources: CloudTrail user guide, "CloudTrail supported services"; S3 user guide, "Amazon S3 CloudTrail events".
"""

from __future__ import annotations

from functools import cache

from embedded_aws.protocol import botocore_model

_SOURCES = {
    "rds-data": "rdsdata.amazonaws.com",
    "ses": "ses.amazonaws.com",
    "sesv2": "ses.amazonaws.com",
    "sso-admin": "sso.amazonaws.com",
    "dynamodb": "dynamodb.amazonaws.com",
}
_S3_NAMES = {
    "DeleteBucketLifecycle": "DeleteBucketLifecycle",
    "DeletePublicAccessBlock": "DeleteBucketPublicAccessBlock",
    "GetBucketLifecycleConfiguration": "GetBucketLifecycle",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "ListObjectsV2": "ListObjects",
    "PutBucketLifecycleConfiguration": "PutBucketLifecycle",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
# Since 2021 these services' events are recorded in us-east-1; CloudTrail user guide, "Global service events".
_GLOBAL = frozenset({"iam", "cloudfront", "organizations", "route53", "account", "shield", "globalaccelerator"})
_NEWER_VERSION = frozenset({"cloudtrail", "iam", "organizations", "secretsmanager"})


@cache
def event_source(service: str) -> str:
    """Return the event source of a service, such as ``monitoring.amazonaws.com`` for ``cloudwatch``."""
    model = botocore_model(service)
    # An endpoint such as api.ecr is of the service ecr.
    prefix = model.signing_name if "." in model.endpoint_prefix else model.endpoint_prefix
    return _SOURCES.get(service) or f"{prefix}.amazonaws.com"


def event_name(service: str, action: str) -> str:
    """Return the event name of an operation; S3 has old names for some."""
    return _S3_NAMES.get(action, action) if service == "s3" else action


def event_region(service: str, region: str) -> str:
    """Return the region in which CloudTrail records a call that was signed for `region`."""
    return "us-east-1" if service in _GLOBAL and not region.startswith(("cn-", "us-gov-")) else region


def event_version(service: str) -> str:
    """Return the version of the record, which differs by service; observed in published records of 2023 and 2024."""
    return "1.09" if service in _NEWER_VERSION else "1.08"


def is_global_event(service: str, host: str) -> bool:
    """Return whether a trail needs IncludeGlobalServiceEvents to take the service's events."""
    return service in ("iam", "cloudfront") or (service == "sts" and host == "sts.amazonaws.com")
