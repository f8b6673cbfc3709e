"""The state of SNS beyond what moto keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Token:
    """The token in the link of a confirmation."""

    subscription_arn: str
    expires: datetime


@dataclass
class SnsState:
    """What SNS keeps of e-mail subscriptions beyond moto.

    Attributes:
        tokens: the tokens that were sent; expired ones are removed with the next confirmation.
        base_urls: by subscription ARN, the endpoint of the Subscribe call, for the links in e-mails.
        asked: by subscription ARN, the time of the Subscribe call.
        locked: the subscriptions that only a signed request may remove.
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
