"""Enforce IAM by action on every call (option --iam).

moto's own check uses other action names than IAM for CloudWatch, tagging and S3, compares a policy's resources with
``*``, and answers in XML for every protocol, so this check replaces it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.core.iam_actions import iam_action as action_of
from ansible_collections.secmon.aws.plugins.module_utils.core.iam_actions import names_a_version
from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import Request, Verdict, evaluate
from flask import request
from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.access_control import IAMRequest, S3IAMRequest
from moto.iam.models import Policy

from embedded_aws.core.call import Call
from embedded_aws.core.errors import MOTO_ERRORS, AwsError
from embedded_aws.core.protocol import botocore_model, request_of
from embedded_aws.iam.identity import user_identity

# Services with their own error code; EC2 and SNS API references.
_CODES = {"ec2": ("UnauthorizedOperation", 403), "sns": ("AuthorizationError", 403)}


CHECKED = "embedded_aws.checked"
"""The key in the WSGI environment of a call that `check_permission` has allowed."""

_MOTO_CHECKS = ActionAuthenticatorMixin._authenticate_and_authorize_action


def iam_action(call: Call) -> str:
    """Return the action that a policy must allow for a call, such as ``s3:ListAllMyBuckets`` for ListBuckets."""
    signing_name = botocore_model(call.service).signing_name
    return action_of(signing_name, call.action, of_version=names_a_version(call.parameters))


class _ByAction:
    """Evaluate a request by its action alone."""

    def check_action_permitted(self: Any, resource: str) -> None:
        """Raise the service's error if the caller's policies do not allow the action."""
        if self._service == "sts":
            # moto also checks the trust policy of the assumed role.
            super().check_action_permitted(resource)  # type: ignore[misc] # the next class is one of moto's
            return
        policies = map(_on_any_resource, _documents(self._access_key.collect_policies()))
        if evaluate(policies, Request(self._action, "*")) is not Verdict.ALLOWED:
            self._raise_access_denied()


class _Request(_ByAction, IAMRequest):
    """A request to any service except S3."""


class _S3Request(_ByAction, S3IAMRequest):
    """A request to S3, with its own signature and errors."""


def enforce_iam(enforced: bool) -> None:
    """Enable or disable the check of signature and action."""
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0 if enforced else float("inf")
    ActionAuthenticatorMixin.request_count = 0
    ActionAuthenticatorMixin._authenticate_and_authorize_action = _checked_before  # type: ignore[assignment, method-assign]


def _checked_before(mixin: ActionAuthenticatorMixin, request_class: type, resource: str = "*") -> None:
    """Let moto check only requests that were not checked here."""
    if not request.environ.get(CHECKED):
        _MOTO_CHECKS(mixin, request_class, resource)


def is_enforced() -> bool:
    """Return whether calls are checked; moto's own API can change that."""
    enforced: bool = ActionAuthenticatorMixin.request_count >= settings.INITIAL_NO_AUTH_ACTION_COUNT
    return enforced


def check_permission(call: Call) -> None:
    """Raise the error of a call that its caller may not make.

    Unsigned calls pass: their operations check a token. So do calls that are signed
    in the URL, which only S3 has.
    """
    if call.access_key is None or not is_enforced() or "HTTP_AUTHORIZATION" not in call.environ:
        return
    if call.environ.get("HTTP_X_AMZ_TARGET") in ActionAuthenticatorMixin.PUBLIC_OPERATIONS:
        return
    signed = request_of(call.environ, call.body)
    query = call.environ.get("QUERY_STRING", "")
    iam = (_S3Request if call.service == "s3" else _Request)(
        account_id=call.account,
        method=signed.method,
        path=f"{signed.raw_path}?{query}" if query else signed.raw_path,
        data=signed.form,
        body=call.body,
        headers=signed.headers,  # type: ignore[arg-type] # moto, too, passes what only acts like a dict
        action=call.action,
    )
    iam._action = iam_action(call)
    iam.check_signature()
    try:
        iam.check_action_permitted(str(call.parameters.get("RoleArn", "*")) if call.service == "sts" else "*")
    except MOTO_ERRORS as denied:
        raise _denial(call, iam._action) from denied


def _denial(call: Call, action: str) -> AwsError:
    """Return the access-denied error; its code and status depend on the protocol of the service."""
    who = user_identity(call).get("arn")
    message = f"User: {who} is not authorized to perform: {action} on resource: *"
    model = botocore_model(call.service)
    code, status = _CODES.get(call.service, ("AccessDenied", 403))
    if model.resolved_protocol.endswith("json") and "awsQueryCompatible" not in model.metadata:
        code, status = "AccessDeniedException", 403 if model.resolved_protocol == "rest-json" else 400
    return AwsError(code, message, status)


def _documents(policies: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the documents of moto's policies, which are Policy objects, strings or mappings."""
    for policy in policies:
        if isinstance(policy, Policy):
            yield from (json.loads(version.document) for version in policy.versions if version.is_default)
        else:
            yield json.loads(policy if isinstance(policy, str) else policy["policy_document"])


def _on_any_resource(document: Mapping[str, Any]) -> dict[str, Any]:
    """Widen a policy so that an action is allowed if it is on any resource, and denied if it is on all."""
    statements = document["Statement"]
    widened = [
        {key: value for key, value in statement.items() if key in ("Effect", "Action", "NotAction")}
        if statement["Effect"] == "Allow"
        else statement
        for statement in (statements if isinstance(statements, list) else [statements])
    ]
    return {"Statement": widened}
