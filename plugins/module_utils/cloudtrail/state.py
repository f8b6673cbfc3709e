# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The current state of a trail on AWS, and the desired state according to a task.

Source: CloudTrail API reference, Trail, UpdateTrail, GetTrailStatus, InsightSelector.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from ..core.aws_names import Arn, Place
from ..core.tags import tag_change
from .selection import DEFAULT, Selectors
from .selector_options import described_selectors, desired_selectors

UNFINISHED = "secmon:unfinished"
"""Tag key of a new trail until logging starts. It distinguishes an interrupted run from a trail stopped on purpose."""

# Member of DescribeTrails for each setting, and its value if CloudTrail omits it.
SETTINGS: dict[str, tuple[str, Any]] = {
    "s3_bucket_name": ("S3BucketName", ""),
    "s3_key_prefix": ("S3KeyPrefix", ""),
    "sns_topic_arn": ("SnsTopicARN", ""),
    "multi_region": ("IsMultiRegionTrail", False),
    "global_service_events": ("IncludeGlobalServiceEvents", True),
    "log_file_validation": ("LogFileValidationEnabled", False),
    "kms_key_arn": ("KmsKeyId", ""),
    "log_group_arn": ("CloudWatchLogsLogGroupArn", ""),
    "log_group_role_arn": ("CloudWatchLogsRoleArn", ""),
    "organization": ("IsOrganizationTrail", False),
}
_LOG_GROUP = ("log_group_arn", "log_group_role_arn")
_DELIVERY = {
    "latest_delivery_time": "LatestDeliveryTime",
    "latest_delivery_error": "LatestDeliveryError",
    "latest_digest_delivery_time": "LatestDigestDeliveryTime",
    "latest_digest_delivery_error": "LatestDigestDeliveryError",
    "latest_cloudwatch_logs_delivery_time": "LatestCloudWatchLogsDeliveryTime",
    "latest_cloudwatch_logs_delivery_error": "LatestCloudWatchLogsDeliveryError",
    "latest_notification_time": "LatestNotificationTime",
    "latest_notification_error": "LatestNotificationError",
    "start_logging_time": "StartLoggingTime",
    "stop_logging_time": "StopLoggingTime",
}


@dataclass(frozen=True)
class Trail:
    """A trail.

    Attributes:
        name: Its name.
        place: Partition, home region and owning account.
        settings: Settings of CreateTrail and UpdateTrail, by the keys of `SETTINGS`.
        selectors: Its event selectors.
        insights: Its insight selectors in the API's form.
        logging: Whether it records events.
        tags: Its tags, without the tags that AWS sets.
    """

    name: str
    place: Place
    settings: Mapping[str, Any]
    selectors: Selectors = DEFAULT
    insights: tuple[Mapping[str, Any], ...] = ()
    logging: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        """The trail's ARN."""
        return self.place.arn("cloudtrail", f"trail/{self.name}")

    @property
    def resource(self) -> str:
        """The trail, for a message."""
        return f"trail {self.name}"

    @property
    def insight_types(self) -> list[str]:
        """Its insight types, sorted."""
        return sorted(insight["InsightType"] for insight in self.insights)

    def described(self) -> dict[str, Any]:
        """Return the trail in the terms of the module's options."""
        return {
            "name": self.name,
            "arn": self.arn,
            "home_region": self.place.region,
            **self.settings,
            "logging": self.logging,
            **described_selectors(self.selectors, self.place.partition),
            "insight_types": self.insight_types,
            "tags": dict(self.tags),
        }


def place_of(arn: str) -> Place:
    """Return partition, home region and account from a trail's ARN."""
    parts = Arn.parse(arn)
    return Place(parts.partition, parts.region, parts.account)


def new_trail(name: str, place: Place) -> Trail:
    """Return a trail with default settings, which records one region only."""
    return Trail(name, place, settings_of({}))


def settings_of(description: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings from a description of DescribeTrails, which omits settings without a value."""
    return {key: description.get(member, otherwise) for key, (member, otherwise) in SETTINGS.items()}


def desired_trail(params: Mapping[str, Any], found: Trail) -> Trail:
    """Return the desired trail of a task; omitted options keep the current settings."""
    tags = dict(tag_change(found.tags, params.get("tags"), params.get("purge_tags", True)).after)
    tags.pop(UNFINISHED, None)
    return replace(
        found,
        settings=_desired_settings(params, found),
        selectors=desired_selectors(params, found.selectors, found.place.partition),
        insights=_desired_insights(params.get("insight_types"), found),
        logging=(found.logging or UNFINISHED in found.tags) if params.get("logging") is None else params["logging"],
        tags=tags,
    )


def _desired_settings(params: Mapping[str, Any], found: Trail) -> dict[str, Any]:
    mentioned = {key: params[key] for key in SETTINGS if params.get(key) is not None}
    if params.get("sns_topic_name") is not None:
        mentioned["sns_topic_arn"] = _topic_arn(params["sns_topic_name"], found.place)
    if mentioned.get("log_group_arn"):
        # CloudTrail uses the group's ARN with this suffix, other services without it.
        mentioned["log_group_arn"] = mentioned["log_group_arn"].removesuffix(":*") + ":*"
    if any(mentioned.get(key) == "" for key in _LOG_GROUP):
        mentioned |= dict.fromkeys(_LOG_GROUP, "")
    return {**found.settings, **mentioned}


def _topic_arn(name: str, place: Place) -> str:
    return name if not name or name.startswith("arn:") else place.arn("sns", name)


def _desired_insights(types: Iterable[str] | None, found: Trail) -> tuple[Mapping[str, Any], ...]:
    if types is None or set(types) == set(found.insight_types):
        return found.insights
    # A type that is already enabled keeps its event categories, which no option sets.
    known = {insight["InsightType"]: insight for insight in found.insights}
    return tuple(known.get(kind, {"InsightType": kind}) for kind in sorted(set(types)))


def described_delivery(status: Mapping[str, Any]) -> dict[str, str]:
    """Return the times (ISO 8601) and errors of GetTrailStatus; empty strings where AWS returns none."""
    return {key: _text(status.get(member)) for key, member in _DELIVERY.items()}


def _text(value: datetime | str | None) -> str:
    return value.isoformat() if isinstance(value, datetime) else value or ""
