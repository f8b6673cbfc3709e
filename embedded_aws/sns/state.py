"""The state of SNS beyond what moto keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Token:
    """What the link in a confirmation mail stands for."""

    subscription_arn: str
    expires: datetime


@dataclass
class SnsState:
    """What SNS keeps of e-mail subscriptions beyond moto.

    Attributes:
        tokens: the tokens that were mailed, expired ones until the next mail.
        base_urls: by subscription ARN, where the subscriber's links lead: to the endpoint that took the Subscribe.
        asked: by subscription ARN, when the subscription was asked for.
        locked: the subscriptions that only a signed request may end.
    """

    tokens: dict[str, Token] = field(default_factory=dict)
    base_urls: dict[str, str] = field(default_factory=dict)
    asked: dict[str, datetime] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)

    def remove(self, subscription_arn: str) -> None:
        """Remove everything about a subscription that has ended."""
        self.tokens = {key: token for key, token in self.tokens.items() if token.subscription_arn != subscription_arn}
        self.base_urls.pop(subscription_arn, None)
        self.asked.pop(subscription_arn, None)
        self.locked.discard(subscription_arn)
