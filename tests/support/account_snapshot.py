"""A snapshot of all resources of the system in one account, comparable between runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

AwsClient = Callable[[str], Any]
Snapshot = dict[str, Any]

_SECRET_SUFFIX = re.compile(r"(:secret:.+)-[A-Za-z0-9]{6}$")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VOLATILE = frozenset(
    # Values that differ between runs or change by themselves: IDs, times, states, counts.
    {
        "ResponseMetadata",
        "RoleId",
        "CurrentKeyMaterialId",
        "VersionIdsToStages",
        "SubscriptionArn",
        "StateReason",
        "StateReasonData",
        "StateValue",
        "creationTime",
        "storedBytes",
        "TimeLoggingStarted",
        "LatestDeliveryAttemptTime",
        "LatestDeliveryAttemptSucceeded",
        "LatestNotificationAttemptTime",
        "LatestNotificationAttemptSucceeded",
        "SubscriptionsPending",
    }
)
_BUCKET_SETTINGS = (
    "accelerate_configuration",
    "acl",
    "encryption",
    "lifecycle_configuration",
    "logging",
    "ownership_controls",
    "policy",
    "tagging",
    "versioning",
)


def take_snapshot(client: AwsClient) -> Snapshot:
    """Return the resources of an account by kind, with IDs and times masked."""
    kinds = (_secrets, _topics, _log_groups, _roles, _buckets, _trails, _alarms, _keys)
    return {kind.__name__.removeprefix("_"): _masked(kind(client)) for kind in kinds}


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _masked(inner)
            for key, inner in value.items()
            if key not in _VOLATILE and not isinstance(inner, datetime)
        }
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    if isinstance(value, str):
        return _UUID.sub("<id>", _SECRET_SUFFIX.sub(r"\1-<suffix>", value))
    return value


def _response(call: Callable[..., Any], **arguments: Any) -> Any:
    """Return the response, or the error code if the call fails."""
    try:
        return call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]


def _secrets(client: AwsClient) -> list[Any]:
    manager = client("secretsmanager")
    return [
        {
            "secret": manager.describe_secret(SecretId=secret["ARN"]),
            "versions": len(manager.list_secret_version_ids(SecretId=secret["ARN"])["Versions"]),
            "policy": _response(manager.get_resource_policy, SecretId=secret["ARN"]),
        }
        for secret in manager.list_secrets(IncludePlannedDeletion=True)["SecretList"]
    ]


def _topics(client: AwsClient) -> list[Any]:
    sns = client("sns")
    return [
        {
            "attributes": sns.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"],
            "subscriptions": sns.list_subscriptions_by_topic(TopicArn=topic["TopicArn"])["Subscriptions"],
            "tags": sns.list_tags_for_resource(ResourceArn=topic["TopicArn"])["Tags"],
        }
        for topic in sns.list_topics()["Topics"]
    ]


def _log_groups(client: AwsClient) -> list[Any]:
    logs = client("logs")
    return [
        {
            "group": group,
            "tags": logs.list_tags_for_resource(resourceArn=group["arn"].removesuffix(":*"))["tags"],
            "filters": logs.describe_metric_filters(logGroupName=group["logGroupName"])["metricFilters"],
        }
        for group in logs.describe_log_groups()["logGroups"]
    ]


def _roles(client: AwsClient) -> list[Any]:
    iam = client("iam")
    return [
        {
            "role": iam.get_role(RoleName=role["RoleName"])["Role"],
            "policies": [
                iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)
                for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
            ],
            "attached": iam.list_attached_role_policies(RoleName=role["RoleName"])["AttachedPolicies"],
        }
        # The order is that of the random ids.
        for role in sorted(iam.list_roles()["Roles"], key=lambda role: str(role["RoleName"]))
    ]


def _buckets(client: AwsClient) -> list[Any]:
    s3 = client("s3")
    return [
        {"name": bucket["Name"], "block": _response(s3.get_public_access_block, Bucket=bucket["Name"])}
        | {
            setting: _response(getattr(s3, f"get_bucket_{setting}"), Bucket=bucket["Name"])
            for setting in _BUCKET_SETTINGS
        }
        for bucket in s3.list_buckets()["Buckets"]
    ]


def _trails(client: AwsClient) -> list[Any]:
    cloudtrail = client("cloudtrail")
    return [
        {
            "trail": trail,
            "selectors": cloudtrail.get_event_selectors(TrailName=trail["TrailARN"]),
            "status": cloudtrail.get_trail_status(Name=trail["TrailARN"]),
            "tags": cloudtrail.list_tags(ResourceIdList=[trail["TrailARN"]])["ResourceTagList"],
        }
        for trail in cloudtrail.describe_trails()["trailList"]
    ]


def _alarms(client: AwsClient) -> list[Any]:
    cloudwatch = client("cloudwatch")
    return [
        {"alarm": alarm, "tags": cloudwatch.list_tags_for_resource(ResourceARN=alarm["AlarmArn"])["Tags"]}
        for alarm in cloudwatch.describe_alarms()["MetricAlarms"]
    ]


def _keys(client: AwsClient) -> list[Any]:
    kms = client("kms")
    aliases = {
        alias["TargetKeyId"]: alias["AliasName"] for alias in kms.list_aliases()["Aliases"] if "TargetKeyId" in alias
    }
    return [
        {
            "alias": aliases.get(key["KeyId"]),
            "key": kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"],
            "policy": kms.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"],
            "rotates": kms.get_key_rotation_status(KeyId=key["KeyId"])["KeyRotationEnabled"],
            "tags": kms.list_resource_tags(KeyId=key["KeyId"])["Tags"],
        }
        for key in kms.list_keys()["Keys"]
    ]
