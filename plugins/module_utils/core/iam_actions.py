# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The IAM action that allows an operation. Most have its name; some services and many operations of S3 do not.

Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS services".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Both boto3's names of services and the names that requests are signed with.
_PREFIXES = {"monitoring": "cloudwatch", "resourcegroupstaggingapi": "tag", "tagging": "tag"}
_ACTIONS = {
    # CloudTrail API reference, ListInsightsMetricData, for calls without the name of a trail.
    "cloudtrail": {"ListInsightsMetricData": "LookupEvents"},
    "lambda": {"Invoke": "InvokeFunction", "InvokeWithResponseStream": "InvokeFunction"},
    "s3": {
        "CompleteMultipartUpload": "PutObject",
        "CopyObject": "PutObject",
        "CreateMultipartUpload": "PutObject",
        "DeleteBucketCors": "PutBucketCORS",
        "DeleteBucketEncryption": "PutEncryptionConfiguration",
        "DeleteBucketLifecycle": "PutLifecycleConfiguration",
        "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
        "DeleteBucketReplication": "PutReplicationConfiguration",
        "DeleteBucketTagging": "PutBucketTagging",
        "DeleteObjects": "DeleteObject",
        "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
        "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
        "GetBucketCors": "GetBucketCORS",
        "GetBucketEncryption": "GetEncryptionConfiguration",
        "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
        "GetBucketNotificationConfiguration": "GetBucketNotification",
        "GetBucketReplication": "GetReplicationConfiguration",
        "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
        "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
        "HeadBucket": "ListBucket",
        "HeadObject": "GetObject",
        "ListBuckets": "ListAllMyBuckets",
        "ListMultipartUploads": "ListBucketMultipartUploads",
        "ListObjectVersions": "ListBucketVersions",
        "ListObjects": "ListBucket",
        "ListObjectsV2": "ListBucket",
        "ListParts": "ListMultipartUploadParts",
        "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
        "PutBucketCors": "PutBucketCORS",
        "PutBucketEncryption": "PutEncryptionConfiguration",
        "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
        "PutBucketNotificationConfiguration": "PutBucketNotification",
        "PutBucketReplication": "PutReplicationConfiguration",
        "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
        "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
        "UploadPart": "PutObject",
        "UploadPartCopy": "PutObject",
    },
}
# A request that names a version of an object needs another action than one that does not.
_OF_A_VERSION = frozenset({"DeleteObject", "GetObject"})


def iam_action(service: str, operation: str, *, of_version: bool = False) -> str:
    """Return the action that a policy must allow, such as ``s3:ListAllMyBuckets`` for ListBuckets.

    Args:
        service: The service's name in boto3, or the one its requests are signed with.
        operation: The API operation.
        of_version: Whether the request names a version of an object; see `names_a_version`.
    """
    action = _ACTIONS.get(service, {}).get(operation, operation)
    version = "Version" if of_version and service == "s3" and action in _OF_A_VERSION else ""
    return f"{_PREFIXES.get(service, service)}:{action}{version}"


def names_a_version(parameters: Mapping[str, Any]) -> bool:
    """Return whether the parameters of a call to S3 name the version of an object."""
    deleted = parameters.get("Delete")
    objects = deleted.get("Objects") or () if isinstance(deleted, Mapping) else ()
    return bool(parameters.get("VersionId")) or any(entry.get("VersionId") for entry in objects)
