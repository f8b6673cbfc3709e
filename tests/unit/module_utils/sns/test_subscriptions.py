from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.plan import Plan
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.sns.report import (
    after_confirmation,
    answered,
    token_warnings,
)
from ansible_collections.secmon.aws.plugins.module_utils.sns.subscriptions import (
    ABSENT,
    CONFIRMED,
    PENDING,
    Subscription,
    SubscriptionsPlan,
    listed,
    plan_subscriptions,
    states,
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
    return listed({"Protocol": "email", "Endpoint": endpoint, "SubscriptionArn": arn} for endpoint, arn in items)


def plan(existing: tuple[Subscription, ...] = (), **params: Any) -> SubscriptionsPlan:
    return plan_subscriptions({"name": "alarms", **params}, existing, TOPIC, ACCOUNT)


def email(*addresses: str) -> list[dict[str, str]]:
    return [{"protocol": "email", "endpoint": address} for address in addresses]


def operations(planned: SubscriptionsPlan) -> list[str]:
    return [write.operation for write in planned.writes]


@pytest.mark.parametrize(
    ("arn", "state"), [("PendingConfirmation", PENDING), ("Deleted", ABSENT), (f"{TOPIC}:1", CONFIRMED)]
)
def test_a_listing_tells_three_states_apart(arn: str, state: str) -> None:
    (subscription,) = found(("a@example.com", arn))
    assert (subscription.state, subscription.arn) == (state, arn if state == CONFIRMED else "")


@pytest.mark.parametrize(("arn", "asked"), [("PendingConfirmation", 0), ("Deleted", 1), (f"{TOPIC}:1", 0)])
def test_only_what_is_absent_is_asked_for(arn: str, asked: int) -> None:
    planned = plan(found(("a@Example.com", arn)), subscriptions=email("a@example.com"))
    assert operations(planned) == ["Subscribe"] * asked


def test_a_subscription_that_was_ended_and_asked_for_again_is_asked_for_once() -> None:
    existing = found(("a@example.com", "Deleted"), ("a@example.com", "PendingConfirmation"))
    assert plan(existing, subscriptions=email("a@example.com")).writes == ()


def test_subscribe_is_not_made_twice_since_each_sends_a_mail() -> None:
    assert not plan(subscriptions=email("a@example.com")).writes[0].repeatable


def test_only_confirmed_ones_that_are_named_are_removed() -> None:
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


def test_two_spellings_of_a_removed_one_both_go() -> None:
    existing = found(("a@example.com", f"{TOPIC}:1"), ("a@EXAMPLE.com", f"{TOPIC}:2"))
    assert operations(plan(existing, remove_subscriptions=email("a@example.com"))) == ["Unsubscribe", "Unsubscribe"]


def test_a_token_is_for_the_one_that_is_pending() -> None:
    existing = found(("a@example.com", "PendingConfirmation"), ("b@example.com", f"{TOPIC}:1"))
    planned = plan(existing, confirmation_token="t")
    assert planned.writes[0].parameters == {
        "TopicArn": TOPIC,
        "Token": "t",
        "AuthenticateOnUnsubscribe": "true",
    }
    assert planned.difference == ({"email a@example.com": PENDING}, {"email a@example.com": CONFIRMED})


def test_a_token_is_for_the_one_that_the_task_names() -> None:
    existing = found(("a@example.com", "PendingConfirmation"), ("b@example.com", "PendingConfirmation"))
    with pytest.raises(RequestError, match=r"email a@example\.com, email b@example\.com"):
        plan(existing, confirmation_token="t")
    assert states(plan(existing, subscriptions=email("b@example.com"), confirmation_token="t").after) == {
        "email b@example.com": CONFIRMED,
        "email a@example.com": PENDING,
    }


def test_a_used_token_is_not_used_again() -> None:
    assert plan(found(("a@example.com", f"{TOPIC}:1")), confirmation_token="t").writes == ()


def test_a_token_for_what_is_only_asked_for_now_is_told_to_be_useless() -> None:
    planned = plan(subscriptions=email("a@example.com"), confirmation_token="t")
    assert operations(planned) == ["Subscribe"]
    assert any("a mail with a new token" in warning for warning in planned.warnings)


@given(entries, listings)
def test_a_second_run_has_nothing_to_do(wanted: list[dict[str, str]], existing: list[tuple[str, str]]) -> None:
    once = plan(found(*existing), subscriptions=wanted)
    assert plan(once.after, subscriptions=sorted(wanted, key=str), remove_subscriptions=[]).writes == ()
    assert all(write.operation == "Subscribe" for write in once.writes)
    assert len({write.resource for write in once.writes}) == len(once.writes)


@given(listings)
def test_a_task_that_names_none_changes_none(existing: list[tuple[str, str]]) -> None:
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
def test_the_answer_says_whether_a_new_one_is_pending(answer: str, state: str) -> None:
    planned = plan(subscriptions=email("a@example.com"))
    whole = Plan({}, {"x": 1}, (planned.writes,), results=results(*planned.after))
    (subscription,) = answered(whole, [{"SubscriptionArn": answer}])
    assert (subscription.state, subscription.arn) == (state, answer if state == CONFIRMED else "")


def test_a_token_that_was_for_another_one_confirms_that_one() -> None:
    meant, other = Subscription("email", "a@example.com", CONFIRMED), Subscription("email", "b@example.com", PENDING)
    confirmed = Subscription("email", "b@example.com", CONFIRMED, f"{TOPIC}:2")
    after = after_confirmation([meant, other], confirmed)
    assert states(after) == {"email a@example.com": PENDING, "email b@example.com": CONFIRMED}
    assert token_warnings([meant, other], confirmed) == [
        "confirmation_token was that of email b@example.com. email a@example.com is still pending."
    ]
    assert token_warnings([meant], Subscription("email", "a@example.com", CONFIRMED, f"{TOPIC}:1")) == []
