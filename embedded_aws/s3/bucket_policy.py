"""Check bucket policies and bucket owners."""

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
from moto.s3.models import FakeBucket, s3_backends
from moto.sts.models import sts_backends

from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import patch
from embedded_aws.iam.identity import user_identity
from embedded_aws.iam.questions import iam_action

# Reject calls on another account's bucket that its policy does not allow; moto 5.2.5 allows them all.
#
# Source: S3 user guide, "Bucket owner granting cross-account bucket permissions" and "Verifying bucket ownership with
# bucket owner condition". Access control lists are left out: new buckets have had them off since 2023.

# CreateBucket fails for every existing bucket, so its owner need not be checked.
_ASKS_NO_OWNER = frozenset({"CreateBucket"})


def check_bucket_owner(call: Call) -> None:
    """Raise AwsError if the caller may not access the bucket, or it does not have the expected owner."""
    name = call.parameters.get("Bucket") if call.service == "s3" else None
    if name is None or call.action in _ASKS_NO_OWNER:
        return
    partition, owner = s3_backends.bucket_accounts.get(name, ("", ""))
    bucket = s3_backends[owner][partition].buckets.get(name) if owner else None
    if bucket is None:
        return
    expected = str(call.parameters.get("ExpectedBucketOwner", owner))
    if not re.fullmatch(r"\d{12}", expected):
        # As recorded in LocalStack's tests.
        message = f"The value of the expected bucket owner parameter must be an AWS Account ID... [{expected}]"
        raise AwsError("InvalidBucketOwnerAWSAccountID", message, 400)
    if expected != owner:
        raise _denied()
    if call.access_key and call.account != owner and not _is_allowed(bucket, call):
        raise _denied()


def _denied() -> AwsError:
    return AwsError("AccessDenied", "Access Denied", 403)


def _is_allowed(bucket: FakeBucket, call: Call) -> bool:
    if bucket.policy is None:
        return False
    arn = str(user_identity(call).get("arn"))
    key = call.parameters.get("Key")
    resource = f"{bucket.arn}/{key}" if key else bucket.arn
    context = {"aws:SecureTransport": "true", "aws:PrincipalArn": arn, "aws:PrincipalAccount": call.account}
    asked = Request(iam_action(call), resource, Caller(arn=arn), context)
    return evaluate([bucket.policy.decode()], asked) is Verdict.ALLOWED


# A bucket policy with conditions; in moto 5.2.5 conditions on a Deny and failed conditions on an Allow both deny.
#
# A call to the embedded endpoint counts as TLS 1.3, so that a policy that denies plain HTTP allows it.
# Source: S3 user guide, "Bucket policies" and "Condition keys for Amazon S3".

_RESULTS = {
    Verdict.ALLOWED: PermissionResult.PERMITTED,
    Verdict.DENIED: PermissionResult.DENIED,
    Verdict.NEITHER: PermissionResult.NEUTRAL,
}
_HEADERS = ("x-amz-acl", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id")
_CREDENTIAL = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/")


@patch(FakeBucket, "get_permission")
def _get_permission(bucket: FakeBucket, action: str, resource: str) -> PermissionResult:
    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    caller = Caller(arn=_caller_arn(bucket))
    return _RESULTS[evaluate([bucket.policy.decode()], Request(action, resource, caller, _context(caller)))]


def _caller_arn(bucket: FakeBucket) -> str | None:
    """Return the ARN of the current request's caller, or None for an unsigned request or outside a server."""
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
