"""S3 refuses tags, ownership and regions as recorded on AWS, and its errors name what they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

NAME = "documents"
OWNED = "Your previous request to create the named bucket succeeded and you already own it."


@pytest.fixture
def s3(aws_client: Callable[..., Any]) -> Iterator[Any]:
    client = aws_client("s3")
    client.create_bucket(Bucket=NAME)
    yield client
    client.delete_bucket(Bucket=NAME)


def refusal(call: Callable[..., Any], **parameters: Any) -> dict[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**{"Bucket": NAME} | parameters)
    error: dict[str, str] = refused.value.response["Error"]
    return error


@pytest.mark.parametrize(
    ("tags", "details"),
    [
        ([("a", "1"), ("a", "2")], {"Message": "Cannot provide multiple Tags with the same key", "TagKey": "a"}),
        ([("a,b", "1")], {"Message": "The TagKey you have provided is invalid", "TagKey": "a,b"}),
        ([("a", "1,2")], {"Message": "The TagValue you have provided is invalid", "TagKey": "a", "TagValue": "1,2"}),
        ([("aws:a", "")], {"Message": "System tags cannot be added/updated by requester", "TagKey": "aws:a"}),
    ],
)
def test_an_invalid_tag_is_named(s3: Any, tags: list[tuple[str, str]], details: dict[str, str]) -> None:
    tag_set = [{"Key": key, "Value": value} for key, value in tags]
    error = refusal(s3.put_bucket_tagging, Tagging={"TagSet": tag_set})
    assert error == {"Code": "InvalidTag"} | details


def test_an_empty_value_of_a_tag_is_kept(s3: Any) -> None:
    tags = [{"Key": "a", "Value": ""}]
    s3.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": tags})
    assert s3.get_bucket_tagging(Bucket=NAME)["TagSet"] == tags


def test_an_own_bucket_of_us_east_1_can_be_created_again_without_tags_only(s3: Any) -> None:
    s3.create_bucket(Bucket=NAME)
    error = refusal(s3.create_bucket, CreateBucketConfiguration={"Tags": [{"Key": "a", "Value": "1"}]})
    assert error == {"Code": "BucketAlreadyOwnedByYou", "Message": OWNED, "BucketName": NAME}


def test_an_unknown_region_is_refused(s3: Any) -> None:
    for region in ("us-east-1", "nowhere"):
        error = refusal(s3.create_bucket, Bucket="new", CreateBucketConfiguration={"LocationConstraint": region})
        assert (error["Code"], error["LocationConstraint"]) == ("InvalidLocationConstraint", region)


def test_ownership_has_three_values(s3: Any) -> None:
    error = refusal(s3.create_bucket, Bucket="new", ObjectOwnership="Anybody")
    assert error["Message"] == "Invalid x-amz-object-ownership header: Anybody"
    assert error["ArgumentName"] == "x-amz-object-ownership"
    for rules in ([], [{"ObjectOwnership": "Anybody"}], [{"ObjectOwnership": "ObjectWriter"}] * 2):
        error = refusal(s3.put_bucket_ownership_controls, OwnershipControls={"Rules": rules})
        assert error["Code"] == "MalformedXML"


def test_errors_name_the_bucket(s3: Any) -> None:
    s3.delete_public_access_block(Bucket=NAME)
    assert refusal(s3.get_public_access_block)["BucketName"] == NAME
    for call in (s3.get_bucket_encryption, s3.get_bucket_versioning):
        assert refusal(call, Bucket="missing")["BucketName"] == "missing"


def test_a_versioned_bucket_with_a_delete_marker_is_not_empty(s3: Any) -> None:
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    marker = s3.delete_object(Bucket=NAME, Key="a") if s3.put_object(Bucket=NAME, Key="a") else {}
    assert refusal(s3.delete_bucket)["Message"].endswith("You must delete all versions in the bucket.")
    assert s3.delete_object(Bucket=NAME, Key="a", VersionId=marker["VersionId"])["DeleteMarker"]
    for version in s3.list_object_versions(Bucket=NAME)["Versions"]:
        s3.delete_object(Bucket=NAME, Key="a", VersionId=version["VersionId"])


def test_buckets_are_listed_with_arn_and_region_and_in_pages(s3: Any) -> None:
    s3.create_bucket(Bucket=f"{NAME}-2", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    first = s3.list_buckets(Prefix=NAME, MaxBuckets=1)
    second = s3.list_buckets(Prefix=NAME, MaxBuckets=1, ContinuationToken=first["ContinuationToken"])
    found = [(item["BucketArn"], item["BucketRegion"]) for page in (first, second) for item in page["Buckets"]]
    assert found == [(f"arn:aws:s3:::{NAME}", "us-east-1"), (f"arn:aws:s3:::{NAME}-2", "eu-west-1")]
    assert "ContinuationToken" not in second
    s3.delete_bucket(Bucket=f"{NAME}-2")


def test_object_keys_are_listed_as_they_are(s3: Any) -> None:
    """boto3 asks for encoded keys, and decodes them."""
    key = "a b/ä+%.gz"
    s3.put_object(Bucket=NAME, Key=key, Body=b"x")
    listed = s3.list_object_versions(Bucket=NAME)["Versions"][0]
    assert (listed["Key"], listed["ChecksumType"]) == (key, "FULL_OBJECT")
    assert set(s3.list_objects(Bucket=NAME)["Contents"][0]["Owner"]) == {"ID"}
    s3.delete_object(Bucket=NAME, Key=key)


def test_an_answer_has_the_request_id_of_s3(s3: Any) -> None:
    headers = s3.head_bucket(Bucket=NAME)["ResponseMetadata"]["HTTPHeaders"]
    assert len(headers["x-amz-request-id"]) == 16
    assert "x-amzn-requestid" not in headers


def test_the_tags_of_an_object_can_be_emptied(s3: Any) -> None:
    s3.put_object(Bucket=NAME, Key="a", Body=b"x", Tagging="team=a")
    s3.put_object_tagging(Bucket=NAME, Key="a", Tagging={"TagSet": []})
    assert s3.get_object_tagging(Bucket=NAME, Key="a")["TagSet"] == []
    s3.delete_object(Bucket=NAME, Key="a")


def test_access_logging_needs_a_target_in_the_region_and_no_permission_of_it(s3: Any) -> None:
    """S3 does not look at the target's policy."""
    far, near = f"{NAME}-far", f"{NAME}-near"
    s3.create_bucket(Bucket=near)
    s3.create_bucket(Bucket=far, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    def status(target: str) -> dict[str, Any]:
        return {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "log"}}

    error = refusal(s3.put_bucket_logging, BucketLoggingStatus=status("missing"))
    assert (error["Code"], error["TargetBucket"]) == ("InvalidTargetBucketForLogging", "missing")
    error = refusal(s3.put_bucket_logging, BucketLoggingStatus=status(far))
    assert (error["Code"], error["TargetBucketLocation"]) == ("CrossLocationLoggingProhibitted", "eu-west-1")
    s3.put_bucket_logging(Bucket=NAME, BucketLoggingStatus=status(near))
    assert s3.get_bucket_logging(Bucket=NAME)["LoggingEnabled"] == status(near)["LoggingEnabled"]
    s3.put_bucket_logging(Bucket=NAME, BucketLoggingStatus={})
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=NAME)
    assert "DisplayName" not in s3.get_bucket_acl(Bucket=NAME)["Owner"]
    for name in (near, far):
        s3.delete_bucket(Bucket=name)
