"""Enforce IAM on every call (option --iam): actions, resources and conditions.

moto's own check uses other action names than IAM for CloudWatch, tagging and S3, compares a policy's resources with
``*``, ignores conditions, and answers in XML for every protocol, so this check replaces it.
"""

from __future__ import annotations

from typing import Any

from flask import has_request_context, request
from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.access_control import IAMRequest, S3IAMRequest

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.protocol import botocore_model, request_of
from embedded_aws.core.state import Asked, State
from embedded_aws.iam.conditions import CALLER_KEYS
from embedded_aws.iam.decision import Permissions, permissions_of, refusal
from embedded_aws.iam.identity import user_identity
from embedded_aws.iam.question import EVERY_RESOURCE, Question
from embedded_aws.iam.questions import questions

# Services with their own error code; EC2 and SNS API references.
_CODES = {"ec2": ("UnauthorizedOperation", 403), "sns": ("AuthorizationError", 403)}


CHECKED = "embedded_aws.checked"
"""The key in the WSGI environment of a call that `check_permission` has allowed."""

_MOTO_CHECKS = ActionAuthenticatorMixin._authenticate_and_authorize_action


def enforce_iam(enforced: bool) -> None:
    """Enable or disable the check of signature and action."""
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0 if enforced else float("inf")
    ActionAuthenticatorMixin.request_count = 0
    ActionAuthenticatorMixin._authenticate_and_authorize_action = _checked_before  # type: ignore[assignment, method-assign]


def _checked_before(mixin: ActionAuthenticatorMixin, request_class: type, resource: str = "*") -> None:
    """Let moto check only requests that were not checked here."""
    if has_request_context() and not request.environ.get(CHECKED):
        _MOTO_CHECKS(mixin, request_class, resource)


def is_enforced() -> bool:
    """Return whether calls are checked; moto's own API can change that."""
    enforced: bool = ActionAuthenticatorMixin.request_count >= settings.INITIAL_NO_AUTH_ACTION_COUNT
    return enforced


def check_permission(state: State, call: Call) -> None:
    """Raise the error of a call that its caller may not make, and note what IAM was asked.

    Unsigned calls pass: their operations check a token. So do calls that are signed in the URL, which only S3 has.
    """
    if call.access_key is None or not is_enforced() or "HTTP_AUTHORIZATION" not in call.environ:
        return
    if call.environ.get("HTTP_X_AMZ_TARGET") in ActionAuthenticatorMixin.PUBLIC_OPERATIONS:
        return
    attached = _checked_signature(call)._access_key.collect_policies()
    permissions = permissions_of(call, attached)
    for question in questions(call):
        state.asked.setdefault(_asked(permissions, question))
        reason = refusal(permissions, call, question)
        if reason:
            raise question.error or denial(call, question, reason)


def _asked(permissions: Permissions, question: Question) -> Asked:
    caller = permissions.caller.role_arn or permissions.caller.arn or ""
    context = tuple(
        (key, value if isinstance(value, str) else tuple(value))
        for key, value in sorted(question.context.items())
        if key not in CALLER_KEYS
    )
    return Asked(caller, question.action, question.resource, context)


def _checked_signature(call: Call) -> Any:
    """Return moto's view of a request. Raise the error of an unknown access key or a wrong signature."""
    signed = request_of(call.environ, call.body)
    query = call.environ.get("QUERY_STRING", "")
    found = (S3IAMRequest if call.service == "s3" else IAMRequest)(
        account_id=call.account,
        method=signed.method,
        path=f"{signed.raw_path}?{query}" if query else signed.raw_path,
        data=signed.form,
        body=call.body,
        headers=signed.headers,  # type: ignore[arg-type] # moto, too, passes what only acts like a dict
        action=call.action,
    )
    found.check_signature()
    return found


def denial(call: Call, question: Question, reason: str) -> AwsError:
    """Return the access-denied error; its code and status depend on the protocol of the service.

    The form of the text is from public reports of denials: no resource is named for an action on none.
    """
    who = user_identity(call).get("arn")
    where = "" if question.resource == EVERY_RESOURCE else f" on resource: {question.resource}"
    message = f"User: {who} is not authorized to perform: {question.action}{where} {reason}"
    model = botocore_model(call.service)
    code, status = _CODES.get(call.service, ("AccessDenied", 403))
    if model.resolved_protocol.endswith("json") and "awsQueryCompatible" not in model.metadata:
        code, status = "AccessDeniedException", 403 if model.resolved_protocol == "rest-json" else 400
    return AwsError(code, message, status)
