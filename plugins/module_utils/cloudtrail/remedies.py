# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Explain CloudTrail's errors: which ones are retried, and what the user can do about the others.

Sources: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail", "Configure AWS KMS key policies for
CloudTrail", "Role policy document for CloudTrail to use CloudWatch Logs for monitoring", "Prepare for creating a trail
for your organization"; CloudTrail API reference, CreateTrail and UpdateTrail; the meaning of each KMS error was
observed on AWS, 2026-09.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.aws_names import Place

# CloudTrail checks policies and roles that AWS may not have propagated yet. Only these errors are retried. A log group
# that does not exist has the same code and text as a role without permissions; recorded answers of AWS, 2026-09.
PROPAGATING = (
    ("InsufficientS3BucketPolicyException", ""),
    ("InsufficientEncryptionPolicyException", ""),
    ("InvalidCloudWatchLogsRoleArnException", "Access denied"),
    ("InvalidCloudWatchLogsLogGroupArnException", "Access denied"),
    ("NoManagementAccountSLRExistsException", ""),
)

NO_ORGANIZATION = "The account is not in an organization. Remove the option organization, or join one."


def setting_remedies(trail: Mapping[str, Any], place: Place) -> dict[str, str]:
    """Return remedies for the errors of CreateTrail and UpdateTrail.

    Args:
        trail: The desired trail, as described by the module's options.
        place: Partition, home region and owning account of the trail.
    """
    bucket = trail["s3_bucket_name"]
    return {
        "S3BucketDoesNotExistException": (
            f"Create the bucket {bucket} first, with secmon.aws.log_bucket and this trail in trail_arns, as the role"
            " secmon.aws.cloudtrail does."
        ),
        "InsufficientS3BucketPolicyException": _bucket_policy(trail, place),
        **_key_remedies(trail, place),
        **_log_group_remedies(trail, place),
        "InsufficientSnsTopicPolicyException": (
            f"The topic {trail['sns_topic_arn']} must exist, and its policy must allow cloudtrail.amazonaws.com"
            f" sns:Publish with the condition aws:SourceArn = {trail['arn']}. community.aws.sns_topic creates both."
        ),
        **_organization_remedies(place),
    }


def creation_remedies(trail: Mapping[str, Any], place: Place) -> dict[str, str]:
    """Return remedies for the errors of CreateTrail; the arguments are those of `setting_remedies`."""
    return {
        **setting_remedies(trail, place),
        "MaximumNumberOfTrailsExceededException": too_many_trails(place.region),
        "TrailAlreadyExistsException": (
            f"A trail named {trail['name']} was created in the meantime. Run it again, or choose another name."
        ),
    }


def too_many_trails(region: str) -> str:
    """Return what to do in a region that has reached the quota of trails."""
    return (
        f"CloudTrail allows 5 trails in region {region}, including shadow trails; the quota cannot be raised. Delete an"
        " unneeded trail (aws cloudtrail describe-trails lists them), or take one over with its name and adopt: true."
    )


def home_remedies(home_region: str) -> dict[str, str]:
    """Return remedies for the errors of every change of a trail."""
    return {
        "InvalidHomeRegionException": f"The trail has home region {home_region}. Run it with region: {home_region}.",
        "TrailNotFoundException": "The trail was deleted in the meantime. Run it again.",
        "NotOrganizationMasterAccountException": (
            "Run the task in the organization's management account, or register this account as a delegated"
            " administrator for CloudTrail."
        ),
    }


def _bucket_policy(trail: Mapping[str, Any], place: Place) -> str:
    bucket = f"arn:{place.partition}:s3:::{trail['s3_bucket_name']}"
    folder = "/".join(part for part in (bucket, trail["s3_key_prefix"], "AWSLogs") if part)
    owners = f"{folder}/{place.account}/*" + (f" and {folder}/ORGANIZATION_ID/*" if trail["organization"] else "")
    return (
        f"The bucket's policy must allow cloudtrail.amazonaws.com s3:GetBucketAcl on {bucket} and s3:PutObject on"
        f" {owners}, both with the condition aws:SourceArn = {trail['arn']}, the second also with s3:x-amz-acl ="
        " bucket-owner-full-control. secmon.aws.log_bucket sets it in the bucket's account (trail_arns, key_prefix,"
        " organization_id)."
    )


def _key_remedies(trail: Mapping[str, Any], place: Place) -> dict[str, str]:
    key, bucket = trail["kms_key_arn"], trail["s3_bucket_name"]
    disabled = f"The key {key} is disabled or scheduled for deletion. secmon.aws.encryption_key enables it."
    region = f"The key {key} must be in the region of the bucket {bucket}. secmon.aws.encryption_key creates one there."
    return {
        "InsufficientEncryptionPolicyException": (
            f"The key {key} must exist, and its policy must allow cloudtrail.amazonaws.com kms:GenerateDataKey* and"
            f" kms:DescribeKey with the condition aws:SourceArn = {trail['arn']}, the first also with"
            " kms:EncryptionContext:aws:cloudtrail:arn like"
            f" arn:{place.partition}:cloudtrail:*:{place.account}:trail/*. secmon.aws.encryption_key creates both."
            " If the bucket has an S3 bucket key, kms:Decrypt is needed too."
        ),
        "KmsKeyNotFoundException": region,
        "InvalidKmsKeyIdException": region,
        "KmsKeyDisabledException": disabled,
        "KmsException": disabled,
    }


def _log_group_remedies(trail: Mapping[str, Any], place: Place) -> dict[str, str]:
    group, role = trail["log_group_arn"], trail["log_group_role_arn"]
    stream = f"{group.removesuffix(':*')}:log-stream:{place.account}_CloudTrail_{place.region}*"
    streams = f"{stream} and the same with o-ORGANIZATION_ID_*" if trail["organization"] else stream
    may_write = f"its policy must allow logs:CreateLogStream and logs:PutLogEvents on {streams}"
    return {
        "InvalidCloudWatchLogsRoleArnException": (
            f"The role {role} must exist in this account and trust cloudtrail.amazonaws.com (sts:AssumeRole), and"
            f" {may_write}. amazon.aws.iam_role creates it, as the role secmon.aws.cloudwatch_logs does."
        ),
        "InvalidCloudWatchLogsLogGroupArnException": (
            f"The log group {group} must exist in this account and region (secmon.aws.log_group creates it), and as for"
            f" the role {role}, {may_write} (amazon.aws.iam_policy)."
        ),
        "CloudWatchLogsDeliveryUnavailableException": (
            f"CloudTrail cannot deliver to CloudWatch Logs in region {place.region}. Remove log_group_arn there."
        ),
    }


def _organization_remedies(place: Place) -> dict[str, str]:
    return {
        "NotOrganizationMasterAccountException": home_remedies(place.region)["NotOrganizationMasterAccountException"],
        "OrganizationsNotInUseException": NO_ORGANIZATION,
        "OrganizationNotInAllFeaturesModeException": "Enable all features of the organization first.",
        "CloudTrailAccessNotEnabledException": (
            "First enable trusted access for CloudTrail in the organization's management account: aws organizations"
            " enable-aws-service-access --service-principal cloudtrail.amazonaws.com"
        ),
        "NoManagementAccountSLRExistsException": (
            "The organization's management account needs the role AWSServiceRoleForCloudTrail: aws iam"
            " create-service-linked-role --aws-service-name cloudtrail.amazonaws.com"
        ),
        "InsufficientDependencyServiceAccessPermissionException": (
            "For an organization trail the caller also needs organizations:DescribeOrganization,"
            " organizations:ListAWSServiceAccessForOrganization and iam:GetRole."
        ),
    }
