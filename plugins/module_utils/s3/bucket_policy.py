# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Build the policy of a log bucket: it allows the trails to write and denies requests without TLS.

Sources: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail"; AWS Security Hub, control S3.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..core.policy_documents import with_statements

_ACL_CHECK = "AWSCloudTrailAclCheck20150319"
_WRITE = "AWSCloudTrailWrite20150319"
_ORGANIZATION_WRITE = "AWSCloudTrailOrganizationWrite20150319"
_TLS = "DenyWithoutTLS"
_SERVICE = {"Service": "cloudtrail.amazonaws.com"}


def bucket_policy(
    current: Mapping[str, Any],
    bucket_arn: str,
    trail_arns: Sequence[str] | None,
    key_prefix: str = "",
    organization_id: str = "",
) -> dict[str, Any]:
    """Return a bucket's desired policy, which keeps statements that are not managed.

    Args:
        current: The current policy, empty if there is none.
        bucket_arn: The bucket.
        trail_arns: The trails that may write; None keeps the current statements about trails.
        key_prefix: The prefix of the keys, before AWSLogs.
        organization_id: The organization whose trail may write; an empty string for none.
    """
    managed = {_TLS: _deny_without_tls(bucket_arn)}
    if trail_arns is None:
        return with_statements(current, managed)
    if trail_arns:
        folder = f"{bucket_arn}/{f'{key_prefix}/' if key_prefix else ''}AWSLogs"
        managed |= {_ACL_CHECK: _acl_check(bucket_arn, trail_arns)}
        managed |= {_WRITE: _write(_WRITE, [f"{folder}/{account}/*" for account in _accounts(trail_arns)], trail_arns)}
        if organization_id:
            managed |= {_ORGANIZATION_WRITE: _write(_ORGANIZATION_WRITE, [f"{folder}/{organization_id}/*"], trail_arns)}
    return with_statements(current, managed, dropped={_ACL_CHECK, _WRITE, _ORGANIZATION_WRITE})


def _accounts(trail_arns: Iterable[str]) -> list[str]:
    return sorted({arn.split(":")[4] for arn in trail_arns})


def _acl_check(bucket_arn: str, trail_arns: Sequence[str]) -> dict[str, Any]:
    return {
        "Sid": _ACL_CHECK,
        "Effect": "Allow",
        "Principal": _SERVICE,
        "Action": "s3:GetBucketAcl",
        "Resource": bucket_arn,
        "Condition": {"StringEquals": {"aws:SourceArn": _one_or_many(trail_arns)}},
    }


def _write(sid: str, resources: Sequence[str], trail_arns: Sequence[str]) -> dict[str, Any]:
    # CloudTrail sends the ACL even to a bucket whose owner owns every object.
    conditions = {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": _one_or_many(trail_arns)}
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": _SERVICE,
        "Action": "s3:PutObject",
        "Resource": _one_or_many(resources),
        "Condition": {"StringEquals": conditions},
    }


def _deny_without_tls(bucket_arn: str) -> dict[str, Any]:
    return {
        "Sid": _TLS,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket_arn, f"{bucket_arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _one_or_many(values: Sequence[str]) -> Any:
    return values[0] if len(values) == 1 else sorted(values)
