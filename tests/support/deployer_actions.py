"""The IAM actions of the deployer: what the policy allows, and what no recorded call can show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# Source: IAM user guide, "Granting a user permissions to pass a role"; the services' API references on tags in a
# request that creates.
ASKED_WITHOUT_A_CALL = {
    "iam:PassRole",
    "cloudtrail:AddTags",
    "cloudwatch:TagResource",
    "iam:TagRole",
    "kms:TagResource",
    "logs:TagResource",
    "secretsmanager:TagResource",
    "sns:TagResource",
}
MODULES = (
    "alert_topic",
    "detection_drill",
    "leftovers",
    "log_bucket",
    "log_file_validation",
    "log_group",
    "metric_alarms",
    "metric_filters",
    "secret",
    "trail",
)
# What amazon.aws.iam_role and amazon.aws.kms_key call when they find something that differs; from their source.
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
# The modules can do this as well, and the roles never ask them to.
BEYOND_THE_ROLES = {
    "cloudtrail:GetInsightSelectors",
    "cloudtrail:PutInsightSelectors",
    "cloudtrail:StopLogging",
    "logs:PutLogGroupDeletionProtection",
    "logs:TestMetricFilter",
    "organizations:DescribeOrganization",
    "sns:ConfirmSubscription",
    "sns:GetSubscriptionAttributes",
    "sns:Unsubscribe",
}


def deployer_policy(repository: Path) -> dict[str, Any]:
    """Return the policy that docs/permissions.md describes."""
    policy: dict[str, Any] = json.loads((repository / "docs/deployer_policy.json").read_text())
    return policy


def allowed(policy: dict[str, Any], *kinds: str) -> set[str]:
    """Return the actions of the statements whose Sid begins with one of these words."""
    return {
        action
        for statement in policy["Statement"]
        if statement["Sid"].startswith(kinds)
        for action in statement["Action"]
    }
