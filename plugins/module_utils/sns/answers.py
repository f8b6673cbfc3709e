# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Update planned subscriptions with what only SNS's answers contain: new ARNs, and which one a token confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..core.plan import Plan
from .endpoints import identity
from .subscriptions import CONFIRMED, PENDING, Subscription


def after_subscribing(plan: Plan, answers: Sequence[Mapping[str, Any]]) -> list[Subscription]:
    """Return the subscriptions of a plan's results with the ARNs of the new ones."""
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
    """Return a new subscription with its ARN, instead of which SNS returns "pending confirmation" for a pending one."""
    confirmed = arn.startswith("arn:")
    return replace(item, state=CONFIRMED if confirmed else PENDING, arn=arn if confirmed else "")


def confirmed_arn(plan: Plan, answers: Sequence[Mapping[str, Any]]) -> str:
    """Return the ARN of the subscription that the token confirmed, or an empty string if no token was used."""
    confirmed = (
        str(answer["SubscriptionArn"])
        for write, answer in zip(plan.writes, answers, strict=True)
        if write.operation == "ConfirmSubscription"
    )
    return next(confirmed, "")


def after_confirmation(
    subscriptions: Iterable[Subscription], confirmed: Subscription
) -> tuple[list[Subscription], list[str]]:
    """Return the subscriptions after a confirmation, and warnings if the token belonged to an unexpected one."""
    after, warnings = list[Subscription](), list[str]()
    for item in subscriptions:
        if item.identity == confirmed.identity:
            after.append(confirmed)
        elif item.state == CONFIRMED and not item.arn:  # the one that the plan expected to be confirmed
            after.append(replace(item, state=PENDING))
            warnings.append(f"confirmation_token belonged to {confirmed.label}. {item.label} is still pending.")
        else:
            after.append(item)
    return after, warnings
