"""Test that alert_topic creates, confirms and removes exactly the subscriptions of the task."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.alert_topic.topic_setup import ALICE, ARN, BOB, NAME, QUEUE, listed, states, token_in, topic
from tests.support.embedded_control import follow, link_in, mails
from tests.support.module_runner import ModuleRunner


@pytest.mark.promise("drift")
def test_recreates_a_subscription_after_its_owner_unsubscribed(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE])
    follow(link_in(mails(run_module.endpoint, ALICE["endpoint"])[0], "ConfirmSubscription"))
    assert states(run_module.succeed(name=NAME, subscriptions=[ALICE])) == {ALICE["endpoint"]: "confirmed"}
    sns.publish(TopicArn=ARN, Message="alert")
    follow(link_in(mails(run_module.endpoint, ALICE["endpoint"])[-1], "Unsubscribe"))
    again = run_module.succeed(name=NAME, subscriptions=[ALICE])
    assert again["diff"]["before"]["subscriptions"] == {"email alice@example.com": "absent"}
    assert states(again) == {ALICE["endpoint"]: "pending"}
    assert link_in(mails(run_module.endpoint, ALICE["endpoint"])[-1], "ConfirmSubscription")


@pytest.mark.promise("unset_options")
def test_removes_only_the_listed_subscriptions(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME, subscriptions=[QUEUE, {**QUEUE, "endpoint": QUEUE["endpoint"] + "2"}])
    result = run_module.succeed(name=NAME, subscriptions=[], remove_subscriptions=[QUEUE])
    assert result["changed"] and states(result)[QUEUE["endpoint"]] == "absent"
    assert list(listed(sns)) == [QUEUE["endpoint"] + "2"]
    assert not run_module.succeed(name=NAME, remove_subscriptions=[QUEUE])["changed"]


@pytest.mark.promise("unset_options")
def test_names_confirmed_subscriptions_that_the_task_does_not_and_removes_them_only_with_purge_subscriptions(
    run_module: ModuleRunner, sns: Any
) -> None:
    run_module.succeed(name=NAME, subscriptions=[QUEUE, ALICE, BOB])
    follow(link_in(mails(run_module.endpoint, ALICE["endpoint"])[0], "ConfirmSubscription"))
    task = {"name": NAME, "subscriptions": [QUEUE]}
    kept = run_module.succeed(**task)
    entry = "[{protocol: email, endpoint: 'alice@example.com'}]"
    assert not kept["changed"] and any(f"secmon_remove_subscriptions: {entry}" in text for text in kept["warnings"])
    predicted = run_module.predict(**task, purge_subscriptions=True)
    removed = run_module.succeed(**task, purge_subscriptions=True)
    change = {"email alice@example.com": "confirmed"}, {"email alice@example.com": "absent"}
    for result in (predicted, removed):
        assert (result["diff"]["before"]["subscriptions"], result["diff"]["after"]["subscriptions"]) == change
        assert any("bob@example.com is pending and was not removed" in text for text in result["warnings"])
    assert set(listed(sns)) == {QUEUE["endpoint"], BOB["endpoint"]}
    assert not run_module.succeed(**task, purge_subscriptions=True)["changed"]
    assert "no recipient would be left" in run_module.fail_before_calls(name=NAME, purge_subscriptions=True)


@pytest.mark.promise("unset_options")
def test_reports_that_a_pending_subscription_cannot_be_removed(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE])
    result = run_module.succeed(name=NAME, remove_subscriptions=[ALICE])
    assert not result["changed"]
    assert states(result) == {ALICE["endpoint"]: "pending"}
    assert any("pending and was not removed" in warning for warning in result["warnings"])


@pytest.mark.promise("changed")
def test_reports_pending_confirmed_and_absent_subscriptions(run_module: ModuleRunner, sns: Any) -> None:
    first = run_module.succeed(name=NAME, subscriptions=[ALICE, BOB, QUEUE])
    assert list(states(first).values()) == ["pending", "pending", "confirmed"]
    assert first["subscriptions"][2]["subscription_arn"] == listed(sns)[QUEUE["endpoint"]]
    assert first["pending"] == 2
    assert "alice@example.com, email bob@example.com" in first["warnings"][0] and "48 hours" in first["warnings"][0]
    follow(link_in(mails(run_module.endpoint, ALICE["endpoint"])[0], "ConfirmSubscription"))
    second = run_module.succeed(name=NAME, remove_subscriptions=[{"protocol": "sms", "endpoint": "+4915112345678"}])
    assert states(second) == {
        "+4915112345678": "absent",
        ALICE["endpoint"]: "confirmed",
        BOB["endpoint"]: "pending",
        QUEUE["endpoint"]: "confirmed",
    }
    assert second["pending"] == 1


@pytest.mark.promise("changed")
def test_sends_one_confirmation_email_while_pending(run_module: ModuleRunner) -> None:
    for address in ("alice@example.com", "alice@EXAMPLE.com"):
        run_module.succeed(name=NAME, subscriptions=[{"protocol": "email", "endpoint": address}])
    run_module.succeed(name=NAME, display_name="New", subscriptions=[ALICE, ALICE])
    assert len(mails(run_module.endpoint, ALICE["endpoint"])) == 1
    assert mails(run_module.endpoint, "alice@EXAMPLE.com") in ([], mails(run_module.endpoint, ALICE["endpoint"]))


@pytest.mark.promise("changed")
def test_a_token_confirms_so_that_the_link_in_alerts_cannot_unsubscribe(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE, BOB])
    token = token_in(mails(run_module.endpoint, ALICE["endpoint"])[0])
    task = {"name": NAME, "subscriptions": [ALICE], "confirmation_token": token}
    result = run_module.succeed(**task)
    assert result["changed"]
    assert states(result) == {ALICE["endpoint"]: "confirmed", BOB["endpoint"]: "pending"}
    arn = result["subscriptions"][0]["subscription_arn"]
    assert arn == listed(sns)[ALICE["endpoint"]]
    attributes = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["ConfirmationWasAuthenticated"] == "true"
    assert not run_module.succeed(**task)["changed"]
    sns.publish(TopicArn=ARN, Message="alert")
    with pytest.raises(OSError, match="403"):
        follow(link_in(mails(run_module.endpoint, ALICE["endpoint"])[-1], "Unsubscribe"))


@pytest.mark.promise("changed")
def test_rejects_a_token_that_may_belong_to_several_subscriptions(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE, BOB])
    token = token_in(mails(run_module.endpoint, ALICE["endpoint"])[0])
    message = run_module.fail(name=NAME, subscriptions=[ALICE, BOB], display_name="New", confirmation_token=token)
    assert "alice@example.com" in message and "bob@example.com" in message
    assert topic(sns)["DisplayName"] == ""
    assert set(listed(sns).values()) == {"PendingConfirmation"}


@pytest.mark.promise("changed")
def test_warns_if_the_token_belongs_to_another_subscription(run_module: ModuleRunner) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE, BOB])
    token = token_in(mails(run_module.endpoint, BOB["endpoint"])[0])
    result = run_module.succeed(name=NAME, subscriptions=[ALICE], confirmation_token=token)
    assert states(result) == {ALICE["endpoint"]: "pending", BOB["endpoint"]: "confirmed"}
    assert any("email alice@example.com is still pending" in warning for warning in result["warnings"])


@pytest.mark.promise("changed")
def test_explains_an_invalid_token(run_module: ModuleRunner) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE])
    message = run_module.fail(name=NAME, confirmation_token="0" * 144)
    assert "newest confirmation email" in message and "alice@example.com" in message
    assert len(mails(run_module.endpoint, ALICE["endpoint"])) == 1
