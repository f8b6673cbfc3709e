"""Test that subscription_confirmation confirms what its links ask for, and that later only a signed call ends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from tests.support.embedded_control import advance, follow, link_in, mails
from tests.support.module_runner import ModuleRunner
from tools.generate_docs.modules import documented_actions

ALICE, BOB = "alice@example.com", "bob@example.com"
TOPIC = "arn:aws:sns:us-east-1:123456789012:SecurityAlarms"


@pytest.fixture
def sns(aws_client: Callable[..., Any]) -> Any:
    """Return a client of SNS, after two addresses were asked to confirm."""
    client = aws_client("sns")
    client.create_topic(Name="SecurityAlarms")
    for address in (ALICE, BOB):
        client.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint=address)
    return client


def link_to(run_module: ModuleRunner, address: str) -> str:
    return link_in(mails(run_module.endpoint, address)[-1], "ConfirmSubscription")


def results(result: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    return {item["endpoint"]: (item["result"], item["authenticated"]) for item in result["subscriptions"]}


@pytest.mark.promise("changed")
def test_confirms_the_addresses_of_the_links_and_a_second_run_changes_nothing(
    run_module: ModuleRunner, sns: Any
) -> None:
    task = {"topic_arn": TOPIC, "links": [link_to(run_module, address) for address in (BOB, ALICE)]}

    first, second = run_module.succeed(**task), run_module.succeed(**task)

    assert first["changed"] and results(first) == {BOB: ("confirmed", True), ALICE: ("confirmed", True)}
    assert first["diff"]["before"] == {f"email {BOB}": "pending", f"email {ALICE}": "pending"}
    assert not second["changed"] and not second.get("warnings")
    assert results(second) == {BOB: ("confirmed before", True), ALICE: ("confirmed before", True)}


@pytest.mark.promise("changed")
def test_the_link_in_an_alert_ends_no_subscription_that_it_confirmed(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(topic_arn=TOPIC, links=[link_to(run_module, ALICE)])
    sns.publish(TopicArn=TOPIC, Message="alert")

    with pytest.raises(OSError, match="403"):
        follow(link_in(mails(run_module.endpoint, ALICE)[-1], "Unsubscribe"))


@pytest.mark.promise("changed")
def test_warns_of_a_subscription_that_its_link_confirmed(run_module: ModuleRunner, sns: Any) -> None:
    link = link_to(run_module, ALICE)
    follow(link)

    result = run_module.succeed(topic_arn=TOPIC, links=[link])

    assert not result["changed"] and results(result) == {ALICE: ("confirmed before", False)}
    assert f"Anybody who has an email to {ALICE} can end" in result["warnings"][0]
    assert "secmon_remove_subscriptions" in result["warnings"][0]


@pytest.mark.promise("check")
def test_check_mode_confirms_nothing(run_module: ModuleRunner, sns: Any) -> None:
    result = run_module.succeed(topic_arn=TOPIC, links=[link_to(run_module, ALICE)], check=True)

    assert result["changed"] and result["diff"]["before"] == {f"email {ALICE}": "pending", f"email {BOB}": "pending"}
    found = sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    assert {item["SubscriptionArn"] for item in found} == {"PendingConfirmation"}


@pytest.mark.promise("prerequisite")
def test_an_expired_link_says_what_to_do_and_the_others_are_used(run_module: ModuleRunner, sns: Any) -> None:
    old = link_to(run_module, ALICE)
    advance(run_module.endpoint, 48 * 3600 + 1)
    sns.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint=BOB)

    message = run_module.fail(topic_arn=TOPIC, links=[old, link_to(run_module, BOB), "0" * 288])

    assert "account 123456789012, region us-east-1" in message
    assert "entry 1 of links: its subscription no longer exists" in message and "within 48 hours" in message
    assert "Run site.yml" in message and "entry 3 of links: SNS does not know its token" in message
    assert "Confirmed: 1" in message
    (bob,) = sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    assert bob["SubscriptionArn"].startswith("arn:")


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("link", "problem"),
    [
        ("https://example.com/", "entry 1 of links contains no token. Copy the whole link"),
        (f"https://sns/?TopicArn={TOPIC}-other&Token={'0' * 64}", f"confirms a subscription to {TOPIC}-other, not to"),
    ],
)
def test_refuses_what_is_no_link_of_the_topic(run_module: ModuleRunner, link: str, problem: str) -> None:
    assert problem in run_module.fail_before_calls(topic_arn=TOPIC, links=[link])


@pytest.mark.promise("prerequisite")
def test_takes_a_token_and_a_link_that_a_mail_service_wrapped(run_module: ModuleRunner, sns: Any) -> None:
    links = [link_to(run_module, address) for address in (ALICE, BOB)]
    token = links[0].split("Token=")[1].split("&")[0]
    wrapped = f"https://links.example.com/?url={quote(links[1], safe='')}&data=05"

    result = run_module.succeed(topic_arn=TOPIC, links=[token, wrapped, wrapped])

    assert results(result) == {ALICE: ("confirmed", True), BOB: ("confirmed", True)}
    assert token not in str(result)


@pytest.mark.promise("iam")
def test_calls_exactly_the_documented_iam_actions(run_module: ModuleRunner, sns: Any) -> None:
    task = {"topic_arn": TOPIC, "links": [link_to(run_module, ALICE)]}

    def use_every_action() -> None:
        run_module.predict(**task)
        run_module.succeed(**task)
        run_module.fail(topic_arn=TOPIC, links=["0" * 288])

    assert run_module.iam_actions(use_every_action) == documented_actions(run_module.name)
