"""Test alert_topic with failures: secrets, retries, timeouts, denials and interrupted runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.alert_topic.topic_setup import (
    ALICE,
    ARN,
    NAME,
    QUEUE,
    TASK,
    listed,
    states,
    token_in,
)
from tests.support.embedded_control import mails
from tests.support.module_runner import ModuleRunner, hidden_in


@pytest.mark.promise("secrets")
def test_never_prints_a_secret(run_module: ModuleRunner) -> None:
    run_module.secret_key = "canary/secret+key"
    token, password = "canary token/1+2", "canary:pass+word"
    listener = {"protocol": "https", "endpoint": f"https://user:{password}@alerts.example.com/in"}
    task = {"name": NAME, "subscriptions": [ALICE, listener]}
    failure = {"mode": "error", "error": "InvalidParameter", "message": f"Invalid parameter: {listener['endpoint']}"}
    run_module.faults({"service": "sns", "action": "Subscribe", **failure})
    outputs = [
        run_module(**task),
        run_module(**task),
        run_module(**task, check=True),
        run_module(**task, confirmation_token=token),
        run_module(name=NAME, subscriptions=[{**listener, "endpoint": f"https://user:{password}@"}]),
        run_module(name=NAME, remove_subscriptions=[listener]),
    ]
    assert [output.get("failed", False) for output in outputs] == [True, False, False, True, True, False]
    for secret in (run_module.secret_key, token, password):
        assert hidden_in(outputs, secret) == []


@pytest.mark.promise("secrets")
def test_never_prints_a_secret_if_the_module_has_a_bug(
    run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, password = "canary token/1+2", "canary:pass+word"

    def fail(account: Any, name: str) -> None:
        raise ValueError(f"{name} {token} {password}")

    monkeypatch.setattr("ansible_collections.secmon.aws.plugins.modules.alert_topic.find_topic", fail)
    listener = {"protocol": "https", "endpoint": f"https://user:{password}@alerts.example.com/in"}
    output = run_module(name=NAME, subscriptions=[listener], confirmation_token=token)
    assert "bug in the module" in output["msg"]
    assert hidden_in(output, token) == hidden_in(output, password) == []


@pytest.mark.promise("retry")
@pytest.mark.parametrize("mode", ["reset", "kill_after"])
def test_confirms_even_if_the_response_is_lost(run_module: ModuleRunner, sns: Any, mode: str) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE])
    token = token_in(mails(run_module.endpoint, ALICE["endpoint"])[0])
    run_module.faults({"service": "sns", "action": "ConfirmSubscription", "mode": mode})
    result = run_module.succeed(name=NAME, confirmation_token=token)
    assert result["changed"] and states(result) == {ALICE["endpoint"]: "confirmed"}
    assert listed(sns)[ALICE["endpoint"]] == result["subscriptions"][0]["subscription_arn"]


@pytest.mark.promise("retry")
@pytest.mark.parametrize(
    "fault",
    [{"error": "InvalidParameter", "message": "Invalid parameter: NextToken"}, {"error": "ExpiredNextToken"}],
    ids=["SNS", "other services"],
)
def test_restarts_a_listing_if_its_token_expires(run_module: ModuleRunner, sns: Any, fault: dict[str, Any]) -> None:
    run_module.succeed(name=NAME)
    queues = [f"{QUEUE['endpoint']}{number:03}" for number in range(150)]
    for queue in queues:
        sns.subscribe(TopicArn=ARN, Protocol="sqs", Endpoint=queue)
    run_module.faults({"service": "sns", "action": "ListSubscriptionsByTopic", **fault})
    result = run_module.succeed(name=NAME, subscriptions=[{**QUEUE, "endpoint": queue} for queue in queues])
    assert not result["changed"]
    assert list(states(result)) == queues


@pytest.mark.promise("budget")
def test_gives_up_on_broken_connections_after_timeout_seconds(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "sns", "action": "Subscribe", "mode": "reset", "times": 500})
    message = run_module.fail(**TASK, timeout_seconds=60)
    assert "Subscribe failed" in message and "The connection kept failing until timeout_seconds expired" in message
    assert mails(run_module.endpoint, ALICE["endpoint"]) == []


def test_a_failure_after_a_lost_answer_counts_the_write_that_was_made(run_module: ModuleRunner) -> None:
    run_module.faults(
        {"service": "sns", "action": "CreateTopic", "mode": "kill_after"},
        {"service": "sns", "action": "Subscribe", "error": "AuthorizationError"},
    )
    result = run_module(name=NAME, subscriptions=[ALICE])
    assert result["failed"] and result["changed"]
    assert "Written: 1; not written: " in result["msg"]


def test_a_read_that_fails_after_a_write_does_not_hide_the_write(
    run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def arm_and_report(_params: Any, account: Any, *_rest: Any) -> dict[str, Any]:
        run_module.faults({"service": "sns", "action": "ListSubscriptions", "error": "AuthorizationError"})
        return dict(account.read("sns", "ListSubscriptions", "subscriptions"))

    monkeypatch.setattr("ansible_collections.secmon.aws.plugins.modules.alert_topic.report", arm_and_report)
    result = run_module(name=NAME)
    assert result["failed"] and result["changed"]
    assert result["msg"].endswith(" Written: 1.")
