"""Enforce IAM on the calls that moto does not see, because an override answers them."""

from __future__ import annotations

from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.access_control import IAMRequest, S3IAMRequest

from embedded_aws.call import Call
from embedded_aws.protocol import request_of


def enforce_iam(enforced: bool) -> None:
    """Have moto check, or not check, every call's signature and action from now on."""
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0 if enforced else float("inf")
    ActionAuthenticatorMixin.request_count = 0


def is_enforced() -> bool:
    """Return whether moto refuses what no policy allows; a client can switch that by moto's own API."""
    enforced: bool = ActionAuthenticatorMixin.request_count >= settings.INITIAL_NO_AUTH_ACTION_COUNT
    return enforced


def check_permission(call: Call) -> None:
    """Let a call through whose caller may make it; what moto raises otherwise is translated with its other errors.

    An unsigned call passes: the operations that have such calls check a token of their own.
    """
    if call.access_key is None or not is_enforced():
        return
    request = request_of(call.environ, call.body)
    path = request.full_path.rstrip("?")
    iam = (S3IAMRequest if call.service == "s3" else IAMRequest)(
        account_id=call.account,
        method=request.method,
        path=path,
        data=request.form,
        body=call.body,
        headers=request.headers,  # type: ignore[arg-type] # moto, too, passes what only acts like a dict
        action=call.action,
    )
    iam.check_signature()
    iam.check_action_permitted(str(call.parameters.get("RoleArn", "*")) if call.service == "sts" else "*")
