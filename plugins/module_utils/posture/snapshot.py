# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What AWS says about the monitoring of one account and region, for checks that call nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, Union

from ..core.aws_names import Place

Response = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Unread:
    """A part that could not be read: why, and what to do."""

    why: str
    remedy: str


class UnreadError(Exception):
    """A check needs a part that could not be read."""

    def __init__(self, part: Unread) -> None:
        """Store the part."""
        super().__init__(part.why)
        self.part = part


Part = Union[T, Unread]


def known(part: Part[T]) -> T:
    """Return a part. Raise UnreadError if it could not be read."""
    if isinstance(part, Unread):
        raise UnreadError(part)
    return part


@dataclass(frozen=True)
class Key:
    """A KMS key.

    Attributes:
        described: From DescribeKey; None if the key does not exist.
        policy: Its policy.
        rotates: Whether KMS rotates it.
    """

    described: Response | None
    policy: Part[Response] = field(default_factory=dict)
    rotates: Part[bool] = False

    @property
    def is_of_aws(self) -> bool:
        """Whether AWS manages it."""
        return (self.described or {}).get("KeyManager") == "AWS"


@dataclass(frozen=True)
class Topic:
    """An SNS topic that an alarm notifies: GetTopicAttributes (None: no such topic) and ListSubscriptionsByTopic."""

    arn: str
    attributes: Part[Response | None]
    subscriptions: Part[Sequence[Response]]


@dataclass(frozen=True)
class Trail:
    """A trail and what it delivers to.

    Attributes:
        described: From DescribeTrails.
        status: From GetTrailStatus.
        selectors: From GetEventSelectors.
        tags: Its tags.
        bucket_owner: The account that owns its bucket.
        bucket: The settings of its bucket by API operation; None if the bucket does not exist.
        digests: When the digests of the last day end, as the bucket has them, oldest first.
        group: Its log group, from DescribeLogGroups; None if there is none.
        filters: The metric filters of the group.
        role: The role that writes to the group, from GetRole; None if it does not exist.
        role_policies: The documents of this role.
        drilled: When the last event of a drill was put into the group; None if never.
    """

    described: Response
    status: Part[Response] = field(default_factory=dict)
    selectors: Part[Response] = field(default_factory=dict)
    tags: Part[Mapping[str, str]] = field(default_factory=dict)
    bucket_owner: str = ""
    bucket: Part[Mapping[str, Part[Response]] | None] = None
    digests: Part[Sequence[datetime]] = ()
    group: Part[Response | None] = None
    filters: Part[Sequence[Response]] = ()
    role: Part[Response | None] = None
    role_policies: Part[Sequence[Response]] = ()
    drilled: Part[datetime | None] = None

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.described["Name"])

    @property
    def owner(self) -> str:
        """The account that owns it."""
        return str(self.described["TrailARN"]).split(":")[4]

    @property
    def home(self) -> str:
        """Its home region."""
        return str(self.described["HomeRegion"])

    @property
    def group_owner(self) -> str:
        """The account of its log group: a delegated administrator's, if the management account owns the trail."""
        arn = str(self.described.get("CloudWatchLogsLogGroupArn") or "")
        return arn.split(":")[4] if arn else self.owner

    @property
    def group_name(self) -> str:
        """The name of its log group; empty if it delivers to none."""
        arn = str(self.described.get("CloudWatchLogsLogGroupArn") or "")
        return arn.removesuffix(":*").partition(":log-group:")[2]


@dataclass(frozen=True)
class Snapshot:
    """The monitoring of one account and region.

    Attributes:
        place: Partition, region and account.
        now: The time of AWS.
        trails: The trails that are visible in the region.
        alarms: The metric alarms of the region.
        muted: The mute rules that are active or scheduled, by alarm name.
        topics: The topics of the alarms on metrics of the trails' groups, by ARN.
        keys: The keys of trails, groups and topics, by the name under which these refer to them.
        filters: The filters that the variables ask for, in the form of the module metric_filters.
        desired_alarms: The alarms that the variables ask for, in the form of the module metric_alarms.
    """

    place: Place
    now: datetime
    trails: Sequence[Trail] = ()
    alarms: Part[Sequence[Response]] = ()
    muted: Part[Mapping[str, Sequence[Response]]] = field(default_factory=dict)
    topics: Mapping[str, Topic] = field(default_factory=dict)
    keys: Mapping[str, Part[Key]] = field(default_factory=dict)
    filters: Sequence[Response] = ()
    desired_alarms: Sequence[Response] = ()

    @property
    def own_trails(self) -> list[Trail]:
        """The trails of this account."""
        return [trail for trail in self.trails if trail.owner == self.place.account]

    @property
    def chain(self) -> Trail | None:
        """The trail whose log group is monitored: the one of this account and region with the most metric filters."""
        here = [each for each in self.trails if each.group_name and self.has_group_of(each)]
        return max(here, key=_number_of_filters, default=None)

    def has_group_of(self, trail: Trail) -> bool:
        """Return whether the log group of a trail is in this account and region."""
        return (trail.group_owner, trail.home) == (self.place.account, self.place.region)

    @property
    def where(self) -> str:
        """Account and region for messages."""
        return f"account {self.place.account}, region {self.place.region}"

    def alarms_on(self, metric_filter: Response) -> list[Response]:
        """Return the alarms on the metric of a filter."""
        metrics = {(each["metricNamespace"], each["metricName"]) for each in metric_filter["metricTransformations"]}
        return [each for each in known(self.alarms) if (each.get("Namespace"), each.get("MetricName")) in metrics]

    @property
    def watching(self) -> list[Response]:
        """The alarms on metrics of the monitored log group, each once."""
        filters = known(self.chain.filters) if self.chain else ()
        found = {alarm["AlarmName"]: alarm for each in filters for alarm in self.alarms_on(each)}
        return [found[name] for name in sorted(found)]

    @property
    def watching_topics(self) -> list[Topic]:
        """The topics that the alarms on metrics of the monitored log group notify."""
        arns = {arn for alarm in self.watching for arn in topics_of(alarm)}
        return [self.topics[arn] for arn in sorted(arns)]


def topics_of(alarm: Response) -> list[str]:
    """Return the ARNs of the topics that an alarm notifies when it goes off."""
    return [arn for arn in alarm.get("AlarmActions") or () if ":sns:" in arn]


def confirmed(topic: Topic) -> list[str]:
    """Return the endpoints of a topic's confirmed subscriptions."""
    return [each["Endpoint"] for each in known(topic.subscriptions) if each["SubscriptionArn"].startswith("arn:")]


def _number_of_filters(trail: Trail) -> tuple[int, bool]:
    found = 0 if isinstance(trail.filters, Unread) else len(trail.filters)
    return found, bool(trail.described.get("IsMultiRegionTrail"))
