"""Create the CloudTrail record of a call; CloudTrail user guide, "CloudTrail record contents"."""

from __future__ import annotations

import json
import uuid
from typing import Any

from botocore.exceptions import BotoCoreError
from botocore.model import OperationModel, OperationNotFoundError

from embedded_aws.cloudtrail.records.elements import elements
from embedded_aws.cloudtrail.records.operations import (
    data_resource_type,
    event_name,
    event_region,
    event_source,
    event_version,
    is_read_only,
    is_recorded,
)
from embedded_aws.cloudtrail.records.resources import resources_of
from embedded_aws.cloudtrail.records.s3 import additional_event_data, s3_parameters
from embedded_aws.core.call import Answer, Call
from embedded_aws.core.events import Record
from embedded_aws.core.protocol import operation_model

_TEXT_LIMIT_BYTES = 1_024
_ELEMENTS_LIMIT_BYTES = 100 * 1_024
# Quotes and escapes make the text longer than the request or response, hardly ever more than twice as long.
_CHECKED_FROM_BYTES = _ELEMENTS_LIMIT_BYTES // 2
_REQUEST_ID_HEADERS = ("x-amzn-requestid", "x-amz-request-id")
# CloudTrail records calls that were not authorized, but none that were not authenticated.
_NOT_AUTHENTICATED = frozenset(
    {
        "AuthFailure",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "RequestExpired",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError"})
_READS_WITH_RESULTS = frozenset({"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot"})


def make_record(call: Call, answer: Answer, identity: dict[str, Any]) -> Record | None:
    """Return the record of a call, its keys in CloudTrail's order, or None if CloudTrail does not record the call.

    Args:
        identity: the `userIdentity` of the caller at the time of the call.
    """
    if answer.error_code in _NOT_AUTHENTICATED or not is_recorded(call.service, call.action):
        return None
    record: Record = {
        "eventVersion": event_version(call.service),
        "userIdentity": identity,
        "eventTime": f"{call.at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": event_source(call.service),
        "eventName": event_name(call.service, call.action),
        "awsRegion": event_region(call.service, call.region),
        "sourceIPAddress": call.source_ip,
        "userAgent": _cut(call.user_agent),
    }
    if answer.error_code:
        record["errorCode"] = _cut(_error_code(call.service, answer.error_code))
        if answer.error_message:
            record["errorMessage"] = _cut(answer.error_message)
    return record | _elements(call, answer) | _ending(call, answer)


def _elements(call: Call, answer: Answer) -> Record:
    model = _model(call)
    written: Record = {
        "requestParameters": _request_parameters(call, answer, model),
        "responseElements": _response_elements(call, answer, model),
    }
    return written | {"additionalEventData": additional_event_data(call, answer)} if call.service == "s3" else written


def _ending(call: Call, answer: Answer) -> Record:
    data_type = data_resource_type(call.service, call.action)
    ending: Record = {
        "requestID": _request_id(answer),
        "eventID": str(uuid.uuid4()),
        "readOnly": is_read_only(call.service, call.action),
    }
    resources = resources_of(call, answer)
    if resources:
        ending["resources"] = resources
    return ending | {
        "eventType": "AwsApiCall",
        "managementEvent": data_type is None,
        "recipientAccountId": call.account,
        "eventCategory": "Management" if data_type is None else "Data",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": call.host,
        },
    }


def _request_parameters(call: Call, answer: Answer, model: OperationModel | None) -> Any:
    # TestMetricFilter's messages are customer data and not recorded; observed on AWS, 2026-09.
    if model is None or answer.error_code in _DENIED or call.action == "TestMetricFilter":
        return None
    written = s3_parameters(call) if call.service == "s3" else elements(model.input_shape, call.parameters)
    return _within_limit(written, len(call.body))


def _response_elements(call: Call, answer: Answer, model: OperationModel | None) -> Any:
    reads = is_read_only(call.service, call.action) and call.action not in _READS_WITH_RESULTS
    if model is None or answer.error_code or reads or call.service == "s3":
        return None
    written = elements(model.output_shape, answer.parsed(call))
    if call.service == "secretsmanager" and written:
        # Published records of Secrets Manager name the secret by its ARN only.
        written = {name: written[name] for name in ("arn", "deletionDate") if name in written}
    return _within_limit(written, len(answer.body))


def _within_limit(written: Any, raw_bytes: int) -> Any:
    if not written:
        return None
    if (
        raw_bytes > _CHECKED_FROM_BYTES
        and len(json.dumps(written, ensure_ascii=False).encode()) > _ELEMENTS_LIMIT_BYTES
    ):
        return None
    return written


def _model(call: Call) -> OperationModel | None:
    try:
        return operation_model(call.service, call.action)
    except (BotoCoreError, OperationNotFoundError):
        return None


def _error_code(service: str, code: str) -> str:
    """Return CloudTrail's code for a wire code; observed in published records of 2023 and 2024."""
    if service == "ec2":
        return f"Client.{code}"
    if code == "AccessDeniedException":
        return "AccessDenied"
    # IAM's records name the exception; on the wire it goes without the ending.
    return f"{code}Exception" if service == "iam" and code in ("NoSuchEntity", "EntityAlreadyExists") else code


def _request_id(answer: Answer) -> str:
    for name, value in answer.headers:
        if name.lower() in _REQUEST_ID_HEADERS:
            return value
    return str(uuid.uuid4())


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT_LIMIT_BYTES // 4 else text.encode()[:_TEXT_LIMIT_BYTES].decode(errors="ignore")
