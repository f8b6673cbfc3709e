"""A bucket policy denies only what it says; to moto 5.2.5 conditions on a Deny and failed ones on an Allow both deny.

A call over the embedded endpoint counts as TLS 1.3, so that a policy that denies plain HTTP lets it through.
Source: S3 user guide, "Bucket policies" and "Condition keys for Amazon S3".
"""

from __future__ import annotations

import re

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import (
    Caller,
    Request,
    Verdict,
    evaluate,
)
from flask import has_request_context, request
from moto.iam.access_control import PermissionResult
from moto.iam.models import get_account_id_from
from moto.s3.models import FakeBucket
from moto.sts.models import sts_backends

_RESULTS = {
    Verdict.ALLOWED: PermissionResult.PERMITTED,
    Verdict.DENIED: PermissionResult.DENIED,
    Verdict.NEITHER: PermissionResult.NEUTRAL,
}
_HEADERS = ("x-amz-acl", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id")
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/")


def _get_permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    caller = Caller(arn=_caller_arn(bucket))
    return _RESULTS[evaluate([bucket.policy.decode()], Request(action, resource, caller, _context(caller)))]


def _caller_arn(bucket: FakeBucket) -> str | None:
    """Return who signed the request that moto is answering; None for an unsigned one, or outside a server."""
    match = _CREDENTIAL.search(request.headers.get("Authorization", "")) if has_request_context() else None
    if match is None:
        return None
    backend = sts_backends[get_account_id_from(match[1])][bucket.partition]
    arn: str = backend.get_caller_identity(match[1], match[2])[1]
    return arn


def _context(caller: Caller) -> dict[str, str]:
    context = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
    if caller.arn and caller.account:
        context |= {"aws:PrincipalArn": caller.arn, "aws:PrincipalAccount": caller.account}
    if has_request_context():
        context |= {f"s3:{name}": request.headers[name] for name in _HEADERS if name in request.headers}
        context |= {"aws:SourceIp": request.remote_addr or "", "aws:UserAgent": request.headers.get("User-Agent", "")}
    return context


def close() -> None:
    """Replace moto's method."""
    FakeBucket.get_permission = _get_permission  # type: ignore[assignment, method-assign]
