"""S3's records: the body as it was sent, the subresource, and additionalEventData; compared with records of AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.in_process import GUIDE, InProcess, aws

__all__ = ["aws"]

XMLNS = "http://s3.amazonaws.com/doc/2006-03-01/"
# As recorded for PutBucketTagging and DeleteObject, 2026-09; the latter without turnAroundTime.
ADDITIONAL = [
    "SignatureVersion",
    "CipherSuite",
    "bytesTransferredIn",
    "startTime",
    "AuthenticationMethod",
    "endTime",
    "x-amz-id-2",
    "turnAroundTime",
    "httpStatusCode",
    "bytesTransferredOut",
]


@pytest.fixture
def s3(aws: InProcess) -> Any:
    client = aws.client("s3")
    client.create_bucket(Bucket="files")
    return client


def test_the_tags_of_a_bucket_are_recorded_as_on_aws(aws: InProcess, s3: Any) -> None:
    s3.put_bucket_tagging(Bucket="files", Tagging={"TagSet": [{"Key": "phase", "Value": "first"}]})
    record = aws.record()
    assert record["eventVersion"] == "1.11"
    assert record["requestParameters"] == {
        "Tagging": {"xmlns": XMLNS, "TagSet": {"Tag": {"Key": "phase", "Value": "first"}}},
        "tagging": "",
        "bucketName": "files",
        "Host": "files.s3.amazonaws.com",
    }
    assert record["responseElements"] is None


def test_additional_event_data_has_the_recorded_members(aws: InProcess, s3: Any) -> None:
    s3.put_bucket_tagging(Bucket="files", Tagging={"TagSet": [{"Key": "phase", "Value": "first"}]})
    record = aws.record()
    data = record["additionalEventData"]
    assert list(data) == ADDITIONAL
    assert list(record).index("additionalEventData") == list(record).index("responseElements") + 1
    assert (data["SignatureVersion"], data["AuthenticationMethod"]) == ("SigV4", "AuthHeader")
    assert (data["httpStatusCode"], data["bytesTransferredOut"]) == (204, 0)
    assert data["bytesTransferredIn"] > 100
    assert isinstance(data["startTime"], int)


def test_bucket_operations_have_the_names_and_parameters_of_s3(aws: InProcess, s3: Any) -> None:
    s3.put_public_access_block(Bucket="files", PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    record = aws.record()
    assert record["eventName"] == "PutBucketPublicAccessBlock"
    assert record["requestParameters"] == {
        "PublicAccessBlockConfiguration": {"xmlns": XMLNS, "BlockPublicAcls": True},
        "publicAccessBlock": "",
        "bucketName": "files",
        "Host": "files.s3.amazonaws.com",
    }
    assert record["resources"] == [{"accountId": GUIDE, "type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::files"}]


def test_a_bucket_policy_is_recorded_as_a_document(aws: InProcess, s3: Any) -> None:
    allow = {
        "Effect": "Allow",
        "Principal": {"AWS": GUIDE},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::files/*",
    }
    document = {"Version": "2012-10-17", "Statement": [allow]}
    s3.put_bucket_policy(Bucket="files", Policy=json.dumps(document))
    parameters = aws.record()["requestParameters"]
    assert (parameters["bucketPolicy"], parameters["policy"]) == (document, "")


def test_several_elements_of_one_name_are_a_list(aws: InProcess, s3: Any) -> None:
    rules = [
        {"ID": name, "Status": "Enabled", "Filter": {"Prefix": name}, "Expiration": {"Days": 7}} for name in ("a", "b")
    ]
    s3.put_bucket_lifecycle_configuration(Bucket="files", LifecycleConfiguration={"Rules": rules})
    recorded = aws.record()["requestParameters"]["LifecycleConfiguration"]["Rule"]
    assert [(rule["ID"], rule["Expiration"]) for rule in recorded] == [("a", {"Days": 7}), ("b", {"Days": 7})]
