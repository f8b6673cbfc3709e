"""Documented IAM actions of the deployer that no life of the system shows."""

from __future__ import annotations

# The calls of amazon.aws.iam_role and amazon.aws.kms_key that repair a difference, from their source.
UPSTREAM_REPAIRS = {
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "kms:UntagResource",
    "kms:UpdateKeyDescription",
}
# Documented actions of modules for options that no role uses, and the call by which others become the deployer.
UNUSED_BY_ROLES = {
    "cloudtrail:StopLogging",
    "sts:AssumeRole",
}
# Documented for a call that needs no permission, or asked only if the tagging API lags.
NOT_ASKED = {
    "sts:GetCallerIdentity",
    "cloudwatch:ListTagsForResource",
}
