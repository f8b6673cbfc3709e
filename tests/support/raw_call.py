"""Call the embedded AWS with botocore's serializers and parsers only: no validation, no retries, any protocol."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import botocore.awsrequest
import botocore.parsers
import botocore.serialize
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape

from embedded_aws.core.protocol import botocore_model, operation_model

CBOR = "smithy-rpc-v2-cbor"
_NAMESPACE = re.compile(r"\{.*\}")


@dataclass(frozen=True)
class RawResponse:
    """A raw response: `members` by the names of the model, empty for an error; `code` is None for a success."""

    status: int
    body: bytes
    members: dict[str, Any]
    code: str | None
    message: str


def protocols_of(service: str) -> list[str]:
    """Return the protocols of a service, including those of older clients."""
    metadata = botocore_model(service).metadata
    protocols = metadata.get("protocols") or [metadata["protocol"]]
    return [str(protocol) for protocol in protocols]


def raw_call(
    endpoint: str, service: str, action: str, parameters: Mapping[str, Any], protocol: str, key: str = "tester"
) -> RawResponse:
    """Make one call without validating its parameters.

    Args:
        key: the access key that the call is signed with.
    """
    operation = operation_model(service, action)
    serializer = botocore.serialize.create_serializer(protocol, include_validation=False)
    request = serializer.serialize_to_request(parameters, operation)
    botocore.awsrequest.prepare_request_dict(request, endpoint_url=endpoint)
    prepared = botocore.awsrequest.create_request_object(request).prepare()
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body or b""
    scope = f"{key}/20260101/us-east-1/{operation.service_model.signing_name}/aws4_request"
    headers = {name: value if isinstance(value, str) else value.decode() for name, value in prepared.headers.items()}
    headers |= {"Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(prepared.url, body, headers, method=prepared.method), timeout=60
        ) as response:
            return _response(operation, protocol, response.status, dict(response.headers), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return _response(operation, protocol, error.code, dict(error.headers), error.read())


def _response(
    operation: OperationModel, protocol: str, status: int, headers: Mapping[str, str], body: bytes
) -> RawResponse:
    parser = botocore.parsers.create_parser(protocol)
    lower = {name.lower(): value for name, value in headers.items()}
    parsed = parser.parse({"status_code": status, "headers": lower, "body": body}, operation.output_shape)
    error = parsed.pop("Error", {})
    parsed.pop("ResponseMetadata", None)
    members = parsed if status < 300 else {}
    return RawResponse(status, body, members, error.get("Code"), error.get("Message", ""))


def unknown_members(action: str, shape: StructureShape, body: bytes, protocol: str) -> list[str]:
    """Return the paths of members that are not in the model, which botocore's parsers ignore."""
    if protocol == CBOR:
        # The embedded AWS writes it from the model.
        return []
    if protocol == "json":
        return list(_unknown_json(shape, json.loads(body), ""))
    (result,) = (child for child in ElementTree.fromstring(body) if _tag(child) == f"{action}Result")
    return list(_unknown_xml(shape, result, ""))


def _unknown_json(shape: Shape, value: Any, at: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        for name, item in value.items():
            if name not in shape.members:
                yield f"{at}.{name}"
            elif item is not None:
                yield from _unknown_json(shape.members[name], item, f"{at}.{name}")
    elif isinstance(shape, ListShape):
        for item in value:
            yield from _unknown_json(shape.member, item, f"{at}[]")
    elif isinstance(shape, MapShape):
        for item in value.values():
            yield from _unknown_json(shape.value, item, f"{at}{{}}")


def _unknown_xml(shape: Shape, element: ElementTree.Element, at: str) -> Iterator[str]:
    if isinstance(shape, StructureShape):
        members = {member.serialization.get("name", name): member for name, member in shape.members.items()}
        for child in element:
            if _tag(child) not in members:
                yield f"{at}.{_tag(child)}"
            else:
                yield from _unknown_xml(members[_tag(child)], child, f"{at}.{_tag(child)}")
    elif isinstance(shape, ListShape):
        for child in element:
            yield from _unknown_xml(shape.member, child, f"{at}[]")


def _tag(element: ElementTree.Element) -> str:
    return _NAMESPACE.sub("", element.tag)


def values_outside_enums(shape: Shape, value: Any, at: str = "") -> Iterator[str]:
    """Yield the values outside an enum of the model, which botocore's validator does not check."""
    enum = shape.metadata.get("enum")
    if enum and value not in enum:
        yield f"{at}={value}"
    if isinstance(shape, StructureShape):
        for name, item in value.items():
            yield from values_outside_enums(shape.members[name], item, f"{at}.{name}")
    elif isinstance(shape, ListShape):
        for item in value:
            yield from values_outside_enums(shape.member, item, f"{at}[]")
    elif isinstance(shape, MapShape):
        for key, item in value.items():
            yield from values_outside_enums(shape.key, key, f"{at}.{key}")
            yield from values_outside_enums(shape.value, item, f"{at}.{key}")
