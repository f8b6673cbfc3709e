"""The state of SNS beyond what moto keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from moto.sns.models import Subscription


@dataclass
class SnsState:
    """What SNS keeps of e-mail subscriptions beyond moto.

    Attributes:
        tokens: by token that was sent, the ARN of its subscription, which may have ended.
        base_urls: by subscription ARN, the endpoint of the Subscribe call, for the links in e-mails.
        asked: by subscription ARN, the time of the last Subscribe call.
        confirmed: the subscriptions that were confirmed and have not ended, among them those of deleted topics.
        orphans: by ARN, the subscriptions of deleted topics that are still listed.
        locked: the subscriptions that only a signed request may remove.
    """

    tokens: dict[str, str] = field(default_factory=dict)
    base_urls: dict[str, str] = field(default_factory=dict)
    asked: dict[str, datetime] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    orphans: dict[str, Subscription] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)

    def remove(self, subscription_arn: str) -> None:
        """Remove everything about a subscription that has ended, except that its tokens were valid once."""
        self.base_urls.pop(subscription_arn, None)
        self.asked.pop(subscription_arn, None)
        self.confirmed.discard(subscription_arn)
        self.locked.discard(subscription_arn)
