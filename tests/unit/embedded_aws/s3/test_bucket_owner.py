"""Other accounts access a bucket by its policy only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.member_account import member_client

OWNER = "333333333333"
NAME = "taken-by-the-sandbox"


@pytest.fixture
def owner(embedded_aws: str) -> Iterator[Any]:
    """Return S3 as the account that has made the bucket sees it."""
    client = member_client(embedded_aws, OWNER, "s3")
    client.create_bucket(Bucket=NAME)
    yield client
    client.delete_bucket(Bucket=NAME)


def test_another_account_cannot_head_the_bucket(owner: Any, aws_client: Callable[[str], Any]) -> None:
    other = aws_client("s3")
    with pytest.raises(ClientError, match="403"):
        other.head_bucket(Bucket=NAME)
    with pytest.raises(ClientError, match="AccessDenied"):
        other.put_bucket_versioning(Bucket=NAME, VersioningConfiguration={"Status": "Enabled"})
    with pytest.raises(ClientError, match="BucketAlreadyExists"):
        other.create_bucket(Bucket=NAME)
    assert owner.get_bucket_versioning(Bucket=NAME).get("Status") is None


def test_the_policy_can_allow_another_account(owner: Any, aws_client: Callable[[str], Any]) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": "123456789012"},
        "Action": "s3:ListBucket",
        "Resource": f"arn:aws:s3:::{NAME}",
    }
    owner.put_bucket_policy(Bucket=NAME, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    aws_client("s3").head_bucket(Bucket=NAME)
    with pytest.raises(ClientError, match="403"):
        aws_client("s3").head_bucket(Bucket=NAME, ExpectedBucketOwner="123456789012")
    with pytest.raises(ClientError, match="AccessDenied"):
        aws_client("s3").get_bucket_policy(Bucket=NAME)
