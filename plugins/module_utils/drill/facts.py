# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The configuration of the chain before the secret is read, as returned by AWS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..cloudwatch.mute_rules import MuteRule
from ..core.aws_names import Place
from .timeline import Finding

Response = Mapping[str, Any]


@dataclass(frozen=True)
class Facts:
    """The configuration of the chain. None, or an empty value, means that the resource does not exist.

    Attributes:
        place: Partition, region and account of the secret.
        center: The same of the log group, the alarm and the topic: those of an organization's central account.
        caller_arn: The ARN of the caller that reads the secret.
        unread: Findings about parts that the caller is not allowed to read, by attribute.
        secret: From DescribeSecret.
        trail: From DescribeTrails.
        trail_elsewhere: The trail with this name in another region, from ListTrails.
        status: From GetTrailStatus.
        selectors: From GetEventSelectors.
        bucket_exists: Whether the trail's bucket exists.
        role: The role that CloudTrail uses to write to the log group, from GetRole.
        role_policies: The documents of all its policies.
        log_group: From DescribeLogGroups.
        metric_filter: From DescribeMetricFilters.
        alarm: From DescribeAlarms.
        mute_rules: The mute rules of the alarm.
        log_alarm: The log alarm of the rule, from DescribeAlarms.
        log_alarm_mute_rules: The mute rules of the log alarm.
        topic: The attributes from GetTopicAttributes.
        key: KeyMetadata of the topic's key, with its Policy as a document.
        subscriptions: From ListSubscriptionsByTopic.
        open_subscriptions: The addresses whose subscription was confirmed without a signature.
    """

    place: Place
    center: Place
    caller_arn: str
    unread: Mapping[str, Finding] = field(default_factory=dict)
    secret: Response | None = None
    trail: Response | None = None
    trail_elsewhere: Response | None = None
    status: Response = field(default_factory=dict)
    selectors: Response = field(default_factory=dict)
    bucket_exists: bool = True
    role: Response | None = None
    role_policies: Sequence[Response] = ()
    log_group: Response | None = None
    metric_filter: Response | None = None
    alarm: Response | None = None
    mute_rules: Sequence[MuteRule] = ()
    log_alarm: Response | None = None
    log_alarm_mute_rules: Sequence[MuteRule] = ()
    topic: Response | None = None
    key: Response | None = None
    subscriptions: Sequence[Response] = ()
    open_subscriptions: Sequence[str] = ()

    @property
    def where(self) -> str:
        """Account and region of the chain for messages."""
        return f"account {self.center.account}, region {self.center.region}"

    @property
    def transformation(self) -> Response:
        """The metric transformation of the filter, which has exactly one."""
        transformations = (self.metric_filter or {}).get("metricTransformations") or [{}]
        first: Response = transformations[0]
        return first
