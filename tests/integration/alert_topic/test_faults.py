"""Test alert_topic with failures: secrets, retries, timeouts, denials and interrupted runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.alert_topic.topic_setup import (
    ACCOUNT,
    ALICE,
    ARN,
    NAME,
    QUEUE,
    TASK,
    listed,
    states,
    token_in,
    topic,
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
@pytest.mark.parametrize(
    "fault",
    [
        {"error": "Throttled", "status": 429, "times": 3},
        {"error": "InternalError", "status": 500, "times": 2},
        {"error": "ConcurrentAccess"},
        {"mode": "reset"},
        {"mode": "kill_after"},
    ],
    ids=["throttled", "unavailable", "concurrent", "reset", "response lost"],
)
@pytest.mark.parametrize("action", ["GetTopicAttributes", "CreateTopic", "Subscribe"])
def test_retries_transient_failures(run_module: ModuleRunner, sns: Any, action: str, fault: dict[str, Any]) -> None:
    run_module.faults({"service": "sns", "action": action, **fault})
    result = run_module.succeed(**TASK)
    assert result["changed"]
    assert states(result) == {ALICE["endpoint"]: "pending", QUEUE["endpoint"]: "confirmed"}
    assert len(mails(run_module.endpoint, ALICE["endpoint"])) == 1
    assert sorted(listed(sns)) == sorted([ALICE["endpoint"], QUEUE["endpoint"]])
    assert not run_module.succeed(**TASK)["changed"]


@pytest.mark.promise("retry")
@pytest.mark.parametrize("mode", ["reset", "kill_after"])
@pytest.mark.parametrize("action", ["ListSubscriptionsByTopic", "SetTopicAttributes", "TagResource", "Unsubscribe"])
def test_recovers_from_broken_connections(run_module: ModuleRunner, sns: Any, action: str, mode: str) -> None:
    run_module.succeed(**TASK)
    run_module.faults({"service": "sns", "action": action, "mode": mode, "times": 2})
    changed = {"display_name": "New", "tags": {"team": "new"}, "subscriptions": [ALICE]}
    assert run_module.succeed(**{**TASK, **changed}, remove_subscriptions=[QUEUE])["changed"]
    found = topic(sns)
    assert (found["DisplayName"], found["tags"]["team"], found["subscriptions"]) == ("New", "new", [ALICE["endpoint"]])
    assert len(mails(run_module.endpoint, ALICE["endpoint"])) == 1


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
def test_gives_up_on_throttling_after_timeout_seconds(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "sns", "action": "Subscribe", "error": "Throttled", "status": 429, "times": 500})
    message = run_module.fail(**TASK, timeout_seconds=60)
    assert "Throttled" in message and "timeout_seconds" in message


@pytest.mark.promise("budget")
def test_gives_up_on_broken_connections_after_timeout_seconds(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "sns", "action": "Subscribe", "mode": "reset", "times": 500})
    message = run_module.fail(**TASK, timeout_seconds=60)
    assert "Subscribe failed" in message and "The connection kept failing until timeout_seconds expired" in message
    assert mails(run_module.endpoint, ALICE["endpoint"]) == []


@pytest.mark.promise("denied")
@pytest.mark.parametrize(
    "action",
    [
        *("GetTopicAttributes", "ListTagsForResource", "ListSubscriptionsByTopic"),
        *("SetTopicAttributes", "TagResource", "Subscribe", "Unsubscribe"),
    ],
)
def test_denial_names_the_action_to_allow_and_the_topic(run_module: ModuleRunner, action: str) -> None:
    run_module.succeed(name=NAME, subscriptions=[QUEUE])
    run_module.faults({"service": "sns", "action": action, "error": "AuthorizationError", "status": 403})
    task = {**TASK, "subscriptions": [ALICE], "remove_subscriptions": [QUEUE]}
    message = run_module.fail(**task)
    for word in (f"Allow sns:{action} on {ARN}", NAME, f"account {ACCOUNT}", "region us-east-1"):
        assert word in message


@pytest.mark.promise("denied")
@pytest.mark.parametrize("action", ["CreateTopic", "DeleteTopic"])
def test_denial_of_creation_or_deletion_names_the_action_to_allow(run_module: ModuleRunner, action: str) -> None:
    if action == "DeleteTopic":
        run_module.succeed(name=NAME)
    run_module.faults({"service": "sns", "action": action, "error": "AuthorizationError", "status": 403})
    message = run_module.fail(name=NAME, state="present" if action == "CreateTopic" else "absent")
    assert f"Allow sns:{action} on {ARN}" in message and f"account {ACCOUNT}, region us-east-1" in message


@pytest.mark.promise("resume")
@pytest.mark.parametrize("fails", ["CreateTopic", "Subscribe"])
@pytest.mark.parametrize("mode", ["kill_after", "reset"])
def test_completes_an_interrupted_run(run_module: ModuleRunner, sns: Any, fails: str, mode: str) -> None:
    run_module.faults({"service": "sns", "action": fails, "mode": mode})
    run_module.fail(**TASK, timeout_seconds=0)
    run_module.succeed(**TASK)
    resumed = topic(sns)
    assert len(mails(run_module.endpoint, ALICE["endpoint"])) == 1
    run_module.succeed(name=NAME, state="absent")
    run_module.succeed(**TASK)
    assert resumed == topic(sns)


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
