from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.sns.answers import after_confirmation, after_subscribing
from ansible_collections.secmon.aws.plugins.module_utils.sns.subscriptions import (
    ABSENT,
    CONFIRMED,
    PENDING,
    Subscription,
    SubscriptionsPlan,
    plan_subscriptions,
    states,
    subscriptions_of,
)
from hypothesis import given
from hypothesis import strategies as st

ACCOUNT = "123456789012"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms"
ADDRESSES = ["a@example.com", "b@example.com", "c@example.com", "A@Example.com"]
LISTED_ARNS = ["PendingConfirmation", "Deleted", f"{TOPIC}:1"]

entries = st.lists(st.sampled_from(ADDRESSES).map(lambda address: {"protocol": "email", "endpoint": address}))
listings = st.lists(st.tuples(st.sampled_from(ADDRESSES), st.sampled_from(LISTED_ARNS)), unique=True)


def found(*items: tuple[str, str]) -> tuple[Subscription, ...]:
    return subscriptions_of(
        {"Protocol": "email", "Endpoint": endpoint, "SubscriptionArn": arn} for endpoint, arn in items
    )


def plan(existing: tuple[Subscription, ...] = (), **params: Any) -> SubscriptionsPlan:
    return plan_subscriptions({"name": "alarms", **params}, existing, TOPIC, ACCOUNT)


def email(*addresses: str) -> list[dict[str, str]]:
    return [{"protocol": "email", "endpoint": address} for address in addresses]


def operations(planned: SubscriptionsPlan) -> list[str]:
    return [write.operation for write in planned.writes]


@pytest.mark.parametrize(
    ("arn", "state"), [("PendingConfirmation", PENDING), ("Deleted", ABSENT), (f"{TOPIC}:1", CONFIRMED)]
)
def test_distinguishes_three_states_in_a_listing(arn: str, state: str) -> None:
    (subscription,) = found(("a@example.com", arn))
    assert (subscription.state, subscription.arn) == (state, arn if state == CONFIRMED else "")


@pytest.mark.parametrize(("arn", "calls"), [("PendingConfirmation", 0), ("Deleted", 1), (f"{TOPIC}:1", 0)])
def test_subscribes_only_absent_endpoints(arn: str, calls: int) -> None:
    planned = plan(found(("a@Example.com", arn)), subscriptions=email("a@example.com"))
    assert operations(planned) == ["Subscribe"] * calls


def test_does_not_subscribe_again_if_deleted_and_pending_are_listed() -> None:
    existing = found(("a@example.com", "Deleted"), ("a@example.com", "PendingConfirmation"))
    assert plan(existing, subscriptions=email("a@example.com")).writes == ()


def test_subscribe_is_not_repeatable_since_each_call_sends_an_email() -> None:
    assert not plan(subscriptions=email("a@example.com")).writes[0].repeatable


def test_removes_only_listed_and_confirmed_subscriptions() -> None:
    existing = found(("a@example.com", f"{TOPIC}:1"), ("b@example.com", f"{TOPIC}:2"))
    existing += found(("c@example.com", "PendingConfirmation"))
    planned = plan(existing, remove_subscriptions=email("a@example.com", "c@example.com", "none@example.com"))
    assert [write.parameters for write in planned.writes] == [{"SubscriptionArn": f"{TOPIC}:1"}]
    assert states(planned.after) == {
        "email a@example.com": ABSENT,
        "email c@example.com": PENDING,
        "email none@example.com": ABSENT,
        "email b@example.com": CONFIRMED,
    }


def test_removes_two_spellings_of_one_address() -> None:
    existing = found(("a@example.com", f"{TOPIC}:1"), ("a@EXAMPLE.com", f"{TOPIC}:2"))
    assert operations(plan(existing, remove_subscriptions=email("a@example.com"))) == ["Unsubscribe", "Unsubscribe"]


def test_a_token_confirms_the_pending_subscription() -> None:
    existing = found(("a@example.com", "PendingConfirmation"), ("b@example.com", f"{TOPIC}:1"))
    planned = plan(existing, confirmation_token="t")
    assert planned.writes[0].parameters == {
        "TopicArn": TOPIC,
        "Token": "t",
        "AuthenticateOnUnsubscribe": "true",
    }
    assert planned.difference == ({"email a@example.com": PENDING}, {"email a@example.com": CONFIRMED})


def test_a_token_confirms_the_subscription_of_the_task() -> None:
    existing = found(("a@example.com", "PendingConfirmation"), ("b@example.com", "PendingConfirmation"))
    with pytest.raises(RequestError, match=r"email a@example\.com, email b@example\.com"):
        plan(existing, confirmation_token="t")
    assert states(plan(existing, subscriptions=email("b@example.com"), confirmation_token="t").after) == {
        "email b@example.com": CONFIRMED,
        "email a@example.com": PENDING,
    }


def test_does_not_use_a_token_twice() -> None:
    assert plan(found(("a@example.com", f"{TOPIC}:1")), confirmation_token="t").writes == ()


def test_warns_that_a_token_cannot_belong_to_a_new_subscription() -> None:
    planned = plan(subscriptions=email("a@example.com"), confirmation_token="t")
    assert operations(planned) == ["Subscribe"]
    assert any("SNS sends it a new token" in warning for warning in planned.warnings)


@given(entries, listings)
def test_repeating_a_task_changes_nothing(desired: list[dict[str, str]], existing: list[tuple[str, str]]) -> None:
    once = plan(found(*existing), subscriptions=desired)
    assert plan(once.after, subscriptions=sorted(desired, key=str), remove_subscriptions=[]).writes == ()
    assert all(write.operation == "Subscribe" for write in once.writes)
    assert len({write.resource for write in once.writes}) == len(once.writes)


@given(listings)
def test_a_task_without_subscriptions_changes_none(existing: list[tuple[str, str]]) -> None:
    planned = plan(found(*existing))
    assert (planned.writes, planned.before) == ((), planned.after)


def results(*subscriptions: Subscription) -> dict[str, Any]:
    return {
        "subscriptions": [
            {"protocol": item.protocol, "endpoint": item.endpoint, "state": item.state, "subscription_arn": item.arn}
            for item in subscriptions
        ]
    }


@pytest.mark.parametrize(("answer", "state"), [("pending confirmation", PENDING), (f"{TOPIC}:9", CONFIRMED)])
def test_takes_the_state_of_a_new_subscription_from_the_answer(answer: str, state: str) -> None:
    planned = plan(subscriptions=email("a@example.com"))
    whole = Plan({}, {"x": 1}, (planned.writes,), results=results(*planned.after))
    (subscription,) = after_subscribing(whole, [{"SubscriptionArn": answer}])
    assert (subscription.state, subscription.arn) == (state, answer if state == CONFIRMED else "")


def test_a_token_of_another_subscription_confirms_that_one() -> None:
    meant, other = Subscription("email", "a@example.com", CONFIRMED), Subscription("email", "b@example.com", PENDING)
    confirmed = Subscription("email", "b@example.com", CONFIRMED, f"{TOPIC}:2")
    after, warnings = after_confirmation([meant, other], confirmed)
    assert states(after) == {"email a@example.com": PENDING, "email b@example.com": CONFIRMED}
    assert warnings == ["confirmation_token belonged to email b@example.com. email a@example.com is still pending."]
    confirmed = Subscription("email", "a@example.com", CONFIRMED, f"{TOPIC}:1")
    assert after_confirmation([meant], confirmed) == ([confirmed], [])
