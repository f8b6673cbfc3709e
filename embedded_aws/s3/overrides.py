"""Overrides and patches of S3: the defaults of new buckets, and the errors of their settings."""

from __future__ import annotations

import json
from typing import Any

import xmltodict  # type: ignore[import-untyped]
from ansible_collections.secmon.aws.plugins.module_utils.core.policy_limits import BUCKET_POLICY_BYTES, policy_bytes
from moto.kms.models import kms_backends
from moto.s3.models import FakeBucket, FakeKey, PublicAccessBlock, S3Backend, s3_backends
from moto.s3.responses import S3Response

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State
from embedded_aws.iam.identity import user_identity
from embedded_aws.s3.buckets import bucket_of, malformed
from embedded_aws.s3.lifecycle.calls import expiration_header
from embedded_aws.s3.public_policy import is_public

# A new bucket is encrypted, blocks public access and owns its objects; in moto 5.2.5 it has none of these settings.
#
# Sources: S3 user guide, "Setting default server-side encryption behavior for Amazon S3 buckets" (since 2023-01) and
# "Controlling ownership of objects and disabling ACLs for your bucket" (since 2023-04). Here and below, the values,
# codes and texts are those of the recorded answers of AWS in LocalStack's tests test_s3_api, as of 2026-11.

_AES256 = {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}}
_moto_creates_bucket: Any = FakeBucket.__init__


@patch(FakeBucket, "__init__")
def _new_bucket(bucket: FakeBucket, *arguments: Any, **options: Any) -> None:
    _moto_creates_bucket(bucket, *arguments, **options)
    bucket.encryption = _AES256
    bucket.public_access_block = PublicAccessBlock(True, True, True, True)
    bucket.ownership_rule = "BucketOwnerEnforced"  # type: ignore[assignment]


@override("s3", "GetBucketEncryption")
def get_bucket_encryption(_state: State, call: Call) -> dict[str, Any] | None:
    """Answer without a rule after DeleteBucketEncryption, where moto raises an error."""
    return None if bucket_of(call).encryption else {"ServerSideEncryptionConfiguration": {"Rules": []}}


# PutBucketPolicy, PutBucketVersioning and PutBucketEncryption reject what moto 5.2.5 accepts or fails on.


@override("s3", "PutBucketPolicy")
def put_bucket_policy(_state: State, call: Call) -> None:
    """Reject a policy that is not a JSON object or has no statement, and a public one if the bucket blocks those."""
    bucket = bucket_of(call)
    try:
        document = json.loads(call.body)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise AwsError("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'", 400)
    if "Statement" not in document:
        raise AwsError("MalformedPolicy", "Missing required field Statement", 400)
    if policy_bytes(document) > BUCKET_POLICY_BYTES:
        # The limit is documented; code and text are our reading.
        text = f"Normalized policy document exceeds the maximum allowed size of {BUCKET_POLICY_BYTES} bytes"
        raise AwsError("PolicyTooLarge", text, 400)
    block = bucket.public_access_block
    if block is not None and block.block_public_policy and is_public(document):
        # The text is from public reports.
        who, action = user_identity(call).get("arn"), "s3:PutBucketPolicy"
        text = (
            f'User: {who} is not authorized to perform: {action} on resource: "{bucket.arn}" because public policies '
            "are prevented by the BlockPublicPolicy setting in S3 Block Public Access."
        )
        raise AwsError("AccessDenied", text, 403)


@override("s3", "PutBucketVersioning")
def put_bucket_versioning(_state: State, call: Call) -> None:
    """Reject any status but the two that exist."""
    bucket_of(call)
    status = (call.parameters.get("VersioningConfiguration") or {}).get("Status")
    if status is None:
        raise AwsError("IllegalVersioningConfigurationException", "The Versioning element must be specified", 400)
    if status not in ("Enabled", "Suspended"):
        raise malformed()


@override("s3", "PutBucketEncryption")
def put_bucket_encryption(_state: State, call: Call) -> None:
    """Require exactly one rule, and no key together with AES256."""
    bucket_of(call)
    rules = (call.parameters.get("ServerSideEncryptionConfiguration") or {}).get("Rules") or []
    if len(rules) != 1:
        raise malformed()
    default = rules[0].get("ApplyServerSideEncryptionByDefault") or {}
    if default.get("KMSMasterKeyID") and default.get("SSEAlgorithm") == "AES256":
        message = "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"
        raise AwsError("InvalidArgument", message, 400, {"ArgumentName": "ApplyServerSideEncryptionByDefault"})


# CreateBucket applies the tags of its request and returns the ARN, and PutBucketPolicy answers 204.

_moto_puts_bucket: Any = S3Response._bucket_response_put


@patch(S3Response, "_bucket_response_put")
def _put_bucket(response: S3Response, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
    answer = _moto_puts_bucket(response, request, bucket_name, querystring)
    if "policy" in querystring and answer == "True":
        return 204, {}, ""
    if querystring or not isinstance(answer, tuple):
        return answer
    status, headers, body = answer
    _tag(response, bucket_name)
    if response._get_location_constraint():
        headers = {**headers, "Location": f"http://{bucket_name}.s3.amazonaws.com/"}
    return status, {**headers, "x-amz-bucket-arn": response.backend.get_bucket(bucket_name).arn}, body


def _tag(response: S3Response, bucket_name: str) -> None:
    configuration = xmltodict.parse(response.body).get("CreateBucketConfiguration") if response.body else None
    tags = ((configuration or {}).get("Tags") or {}).get("Tag") or []
    if tags:
        listed = tags if isinstance(tags, list) else [tags]
        response.backend.put_bucket_tagging(bucket_name, {tag["Key"]: tag["Value"] or "" for tag in listed})


# An object's checksum covers all of it, and its key is named by ARN; moto 5.2.5 has no type, and returns what was sent.

_moto_puts_object: Any = S3Backend.put_object
_moto_answers_put_object: Any = S3Response.put_object
_headers_of_moto: Any = vars(FakeKey)["response_dict"]
_KEY_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"
_BUCKET_KEY_HEADER = "x-amz-server-side-encryption-bucket-key-enabled"
_CHECKSUM = "x-amz-checksum-"


@patch(S3Backend, "put_object")
def _put_object(backend: S3Backend, *arguments: Any, **options: Any) -> FakeKey:
    written: FakeKey = _moto_puts_object(backend, *arguments, **options)
    if written.checksum_value:
        written.checksum_type = "FULL_OBJECT"
    return written


@patch(S3Response, "put_object")
def _answer_put_object(response: S3Response) -> Any:
    status, headers, body = _moto_answers_put_object(response)
    summed = any(name.lower().startswith(_CHECKSUM) for name in headers)
    return status, {**headers, f"{_CHECKSUM}type": "FULL_OBJECT"} if summed else headers, body


def _response_headers(key: FakeKey) -> dict[str, Any]:
    headers: dict[str, Any] = _headers_of_moto.fget(key)
    name = headers.get(_KEY_HEADER)
    if headers.get(_BUCKET_KEY_HEADER) == "false":
        del headers[_BUCKET_KEY_HEADER]
    bucket = _bucket_of_key(key)
    return (
        headers
        | ({_KEY_HEADER: _key_arn(key, name)} if name else {})
        | (expiration_header(bucket, key) if bucket else {})
    )


patch(FakeKey, "response_dict")(property(_response_headers))


def _bucket_of_key(key: FakeKey) -> FakeBucket | None:
    named = str(key.bucket_name)
    partition, owner = s3_backends.bucket_accounts.get(named, (key.partition, key.account_id))
    bucket: FakeBucket | None = s3_backends[owner][partition].buckets.get(named)
    return bucket


def _key_arn(key: FakeKey, name: str) -> str:
    bucket = _bucket_of_key(key)
    region = bucket.region_name if bucket else "us-east-1"
    account = name.split(":")[4] if name.startswith("arn:") else key.account_id
    alias = name.partition(":alias/")[2] or name.removeprefix("alias/") if "alias/" in name else ""
    key_id = kms_backends[account][region].get_key_id_from_alias(f"alias/{alias}") if alias else name
    return name if ":key/" in name or key_id is None else f"arn:{key.partition}:kms:{region}:{account}:key/{key_id}"
