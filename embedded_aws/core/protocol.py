"""Translate between HTTP and botocore's models, with moto's parsers and serializers."""

from __future__ import annotations

import gzip
import io
import re
import uuid
import zlib
from functools import cache
from typing import Any

import botocore.parsers
import botocore.session
import moto.core.loaders
import moto.core.utils
from botocore.model import OperationModel, ServiceModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import (
    JSONSerializer,
    QuerySerializer,
    S3Serializer,
    SerializationContext,
    get_serializer_class,
)
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

# boto3 and the AWS CLI send the action first, so the form need not be parsed.
_ACTION = re.compile(rb"Action=(\w+)(?:&|$)")

# Signing names that differ from botocore's service names, for the services of moto.
_SERVICE_BY_SIGNING_NAME = {
    "access-analyzer": "accessanalyzer",
    "airflow": "mwaa",
    "aoss": "opensearchserverless",
    "aps": "amp",
    "cassandra": "keyspaces",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "elasticmapreduce": "emr",
    "iotdata": "iot-data",
    "mobiletargeting": "pinpoint",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
_CLASSIC_LOAD_BALANCERS = b"Version=2012-06-01"


def service_of(signing_name: str, body: bytes = b"") -> str:
    """Return botocore's service name for a signing name; `body` distinguishes elb and elbv2."""
    if signing_name == "elasticloadbalancing" and _CLASSIC_LOAD_BALANCERS in body:
        return "elb"
    return _SERVICE_BY_SIGNING_NAME.get(signing_name, signing_name)


# Each new loader of models looks for the files of all services, which takes longer than to load one.
_session = cache(botocore.session.get_session)
moto.core.utils.create_loader = cache(moto.core.loaders.create_loader)  # type: ignore[attr-defined]


@cache
def known_services() -> frozenset[str]:
    """Return botocore's names of all services."""
    return frozenset(_session().get_available_services())


@cache
def botocore_model(service: str) -> ServiceModel:
    """Return botocore's model of a service. Raise UnknownServiceError if it does not exist."""
    return _session().get_service_model(service)


def request_of(environ: dict[str, Any], body: bytes) -> Request:
    """Return a request whose body can be read any number of times."""
    return Request({**environ, "CONTENT_LENGTH": str(len(body)), "wsgi.input": io.BytesIO(body)})


def unpacked(service: str, environ: dict[str, Any], body: bytes) -> bytes:
    """Return the decompressed body: botocore compresses large PutMetricData requests.

    The bodies of S3 objects are unchanged, since the encoding belongs to the object.
    """
    if environ.get("HTTP_CONTENT_ENCODING") != "gzip" or service == "s3":
        return body
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return body


def action_of(service: str, environ: dict[str, Any], body: bytes) -> str | None:
    """Return the operation of a request, or None if the service has no such operation."""
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return str(target).rsplit(".", 1)[-1]
    body = unpacked(service, environ, body)
    named = _ACTION.match(body)
    if named:
        return named[1].decode()
    request = request_of(environ, body)
    action = request.values.get("Action")
    if action:
        return str(action)
    try:
        operation, _rest = get_service_router(service).match(request)
    except (HTTPException, NotImplementedError):
        return None
    return str(operation.name)


def parse_parameters(service: str, action: str, environ: dict[str, Any], body: bytes) -> dict[str, Any] | None:
    """Return a request's parameters by the names of the model, or None if they cannot be parsed."""
    try:
        body = unpacked(service, environ, body)
        request = request_of(environ, body)
        model = get_service_model(service)
        operation = model.operation_model(action)
        protocol = determine_request_protocol(model, request.content_type)
        labels: dict[str, Any] = {}
        if protocol.startswith("rest"):
            _first, labels = get_service_router(service).match(request)
        parsed: dict[str, Any] = PROTOCOL_PARSERS[protocol](operation).parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": body,
                "url_path": request.path,
                "url_params": labels,
            }
        )
    except Exception:
        # Any invalid input: such a request is recorded without parameters.
        return None
    return parsed


def parse_response(service: str, action: str, content_type: str, response: dict[str, Any]) -> dict[str, Any]:
    """Return the members of a response by the names of the model, as boto3 would.

    Args:
        content_type: of the request.
        response: as botocore's parsers take it: status_code, headers by lower-case names, body.
    """
    operation = botocore_model(service).operation_model(action)
    # A service with several protocols answers in that of the request.
    protocol = determine_request_protocol(get_service_model(service), content_type)
    parser = botocore.parsers.create_parser(protocol)
    parsed: dict[str, Any] = parser.parse(response, operation.output_shape)
    parsed.pop("ResponseMetadata", None)
    return parsed


def serialize(service: str, action: str, environ: dict[str, Any], result: Any) -> tuple[int, dict[str, str], bytes]:
    """Return (status, headers, body) of a result: a mapping by the names of the model, or an AwsError."""
    model = get_service_model(service)
    protocol = protocol_of(service, environ)
    # Errors are serialized the same way for every operation, so any operation serves for an unknown one.
    known = action if action in model.operation_names else model.operation_names[0]
    serializer_class = _OWN_SERIALIZERS.get((service, protocol)) or (
        _QuerySerializer if protocol == "query" else get_serializer_class(service, protocol)
    )
    request_id = str(uuid.uuid4())
    response = serializer_class(model.operation_model(known), SerializationContext(request_id)).serialize(result)
    headers, body = dict(response["headers"]), response["body"]
    if service != "s3":
        headers["x-amzn-RequestId"] = request_id
    return response["status_code"], headers, body.encode() if isinstance(body, str) else body


def has_own_errors(service: str, protocol: str) -> bool:
    """Return whether moto's errors are written again, since moto's own differ from AWS's."""
    return protocol == "query" or (service == "cloudwatch" and protocol == "json")


def protocol_of(service: str, environ: dict[str, Any]) -> str:
    """Return the protocol of a request, in which it is answered too."""
    return determine_request_protocol(get_service_model(service), environ.get("CONTENT_TYPE", ""))


class _QuerySerializer(QuerySerializer):
    """moto's serializer of the query protocol, whose errors have one message.

    moto 5.2.5 adds the error shape's member "message" to the "Message" of the protocol. CloudWatch's errors without a
    text have no Message at all. Recorded answers of AWS, 2026.
    """

    def _serialize_error_metadata(self, serialized: Any, error: Any, shape: Any) -> None:
        super()._serialize_error_metadata(serialized, error, shape)
        serialized.pop("message", None)
        if not serialized.get("Message"):
            serialized.pop("Message", None)


_CLOUDWATCH = "com.amazonaws.cloudwatch.v2010_08_01"


class _CloudWatchSerializer(JSONSerializer):
    """moto's serializer of JSON, with the namespaces and the one message of CloudWatch's errors (recorded, 2025)."""

    def _serialize_error_metadata(self, serialized: Any, error: Any, shape: Any) -> None:
        super()._serialize_error_metadata(serialized, error, shape)
        is_invalid = shape.name == "ValidationError"
        name = "com.amazon.coral.validate#ValidationException" if is_invalid else f"{_CLOUDWATCH}#{shape.name}"
        serialized["__type"] = name
        serialized["message"] = serialized.pop("Message", "")
        if not serialized["message"]:
            del serialized["message"]

    def _get_protocol_specific_content_type(self) -> str:
        # moto 5.2.5 answers "text", since JSON is not the first protocol of the service.
        return "application/x-amz-json-1.0"


class _S3Serializer(S3Serializer):
    """moto's serializer of S3, whose errors can have more members, such as BucketName."""

    def _serialize_error_metadata(self, serialized: Any, error: Any, shape: Any) -> None:
        super()._serialize_error_metadata(serialized, error, shape)
        serialized.update(getattr(error, "members", {}))


_OWN_SERIALIZERS = {("cloudwatch", "json"): _CloudWatchSerializer, ("s3", "rest-xml"): _S3Serializer}


def operation_model(service: str, action: str) -> OperationModel:
    """Return botocore's model of an operation."""
    return botocore_model(service).operation_model(action)
