"""Translate from CBOR (Smithy's RPC v2) to JSON and back, for the SDKs for Go, Rust and JavaScript, which choose CBOR.

The rest of the embedded AWS, and moto, see a request of the JSON protocol. botocore's parser, made for responses, reads
the request by the shape of the input; its serializer, made for requests, writes the answer by the shape of the output.
Source: Smithy 2.0, "Smithy RPC v2 CBOR protocol".
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import Any

import botocore.parsers
import botocore.serialize
from botocore.model import DenormalizedStructureBuilder, OperationModel, StructureShape

from embedded_aws.core.call import Answer, Call
from embedded_aws.core.protocol import botocore_model, unpacked

_PROTOCOL = "smithy-rpc-v2-cbor"
_PATH = re.compile(r"/service/(?P<target>\w+)/operation/(?P<action>\w+)")


def is_cbor(environ: dict[str, Any]) -> bool:
    """Return whether a request is one of RPC v2 with CBOR."""
    return environ.get("HTTP_SMITHY_PROTOCOL") == "rpc-v2-cbor"


def as_json(service: str, environ: dict[str, Any], body: bytes) -> tuple[dict[str, Any], bytes]:
    """Return environment and body of the same request in the JSON protocol."""
    path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
    model = botocore_model(service)
    if not path or "json" not in model.metadata.get("protocols", ()):
        return environ, body
    if path["action"] in model.operation_names:
        body = _json_of(model.operation_model(path["action"]), unpacked(service, environ, body))
    translated = {
        "PATH_INFO": "/",
        "RAW_URI": "/",
        "REQUEST_URI": "/",
        "HTTP_X_AMZ_TARGET": f"{path['target']}.{path['action']}",
        "CONTENT_TYPE": f"application/x-amz-json-{model.metadata['jsonVersion']}",
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": "",
    }
    return environ | translated, body


def as_cbor(call: Call, answer: Answer) -> Answer:
    """Return the answer to a call of `as_json` in CBOR."""
    headers = [
        (name, value) for name, value in answer.headers if name.lower() not in ("content-type", "content-length")
    ]
    headers.append(("smithy-protocol", "rpc-v2-cbor"))
    if answer.status >= HTTPStatus.BAD_REQUEST:
        content = json.loads(answer.body or b"{}")
        members = {name: value for name, value in content.items() if isinstance(value, str)}
        texts = {name: {"type": "string"} for name in members}
        shape = DenormalizedStructureBuilder().with_members(texts).build_model()
        body = _written(shape, members)
    else:
        output = botocore_model(call.service).operation_model(call.action).output_shape
        body = _written(output, answer.parsed(call)) if isinstance(output, StructureShape) else b""
    if body:
        headers.append(("Content-Type", "application/cbor"))
    return Answer(answer.status, tuple(headers), body, answer.error_code, answer.error_message)


def _json_of(operation: OperationModel, body: bytes) -> bytes:
    """Return the input of an operation as JSON; a body that cannot be read stays as it is, which JSON refuses too."""
    response = {"status_code": HTTPStatus.OK, "headers": {}, "body": body}
    try:
        parameters = botocore.parsers.create_parser(_PROTOCOL).parse(response, operation.input_shape)
        parameters.pop("ResponseMetadata", None)
        serializer = botocore.serialize.create_serializer("json", include_validation=False)
        content: bytes = serializer.serialize_to_request(parameters, operation)["body"]
    except Exception:
        # Any invalid input.
        return body
    return content


def _written(shape: StructureShape, members: dict[str, Any]) -> bytes:
    """Return a structure in CBOR. Its times are floating-point numbers, the only ones that the SDK for Rust reads."""
    precision = botocore.serialize.TIMESTAMP_PRECISION_MILLISECOND
    serializer = botocore.serialize.create_serializer(_PROTOCOL, False, precision)
    body: bytes = serializer._serialize_body_params(members, shape)
    return body
