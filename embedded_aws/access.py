"""Whether CloudTrail calls an operation a read (``readOnly``) or a write, and of which category its event is.

Sources: CloudTrail user guide, "Logging management events" and "Logging data events"; what is no Get, List or
Describe and yet a read was observed in published CloudTrail records.
"""

from __future__ import annotations

from functools import cache

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

# The type of the resource that a data event is about, for the operations that are no management events.
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
    """Return CloudTrail's `readOnly` of an operation; `service` is botocore's name."""
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
    """Return whether CloudTrail has an event for the operation at all."""
    return action not in _UNRECORDED.get(service, ())
