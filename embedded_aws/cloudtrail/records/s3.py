"""What S3's records contain in place of the parameters of the model, and their additionalEventData.

Sources: an answer of AWS recorded in 2026-09 (PutBucketTagging, DeleteObject); the published records of the S3 user
guide, "Amazon S3 CloudTrail events", for the policy and the headers.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl
from xml.parsers.expat import ExpatError

import xmltodict  # type: ignore[import-untyped]

from embedded_aws.cloudtrail.records.operations import data_resource_type
from embedded_aws.core.call import Answer, Call

_HEADERS = (
    "x-amz-acl",
    "x-amz-bucket-object-lock",
    "x-amz-copy-source",
    "x-amz-grant-",
    "x-amz-object-ownership",
    "x-amz-server-side-encryption",
    "x-amz-storage-class",
)
_WORDS = {"true": True, "false": False}


def s3_parameters(call: Call) -> dict[str, Any]:
    """Return the body as it was sent, the query string, the bucket, the host, the key, and headers about the object."""
    parameters = call.parameters
    named = {"bucketName": parameters.get("Bucket"), "Host": call.host, "key": parameters.get("Key")}
    body = _body(call) if data_resource_type(call.service, call.action) is None else {}
    written = body | _query(call) | named | _headers(call)
    return {name: value for name, value in written.items() if value is not None}


def _query(call: Call) -> dict[str, str]:
    """Return the query string; a subresource such as ``tagging`` has an empty value."""
    query = parse_qsl(call.environ.get("QUERY_STRING", ""), keep_blank_values=True)
    return {name: value for name, value in query if not name.startswith("X-Amz-")}


def _headers(call: Call) -> dict[str, str]:
    sent = {
        name.removeprefix("HTTP_").replace("_", "-").lower(): value
        for name, value in call.environ.items()
        if name.startswith("HTTP_X_AMZ_")
    }
    return {name: value for name, value in sent.items() if name.startswith(_HEADERS)}


def _body(call: Call) -> dict[str, Any]:
    """Return the body; the children of one name are a list only if there are several."""
    try:
        if call.action == "PutBucketPolicy":
            return {"bucketPolicy": json.loads(call.body)}
        return {name: _typed(content) for name, content in xmltodict.parse(call.body, attr_prefix="").items()}
    except (ExpatError, ValueError):
        return {}


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _typed(content) for name, content in value.items()}
    if isinstance(value, list):
        return [_typed(content) for content in value]
    text = value or ""
    return _WORDS.get(text, int(text) if text.isdecimal() else text)


def additional_event_data(call: Call, answer: Answer) -> dict[str, Any]:
    """Return the additionalEventData of a call, which the embedded AWS answers within the same millisecond."""
    at = int(call.at.timestamp() * 1000)
    signature = _signature(call)
    data = {
        **({"SignatureVersion": "SigV4"} if signature else {}),
        "CipherSuite": "TLS_AES_128_GCM_SHA256",
        "bytesTransferredIn": len(call.body),
        "startTime": at,
        **({"AuthenticationMethod": signature} if signature else {}),
        "endTime": at,
        "x-amz-id-2": _extended_request_id(answer),
    }
    # Recorded with a management event, and missing from a data event.
    turn_around = {"turnAroundTime": 0} if data_resource_type(call.service, call.action) is None else {}
    sent = 0 if call.environ.get("REQUEST_METHOD") == "HEAD" else len(answer.body)
    return data | turn_around | {"httpStatusCode": answer.status, "bytesTransferredOut": sent}


def _signature(call: Call) -> str:
    if call.environ.get("HTTP_AUTHORIZATION"):
        return "AuthHeader"
    return "QueryString" if "X-Amz-Signature=" in call.environ.get("QUERY_STRING", "") else ""


def _extended_request_id(answer: Answer) -> str:
    headers = {name.lower(): value for name, value in answer.headers}
    seed = headers.get("x-amz-request-id", "")
    return headers.get("x-amz-id-2") or base64.b64encode(hashlib.sha384(seed.encode()).digest()).decode()
