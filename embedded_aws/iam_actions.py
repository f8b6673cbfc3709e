"""The IAM action that a call needs, where it is not called as the operation is.

Source: Service authorization reference, "Actions, resources, and condition keys" of Amazon S3, CloudWatch and Resource
Groups Tagging.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Where the prefix of the action is not the name that a request is signed for.
_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
_S3_ACTIONS = {
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBuckets": "ListAllMyBuckets",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "UploadPart": "PutObject",
}


_OF_A_VERSION = {"GetObject": "GetObjectVersion", "DeleteObject": "DeleteObjectVersion"}


def iam_action(signed_for: str, operation: str, parameters: Mapping[str, Any]) -> str:
    """Return the action, such as ``s3:ListBucket``, that a call needs; `signed_for` is the name of its signature."""
    if signed_for != "s3":
        return f"{_PREFIXES.get(signed_for, signed_for)}:{operation}"
    action = _S3_ACTIONS.get(operation, operation)
    objects = parameters.get("Delete", {}).get("Objects", [parameters])
    return f"s3:{_OF_A_VERSION.get(action, action) if any(each.get('VersionId') for each in objects) else action}"
