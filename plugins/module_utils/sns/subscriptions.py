# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the subscriptions of a topic.

A subscription is pending until its owner follows the link in the one email that SNS sends for each Subscribe call. A
second call sends a second email, so only subscriptions that SNS does not list are created.

Sources: SNS API reference, Subscribe, ConfirmSubscription, Unsubscribe and ListSubscriptionsByTopic.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..core.plan import Write
from ..core.problems import require
from .endpoints import endpoint_problem, identity, label, masked, needs_confirmation

CONFIRMED = "confirmed"
PENDING = "pending"
ABSENT = "absent"

Identity = tuple[str, str]
_STATES = {"PendingConfirmation": PENDING, "Deleted": ABSENT}
_PREREQUISITES = {
    "sqs": "The queue must exist (community.aws.sqs_queue), and its policy must allow sns.amazonaws.com to send to it"
    " for this topic.",
    "lambda": "The function must exist (amazon.aws.lambda), and its policy must allow sns.amazonaws.com to invoke it"
    " for this topic (amazon.aws.lambda_policy).",
}


@dataclass(frozen=True)
class Subscription:
    """One subscription of a topic.

    Attributes:
        protocol: The protocol.
        endpoint: The endpoint, without the password that a URL may contain.
        state: `CONFIRMED`, `PENDING` or `ABSENT`.
        arn: Its ARN if it is confirmed, otherwise empty.
    """

    protocol: str
    endpoint: str
    state: str
    arn: str = ""

    @property
    def identity(self) -> Identity:
        """The same value for every spelling of this subscription."""
        return identity(self.protocol, self.endpoint)

    @property
    def label(self) -> str:
        """Its name for messages and diffs."""
        return label(self.protocol, self.endpoint)


@dataclass(frozen=True)
class SubscriptionsPlan:
    """The changes of a topic's subscriptions.

    Attributes:
        before: The subscriptions that the task names, existing or not, followed by all others.
        after: The same subscriptions after the writes.
        writes: The API calls.
        warnings: Warnings for the user.
    """

    before: tuple[Subscription, ...]
    after: tuple[Subscription, ...]
    writes: tuple[Write, ...]
    warnings: tuple[str, ...]

    @property
    def difference(self) -> tuple[dict[str, str], dict[str, str]]:
        """The states before and after of the subscriptions that change."""
        changes = [(old, new) for old, new in zip(self.before, self.after, strict=True) if old.state != new.state]
        return states(old for old, _new in changes), states(new for _old, new in changes)


def subscriptions_of(items: Iterable[Mapping[str, str]]) -> tuple[Subscription, ...]:
    """Return the items of ListSubscriptionsByTopic, which may still list a deleted subscription."""
    found = []
    for item in items:
        protocol, arn = item["Protocol"], item["SubscriptionArn"]
        state = _STATES.get(arn, CONFIRMED)
        endpoint = masked(protocol, item["Endpoint"])
        found.append(Subscription(protocol, endpoint, state, arn if state == CONFIRMED else ""))
    return tuple(found)


def states(subscriptions: Iterable[Subscription]) -> dict[str, str]:
    """Return the state of each subscription for a diff."""
    return {subscription.label: subscription.state for subscription in subscriptions}


def subscription_problems(params: Mapping[str, Any], partition: str) -> Iterator[str]:
    """Yield which subscriptions SNS would reject, and which are in both lists."""
    for entry in params.get("subscriptions") or ():
        problem = endpoint_problem(entry, partition)
        if problem:
            yield problem
    for key in _by_identity(params, "subscriptions").keys() & _by_identity(params, "remove_subscriptions").keys():
        yield f"{label(*key)} is in both subscriptions and remove_subscriptions. Remove it from one of them."
    if params.get("purge_subscriptions") and not params.get("subscriptions"):
        yield (
            "purge_subscriptions is true (secmon_remove_subscriptions), but subscriptions is empty (secmon_emails), so"
            " that no recipient would be left. Name those that stay."
        )


def plan_subscriptions(
    params: Mapping[str, Any], found: Sequence[Subscription], topic_arn: str, account: str
) -> SubscriptionsPlan:
    """Plan the subscriptions that a task names; all others are kept.

    Args:
        params: The module's parameters.
        found: The topic's subscriptions.
        topic_arn: The ARN of the topic.
        account: The ID of its account, whose queues and functions need no confirmation.

    Raises:
        RequestError: The token may belong to more than one subscription.
    """
    desired, unwanted = _by_identity(params, "subscriptions"), _by_identity(params, "remove_subscriptions")
    if params.get("purge_subscriptions"):
        unwanted |= {item.identity: _entry(item) for item in found if item.identity not in desired}
    before = _known({**desired, **unwanted}, found)
    new = {key: entry for key, entry in desired.items() if before[key].state == ABSENT}
    removed = [item for item in found if item.identity in unwanted and item.state == CONFIRMED]
    confirmed = _pending_for_token(params, [before[key] for key in desired or before])
    changes = {key: replace(before[key], state=_initial_state(entry, account)) for key, entry in new.items()}
    changes |= {item.identity: replace(item, state=ABSENT, arn="") for item in removed}
    changes |= {item.identity: replace(item, state=CONFIRMED) for item in confirmed}
    after = {**before, **changes}
    return SubscriptionsPlan(
        before=tuple(before.values()),
        after=tuple(after.values()),
        writes=(
            *(_subscribe(entry, topic_arn) for entry in new.values()),
            *(_confirm(item, params["confirmation_token"], topic_arn) for item in confirmed),
            *(unsubscribe(item, topic_arn) for item in removed),
        ),
        warnings=(
            *_pending_warning(params["name"], after.values()),
            *_removal_warnings(before[key] for key in unwanted),
            *_unnamed_warnings(params, found, {**desired, **unwanted}),
            *_token_warning(params, new),
        ),
    )


def _by_identity(params: Mapping[str, Any], option: str) -> dict[Identity, Mapping[str, str]]:
    return {identity(entry["protocol"], entry["endpoint"]): entry for entry in params.get(option) or ()}


def _entry(item: Subscription) -> Mapping[str, str]:
    return {"protocol": item.protocol, "endpoint": item.endpoint}


def _known(named: Mapping[Identity, Mapping[str, str]], found: Iterable[Subscription]) -> dict[Identity, Subscription]:
    """Return the subscriptions that the task names and then the others; of duplicates, a confirmed one wins."""
    known = {
        key: Subscription(entry["protocol"], masked(entry["protocol"], entry["endpoint"]), ABSENT)
        for key, entry in named.items()
    }
    for item in sorted(found, key=lambda item: (ABSENT, PENDING, CONFIRMED).index(item.state)):
        known[item.identity] = item
    return known


def _initial_state(entry: Mapping[str, str], account: str) -> str:
    return PENDING if needs_confirmation(entry["protocol"], entry["endpoint"], account) else CONFIRMED


def _pending_for_token(params: Mapping[str, Any], candidates: Iterable[Subscription]) -> list[Subscription]:
    """Return the subscription that the token confirms; none if it was used already, since none is then pending."""
    pending = [item for item in candidates if item.state == PENDING]
    if not params.get("confirmation_token"):
        return []
    if len(pending) > 1:
        require([_ambiguous_token(params["name"], pending)])
    return pending


def _ambiguous_token(topic: str, pending: Iterable[Subscription]) -> str:
    labels = ", ".join(item.label for item in pending)
    return (
        f"confirmation_token may belong to any of the pending subscriptions of topic {topic}: {labels}."
        " Nothing was changed. Set subscriptions to the one that received the token; the others are kept."
    )


def _pending_warning(topic: str, subscriptions: Iterable[Subscription]) -> Iterator[str]:
    pending = ", ".join(item.label for item in subscriptions if item.state == PENDING)
    if pending:
        yield (
            f"Pending subscriptions of topic {topic}: {pending}. They receive nothing until the link in the"
            " confirmation email from AWS is given to playbooks/confirm.yml. SNS deletes them after 48 hours, and the"
            " next run subscribes them again; until then it sends no second email."
        )


def _removal_warnings(unwanted: Iterable[Subscription]) -> Iterator[str]:
    for item in unwanted:
        if item.state == PENDING:
            yield (
                f"{item.label} is pending and was not removed, which SNS does not support. It receives nothing, and SNS"
                " deletes it after 48 hours unless it is confirmed."
            )


def _unnamed_warnings(
    params: Mapping[str, Any], found: Iterable[Subscription], named: Collection[Identity]
) -> Iterator[str]:
    """Yield a warning unless the task leaves the subscriptions open, or names one of them for its token."""
    if params.get("subscriptions") is not None and not params.get("confirmation_token"):
        yield from unnamed_warning(params["name"], unnamed_subscriptions(found, named))


def unnamed_subscriptions(found: Iterable[Subscription], named: Collection[Identity]) -> list[Subscription]:
    """Return the confirmed subscriptions that are not among the named ones."""
    return [item for item in found if item.state == CONFIRMED and item.identity not in named]


def unnamed_warning(topic: str, unnamed: Collection[Subscription]) -> Iterator[str]:
    """Yield that subscriptions go on although no variable names them, and what to do."""
    if unnamed:
        entries = ", ".join(f"{{protocol: {item.protocol}, endpoint: {item.endpoint!r}}}" for item in unnamed)
        yield (
            f"Topic {topic} has confirmed subscriptions that no variable names, such as of an address that was removed"
            f" from secmon_emails: {', '.join(item.label for item in unnamed)}. They are kept, since people also"
            f" subscribe themselves. To end them, set secmon_remove_subscriptions: [{entries}], or true for all; to"
            " keep them without this message, add them to secmon_emails or secmon_subscriptions."
        )


def open_subscription(address: str) -> tuple[str, str]:
    """Return what is wrong with a subscription that was confirmed without a signature, and what to do."""
    return (
        f"Anybody who has an email to {address} can end its subscription without AWS credentials, because it was"
        " confirmed by following the link. Mail scanners that follow links end it.",
        "To close it, end the subscription with secmon_remove_subscriptions, run site.yml again without it, and give"
        " the link of the new email to confirm.yml.",
    )


def _token_warning(params: Mapping[str, Any], new: Mapping[Identity, object]) -> Iterator[str]:
    if params.get("confirmation_token") and new:
        labels = ", ".join(label(*key) for key in new)
        yield f"confirmation_token cannot belong to {labels}, which this run subscribes: SNS sends it a new token."


def _subscribe(entry: Mapping[str, str], topic_arn: str) -> Write:
    protocol, endpoint = entry["protocol"], entry["endpoint"]
    remedy = _PREREQUISITES.get(protocol)
    return Write(
        service="sns",
        operation="Subscribe",
        parameters={"TopicArn": topic_arn, "Protocol": protocol, "Endpoint": endpoint},
        resource=f"subscription of {label(protocol, endpoint)} to {topic_arn}",
        resource_arn=topic_arn,
        # A second call sends a second email.
        repeatable=False,
        remedies={"InvalidParameter": remedy, "NotFound": remedy} if remedy else {},
    )


def _confirm(item: Subscription, token: str, topic_arn: str) -> Write:
    return Write(
        service="sns",
        operation="ConfirmSubscription",
        # Otherwise every reader of an alert email could end the subscription with the link in it.
        parameters={"TopicArn": topic_arn, "Token": token, "AuthenticateOnUnsubscribe": "true"},
        resource=f"subscription of {item.label} to {topic_arn}",
        resource_arn=topic_arn,
        repeatable=False,
        remedies={
            "InvalidParameter": "Use the token of the newest confirmation email for this topic."
            " After 48 hours SNS deletes the subscription; the task then subscribes it again."
        },
    )


def unsubscribe(item: Subscription, topic_arn: str) -> Write:
    """Return the call that ends a confirmed subscription."""
    return Write(
        service="sns",
        operation="Unsubscribe",
        parameters={"SubscriptionArn": item.arn},
        resource=f"subscription of {item.label} to {topic_arn}",
        resource_arn=item.arn,
        done_if=frozenset({"NotFound"}),
    )
