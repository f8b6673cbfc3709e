from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.iam_actions import iam_action, names_a_version


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("resourcegroupstaggingapi", "GetResources", "tag:GetResources"),
        ("monitoring", "PutMetricAlarm", "cloudwatch:PutMetricAlarm"),
        ("cloudwatch", "PutMetricAlarm", "cloudwatch:PutMetricAlarm"),
        ("lambda", "Invoke", "lambda:InvokeFunction"),
        ("s3", "ListBuckets", "s3:ListAllMyBuckets"),
        ("s3", "PutBucketEncryption", "s3:PutEncryptionConfiguration"),
        ("s3", "PutBucketPolicy", "s3:PutBucketPolicy"),
        ("s3", "DeleteObjects", "s3:DeleteObject"),
        ("sns", "Subscribe", "sns:Subscribe"),
    ],
)
def test_an_operation_has_the_action_that_iam_documents(service: str, operation: str, action: str) -> None:
    assert iam_action(service, operation) == action


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("DeleteObjects", "s3:DeleteObjectVersion"),
        ("HeadObject", "s3:GetObjectVersion"),
        ("PutObject", "s3:PutObject"),
    ],
)
def test_a_version_of_an_object_has_actions_of_its_own(operation: str, action: str) -> None:
    assert iam_action("s3", operation, of_version=True) == action


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"Key": "a"}, False),
        ({"Key": "a", "VersionId": "1"}, True),
        ({"Delete": {"Objects": [{"Key": "a"}]}}, False),
        ({"Delete": {"Objects": [{"Key": "a"}, {"Key": "b", "VersionId": "1"}]}}, True),
    ],
)
def test_a_version_is_named_by_the_call_or_by_one_of_its_objects(parameters: dict[str, Any], named: bool) -> None:
    assert names_a_version(parameters) is named
