"""The defaults of new buckets, and the errors of their settings, as recorded on AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.trail_setup import ACCOUNT, document

NAME = "files"
MALFORMED = (
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
)
CLOSED = {"BlockPublicAcls": True, "BlockPublicPolicy": True, "IgnorePublicAcls": True, "RestrictPublicBuckets": True}


@pytest.fixture
def s3(aws_client: Callable[[str], Any]) -> Iterator[Any]:
    client = aws_client("s3")
    client.create_bucket(Bucket=NAME)
    yield client
    client.delete_object(Bucket=NAME, Key="note")
    client.delete_bucket(Bucket=NAME)


def refusal(call: Callable[..., Any], **parameters: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call(**{"Bucket": NAME} | parameters)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_new_bucket_is_encrypted_closed_and_owns_its_objects(s3: Any) -> None:
    encryption = s3.get_bucket_encryption(Bucket=NAME)["ServerSideEncryptionConfiguration"]
    aes256 = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}
    assert encryption == {"Rules": [aes256]}
    assert s3.get_public_access_block(Bucket=NAME)["PublicAccessBlockConfiguration"] == CLOSED
    ownership = s3.get_bucket_ownership_controls(Bucket=NAME)["OwnershipControls"]
    assert ownership == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_a_default_that_is_deleted_is_gone(s3: Any) -> None:
    s3.delete_public_access_block(Bucket=NAME)
    s3.delete_bucket_ownership_controls(Bucket=NAME)
    s3.delete_bucket_encryption(Bucket=NAME)
    assert refusal(s3.get_public_access_block)[0] == "NoSuchPublicAccessBlockConfiguration"
    assert refusal(s3.get_bucket_ownership_controls)[0] == "OwnershipControlsNotFoundError"
    assert not s3.get_bucket_encryption(Bucket=NAME).get("ServerSideEncryptionConfiguration", {}).get("Rules")


def test_create_bucket_keeps_tags_and_returns_the_arn(s3: Any) -> None:
    s3.delete_bucket(Bucket=NAME)
    tags = [{"Key": "team", "Value": "security"}, {"Key": "empty", "Value": ""}]
    answer = s3.create_bucket(Bucket=NAME, CreateBucketConfiguration={"Tags": tags})
    assert answer["BucketArn"] == f"arn:aws:s3:::{NAME}"
    assert s3.get_bucket_tagging(Bucket=NAME)["TagSet"] == tags


def test_a_bucket_policy_is_stored_without_content_in_the_answer(s3: Any) -> None:
    allow = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "s3:*", "Resource": f"arn:aws:s3:::{NAME}"}
    answer = s3.put_bucket_policy(Bucket=NAME, Policy=document(allow))
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert s3.get_bucket_policy(Bucket=NAME)["Policy"] == document(allow)


@pytest.mark.parametrize("policy", ["", "invalid json", "[]"])
def test_a_policy_that_is_no_object_is_malformed(s3: Any, policy: str) -> None:
    text = "Policies must be valid JSON and the first byte must be '{'"
    assert refusal(s3.put_bucket_policy, Policy=policy) == ("MalformedPolicy", text)


def test_a_policy_without_a_statement_is_malformed(s3: Any) -> None:
    expected = ("MalformedPolicy", "Missing required field Statement")
    assert refusal(s3.put_bucket_policy, Policy="{}") == expected


def test_the_expected_bucket_owner_is_an_account_id(s3: Any) -> None:
    text = "The value of the expected bucket owner parameter must be an AWS Account ID... [0000]"
    expected = ("InvalidBucketOwnerAWSAccountID", text)
    assert refusal(s3.get_bucket_versioning, ExpectedBucketOwner="0000") == expected


def test_versioning_has_two_statuses(s3: Any) -> None:
    text = "The Versioning element must be specified"
    expected = ("IllegalVersioningConfigurationException", text)
    assert refusal(s3.put_bucket_versioning, VersioningConfiguration={}) == expected
    for status in ("enabled", "Disabled"):
        assert refusal(s3.put_bucket_versioning, VersioningConfiguration={"Status": status}) == MALFORMED
    missing = refusal(s3.put_bucket_versioning, Bucket="missing", VersioningConfiguration={"Status": "Suspended"})
    assert missing[0] == "NoSuchBucket"


def test_encryption_has_one_rule_and_a_key_for_kms_only(s3: Any) -> None:
    kms, aes256 = ({"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": name}} for name in ("aws:kms", "AES256"))
    with_key = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256", "KMSMasterKeyID": "some-key"}}

    def refused(*rules: dict[str, Any], bucket: str = NAME) -> tuple[str, str]:
        configuration = {"Rules": list(rules)}
        return refusal(s3.put_bucket_encryption, Bucket=bucket, ServerSideEncryptionConfiguration=configuration)

    assert refused() == refused(kms, aes256) == MALFORMED
    assert refused(bucket="missing")[0] == "NoSuchBucket"
    text = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"
    assert refused(with_key) == ("InvalidArgument", text)


def test_an_object_has_the_encryption_of_its_bucket(s3: Any) -> None:
    put = s3.put_object(Bucket=NAME, Key="note", Body=b"text")
    assert (put["ServerSideEncryption"], put["ChecksumType"]) == ("AES256", "FULL_OBJECT")
    assert s3.head_object(Bucket=NAME, Key="note")["ServerSideEncryption"] == "AES256"
    assert s3.get_object(Bucket=NAME, Key="note", ChecksumMode="ENABLED")["ChecksumType"] == "FULL_OBJECT"


def test_the_key_of_an_object_is_named_by_its_arn(aws_client: Callable[[str], Any], s3: Any) -> None:
    kms = aws_client("kms")
    key = kms.create_key()["KeyMetadata"]
    kms.create_alias(AliasName="alias/files", TargetKeyId=key["KeyId"])
    for name in (key["KeyId"], key["Arn"], "alias/files", key["Arn"].partition(":key/")[0] + ":alias/files"):
        put = s3.put_object(Bucket=NAME, Key="note", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId=name)
        assert put["SSEKMSKeyId"] == s3.head_object(Bucket=NAME, Key="note")["SSEKMSKeyId"] == key["Arn"]


def test_moto_still_needs_the_overrides(moto_client: Callable[[str], Any]) -> None:
    s3 = moto_client("s3")
    s3.create_bucket(Bucket=NAME)
    for read in (s3.get_bucket_encryption, s3.get_public_access_block, s3.get_bucket_ownership_controls):
        refusal(read)
    s3.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "enabled"})
    assert "ServerSideEncryption" not in s3.put_object(Bucket=NAME, Key="note", Body=b"")
