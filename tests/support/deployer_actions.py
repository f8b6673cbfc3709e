"""Documented IAM actions of the deployer that no life of the system shows."""

from __future__ import annotations

# The calls of amazon.aws.iam_role_info and kms_key_info for secmon_existing_log_role_arn and
# secmon_existing_kms_key_arn, from their source.
UPSTREAM_REPAIRS = {
    "iam:ListInstanceProfilesForRole",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
}
# Documented actions of modules for options that no role uses, and the call by which others become the deployer.
UNUSED_BY_ROLES = {
    "cloudtrail:StopLogging",
    "sts:AssumeRole",
}
# Modules that no role calls, so that the deployer does not need their actions; an auditor runs posture.
UNUSED_MODULES = {"monitoring_changes", "posture", "recorded_event"}
# Documented for a call that needs no permission, or asked only if the tagging API lags.
NOT_ASKED = {
    "sts:GetCallerIdentity",
    "cloudwatch:ListTagsForResource",
}
