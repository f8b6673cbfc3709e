"""The KMS key that encrypts a trail's files.

Sources: CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail"; CloudTrail API reference, CreateTrail,
KmsKeyId; which error answers which mistake was observed on AWS, 2026-09.
"""

from __future__ import annotations

import re

from moto.cloudtrail.models import Trail
from moto.kms.models import Key, kms_backends

from embedded_aws.errors import AwsError
from embedded_aws.stages.delivery_permission import key_is_usable
from embedded_aws.stages.trails import find_bucket, parse_arn

_NAME = re.compile(r"alias/[\w/-]+|(mrk-)?[0-9a-f-]{32,36}")


def _region(trail: Trail) -> str:
    """Return the Region of the trail's bucket, in which its key must be."""
    found = find_bucket(trail.bucket_name)
    return str(trail.region_name if found is None else found[1].region_name)


def find_key(trail: Trail) -> Key | None:
    """Return the key that a trail names by id, ARN, alias or alias ARN; None if there is none."""
    arn = parse_arn(trail.kms_key_id)
    account = arn.account if arn else trail.account_id
    backend = kms_backends[account][_region(trail)]
    named = arn.resource.removeprefix("key/") if arn else str(trail.kms_key_id)
    key_id = backend.get_key_id_from_alias(named) if named.startswith("alias/") else named
    found: Key | None = backend.keys.get(key_id or "")
    return found


def key_refusal(trail: Trail) -> str | None:
    """Return why KMS refuses CloudTrail the trail's key, as S3 then says it; None if it does not or there is no key."""
    if not trail.kms_key_id:
        return None
    key = find_key(trail)
    if key is None:
        return "KMS.NotFoundException"
    if key.key_state == "Disabled":
        return "KMS.DisabledException"
    if key.key_state != "Enabled":
        return "KMS.KMSInvalidStateException"
    return None if key_is_usable(trail, key) else "AccessDenied"


def check_key(trail: Trail) -> None:
    """Raise AwsError if CloudTrail cannot encrypt with the key that a trail names."""
    arn = parse_arn(trail.kms_key_id)
    name = arn.resource.removeprefix("key/") if arn else str(trail.kms_key_id)
    if not _NAME.fullmatch(name) or (arn and arn.region != _region(trail)):
        message = f"KMS key {trail.kms_key_id} is not in the Region of the bucket {trail.bucket_name}."
        raise AwsError("KmsKeyNotFoundException", message, 400)
    key = find_key(trail)
    if key is None or not key_is_usable(trail, key):
        message = f"Insufficient permissions to access S3 bucket {trail.bucket_name} or KMS key {trail.kms_key_id}."
        raise AwsError("InsufficientEncryptionPolicyException", message, 400)
    if key.key_state != "Enabled":
        raise AwsError("KmsException", f"KMS key {key.arn} is {key.key_state}.", 400)
