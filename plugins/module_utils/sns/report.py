# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What only SNS's answers say of subscriptions: their ARNs, and which one a token was for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.plan import Plan
from .endpoints import identity
from .subscriptions import CONFIRMED, PENDING, Subscription


def answered(plan: Plan, answers: Sequence[Mapping[str, Any]]) -> list[Subscription]:
    """Return the subscriptions of a plan's results with the ARNs that SNS gave to new ones."""
    arns = {
        identity(write.parameters["Protocol"], write.parameters["Endpoint"]): answer.get("SubscriptionArn", "")
        for write, answer in zip(plan.writes, answers, strict=True)
        if write.operation == "Subscribe"
    }
    planned = [
        Subscription(item["protocol"], item["endpoint"], item["state"], item["subscription_arn"])
        for item in plan.results["subscriptions"]
    ]
    return [_with_arn(item, arns[item.identity]) if item.identity in arns else item for item in planned]


def _with_arn(item: Subscription, arn: str) -> Subscription:
    """Return a new subscription: instead of its ARN, SNS says "pending confirmation" of one that is pending."""
    confirmed = arn.startswith("arn:")
    return replace(item, state=CONFIRMED if confirmed else PENDING, arn=arn if confirmed else "")


def confirmed_arn(plan: Plan, answers: Sequence[Mapping[str, Any]]) -> str:
    """Return the ARN of the subscription that the token confirmed, or nothing if none was used."""
    return next(
        (
            str(answer["SubscriptionArn"])
            for write, answer in zip(plan.writes, answers, strict=True)
            if write.operation == "ConfirmSubscription"
        ),
        "",
    )


def after_confirmation(subscriptions: Iterable[Subscription], confirmed: Subscription) -> list[Subscription]:
    """Return the subscriptions once it is known which one the token was for: a token itself does not tell."""
    return [confirmed if item.identity == confirmed.identity else _not_confirmed(item) for item in subscriptions]


def _not_confirmed(item: Subscription) -> Subscription:
    return replace(item, state=PENDING) if item.state == CONFIRMED and not item.arn else item


def token_warnings(subscriptions: Iterable[Subscription], confirmed: Subscription) -> list[str]:
    """Say that a token was for another subscription than the one that the task meant."""
    meant = [item for item in subscriptions if item.state == CONFIRMED and not item.arn]
    return [
        f"confirmation_token was that of {confirmed.label}. {item.label} is still pending."
        for item in meant
        if item.identity != confirmed.identity
    ]
