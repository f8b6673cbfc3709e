"""What CloudTrail calls services and operations: event source, event name, category, and read or write."""

from __future__ import annotations

from functools import cache

from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import leader_region

from embedded_aws.core.protocol import botocore_model

# Whether CloudTrail treats an operation as a read (``readOnly``) or a write, and the category of its event.
#
# Sources: CloudTrail user guide, "Logging management events" and "Logging data events"; reads other than Get, List and
# Describe were observed in published CloudTrail records.

_READ_PREFIXES = (
    "BatchDescribe",
    "BatchGet",
    "BatchList",
    "Check",
    "Describe",
    "Discover",
    "Estimate",
    "Get",
    "Head",
    "List",
    "Lookup",
    "Preview",
    "Query",
    "Scan",
    "Search",
    "Select",
    "Simulate",
    "Test",
    "Validate",
    "Verify",
    "View",
)
_READS = {
    "kms": {
        "Decrypt",
        "DeriveSharedSecret",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyPair",
        "GenerateDataKeyPairWithoutPlaintext",
        "GenerateDataKeyWithoutPlaintext",
        "GenerateMac",
        "GenerateRandom",
        "ReEncrypt",
        "Sign",
    },
    "sts": {
        "AssumeRole",
        "AssumeRoleWithSAML",
        "AssumeRoleWithWebIdentity",
        "AssumeRoot",
        "DecodeAuthorizationMessage",
    },
    "logs": {"FilterLogEvents", "StartLiveTail", "StartQuery", "StopQuery"},
    "iam": {"GenerateCredentialReport", "GenerateOrganizationsAccessReport", "GenerateServiceLastAccessedDetails"},
    "dynamodb": {"TransactGetItems"},
}
_WRITES = {
    "sts": {"GetFederationToken", "GetSessionToken"},
    "cognito-identity": {"GetCredentialsForIdentity", "GetId", "GetOpenIdToken"},
}

# The resource type of the operations that are data events.
_DATA_RESOURCE_TYPES = {
    "s3": {
        "AWS::S3::Object": {
            "AbortMultipartUpload",
            "CompleteMultipartUpload",
            "CopyObject",
            "CreateMultipartUpload",
            "DeleteObject",
            "DeleteObjectTagging",
            "DeleteObjects",
            "GetObject",
            "GetObjectAcl",
            "GetObjectAttributes",
            "GetObjectLegalHold",
            "GetObjectRetention",
            "GetObjectTagging",
            "GetObjectTorrent",
            "HeadBucket",
            "HeadObject",
            "ListMultipartUploads",
            "ListObjectVersions",
            "ListObjects",
            "ListObjectsV2",
            "ListParts",
            "PutObject",
            "PutObjectAcl",
            "PutObjectLegalHold",
            "PutObjectRetention",
            "PutObjectTagging",
            "RestoreObject",
            "SelectObjectContent",
            "UploadPart",
            "UploadPartCopy",
        }
    },
    "lambda": {"AWS::Lambda::Function": {"Invoke", "InvokeAsync", "InvokeWithResponseStream"}},
    "dynamodb": {
        "AWS::DynamoDB::Table": {
            "BatchExecuteStatement",
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "ExecuteStatement",
            "ExecuteTransaction",
            "GetItem",
            "PutItem",
            "Query",
            "Scan",
            "TransactGetItems",
            "TransactWriteItems",
            "UpdateItem",
        }
    },
    "sns": {"AWS::SNS::Topic": {"Publish", "PublishBatch"}},
    "sqs": {
        "AWS::SQS::Queue": {
            "ChangeMessageVisibility",
            "ChangeMessageVisibilityBatch",
            "DeleteMessage",
            "DeleteMessageBatch",
            "ReceiveMessage",
            "SendMessage",
            "SendMessageBatch",
        }
    },
    "cloudwatch": {"AWS::CloudWatch::Metric": {"PutMetricData"}},
}
# CloudTrail records these neither as management nor as data events.
_UNRECORDED = {"logs": {"PutLogEvents"}, "events": {"PutEvents"}}


@cache
def is_read_only(service: str, action: str) -> bool:
    """Return `readOnly` of an operation; `service` is botocore's name."""
    if action in _READS.get(service, ()):
        return True
    return action.startswith(_READ_PREFIXES) and action not in _WRITES.get(service, ())


@cache
def data_resource_type(service: str, action: str) -> str | None:
    """Return the resource type of a data event, such as ``AWS::S3::Object``; None for a management event."""
    for resource_type, actions in _DATA_RESOURCE_TYPES.get(service, {}).items():
        if action in actions:
            return resource_type
    return None


def is_recorded(service: str, action: str) -> bool:
    """Return whether CloudTrail records the operation."""
    return action not in _UNRECORDED.get(service, ())


# CloudTrail's names of services and operations where they differ from botocore's.
#
# Sources: CloudTrail user guide, "CloudTrail supported services"; S3 user guide, "Amazon S3 CloudTrail events".

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
# Since 2021 these services' events are recorded in one region only; CloudTrail user guide, "Global service events".
_GLOBAL = frozenset({"iam", "cloudfront", "organizations", "route53", "account", "shield", "globalaccelerator"})
_NEWER_VERSION = frozenset({"cloudtrail", "iam", "organizations", "secretsmanager"})


@cache
def event_source(service: str) -> str:
    """Return the event source of a service, such as ``monitoring.amazonaws.com`` for ``cloudwatch``."""
    model = botocore_model(service)
    # An endpoint prefix such as api.ecr belongs to the service ecr.
    prefix = model.signing_name if "." in model.endpoint_prefix else model.endpoint_prefix
    return _SOURCES.get(service) or f"{prefix}.amazonaws.com"


def event_name(service: str, action: str) -> str:
    """Return the event name of an operation; S3 has old names for some."""
    return _S3_NAMES.get(action, action) if service == "s3" else action


def event_region(service: str, region: str) -> str:
    """Return the region in which CloudTrail records a call that was signed for `region`."""
    return leader_region(region) if service in _GLOBAL else region


def event_version(service: str) -> str:
    """Return the version of the record, which differs by service.

    Observed in published records of 2023 and 2024; that of S3 in a record of AWS of 2026-09.
    """
    if service == "s3":
        return "1.11"
    return "1.09" if service in _NEWER_VERSION else "1.08"


def is_global_event(service: str, host: str) -> bool:
    """Return whether a trail logs the service's events only with IncludeGlobalServiceEvents."""
    return service in ("iam", "cloudfront") or (service == "sts" and host == "sts.amazonaws.com")
