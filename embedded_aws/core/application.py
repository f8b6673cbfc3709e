"""The WSGI layer around moto: identify the API call, answer it, and hand it to the pipeline."""

from __future__ import annotations

import io
import re
import sys
import time
import traceback
from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from http.client import responses
from typing import Any
from urllib.parse import unquote
from wsgiref.types import StartResponse, WSGIApplication

from moto.iam.models import get_account_id_from
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from embedded_aws.cloudtrail.overrides.delegated_admin import acting
from embedded_aws.cloudtrail.records.operations import is_read_only
from embedded_aws.core.call import Answer, Call
from embedded_aws.core.cbor import as_cbor, as_json, is_cbor
from embedded_aws.core.constraints import check_constraints
from embedded_aws.core.control import Control
from embedded_aws.core.errors import MOTO_ERRORS, AwsError, as_aws_error, error_of
from embedded_aws.core.faults import Fault
from embedded_aws.core.overrides import EVERY
from embedded_aws.core.pipeline import Pipeline
from embedded_aws.core.protocol import (
    action_of,
    botocore_model,
    has_own_errors,
    known_services,
    protocol_of,
    serialize,
    service_of,
)
from embedded_aws.core.services import AFTERS, OVERRIDES
from embedded_aws.core.state import SeenCall, State
from embedded_aws.iam.permissions import CHECKED, check_permission
from embedded_aws.organizations.limits import check_limits
from embedded_aws.s3.answers import with_request_id
from embedded_aws.s3.bucket_policy import check_bucket_owner

# Identify the operation, account and region of a request.

_CREDENTIAL = re.compile(
    r"(?:X-Amz-)?Credential=(?P<key>[^/,&]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request"
)
_ACTION_PARAMETER = re.compile(r"(?:^|&)Action=(\w+)")
# Operations without a signature; STS API reference, and the links in SNS's e-mails.
_UNSIGNED = {
    "AssumeRoleWithSAML": "sts",
    "AssumeRoleWithWebIdentity": "sts",
    "ConfirmSubscription": "sns",
    "Unsubscribe": "sns",
}
_TOPIC_REGION = re.compile(r"(?:TopicArn|SubscriptionArn)=arn:[\w-]+:sns:([\w-]+):(\d{12}):")


def identify(state: State, environ: dict[str, Any], body: bytes) -> Call | None:
    """Return the API call of a request, or None if it is not an AWS operation."""
    query = environ.get("QUERY_STRING", "")
    signature = environ.get("HTTP_AUTHORIZATION") or unquote(query)
    match = _CREDENTIAL.search(signature)
    account = environ.get("HTTP_X_MOTO_ACCOUNT_ID")
    if match:
        key, region, service = match["key"], match["region"], service_of(match["service"], body)
        if service not in known_services():
            return None
        if is_cbor(environ):
            environ, body = as_json(service, environ, body)
        action = action_of(service, environ, body)
    else:
        key, (service, action, region, owner) = None, _unsigned(environ, query, body)
        account = account or owner
    if not action:
        return None
    return Call(
        at=state.clock.now(),
        account=account or get_account_id_from(key or ""),
        region=region,
        service=service,
        action=action,
        access_key=key,
        environ=environ,
        body=body,
    )


def _unsigned(environ: dict[str, Any], query: str, body: bytes) -> tuple[str, str | None, str, str | None]:
    """Return service, action, region and account of an unsigned request; one without an action belongs to S3."""
    text = f"{query}&{body.decode(errors='replace')}" if body[:7] == b"Action=" or query else ""
    match = _ACTION_PARAMETER.search(text)
    if match and match[1] in _UNSIGNED:
        topic = _TOPIC_REGION.search(unquote(text))
        return _UNSIGNED[match[1]], match[1], topic[1] if topic else "us-east-1", topic[2] if topic else None
    return "s3", action_of("s3", environ, body), "us-east-1", None


# The WSGI layer around moto: one API call from request to answer, then into the pipeline.

# One for the process, as moto's state is: the application of each service takes time to create.
_MOTO: WSGIApplication = DomainDispatcherApplication(create_backend_app)


class EmbeddedAws:
    """Serves ``/_embedded/...`` itself and every AWS call through moto, and records the calls."""

    def __init__(self, state: State) -> None:
        """Start the pipeline, and wrap moto's application."""
        self.moto = _MOTO
        self.state = state
        self.pipeline = Pipeline(state)
        self.control = Control(state, self.pipeline)
        self.overrides = OVERRIDES

    def close(self) -> None:
        """Stop the worker of the pipeline and the embedded SMTP server."""
        self.pipeline.close()
        self.state.mailbox.close()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path.startswith("/_embedded/"):
            return self.control(environ, start_response)
        if path.startswith("/moto-api"):
            return self.moto(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.state.consistency.run_due()
        call = identify(self.state, environ, body)
        answer = self._answer(call) if call else self._call_moto(environ, body)
        if call and is_cbor(environ):
            answer = as_cbor(call, answer)
        start_response(f"{answer.status} {responses.get(answer.status, '')}", _without_date(answer.headers))
        return [answer.body]

    def _answer(self, call: Call) -> Answer:
        """Carry out a call, or apply a fault, and record it. Raise ConnectionResetError to reset the connection."""
        fault = self.state.faults.take(call)
        if fault:
            time.sleep(fault.delay)
        if fault and fault.mode == "reset":
            # The call never reached AWS, so CloudTrail does not record it.
            self._note(call, "ConnectionReset")
            _cut(call.environ)
        before = self.pipeline.before(call)
        answer = self._execute(call, fault)
        if call.service == "s3":
            answer = replace(answer, headers=with_request_id(answer.headers))
        if answer.error_code is None:
            for follow in (*AFTERS.get((call.service, call.action), ()), *AFTERS.get((EVERY, EVERY), ())):
                follow(self.state, call, answer)
        self._note(call, answer.error_code)
        self.pipeline.submit(call, answer, before)
        if fault and fault.mode == "kill_after":
            _cut(call.environ)
        return answer

    def _execute(self, call: Call, fault: Fault | None) -> Answer:
        """Answer with the fault's error, or by the first override that has an answer, or by moto."""
        error = fault.raised() if fault else None
        try:
            if error:
                raise error
            _check_operation(call)
            check_limits(self.state, call)
            check_permission(self.state, call)
            overrides = self.overrides.get((call.service, call.action), ())
            check_bucket_owner(call)
            if overrides:
                check_constraints(call)
            call = acting(call)
            for override in overrides:
                result = override(self.state, call)
                if result is not None:
                    return self._serialized(call, result)
            return self._call_moto(call.environ, call.body, call)
        except MOTO_ERRORS as rejected:
            return self._serialized(call, as_aws_error(rejected))
        except NotImplementedError:
            reason = f"The embedded AWS does not have {call.service}:{call.action}."
            return self._serialized(call, AwsError("NotImplemented", reason, 501))
        except Exception as bug:
            # Report the error to the client instead of closing the connection.
            traceback.print_exc(file=sys.stderr)
            reason = f"The embedded AWS failed at {call.service}:{call.action}: {type(bug).__name__}: {bug}"
            return self._serialized(call, AwsError("InternalFailure", reason, 500))

    def _call_moto(self, environ: dict[str, Any], body: bytes, call: Call | None = None) -> Answer:
        """Return moto's answer to a request."""
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _info: Any = None) -> Any:
            started[:] = [int(status.split(None, 1)[0]), tuple(headers)]

        # Requests that are not identified as a call were not authorized; see `iam.permissions`.
        inner = {**environ, "wsgi.input": io.BytesIO(body), CHECKED: call is not None}
        chunks = self.moto(inner, start_response)
        try:
            content = b"".join(chunks)
        finally:
            getattr(chunks, "close", lambda: None)()
        status, headers = started
        if not call:
            return Answer(status, headers, content)
        protocol = protocol_of(call.service, call.environ)
        code, message = error_of(protocol, call.action, status, headers, content)
        if code and has_own_errors(call.service, protocol):
            return self._serialized(call, AwsError(code, message or "", status))
        return Answer(status, headers, content, code, message)

    def _serialized(self, call: Call, result: dict[str, Any] | AwsError) -> Answer:
        """Return `result` as an answer in the protocol of the call."""
        status, headers, body = serialize(call.service, call.action, call.environ, result)
        lines = tuple(headers.items())
        if not isinstance(result, AwsError):
            return Answer(status, lines, body)
        status = result.status or status
        if call.service == "cloudwatch" and status == HTTPStatus.NOT_FOUND and not _knows_statuses(call):
            status = HTTPStatus.BAD_REQUEST
        return Answer(status, lines, body, result.code, result.message)

    def _note(self, call: Call, error: str | None) -> None:
        access = "read" if is_read_only(call.service, call.action) else "write"
        with self.state.lock:
            # The number at the end of the call, so that no call gets a lower one than those that were listed before.
            number = next(self.state.ids)
            connection = call.environ.get("embedded_aws.connection", 0)
            seen = SeenCall(
                number, call.at, call.account, call.region, call.service, call.action, access, error, connection
            )
            self.state.calls.append(seen)


def _knows_statuses(call: Call) -> bool:
    """Return whether a client gets CloudWatch's status 404: one of the query protocol, or one that asks for its errors.

    Recorded answers of AWS, 2025.
    """
    is_query = protocol_of(call.service, call.environ) == "query"
    return is_query or call.environ.get("HTTP_X_AMZN_QUERY_MODE") == "true"


def _check_operation(call: Call) -> None:
    """Reject unknown operations; "Common errors" of the API references."""
    if call.action not in botocore_model(call.service).operation_names:
        is_target = "HTTP_X_AMZ_TARGET" in call.environ
        code = "UnknownOperationException" if is_target else "InvalidAction"
        raise AwsError(code, f"The action {call.action} is not valid for this endpoint.", 400)


def _without_date(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Remove the Date header; the server adds the embedded time."""
    return [(name, value) for name, value in headers if name.lower() != "date"]


def _cut(environ: dict[str, Any]) -> None:
    """Reset the connection of a request. Always raises ConnectionResetError."""
    environ["embedded_aws.cut"]()
    raise ConnectionResetError("an injected fault")
