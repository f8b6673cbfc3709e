# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What becomes of a topic's subscriptions: asked for, confirmed, removed, or left alone.

A subscription is pending until its owner follows the link of the one mail that SNS sends when it is asked for. To ask
again sends another mail, so that is done only for what SNS does not list.

Sources: SNS API reference, Subscribe, ConfirmSubscription, Unsubscribe and ListSubscriptionsByTopic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core.plan import Write
from ..core.problems import require
from .endpoints import (
    endpoint_problem,
    identity,
    labelled,
    needs_confirmation,
    shown,
)

CONFIRMED = "confirmed"
PENDING = "pending"
ABSENT = "absent"

Identity = tuple[str, str]
_LISTED_STATES = {"PendingConfirmation": PENDING, "Deleted": ABSENT}
_PREREQUISITES = {
    "sqs": "The queue must exist, and its policy must let sns.amazonaws.com send to it for this topic:"
    " community.aws.sqs_queue makes it.",
    "lambda": "The function must exist (amazon.aws.lambda makes it), and its policy must let sns.amazonaws.com invoke"
    " it for this topic (amazon.aws.lambda_policy).",
}


@dataclass(frozen=True)
class Subscription:
    """One subscription of a topic.

    Attributes:
        protocol: How it is reached.
        endpoint: Where; without the password that a URL may hold.
        state: Whether it is confirmed, pending or absent.
        arn: Its ARN if it is confirmed.
    """

    protocol: str
    endpoint: str
    state: str
    arn: str = ""

    @property
    def identity(self) -> tuple[str, str]:
        """What two spellings of it have in common."""
        return identity(self.protocol, self.endpoint)

    @property
    def label(self) -> str:
        """What it is called in a message or a difference."""
        return labelled(self.protocol, self.endpoint)


@dataclass(frozen=True)
class SubscriptionsPlan:
    """What a task does to the subscriptions of a topic.

    Attributes:
        before: Those that the task names, absent or not, and then all others.
        after: The same ones as they will be.
        writes: The calls that it takes.
        warnings: What the user should know.
    """

    before: tuple[Subscription, ...]
    after: tuple[Subscription, ...]
    writes: tuple[Write, ...]
    warnings: tuple[str, ...]

    @property
    def difference(self) -> tuple[dict[str, str], dict[str, str]]:
        """The states before and after of those that change."""
        changes = [(old, new) for old, new in zip(self.before, self.after, strict=True) if old.state != new.state]
        return states(old for old, _new in changes), states(new for _old, new in changes)


def listed(items: Iterable[Mapping[str, str]]) -> tuple[Subscription, ...]:
    """Return the subscriptions of ListSubscriptionsByTopic, where one that was ended may still stand as Deleted."""
    return tuple(_listed(item["Protocol"], item["Endpoint"], item["SubscriptionArn"]) for item in items)


def _listed(protocol: str, endpoint: str, arn: str) -> Subscription:
    state = _LISTED_STATES.get(arn, CONFIRMED)
    return Subscription(protocol, shown(protocol, endpoint), state, arn if state == CONFIRMED else "")


def states(subscriptions: Iterable[Subscription]) -> dict[str, str]:
    """Return subscriptions as a difference shows them."""
    return {subscription.label: subscription.state for subscription in subscriptions}


def subscription_problems(params: Mapping[str, Any], partition: str) -> Iterator[str]:
    """Yield what SNS would refuse, or what contradicts itself."""
    for entry in params.get("subscriptions") or ():
        problem = endpoint_problem(entry, partition)
        if problem:
            yield problem
    for both in _named(params, "subscriptions").keys() & _named(params, "remove_subscriptions").keys():
        yield f"{labelled(*both)} stands both in subscriptions and in remove_subscriptions. Choose one."


def plan_subscriptions(
    params: Mapping[str, Any], found: Sequence[Subscription], topic_arn: str, account: str
) -> SubscriptionsPlan:
    """Plan the subscriptions that a task names; all others are left alone.

    Args:
        params: The module's parameters.
        found: The topic's subscriptions.
        topic_arn: The topic.
        account: Its account, whose queues and functions need no confirmation.

    Raises:
        RequestError: It cannot be said which subscription the token is for.
    """
    wanted, unwanted = _named(params, "subscriptions"), _named(params, "remove_subscriptions")
    before = _all_known({**wanted, **unwanted}, found)
    new = {key: entry for key, entry in wanted.items() if before[key].state == ABSENT}
    removed = [item for item in found if item.identity in unwanted and item.state == CONFIRMED]
    confirmed = _pending_for_token(params, [before[key] for key in wanted or before])
    changes = {key: replace(before[key], state=_first_state(entry, account)) for key, entry in new.items()}
    changes |= {item.identity: replace(item, state=ABSENT, arn="") for item in removed}
    changes |= {item.identity: replace(item, state=CONFIRMED) for item in confirmed}
    after = {**before, **changes}
    return SubscriptionsPlan(
        before=tuple(before.values()),
        after=tuple(after.values()),
        writes=(
            *(_subscribe(entry, topic_arn) for entry in new.values()),
            *(_confirm(item, params["confirmation_token"], topic_arn) for item in confirmed),
            *(_unsubscribe(item, topic_arn) for item in removed),
        ),
        warnings=(
            *_pending_warning(params["name"], after.values()),
            *_removal_warnings(before[key] for key in unwanted),
            *(_token_warning(params, new)),
        ),
    )


def _named(params: Mapping[str, Any], option: str) -> dict[Identity, Mapping[str, str]]:
    return {identity(entry["protocol"], entry["endpoint"]): entry for entry in params.get(option) or ()}


def _all_known(
    named: Mapping[Identity, Mapping[str, str]], found: Iterable[Subscription]
) -> dict[Identity, Subscription]:
    """Return what the task names and then what is there besides; of several entries for one, the most alive."""
    known = {
        key: Subscription(entry["protocol"], shown(entry["protocol"], entry["endpoint"]), ABSENT)
        for key, entry in named.items()
    }
    for item in sorted(found, key=lambda item: (ABSENT, PENDING, CONFIRMED).index(item.state)):
        known[item.identity] = item
    return known


def _first_state(entry: Mapping[str, str], account: str) -> str:
    return PENDING if needs_confirmation(entry["protocol"], entry["endpoint"], account) else CONFIRMED


def _pending_for_token(params: Mapping[str, Any], candidates: Iterable[Subscription]) -> list[Subscription]:
    """Return the subscription that the token is for; none if it was used, since then nothing is pending."""
    pending = [item for item in candidates if item.state == PENDING]
    if not params.get("confirmation_token"):
        return []
    if len(pending) > 1:
        require([_ambiguous_token(params["name"], pending)])
    return pending


def _ambiguous_token(topic: str, pending: Iterable[Subscription]) -> str:
    labels = ", ".join(item.label for item in pending)
    return (
        f"confirmation_token may be for any of the pending subscriptions of topic {topic}: {labels}."
        " Nothing was changed. Name only the one that the token was sent to in subscriptions; the others stay."
    )


def _pending_warning(topic: str, subscriptions: Iterable[Subscription]) -> Iterator[str]:
    pending = ", ".join(item.label for item in subscriptions if item.state == PENDING)
    if pending:
        yield (
            f"Pending subscriptions of topic {topic}: {pending}. They receive nothing before the link in the"
            " confirmation mail from AWS is followed, which works for 2 days. No second mail is sent while they are"
            " pending; once SNS has dropped them, after 3 days, the next run asks again."
        )


def _removal_warnings(unwanted: Iterable[Subscription]) -> Iterator[str]:
    for item in unwanted:
        if item.state == PENDING:
            yield (
                f"{item.label} is pending and was not removed, which SNS lets nobody do. It receives nothing, and SNS"
                " drops it after 3 days unless the link in its mail is followed."
            )


def _token_warning(params: Mapping[str, Any], new: Mapping[Identity, object]) -> Iterator[str]:
    if params.get("confirmation_token") and new:
        labels = ", ".join(labelled(*key) for key in new)
        yield f"confirmation_token cannot be for {labels}: it is asked for only now, by a mail with a new token."


def _subscribe(entry: Mapping[str, str], topic_arn: str) -> Write:
    protocol, endpoint = entry["protocol"], entry["endpoint"]
    remedy = _PREREQUISITES.get(protocol)
    return Write(
        service="sns",
        operation="Subscribe",
        parameters={"TopicArn": topic_arn, "Protocol": protocol, "Endpoint": endpoint},
        resource=f"subscription of {labelled(protocol, endpoint)} to {topic_arn}",
        resource_arn=topic_arn,
        # Asked twice, SNS sends a second mail.
        repeatable=False,
        remedies={"InvalidParameter": remedy, "NotFound": remedy} if remedy else {},
    )


def _confirm(item: Subscription, token: str, topic_arn: str) -> Write:
    return Write(
        service="sns",
        operation="ConfirmSubscription",
        # Whoever has seen an alert's mail could otherwise end the subscription by the link at its foot.
        parameters={"TopicArn": topic_arn, "Token": token, "AuthenticateOnUnsubscribe": "true"},
        resource=f"subscription of {item.label} to {topic_arn}",
        resource_arn=topic_arn,
        repeatable=False,
        remedies={
            "InvalidParameter": "The token must be that of the newest confirmation mail for this topic, at most 2 days"
            " old. After 3 days SNS drops the subscription; the task then asks for a new mail."
        },
    )


def _unsubscribe(item: Subscription, topic_arn: str) -> Write:
    return Write(
        service="sns",
        operation="Unsubscribe",
        parameters={"SubscriptionArn": item.arn},
        resource=f"subscription of {item.label} to {topic_arn}",
        resource_arn=item.arn,
        done_if=frozenset({"NotFound"}),
    )
