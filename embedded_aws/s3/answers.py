"""Members of S3's answers that moto 5.2.5 leaves out, or still has.

Values as in the recorded answers of AWS in LocalStack's tests, as of 2026-02. Since 2025-11 an owner has an ID only
(S3 API reference, "End of support notice" of DisplayName).
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from moto.core.responses import ActionResult
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend
from moto.s3.responses import S3Response

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.pages import page
from embedded_aws.core.state import State
from embedded_aws.s3.buckets import backend_of, regions

_LISTED = ("Contents", "Versions", "DeleteMarkers")
_ENCODED = ("Prefix", "KeyMarker", "NextKeyMarker", "Delimiter")
_BUCKETS_OF_A_PAGE = 10_000

_moto_serializes: Any = S3Response.serialized
_moto_heads_bucket: Any = S3Response.head_bucket
_moto_deletes: Any = S3Backend.delete_object


def with_request_id(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return the headers of an answer with S3's request id in place of moto's."""
    kept = tuple((name, value) for name, value in headers if name.lower() != "x-amzn-requestid")
    return (*kept, ("x-amz-request-id", secrets.token_hex(8).upper()))


@patch(S3Response, "serialized")
def _serialized(response: S3Response, action_result: ActionResult) -> Any:
    result, action = action_result.result, response.data.get("Action")
    if isinstance(result, dict) and action in ("ListObjects", "ListObjectsV2", "ListObjectVersions"):
        _complete(response, result)
        if action == "ListObjects":
            result["Marker"] = response.querystring.get("marker", [""])[0]
        if action == "ListObjectVersions" and response.querystring.get("encoding-type") == ["url"]:
            _encode(result)
    if isinstance(result, dict) and action == "GetBucketAcl":
        for named in (result["Owner"], *(grant["Grantee"] for grant in result["Grants"])):
            named.pop("DisplayName", None)
    return _moto_serializes(response, action_result)


def _complete(response: S3Response, result: dict[str, Any]) -> None:
    """Give each item the checksum of its object, and its owner no name."""
    bucket: FakeBucket = response.backend.get_bucket(response.bucket_name)
    for item in (item for name in _LISTED for item in result.get(name, [])):
        if "Owner" in item:
            item["Owner"] = {"ID": item["Owner"]["ID"]}
        for key in bucket.keys.getlist(item["Key"], []):
            is_listed = item.get("VersionId") in (None, str(key.version_id))
            if is_listed and isinstance(key, FakeKey) and key.checksum_algorithm:
                item |= {"ChecksumAlgorithm": [key.checksum_algorithm], "ChecksumType": "FULL_OBJECT"}


def _encode(result: dict[str, Any]) -> None:
    """Encode the keys as the client asked; ListObjectVersions of moto does not."""
    result["EncodingType"] = "url"
    for name in _ENCODED:
        if result.get(name):
            result[name] = quote(result[name])
    for item in (*result["Versions"], *result["DeleteMarkers"]):
        item["Key"] = quote(item["Key"])
    for item in result.get("CommonPrefixes", []):
        item["Prefix"] = quote(item["Prefix"])


@patch(S3Response, "head_bucket")
def _head_bucket(response: S3Response) -> Any:
    status, headers, body = _moto_heads_bucket(response)
    if headers:
        headers = {**headers, "x-amz-bucket-arn": response.backend.get_bucket(response.bucket_name).arn}
    return status, headers, body


@patch(S3Backend, "delete_object")
def _delete_object(
    backend: S3Backend, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
) -> tuple[bool, dict[str, Any]]:
    """Say that the deleted version was a delete marker; moto says so of the second one only."""
    versions = backend.get_bucket(bucket_name).keys.getlist(key_name, []) if version_id else []
    is_marker = any(isinstance(key, FakeDeleteMarker) and str(key.version_id) == version_id for key in versions)
    done, answer = _moto_deletes(backend, bucket_name, key_name, version_id, bypass)
    return done, {**answer, "delete-marker": "true"} if is_marker else answer


@override("s3", "ListBuckets")
def list_buckets(_state: State, call: Call) -> dict[str, Any]:
    """List buckets by name, with their ARN and region, and in pages if the client asks for them."""
    parameters = call.parameters
    asked = {name: parameters.get(name) for name in ("Prefix", "BucketRegion", "MaxBuckets")}
    _check_region(asked["BucketRegion"])
    buckets = backend_of(call).list_buckets(asked["Prefix"], asked["BucketRegion"], None)
    found = sorted((_listed(bucket) for bucket in buckets), key=lambda item: str(item["Name"]))
    rejection = AwsError("InvalidArgument", "The continuation token provided is incorrect", 400)
    size = int(asked["MaxBuckets"] or _BUCKETS_OF_A_PAGE)
    shown, token = page(found, size, parameters.get("ContinuationToken"), (call.account, asked), rejection)
    answer = {"Buckets": shown, "Owner": {"ID": "bcaf1ffd86f41161ca5fb16fd081034f"}}
    return answer | _given({"Prefix": asked["Prefix"], "ContinuationToken": token})


def _check_region(region: str | None) -> None:
    if region and region not in regions():
        text = f"Argument value {region} is not a valid AWS Region"
        raise AwsError("InvalidArgument", text, 400, {"ArgumentName": "bucket-region"})


def _listed(bucket: FakeBucket) -> dict[str, Any]:
    return {
        "Name": bucket.name,
        "CreationDate": bucket.creation_date,
        "BucketArn": bucket.arn,
        "BucketRegion": bucket.region_name,
    }


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}
