"""IAM actions of the deployer that recorded calls do not show."""

from __future__ import annotations

# Source: IAM user guide, "Granting a user permissions to pass a role"; the services' API references on tags
# in a creation request.
CHECKED_WITHOUT_A_CALL = {
    "iam:PassRole",
    "cloudtrail:AddTags",
    "cloudwatch:TagResource",
    "iam:TagRole",
    "kms:TagResource",
    "logs:TagResource",
    "secretsmanager:TagResource",
    "sns:TagResource",
}
# The calls of amazon.aws.iam_role and amazon.aws.kms_key that repair a difference, from their source.
UPSTREAM_REPAIRS = {
    "iam:DetachRolePolicy",
    "iam:UntagRole",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateRole",
    "kms:CancelKeyDeletion",
    "kms:EnableKey",
    "kms:PutKeyPolicy",
    "kms:UntagResource",
    "kms:UpdateKeyDescription",
}
# Documented actions of modules for options that no role uses.
UNUSED_BY_ROLES = {
    "cloudtrail:StopLogging",
}
