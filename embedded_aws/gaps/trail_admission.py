"""CreateTrail and UpdateTrail refuse what CloudTrail may not use, or what is not there; moto 5.2.5 takes nearly all.

What passes here is answered by moto. Sources: CloudTrail API reference, CreateTrail and UpdateTrail; the order of the
checks, the empty object and the log stream that they leave behind were observed on AWS, 2026-09.
"""

from __future__ import annotations

import copy
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moto.cloudtrail.models import Trail, cloudtrail_backends

from embedded_aws.errors import AwsError
from embedded_aws.overrides import override
from embedded_aws.stages.bucket_delivery import put_trail_object
from embedded_aws.stages.delivery_permission import NO_PERMISSION, NO_TRUST, bucket_refusal, role_is_trusted, role_may
from embedded_aws.stages.digest_file import digest_key
from embedded_aws.stages.log_files import FileTarget
from embedded_aws.stages.log_stream import existing_or_new_stream, stream_name
from embedded_aws.stages.organization_trail import check_organization
from embedded_aws.stages.trail_key import check_key
from embedded_aws.stages.trail_status import trail_statuses
from embedded_aws.stages.trails import find_bucket, find_log_group, home_trail, log_prefix, parse_arn, ref_of

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

TRAILS_PER_REGION = 5

# moto's names of what Trail and its update take, and the members that they come from.
_COMMON = {
    "s3_key_prefix": "S3KeyPrefix",
    "sns_topic_name": "SnsTopicName",
    "cw_log_group_arn": "CloudWatchLogsLogGroupArn",
    "cw_role_arn": "CloudWatchLogsRoleArn",
    "kms_key_id": "KmsKeyId",
}
_CREATE = {
    **_COMMON,
    "trail_name": "Name",
    "bucket_name": "S3BucketName",
    "is_global": "IncludeGlobalServiceEvents",
    "is_multi_region": "IsMultiRegionTrail",
    "log_validation": "EnableLogFileValidation",
    "is_org_trail": "IsOrganizationTrail",
}
_UPDATE = {
    **_COMMON,
    "s3_bucket_name": "S3BucketName",
    "include_global_service_events": "IncludeGlobalServiceEvents",
    "is_multi_region_trail": "IsMultiRegionTrail",
    "enable_log_file_validation": "EnableLogFileValidation",
    "is_organization_trail": "IsOrganizationTrail",
}


def _arguments(names: dict[str, str], parameters: dict[str, Any]) -> dict[str, Any]:
    return {argument: parameters.get(member) for argument, member in names.items()}


@override("cloudtrail", "CreateTrail")
def create_trail(world: World, call: Call) -> None:
    """Check what a new trail asks for."""
    planned = Trail(call.account, call.region, **_arguments(_CREATE, call.parameters))
    known = cloudtrail_backends[call.account][call.region].trails
    if planned.trail_name in known:
        message = f"Trail {planned.trail_name} already exists for customer: {call.account}"
        raise AwsError("TrailAlreadyExistsException", message, 400)
    if len(known) >= TRAILS_PER_REGION:
        message = f"User: {call.account} already has {TRAILS_PER_REGION} trails in {call.region}."
        raise AwsError("MaximumNumberOfTrailsExceededException", message, 403)
    _check(planned, call.at)
    trail_statuses(world).forget(planned.arn)


@override("cloudtrail", "UpdateTrail")
def update_trail(world: World, call: Call) -> None:
    """Check what a trail would become, and note when it begins or ceases to validate its files."""
    trail = home_trail(call.account, call.region, str(call.parameters.get("Name")))
    if trail is None:
        return
    changes = _arguments(_UPDATE, call.parameters)
    planned = copy.copy(trail)
    planned.update(**changes)
    if "" in (changes["cw_log_group_arn"], changes["cw_role_arn"]):
        _drop_log_group(planned, changes)
    if find_bucket(planned.bucket_name) is None:
        message = f"S3 bucket {planned.bucket_name} does not exist!"
        raise AwsError("S3BucketDoesNotExistException", message, 400)
    if changes["sns_topic_name"]:
        planned.check_topic_exists()
    _check(planned, call.at)
    # An empty member removes both; moto would keep the one that is not mentioned.
    trail.cw_log_group_arn, trail.cw_role_arn = planned.cw_log_group_arn, planned.cw_role_arn
    if planned.log_validation != trail.log_validation and trail.status.is_logging:
        statuses = trail_statuses(world)
        times = statuses.chain_began if planned.log_validation else statuses.chain_ended
        times[trail.arn] = call.at


def _drop_log_group(planned: Trail, changes: dict[str, Any]) -> None:
    if changes["cw_log_group_arn"] or changes["cw_role_arn"]:
        message = "A log group and a role are given together, or neither of them."
        raise AwsError("InvalidParameterCombinationException", message, 400)
    planned.cw_log_group_arn = planned.cw_role_arn = ""


def _check(planned: Trail, at: datetime) -> None:
    """Raise AwsError if the trail, whose bucket exists, cannot deliver."""
    if planned.is_org_trail:
        check_organization(planned)
    _check_bucket(planned, at)
    if planned.cw_log_group_arn or planned.cw_role_arn:
        _check_log_group(planned, at)


def _check_bucket(planned: Trail, at: datetime) -> None:
    bucket, prefix = planned.bucket_name, log_prefix(planned, planned.account_id)
    target = FileTarget(ref_of(planned), bucket, prefix, planned.account_id, planned.region_name, validated=True)
    folder = f"{prefix}CloudTrail/"
    keys = [None, folder, digest_key(target, at)] if planned.log_validation else [None, folder]
    if any(bucket_refusal(planned, bucket, key) for key in keys):
        message = f"Incorrect S3 bucket policy is detected for bucket: {bucket}"
        raise AwsError("InsufficientS3BucketPolicyException", message, 400)
    if planned.kms_key_id:
        check_key(planned)
    put_trail_object(planned, bucket, folder, b"", at)


def _check_log_group(planned: Trail, at: datetime) -> None:
    role, arn = parse_arn(planned.cw_role_arn or ""), parse_arn(planned.cw_log_group_arn or "")
    if role is None or role.account != planned.account_id or not role_is_trusted(planned):
        raise AwsError("InvalidCloudWatchLogsRoleArnException", NO_TRUST, 400)
    group = find_log_group(planned.cw_log_group_arn or "")
    if group is None or arn is None or (arn.account, arn.region) != (planned.account_id, planned.region_name):
        message = "Access denied. Verify that the log group exists and that its ARN is of this account and Region."
        raise AwsError("InvalidCloudWatchLogsLogGroupArnException", message, 400)
    name = stream_name(planned, planned.account_id)
    if not role_may(planned, "logs:CreateLogStream", group, name):
        raise AwsError("InvalidCloudWatchLogsLogGroupArnException", NO_PERMISSION, 400)
    existing_or_new_stream(group, name, at)
    if not role_may(planned, "logs:PutLogEvents", group, name):
        raise AwsError("InvalidCloudWatchLogsLogGroupArnException", NO_PERMISSION, 400)
