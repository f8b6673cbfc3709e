"""Enforce IAM by action, for the calls that moto answers as well as for those that it does not see.

moto's own check compares the resources of a policy with ``*``, answers in XML whatever the protocol, and takes names of
endpoints and operations for those of actions.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.core.exceptions import AccessDeniedError
from moto.iam.access_control import IAMRequest, S3IAMRequest
from moto.iam.models import Policy

from embedded_aws.call import Call
from embedded_aws.errors import AwsError
from embedded_aws.iam_actions import iam_action
from embedded_aws.policies import Caller, Verdict, evaluate
from embedded_aws.protocol import botocore_model, request_of

_JSON = ("json", "rest-json")


class _ByAction:
    """Judge a request by the action alone."""

    def check_action_permitted(self: Any, resource: str) -> None:
        """Raise the error of a caller whose policies do not allow the action."""
        if self._service == "sts":
            # moto compares the trust of the role that is assumed, too.
            super().check_action_permitted(resource)  # type: ignore[misc] # the next class is one of moto's
            return
        verdicts = {_by_action(document, self._action) for document in _documents(self._access_key.collect_policies())}
        if Verdict.DENIED in verdicts or Verdict.ALLOWED not in verdicts:
            self._raise_access_denied()


class _Request(_ByAction, IAMRequest):
    """A request to any service but S3."""


class _S3Request(_ByAction, S3IAMRequest):
    """A request to S3, which signs and refuses in its own way."""


def enforce_iam(enforced: bool) -> None:
    """Have every call's signature and action checked, or not, from now on."""
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0 if enforced else float("inf")
    ActionAuthenticatorMixin.request_count = 0


def is_enforced() -> bool:
    """Return whether what no policy allows is refused; a client can switch that by moto's own API."""
    enforced: bool = ActionAuthenticatorMixin.request_count >= settings.INITIAL_NO_AUTH_ACTION_COUNT
    return enforced


def check_permission(call: Call) -> None:
    """Let a call through whose caller may make it; what is raised otherwise is translated with moto's other errors.

    An unsigned call passes: the operations that have such calls check a token of their own.
    """
    if call.access_key is None or not is_enforced():
        return
    request = request_of(call.environ, call.body)
    path = request.full_path.rstrip("?")
    iam = (_S3Request if call.service == "s3" else _Request)(
        account_id=call.account,
        method=request.method,
        path=path,
        data=request.form,
        body=call.body,
        headers=request.headers,  # type: ignore[arg-type] # moto, too, passes what only acts like a dict
        action=call.action,
    )
    iam.check_signature()
    iam._action = iam_action(iam._service, call.action, call.parameters)
    try:
        iam.check_action_permitted(str(call.parameters.get("RoleArn", "*")) if call.service == "sts" else "*")
    except AccessDeniedError as denied:
        if botocore_model(call.service).resolved_protocol in _JSON:
            raise AwsError("AccessDeniedException", str(denied.message), 400) from denied
        raise


def _documents(policies: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the documents of what moto has as policies: its own kind, texts, and mappings that hold one."""
    for policy in policies:
        if isinstance(policy, Policy):
            text = next(version.document for version in policy.versions if version.is_default)
        else:
            text = policy if isinstance(policy, str) else policy["policy_document"]
        yield json.loads(text)


def _by_action(document: Mapping[str, Any], action: str) -> Verdict:
    """Judge an action on any resource: what allows it on one allows it, what denies it on all denies it."""
    statements = document["Statement"]
    widened = [
        {key: value for key, value in statement.items() if key in ("Effect", "Action", "NotAction")}
        if statement["Effect"] == "Allow"
        else statement
        for statement in (statements if isinstance(statements, list) else [statements])
    ]
    return evaluate({"Statement": widened}, Caller(), action, "*", {})


def _unless_checked(motos: Callable[..., None]) -> Callable[..., None]:
    """Let moto count the calls before the check begins; from then on it was made before moto was asked."""

    def check(mixin: Any, *arguments: Any, **named: Any) -> None:
        if not is_enforced():
            motos(mixin, *arguments, **named)

    return check


for _name in ("_authenticate_and_authorize_normal_action", "_authenticate_and_authorize_s3_action"):
    setattr(ActionAuthenticatorMixin, _name, _unless_checked(getattr(ActionAuthenticatorMixin, _name)))
