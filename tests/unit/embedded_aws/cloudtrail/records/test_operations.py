"""CloudTrail's readOnly, and which calls are data events."""

from __future__ import annotations

import pytest

from embedded_aws.cloudtrail.records.operations import (
    data_resource_type,
    event_region,
    is_read_only,
    is_recorded,
)


@pytest.mark.parametrize(
    ("region", "recorded"),
    [("eu-central-1", "us-east-1"), ("us-gov-east-1", "us-gov-west-1"), ("cn-northwest-1", "cn-north-1")],
)
def test_calls_of_iam_are_recorded_in_one_region_of_the_partition(region: str, recorded: str) -> None:
    assert event_region("iam", region) == recorded
    assert event_region("logs", region) == region


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("sts", "AssumeRole"),
        ("sts", "GetCallerIdentity"),
        ("kms", "Decrypt"),
        ("kms", "GenerateDataKey"),
        ("cloudtrail", "LookupEvents"),
        ("logs", "FilterLogEvents"),
        ("logs", "TestMetricFilter"),
        ("secretsmanager", "GetSecretValue"),
        ("secretsmanager", "BatchGetSecretValue"),
        ("s3", "HeadBucket"),
        ("dynamodb", "Query"),
        ("iam", "SimulatePrincipalPolicy"),
    ],
)
def test_classifies_reads(service: str, action: str) -> None:
    assert is_read_only(service, action)


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("sts", "GetSessionToken"),
        ("sts", "GetFederationToken"),
        ("kms", "ScheduleKeyDeletion"),
        ("cloudtrail", "StopLogging"),
        ("logs", "PutMetricFilter"),
        ("secretsmanager", "RotateSecret"),
    ],
)
def test_classifies_writes(service: str, action: str) -> None:
    assert not is_read_only(service, action)


def test_distinguishes_data_events_and_management_events() -> None:
    assert data_resource_type("s3", "GetObject") == "AWS::S3::Object"
    assert data_resource_type("lambda", "Invoke") == "AWS::Lambda::Function"
    assert data_resource_type("s3", "PutBucketPolicy") is None
    assert data_resource_type("kms", "Decrypt") is None


def test_put_log_events_is_not_recorded() -> None:
    assert not is_recorded("logs", "PutLogEvents")
    assert is_recorded("logs", "PutMetricFilter")
