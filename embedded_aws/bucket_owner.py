"""Refuse calls on another account's bucket that its policy does not allow; moto 5.2.5 lets everybody at every bucket.

Source: S3 user guide, "Bucket owner granting cross-account bucket permissions" and "Verifying bucket ownership with
bucket owner condition". Access control lists are left out: new buckets have had them off since 2023.
"""

from __future__ import annotations

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import (
    Caller,
    Request,
    Verdict,
    evaluate,
)
from moto.s3.models import FakeBucket, s3_backends

from embedded_aws.call import Call
from embedded_aws.errors import AwsError
from embedded_aws.iam_actions import iam_action
from embedded_aws.stages.identity import user_identity

# It tells the world, not the bucket, that somebody has the name.
_ASKS_NO_OWNER = frozenset({"CreateBucket"})


def check_bucket_owner(call: Call) -> None:
    """Raise AwsError for a call on a bucket that is not for this caller, or not of the account that he expects."""
    name = call.parameters.get("Bucket") if call.service == "s3" else None
    if name is None or call.action in _ASKS_NO_OWNER:
        return
    partition, owner = s3_backends.bucket_accounts.get(name, ("", ""))
    bucket = s3_backends[owner][partition].buckets.get(name) if owner else None
    if bucket is None:
        return
    if call.parameters.get("ExpectedBucketOwner", owner) != owner:
        raise _denied()
    if call.access_key and call.account != owner and not _is_let_in(bucket, call):
        raise _denied()


def _denied() -> AwsError:
    return AwsError("AccessDenied", "Access Denied", 403)


def _is_let_in(bucket: FakeBucket, call: Call) -> bool:
    if bucket.policy is None:
        return False
    arn = str(user_identity(call).get("arn"))
    key = call.parameters.get("Key")
    resource = f"{bucket.arn}/{key}" if key else bucket.arn
    context = {"aws:SecureTransport": "true", "aws:PrincipalArn": arn, "aws:PrincipalAccount": call.account}
    asked = Request(iam_action(call), resource, Caller(arn=arn), context)
    return evaluate([bucket.policy.decode()], asked) is Verdict.ALLOWED
