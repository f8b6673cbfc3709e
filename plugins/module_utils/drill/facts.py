# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is known about the chain before the secret is read: the answers of AWS, as they came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.aws_names import Place
from .timeline import Finding

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """What the inspection read. None, or empty, says that AWS has no such thing.

    Attributes:
        place: Partition, region and account.
        caller_arn: Who reads the secret.
        unread: What the caller was not allowed to read, by the name of the attribute here.
        secret: DescribeSecret.
        trail: Of DescribeTrails.
        trail_elsewhere: The trail of this name in another region, of ListTrails.
        status: GetTrailStatus.
        selectors: GetEventSelectors.
        bucket_exists: Whether the trail's bucket is there.
        role: The role that the trail writes to the log group with, of GetRole.
        role_policies: The documents of all its policies.
        log_group: Of DescribeLogGroups.
        metric_filter: Of DescribeMetricFilters.
        alarm: Of DescribeAlarms.
        topic: The attributes of GetTopicAttributes.
        key: KeyMetadata of the topic's key, with its Policy as a document.
        subscriptions: Of ListSubscriptionsByTopic.
    """

    place: Place
    caller_arn: str
    unread: Mapping[str, Finding] = field(default_factory=dict)
    secret: Answer | None = None
    trail: Answer | None = None
    trail_elsewhere: Answer | None = None
    status: Answer = field(default_factory=dict)
    selectors: Answer = field(default_factory=dict)
    bucket_exists: bool = True
    role: Answer | None = None
    role_policies: Sequence[Answer] = ()
    log_group: Answer | None = None
    metric_filter: Answer | None = None
    alarm: Answer | None = None
    topic: Answer | None = None
    key: Answer | None = None
    subscriptions: Sequence[Answer] = ()

    @property
    def where(self) -> str:
        """Account and region in words."""
        return f"account {self.place.account}, region {self.place.region}"

    @property
    def transformation(self) -> Answer:
        """What the metric filter counts; a filter has exactly one."""
        transformations = (self.metric_filter or {}).get("metricTransformations") or [{}]
        first: Answer = transformations[0]
        return first
