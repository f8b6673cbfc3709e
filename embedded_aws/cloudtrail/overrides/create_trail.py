"""Overrides of CreateTrail and UpdateTrail."""

from __future__ import annotations

import copy
import re
from datetime import datetime
from typing import Any

from moto.cloudtrail.exceptions import InvalidTrailNameException
from moto.cloudtrail.models import Trail, cloudtrail_backends
from moto.organizations.models import organizations_backends

from embedded_aws.cloudtrail.delivery.bucket import put_trail_object
from embedded_aws.cloudtrail.delivery.log_stream import get_or_create_stream, stream_name
from embedded_aws.cloudtrail.delivery.permissions import (
    NO_PERMISSION,
    NO_TRUST,
    bucket_error,
    check_key,
    role_is_trusted,
    role_may,
)
from embedded_aws.cloudtrail.overrides.delegated_admin import administrators_of
from embedded_aws.cloudtrail.trails import (
    find_bucket,
    find_log_group,
    find_organization,
    home_trail,
    log_prefix,
    parse_arn,
)
from embedded_aws.core.call import Call
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import override, patch
from embedded_aws.core.state import State

# Requirements of an organization trail: an organization with all features, its management account, trusted access.
#
# Source: CloudTrail user guide, "Creating a trail for an organization"; CloudTrail API reference, CreateTrail.

_TRUSTED_SERVICE = "cloudtrail.amazonaws.com"


def check_organization(trail: Trail) -> None:
    """Raise AwsError if the trail's account cannot have an organization trail."""
    organization = find_organization(trail.account_id, trail.region_name)
    if organization is None:
        message = f"Account {trail.account_id} is not in an organization."
        raise AwsError("OrganizationsNotInUseException", message, 404)
    if organization.master_account_id != trail.account_id:
        message = "Only the organization's management account can create or change an organization trail."
        raise AwsError("NotOrganizationMasterAccountException", message, 400)
    if organization.feature_set != "ALL":
        message = "The organization must have all features enabled."
        raise AwsError("OrganizationNotInAllFeaturesModeException", message, 400)
    services = organizations_backends[trail.account_id][trail.partition].services
    if all(service["ServicePrincipal"] != _TRUSTED_SERVICE for service in services):
        message = "Trusted access of CloudTrail to the organization is not enabled."
        raise AwsError("CloudTrailAccessNotEnabledException", message, 400)


# A trail name has no adjacent periods, dashes or underscores and is not an IP address; moto 5.2.5 accepts both.
#
# Source: CloudTrail API reference, CreateTrail (Name).

_ADJACENT = re.compile(r"[._-]{2}")
_IP_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_moto_checks_name = Trail.check_name


@patch(Trail, "check_name")
def _check_name(trail: Trail) -> None:
    _moto_checks_name(trail)
    if _ADJACENT.search(trail.trail_name):
        raise InvalidTrailNameException("Trail name cannot have two adjacent periods, dashes or underscores.")
    if _IP_ADDRESS.fullmatch(trail.trail_name):
        raise InvalidTrailNameException("Trail name cannot be in the format of an IP address.")


# A trail's topic may be given by its ARN; moto 5.2.5 treats an ARN as a topic name and does not find it.
#
# Source: CloudTrail API reference, CreateTrail (SnsTopicName).

_topic_arn_by_name: Any = vars(Trail)["topic_arn"]


def _topic_arn(trail: Trail) -> str | None:
    name = trail.sns_topic_name
    arn: str | None = name if name and name.startswith("arn:") else _topic_arn_by_name.fget(trail)
    return arn


patch(Trail, "topic_arn")(property(_topic_arn))


# CreateTrail and UpdateTrail reject resources that are missing or not accessible; moto 5.2.5 checks hardly any.
#
# moto answers the calls that pass. Sources: CloudTrail API reference, CreateTrail and UpdateTrail; codes and texts, the
# empty objects and the log stream that a rejected call leaves behind were recorded on AWS, 2026-09. That the log group
# and the role are read before the bucket is checked is our reading.

TRAILS_PER_REGION = 5

# The arguments of moto's Trail and its update, and the request members they come from.
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
def create_trail(state: State, call: Call) -> None:
    """Check the request for a new trail."""
    planned = Trail(call.account, call.region, **_arguments(_CREATE, call.parameters))
    known = cloudtrail_backends[call.account][call.region].trails
    if planned.trail_name in known:
        message = f"Trail {planned.trail_name} already exists for customer: {call.account}"
        raise AwsError("TrailAlreadyExistsException", message, 400)
    if len(known) >= TRAILS_PER_REGION:
        message = f"User: {call.account} already has {TRAILS_PER_REGION} trails in {call.region}."
        raise AwsError("MaximumNumberOfTrailsExceededException", message, 403)
    _check_destination(planned, planned.cw_log_group_arn or "", planned.cw_role_arn or "")
    _check(planned, call.at)
    state.cloudtrail.statuses.remove(planned.arn)


@override("cloudtrail", "UpdateTrail")
def update_trail(state: State, call: Call) -> None:
    """Check a change of a trail, and record when file validation starts or ends."""
    trail = home_trail(call.account, call.region, str(call.parameters.get("Name")))
    if trail is None:
        return
    changes = _arguments(_UPDATE, call.parameters)
    planned = copy.copy(trail)
    planned.update(**changes)
    group, role = changes["cw_log_group_arn"], changes["cw_role_arn"]
    _check_destination(planned, group or "", role or "")
    if not group and not role and "" in (group, role):
        planned.cw_log_group_arn = planned.cw_role_arn = ""
    if find_bucket(planned.bucket_name) is None:
        message = f"S3 bucket {planned.bucket_name} does not exist!"
        raise AwsError("S3BucketDoesNotExistException", message, 400)
    if changes["sns_topic_name"]:
        planned.check_topic_exists()
    _check(planned, call.at)
    # An empty member removes both; moto would keep the other one.
    trail.cw_log_group_arn, trail.cw_role_arn = planned.cw_log_group_arn, planned.cw_role_arn
    if planned.log_validation != trail.log_validation and trail.status.is_logging:
        statuses = state.cloudtrail.statuses
        times = statuses.chain_began if planned.log_validation else statuses.chain_ended
        times[trail.arn] = call.at


_NO_GROUP, _NO_ROLE = "InvalidCloudWatchLogsLogGroupArnException", "InvalidCloudWatchLogsRoleArnException"


def _check_destination(planned: Trail, group: str, role: str) -> None:
    """Raise AwsError unless the request names both a log group and a role by valid ARNs, or neither of them."""
    if bool(group) != bool(role):
        raise AwsError(_NO_ROLE if group else _NO_GROUP, "You must specify a log group and a role ARN.", 400)
    if not group:
        return
    arn = parse_arn(group)
    if arn is None or not arn.resource.startswith("log-group:") or not arn.resource.endswith(":*"):
        raise AwsError(_NO_GROUP, "CloudTrail cannot validate the specified log group ARN.", 400)
    if parse_arn(role) is None:
        raise AwsError(_NO_ROLE, "CloudTrail cannot validate the specified role ARN.", 400)
    if arn.region != planned.region_name:
        raise AwsError(_NO_GROUP, "You must specify a log group that is in the current region.", 400)


def _check(planned: Trail, at: datetime) -> None:
    """Raise AwsError if the trail cannot deliver; its bucket must exist."""
    if planned.is_org_trail:
        check_organization(planned)
    _check_bucket(planned, at)
    if planned.cw_log_group_arn or planned.cw_role_arn:
        _check_log_group(planned, at)


def _check_bucket(planned: Trail, at: datetime) -> None:
    """Write an empty object to each folder that the trail will use; those written before a rejection stay."""
    bucket, prefix = planned.bucket_name, log_prefix(planned, planned.account_id)
    _require_writable(planned, None)
    _require_writable(planned, f"{prefix}CloudTrail/")
    if planned.kms_key_id:
        check_key(planned)
    put_trail_object(planned, bucket, f"{prefix}CloudTrail/", b"", at)
    if planned.log_validation:
        _require_writable(planned, f"{prefix}CloudTrail-Digest/")
        put_trail_object(planned, bucket, f"{prefix}CloudTrail-Digest/", b"", at)


def _require_writable(planned: Trail, key: str | None) -> None:
    if bucket_error(planned, planned.bucket_name, key):
        message = f"Incorrect S3 bucket policy is detected for bucket: {planned.bucket_name}"
        raise AwsError("InsufficientS3BucketPolicyException", message, 400)


def _check_log_group(planned: Trail, at: datetime) -> None:
    role, arn = parse_arn(planned.cw_role_arn or ""), parse_arn(planned.cw_log_group_arn or "")
    owners = {planned.account_id}
    if planned.is_org_trail:
        owners.update(administrators_of(planned.account_id, planned.partition))
    if role is None or role.account not in owners or not role_is_trusted(planned):
        raise AwsError(_NO_ROLE, NO_TRUST, 400)
    group = find_log_group(planned.cw_log_group_arn or "")
    name = stream_name(planned, planned.account_id)
    if group is None or arn is None or arn.account != role.account:
        raise AwsError(_NO_GROUP, NO_PERMISSION, 400)
    if not role_may(planned, "logs:CreateLogStream", group, name):
        raise AwsError(_NO_GROUP, NO_PERMISSION, 400)
    get_or_create_stream(group, name, at)
    if not role_may(planned, "logs:PutLogEvents", group, name):
        raise AwsError(_NO_GROUP, NO_PERMISSION, 400)
