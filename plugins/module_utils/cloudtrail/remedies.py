# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What CloudTrail's refusals mean, which of them pass, and what the user can do about the others.

Sources: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail", "Configure AWS KMS key policies for
CloudTrail", "Role policy document for CloudTrail to use CloudWatch Logs for monitoring", "Prepare for creating a trail
for your organization"; CloudTrail API reference, CreateTrail and UpdateTrail; which KMS error answers which mistake
was observed on AWS, 2026-09.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.aws_names import Place

# CloudTrail looks at policies and roles that AWS may not have spread yet. These refusals, and no others, are repeated.
PROPAGATING = (
    ("InsufficientS3BucketPolicyException", ""),
    ("InsufficientEncryptionPolicyException", ""),
    ("InvalidCloudWatchLogsRoleArnException", "Access denied"),
    ("InvalidCloudWatchLogsLogGroupArnException", "Access denied"),
    ("NoManagementAccountSLRExistsException", ""),
)


def setting_remedies(trail: Mapping[str, Any], place: Place) -> dict[str, str]:
    """Return what to do about the refusals of CreateTrail and UpdateTrail.

    Args:
        trail: The trail as it should be, in the module's terms.
        place: Where the trail is at home; its account owns the trail.
    """
    bucket = trail["s3_bucket_name"]
    return {
        "S3BucketDoesNotExistException": (
            f"Make the bucket {bucket} first, by a task with secmon.aws.log_bucket that names this trail in trail_arns;"
            " the role secmon.aws.cloudtrail does."
        ),
        "InsufficientS3BucketPolicyException": _bucket_policy(trail, place),
        **_key_remedies(trail, place),
        **_log_group_remedies(trail, place),
        "InsufficientSnsTopicPolicyException": (
            f"The topic {trail['sns_topic_arn']} must exist, and its policy must let cloudtrail.amazonaws.com"
            f" sns:Publish with the condition aws:SourceArn = {trail['arn']}; a task with community.aws.sns_topic"
            " makes both."
        ),
        **_organization_remedies(place),
    }


def creation_remedies(trail: Mapping[str, Any], place: Place) -> dict[str, str]:
    """Return what to do about the refusals of CreateTrail; the arguments are those of `setting_remedies`."""
    return {
        **setting_remedies(trail, place),
        "MaximumNumberOfTrailsExceededException": too_many_trails(place.region),
        "TrailAlreadyExistsException": (
            f"Somebody made a trail of the name {trail['name']} meanwhile. Run it again, or choose another name."
        ),
    }


def too_many_trails(region: str) -> str:
    """Say what to do where a region has all the trails that it can have."""
    return (
        f"CloudTrail allows 5 trails in region {region}, those of other regions that show there included, and never"
        " more. Delete one that is not needed (aws cloudtrail describe-trails lists them), or take one over: give its"
        " name and adopt: true."
    )


def home_remedies(home_region: str) -> dict[str, str]:
    """Return what to do about the refusals that every change of a trail can meet."""
    return {
        "InvalidHomeRegionException": f"The trail is at home in {home_region}. Run it with region: {home_region}.",
        "TrailNotFoundException": "Somebody deleted the trail meanwhile. Run it again.",
        "NotOrganizationMasterAccountException": (
            "Run the task in the organization's management account, or make this account CloudTrail's delegated"
            " administrator."
        ),
    }


def _bucket_policy(trail: Mapping[str, Any], place: Place) -> str:
    bucket = f"arn:{place.partition}:s3:::{trail['s3_bucket_name']}"
    folder = "/".join(part for part in (bucket, trail["s3_key_prefix"], "AWSLogs") if part)
    owners = f"{folder}/{place.account}/*" + (f" and {folder}/ORGANIZATION_ID/*" if trail["organization"] else "")
    return (
        f"The bucket's policy must let cloudtrail.amazonaws.com s3:GetBucketAcl on {bucket} and s3:PutObject on"
        f" {owners}, both with the condition aws:SourceArn = {trail['arn']}, the second also with s3:x-amz-acl ="
        " bucket-owner-full-control. A task with secmon.aws.log_bucket sets it (trail_arns, key_prefix)."
    )


def _key_remedies(trail: Mapping[str, Any], place: Place) -> dict[str, str]:
    key, bucket = trail["kms_key_arn"], trail["s3_bucket_name"]
    disabled = f"The key {key} is disabled or about to be deleted. A task with amazon.aws.kms_key enables it (enabled)."
    region = f"The key {key} must be in the region of the bucket {bucket}, which is where amazon.aws.kms_key makes it."
    return {
        "InsufficientEncryptionPolicyException": (
            f"The key {key} must exist, and its policy must let cloudtrail.amazonaws.com kms:GenerateDataKey* and"
            f" kms:DescribeKey with the condition aws:SourceArn = {trail['arn']}, the first also with"
            " kms:EncryptionContext:aws:cloudtrail:arn like"
            f" arn:{place.partition}:cloudtrail:*:{place.account}:trail/*. A task with amazon.aws.kms_key makes both."
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
            f" {may_write}. A task with amazon.aws.iam_role makes it; the role secmon.aws.cloudwatch_logs does."
        ),
        "InvalidCloudWatchLogsLogGroupArnException": (
            f"The log group {group} must exist in this account and region (a task with secmon.aws.log_group makes it),"
            f" and as for the role {role}, {may_write} (amazon.aws.iam_policy)."
        ),
        "CloudWatchLogsDeliveryUnavailableException": (
            f"CloudTrail cannot deliver to CloudWatch Logs in region {place.region}. Leave log_group_arn out there."
        ),
    }


def _organization_remedies(place: Place) -> dict[str, str]:
    return {
        "NotOrganizationMasterAccountException": home_remedies(place.region)["NotOrganizationMasterAccountException"],
        "OrganizationsNotInUseException": "The account is in no organization. Leave organization out, or join one.",
        "OrganizationNotInAllFeaturesModeException": "Enable all features of the organization first.",
        "CloudTrailAccessNotEnabledException": (
            "Let CloudTrail into the organization first, in its management account: aws organizations"
            " enable-aws-service-access --service-principal cloudtrail.amazonaws.com"
        ),
        "NoManagementAccountSLRExistsException": (
            "The organization's management account needs the role AWSServiceRoleForCloudTrail; it is made by aws iam"
            " create-service-linked-role --aws-service-name cloudtrail.amazonaws.com"
        ),
        "InsufficientDependencyServiceAccessPermissionException": (
            "For an organization's trail the caller also needs organizations:DescribeOrganization,"
            " organizations:ListAWSServiceAccessForOrganization and iam:GetRole."
        ),
    }
