"""Whether CloudTrail may write to the bucket, key and log group of a trail."""

from __future__ import annotations

import re
from functools import lru_cache
from json import JSONDecodeError

from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import (
    Caller,
    Request,
    Verdict,
    evaluate,
)
from moto.cloudtrail.models import Trail
from moto.kms.models import Key
from moto.logs.models import LogGroup

from embedded_aws.cloudtrail.trails import find_bucket, find_role, parse_arn
from embedded_aws.core.errors import AwsError
from embedded_aws.iam.propagation import role_as_seen
from embedded_aws.kms import keys
from embedded_aws.kms.keys import state_error

# Permissions of CloudTrail on a trail's bucket and log group.
#
# Sources: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail" and "Role policy document for CloudTrail to
# use CloudWatch Logs for monitoring". The condition keys of CloudTrail's calls, that the canned ACL is always sent, and
# the two texts as answers of CreateTrail and UpdateTrail were recorded on AWS, 2026-09; that GetTrailStatus has the
# same texts is our reading.

NO_PERMISSION = "Access denied. Verify in IAM that the role has adequate permissions."
NO_TRUST = "Access denied. Verify in IAM that the role has adequate trust relationships."

_SERVICE = "cloudtrail.amazonaws.com"
_CALLER = Caller(service=_SERVICE)

Context = tuple[tuple[str, str], ...]
"""Pairs of condition key and value; hashable, so that verdicts can be cached."""


def _caller_context(trail: Trail) -> Context:
    return (
        ("aws:SourceArn", trail.arn),
        ("aws:SourceAccount", trail.account_id),
        ("aws:SecureTransport", "true"),
        ("aws:PrincipalIsAWSService", "true"),
        ("aws:PrincipalServiceName", _SERVICE),
        ("aws:PrincipalType", "AssumedRole"),
    )


def _write_context(trail: Trail) -> Context:
    context = (*_caller_context(trail), ("s3:x-amz-acl", "bucket-owner-full-control"), ("s3:TlsVersion", "1.3"))
    if not trail.kms_key_id:
        return context
    return (
        *context,
        ("s3:x-amz-server-side-encryption", "aws:kms"),
        ("s3:x-amz-server-side-encryption-aws-kms-key-id", trail.kms_key_id),
    )


@lru_cache(maxsize=4096)
def _allowed(documents: tuple[str, ...], action: str, resource: str, context: Context) -> bool:
    """Return whether the policies together allow CloudTrail the action; an invalid JSON document allows nothing."""
    try:
        return evaluate(documents, Request(action, resource, _CALLER, dict(context))) is Verdict.ALLOWED
    except JSONDecodeError:
        return False


def bucket_error(trail: Trail, bucket_name: str, key: str | None) -> str | None:
    """Return why S3 rejects CloudTrail's PutObject (without a key: GetBucketAcl), or None if it is allowed.

    The result is S3's error code: ``NoSuchBucket`` or ``AccessDenied``.
    """
    found = find_bucket(bucket_name)
    if found is None:
        return "NoSuchBucket"
    _first, bucket = found
    documents = () if bucket.policy is None else (bucket.policy.decode(),)
    if key is None:
        allowed = _allowed(documents, "s3:GetBucketAcl", bucket.arn, _caller_context(trail))
    else:
        allowed = _allowed(documents, "s3:PutObject", f"{bucket.arn}/{key}", _write_context(trail))
    return None if allowed else "AccessDenied"


def key_is_usable(trail: Trail, key: Key) -> bool:
    """Return whether the key policy allows CloudTrail to encrypt the trail's files."""
    context = (*_caller_context(trail), ("kms:EncryptionContext:aws:cloudtrail:arn", trail.arn))
    return _allowed((str(key.policy),), "kms:GenerateDataKey", key.arn, context)


def role_is_trusted(trail: Trail) -> bool:
    """Return whether the trail's role exists and trusts CloudTrail."""
    role = find_role(trail.cw_role_arn)
    seen = role_as_seen(role) if role else None
    if role is None or seen is None:
        return False
    return _allowed((seen.trust,), "sts:AssumeRole", role.arn, _caller_context(trail))


def role_may(trail: Trail, action: str, group: LogGroup, stream: str) -> bool:
    """Return whether the policies of the trail's role allow an action such as ``logs:PutLogEvents`` on a stream."""
    role = find_role(trail.cw_role_arn)
    seen = role_as_seen(role) if role else None
    if seen is None:
        return False
    resource = f"{group.arn}:log-stream:{stream}"
    return _allowed(seen.policies, action, resource, (("aws:SecureTransport", "true"),))


def log_stream_error(trail: Trail, group: LogGroup, stream: str) -> str | None:
    """Return why CloudTrail cannot write to the stream with the trail's role, or None if it can.

    CreateLogStream is needed only for a stream that does not exist.
    """
    if not role_is_trusted(trail):
        return NO_TRUST
    if not keys.is_usable(trail.account_id, trail.region_name, group.kms_key_id):
        return NO_PERMISSION
    actions = ["logs:PutLogEvents"] if stream in group.streams else ["logs:CreateLogStream", "logs:PutLogEvents"]
    return None if all(role_may(trail, action, group, stream) for action in actions) else NO_PERMISSION


# The KMS key that encrypts a trail's files.
#
# Sources: CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail"; CloudTrail API reference,
# CreateTrail, KmsKeyId; which error answers which mistake was observed on AWS, 2026-09.

_KEY_NAME = re.compile(r"alias/[\w/-]+|(mrk-)?[0-9a-f-]{32,36}")


def _bucket_region(trail: Trail) -> str:
    """Return the Region of the trail's bucket, which must also be that of its key."""
    found = find_bucket(trail.bucket_name)
    return str(trail.region_name if found is None else found[1].region_name)


def find_key(trail: Trail) -> Key | None:
    """Return the key that a trail names by id, ARN, alias or alias ARN, or None if it does not exist."""
    return keys.find_key_for_service(trail.account_id, _bucket_region(trail), str(trail.kms_key_id))


def key_error(trail: Trail) -> str | None:
    """Return S3's error code if CloudTrail may not use the trail's key, or None."""
    if not trail.kms_key_id:
        return None
    key = find_key(trail)
    if key is None:
        return "KMS.NotFoundException"
    error = state_error(key)
    if error:
        return f"KMS.{error[0]}"
    return None if key_is_usable(trail, key) else "AccessDenied"


def check_key(trail: Trail) -> None:
    """Raise AwsError if CloudTrail cannot encrypt with the key that a trail names."""
    arn = parse_arn(trail.kms_key_id)
    name = arn.resource.removeprefix("key/") if arn else str(trail.kms_key_id)
    if not _KEY_NAME.fullmatch(name) or (arn and arn.region != _bucket_region(trail)):
        message = f"KMS key {trail.kms_key_id} is not in the Region of the bucket {trail.bucket_name}."
        raise AwsError("KmsKeyNotFoundException", message, 400)
    key = find_key(trail)
    if key is None or not key_is_usable(trail, key):
        message = f"Insufficient permissions to access S3 bucket {trail.bucket_name} or KMS key {trail.kms_key_id}."
        raise AwsError("InsufficientEncryptionPolicyException", message, 400)
    if state_error(key):
        raise AwsError("KmsException", f"KMS key {key.arn} is {key.key_state}.", 400)
