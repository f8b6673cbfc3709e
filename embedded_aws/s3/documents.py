"""S3 refuses tags, ownership controls and regions that moto 5.2.5 takes.

Sources: S3 API reference and recorded answers of AWS in LocalStack's tests test_s3 and test_s3_api, as of 2026-02.
"""

from __future__ import annotations

import re
from typing import Any

from moto.s3.exceptions import BucketAlreadyOwnedByYou
from moto.s3.models import FakeKey, S3Backend, s3_backends

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State
from embedded_aws.s3.buckets import backend_of, bucket_of, find_bucket, malformed, regions

_OWNERSHIPS = ("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")
# S3 user guide, "Adding tags": letters, digits, white space and _ . : / = + - @ in UTF-8.
_TAG_TEXT = re.compile(r"[\w\s.:/=+\-@]*")
_KEY_CHARACTERS, _VALUE_CHARACTERS = 128, 256


@override("s3", "PutBucketTagging")
def put_bucket_tagging(_state: State, call: Call) -> None:
    """Check the tags; moto stores them."""
    bucket_of(call)
    tags = (call.parameters.get("Tagging") or {}).get("TagSet") or []
    _check_tags(tags, "System tags cannot be added/updated by requester")


_moto_puts_tags: Any = S3Backend.put_bucket_tagging


@patch(S3Backend, "put_bucket_tagging")
def _put_tags(backend: S3Backend, bucket_name: str, tags: dict[str, str | None]) -> None:
    """Keep the empty value, which moto takes for none."""
    _moto_puts_tags(backend, bucket_name, {key: value or "" for key, value in tags.items()})


@override("s3", "PutObjectTagging")
def put_object_tagging(_state: State, call: Call) -> dict[str, Any] | None:
    """Check and store the tags; moto fails on an empty set, and answers for what is missing."""
    bucket, parameters = bucket_of(call), call.parameters
    tags = (parameters.get("Tagging") or {}).get("TagSet") or []
    _check_tags(tags, "Your TagKey cannot be prefixed with aws:")
    backend = s3_backends[bucket.account_id][bucket.partition]
    key = backend.get_object(
        bucket.name, parameters["Key"], version_id=parameters.get("VersionId"), return_delete_marker=True
    )
    if not isinstance(key, FakeKey):
        return None
    backend.put_object_tagging(key, {tag["Key"]: tag["Value"] for tag in tags})
    return {"VersionId": key.version_id} if bucket.is_versioned else {}


def _check_tags(tags: list[dict[str, Any]], system: str) -> None:
    if any(tag.get("Key") is None or tag.get("Value") is None for tag in tags):
        raise malformed()
    keys = [tag["Key"] for tag in tags]
    for tag in tags:
        key, value = tag["Key"], tag["Value"]
        if keys.count(key) > 1:
            raise _invalid_tag("Cannot provide multiple Tags with the same key", TagKey=key)
        if key.startswith("aws:"):
            raise _invalid_tag(system, TagKey=key)
        if not key or len(key) > _KEY_CHARACTERS or not _TAG_TEXT.fullmatch(key):
            raise _invalid_tag("The TagKey you have provided is invalid", TagKey=key)
        if len(value) > _VALUE_CHARACTERS or not _TAG_TEXT.fullmatch(value):
            raise _invalid_tag("The TagValue you have provided is invalid", TagKey=key, TagValue=value)


def _invalid_tag(text: str, **members: str) -> AwsError:
    return AwsError("InvalidTag", text, 400, members)


@override("s3", "CreateBucket")
def create_bucket(_state: State, call: Call) -> None:
    """Check region, owner and tags; an own bucket of us-east-1 can be created again only without tags."""
    _check_location(call)
    ownership = call.environ.get("HTTP_X_AMZ_OBJECT_OWNERSHIP")
    if ownership is not None and ownership not in _OWNERSHIPS:
        text = f"Invalid x-amz-object-ownership header: {ownership}"
        raise AwsError("InvalidArgument", text, 400, {"ArgumentName": "x-amz-object-ownership"})
    tags = (call.parameters.get("CreateBucketConfiguration") or {}).get("Tags") or []
    for tag in tags:
        if str(tag.get("Key")).startswith("aws:"):
            text = (
                'User-defined tag keys can\'t start with "aws:". This prefix is reserved for system tags. '
                'Remove "aws:" from your tag keys and try again.'
            )
            raise _invalid_tag(text)
    _check_tags(tags, "")
    name = str(call.parameters.get("Bucket"))
    if tags and name in backend_of(call).buckets:
        raise BucketAlreadyOwnedByYou(bucket_name=name)


@override("s3", "PutBucketOwnershipControls")
def put_bucket_ownership_controls(_state: State, call: Call) -> None:
    """Require one rule with a known value; moto stores it."""
    bucket_of(call)
    rules = (call.parameters.get("OwnershipControls") or {}).get("Rules") or []
    if [rule.get("ObjectOwnership") in _OWNERSHIPS for rule in rules] != [True]:
        raise malformed()


def _check_location(call: Call) -> None:
    """Refuse, at the endpoint of us-east-1, this region and unknown ones; moto refuses at the other endpoints."""
    named = (call.parameters.get("CreateBucketConfiguration") or {}).get("LocationConstraint")
    if named and call.region == "us-east-1" and named not in (regions() | {"EU"}) - {"us-east-1"}:
        text = "The specified location-constraint is not valid"
        raise AwsError("InvalidLocationConstraint", text, 400, {"LocationConstraint": named})


@override("s3", "GetPublicAccessBlock")
def get_public_access_block(_state: State, call: Call) -> None:
    """Name the bucket that has no block."""
    bucket = bucket_of(call)
    if bucket.public_access_block is None:
        text = "The public access block configuration was not found"
        raise AwsError("NoSuchPublicAccessBlockConfiguration", text, 404, {"BucketName": bucket.name})


@override("s3", "DeleteBucket")
def delete_bucket(_state: State, call: Call) -> None:
    """Name the versions that are in the way."""
    bucket = find_bucket(call)
    if bucket is not None and bucket.keys and bucket.versioning_status:
        text = "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
        raise AwsError("BucketNotEmpty", text, 409, {"BucketName": bucket.name})
