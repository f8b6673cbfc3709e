"""The promises of docs/modules.md, kept by alert_topic on the embedded AWS; plain boto3 is the witness."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.embedded_control import follow, link_in, mails
from tests.module_runner import ModuleRunner, documented_actions, hidden_in

NAME = "SecurityAlarms"
ACCOUNT = "123456789012"
ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:{NAME}"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
QUEUE = {"protocol": "sqs", "endpoint": f"arn:aws:sqs:us-east-1:{ACCOUNT}:alarms"}
ALICE = {"protocol": "email", "endpoint": "alice@example.com"}
BOB = {"protocol": "email", "endpoint": "bob@example.com"}
DELIVERY = {"http": {"defaultHealthyRetryPolicy": {"numRetries": 5, "minDelayTarget": 1, "maxDelayTarget": 20}}}
WANTED: dict[str, Any] = {
    "name": NAME,
    "display_name": "Security",
    "kms_key_arn": KEY,
    "delivery_policy": DELIVERY,
    "publishers": ["cloudwatch", "eventbridge"],
    "subscriptions": [ALICE, QUEUE],
    "tags": {"team": "security"},
}
FOREIGN = {
    "Sid": "TheirPipeline",
    "Effect": "Allow",
    "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]},
    "Action": ["SNS:Publish"],
    "Resource": ARN,
}

Change = Callable[[Any], Any]


@pytest.fixture
def sns(witness: Callable[..., Any]) -> Any:
    return witness("sns")


def policy(sns: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(sns.get_topic_attributes(TopicArn=ARN)["Attributes"]["Policy"])
    return document


def statements(sns: Any) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in policy(sns)["Statement"]}


def set_policy(sns: Any, changed: dict[str, dict[str, Any]]) -> None:
    """Replace statements of the policy; an empty one is removed."""
    kept = [statement for statement in (statements(sns) | changed).values() if statement]
    set_attribute(sns, "Policy", json.dumps(policy(sns) | {"Statement": kept}))


def set_attribute(sns: Any, name: str, value: str) -> None:
    sns.set_topic_attributes(TopicArn=ARN, AttributeName=name, AttributeValue=value)


def listed(sns: Any) -> dict[str, str]:
    found = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=ARN).build_full_result()
    return {item["Endpoint"]: item["SubscriptionArn"] for item in found["Subscriptions"]}


def topic(sns: Any) -> dict[str, Any]:
    """Return all that can be seen of the topic but the ARNs of subscriptions; empty if there is none."""
    if ARN not in [item["TopicArn"] for item in sns.list_topics()["Topics"]]:
        return {}
    attributes = sns.get_topic_attributes(TopicArn=ARN)["Attributes"]
    tags = {tag["Key"]: tag["Value"] for tag in sns.list_tags_for_resource(ResourceArn=ARN)["Tags"]}
    counts = {key: value for key, value in attributes.items() if key == "SubscriptionsDeleted"}
    seen = {key: value for key, value in attributes.items() if key not in counts}
    return seen | {"Policy": statements(sns), "tags": tags, "subscriptions": sorted(listed(sns))}


def token_in(mail: dict[str, Any]) -> str:
    return link_in(mail, "ConfirmSubscription").split("Token=")[1].split("&")[0]


def states(result: dict[str, Any]) -> dict[str, str]:
    return {item["endpoint"]: item["state"] for item in result["subscriptions"]}


@pytest.mark.promise("changed")
def test_present_again_absent_again(run_module: ModuleRunner, sns: Any) -> None:
    assert run_module.succeed(**WANTED)["changed"]
    assert topic(sns)["DisplayName"] == "Security"
    assert not run_module.succeed(**WANTED)["changed"]
    deleted = run_module.succeed(name=NAME, state="absent")
    assert deleted["changed"]
    assert states(deleted) == {ALICE["endpoint"]: "absent", QUEUE["endpoint"]: "absent"}
    assert "email alice@example.com (pending)" in deleted["warnings"][0]
    assert topic(sns) == {}
    assert not run_module.succeed(name=NAME, state="absent")["changed"]


@pytest.mark.promise("changed")
def test_alarms_of_this_account_may_publish_and_eventbridge_without_a_condition(
    run_module: ModuleRunner, sns: Any
) -> None:
    run_module.succeed(name=NAME)
    assert list(statements(sns)) == ["__default_statement_ID", "SecmonCloudWatchAlarms"]
    run_module.succeed(name=NAME, publishers=["cloudwatch", "eventbridge"])
    ours = [statement for statement in policy(sns)["Statement"] if statement["Sid"].startswith("Secmon")]
    assert [(item["Principal"], item.get("Condition")) for item in ours] == [
        ({"Service": "cloudwatch.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        ({"Service": "events.amazonaws.com"}, None),
    ]
    assert all((item["Action"], item["Resource"]) == ("sns:Publish", ARN) for item in ours)


@pytest.mark.promise("changed")
def test_a_new_topic_keeps_the_policy_that_aws_gives_its_owner(run_module: ModuleRunner, sns: Any) -> None:
    sns.create_topic(Name=NAME)
    by_aws = policy(sns)
    sns.delete_topic(TopicArn=ARN)
    run_module.succeed(name=NAME, publishers=[])
    assert policy(sns) == by_aws


BY_HAND: dict[str, Change] = {
    "display name": lambda sns: set_attribute(sns, "DisplayName", "Prices"),
    "display name cleared": lambda sns: set_attribute(sns, "DisplayName", ""),
    "key": lambda sns: set_attribute(sns, "KmsMasterKeyId", "alias/aws/sns"),
    "key cleared": lambda sns: set_attribute(sns, "KmsMasterKeyId", ""),
    "delivery policy": lambda sns: set_attribute(sns, "DeliveryPolicy", '{"http": {}}'),
    "delivery policy cleared": lambda sns: set_attribute(sns, "DeliveryPolicy", ""),
    "statement removed": lambda sns: set_policy(sns, {"SecmonCloudWatchAlarms": {}}),
    "statement removed for EventBridge": lambda sns: set_policy(sns, {"SecmonEventBridge": {}}),
    "statement denied": lambda sns: alter(sns, "SecmonCloudWatchAlarms", Effect="Deny"),
    "statement for nobody": lambda sns: alter(
        sns, "SecmonCloudWatchAlarms", Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}}
    ),
    "statement for everybody": lambda sns: alter(sns, "SecmonCloudWatchAlarms", Condition={}),
    "statement for one alarm": lambda sns: alter(
        sns,
        "SecmonCloudWatchAlarms",
        Condition={
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:One"},
        },
    ),
    "statement for another account": lambda sns: alter(
        sns, "SecmonCloudWatchAlarms", Principal={"AWS": "arn:aws:iam::999999999999:root"}
    ),
    "statement for another topic": lambda sns: alter(sns, "SecmonCloudWatchAlarms", Resource=f"{ARN}2"),
    "statement for another call": lambda sns: alter(sns, "SecmonCloudWatchAlarms", Action="sns:GetTopicAttributes"),
    "condition for EventBridge": lambda sns: alter(
        sns, "SecmonEventBridge", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    ),
    "tag changed": lambda sns: sns.tag_resource(ResourceArn=ARN, Tags=[{"Key": "team", "Value": "sales"}]),
    "tag added": lambda sns: sns.tag_resource(ResourceArn=ARN, Tags=[{"Key": "surplus", "Value": "yes"}]),
    "tag removed": lambda sns: sns.untag_resource(ResourceArn=ARN, TagKeys=["team"]),
    "subscription ended": lambda sns: sns.unsubscribe(SubscriptionArn=listed(sns)[QUEUE["endpoint"]]),
}


def alter(sns: Any, sid: str, **changed: Any) -> None:
    set_policy(sns, {sid: statements(sns)[sid] | changed})


@pytest.mark.promise("drift")
@pytest.mark.parametrize("by_hand", BY_HAND.values(), ids=list(BY_HAND))
def test_what_was_changed_by_hand_is_seen_and_repaired(run_module: ModuleRunner, sns: Any, by_hand: Change) -> None:
    run_module.succeed(**WANTED)
    right = topic(sns)
    by_hand(sns)
    assert topic(sns) != right
    predicted = run_module.succeed(check=True, **WANTED)
    repaired = run_module.succeed(**WANTED)
    assert repaired["changed"] and predicted["changed"]
    assert repaired["diff"] == predicted["diff"]
    assert repaired["diff"]["before"] != repaired["diff"]["after"]
    assert topic(sns) == right
    assert not run_module.succeed(**WANTED)["changed"]


@pytest.mark.promise("drift")
def test_a_policy_that_only_looks_different_is_left_alone(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(**WANTED)
    condition = {"stringEquals": {"AWS:SourceAccount": [ACCOUNT]}}
    alter(sns, "SecmonCloudWatchAlarms", Action=["SNS:Publish"], Resource=[ARN], Condition=condition)
    reversed_policy = policy(sns) | {"Statement": policy(sns)["Statement"][::-1]}
    set_attribute(sns, "Policy", json.dumps(reversed_policy))
    assert not run_module.succeed(**WANTED)["changed"]
    assert policy(sns) == reversed_policy


@pytest.mark.promise("drift")
def test_a_subscription_that_its_owner_ended_by_the_link_is_asked_for_again(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE])
    follow(link_in(mails(run_module.endpoint, ALICE["endpoint"])[0], "ConfirmSubscription"))
    assert states(run_module.succeed(name=NAME, subscriptions=[ALICE])) == {ALICE["endpoint"]: "confirmed"}
    sns.publish(TopicArn=ARN, Message="alert")
    follow(link_in(mails(run_module.endpoint, ALICE["endpoint"])[-1], "Unsubscribe"))
    again = run_module.succeed(name=NAME, subscriptions=[ALICE])
    assert again["diff"]["before"]["subscriptions"] == {"email alice@example.com": "absent"}
    assert states(again) == {ALICE["endpoint"]: "pending"}
    assert link_in(mails(run_module.endpoint, ALICE["endpoint"])[-1], "ConfirmSubscription")


@pytest.mark.promise("silence")
def test_what_the_task_does_not_mention_stays(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(**WANTED)
    sns.subscribe(TopicArn=ARN, Protocol="email", Endpoint="colleague@example.com")
    arn = listed(sns)[QUEUE["endpoint"]]
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue='{"a": ["b"]}')
    set_policy(sns, {"TheirPipeline": FOREIGN})
    set_attribute(sns, "TracingConfig", "Active")
    before = topic(sns)
    assert not run_module.succeed(name=NAME)["changed"]
    assert not run_module.succeed(**WANTED)["changed"]
    assert topic(sns) == before
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["FilterPolicy"] == '{"a": ["b"]}'


@pytest.mark.promise("silence")
def test_foreign_statements_stay_as_they_are_when_ours_change(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(**WANTED)
    set_policy(sns, {"TheirPipeline": FOREIGN})
    owner = statements(sns)["__default_statement_ID"]
    assert run_module.succeed(name=NAME, publishers=[])["changed"]
    assert policy(sns)["Statement"] == [owner, FOREIGN]


@pytest.mark.promise("silence")
def test_what_the_task_clears_is_cleared(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(**WANTED)
    clearing = {"display_name": "", "kms_key_arn": "", "delivery_policy": {}, "publishers": ["cloudwatch"], "tags": {}}
    assert run_module.succeed(name=NAME, **clearing)["changed"]
    seen = topic(sns)
    assert (seen["DisplayName"], seen["DeliveryPolicy"], "KmsMasterKeyId" in seen) == ("", "", False)
    assert list(seen["Policy"]) == ["__default_statement_ID", "SecmonCloudWatchAlarms"]
    assert seen["tags"] == {"secmon:managed-by": "secmon.aws"}
    assert not run_module.succeed(name=NAME, **clearing)["changed"]


@pytest.mark.promise("silence")
def test_only_what_is_named_is_removed(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME, subscriptions=[QUEUE, {**QUEUE, "endpoint": QUEUE["endpoint"] + "2"}])
    result = run_module.succeed(name=NAME, subscriptions=[], remove_subscriptions=[QUEUE])
    assert result["changed"] and states(result)[QUEUE["endpoint"]] == "absent"
    assert list(listed(sns)) == [QUEUE["endpoint"] + "2"]
    assert not run_module.succeed(name=NAME, remove_subscriptions=[QUEUE])["changed"]


@pytest.mark.promise("silence")
def test_a_pending_subscription_that_cannot_be_removed_is_said_to_be_pending(
    run_module: ModuleRunner, sns: Any
) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE])
    result = run_module.succeed(name=NAME, remove_subscriptions=[ALICE])
    assert not result["changed"]
    assert states(result) == {ALICE["endpoint"]: "pending"}
    assert any("pending and was not removed" in warning for warning in result["warnings"])


@pytest.mark.promise("check")
@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize("there", [True, False], ids=["there", "not there"])
def test_check_mode_predicts_the_run_and_writes_nothing(run_module: ModuleRunner, there: bool, state: str) -> None:
    if there:
        run_module.succeed(name=NAME, display_name="Old", subscriptions=[BOB], tags={"old": "yes"})
    predicted: dict[str, Any] = {}
    calls = run_module.calls(lambda: predicted.update(run_module.succeed(check=True, **WANTED, state=state)))
    assert [call["action"] for call in calls if call["access"] == "write"] == []
    real = run_module.succeed(**WANTED, state=state)
    assert predicted["changed"] == real["changed"] == (there or state == "present")
    for key in ("diff", "topic", "pending"):
        assert predicted[key] == real[key]
    assert states(predicted) == states(real)
    assert sorted(predicted) == sorted(real)


@pytest.mark.promise("check")
def test_check_mode_predicts_a_confirmation_and_a_removal(run_module: ModuleRunner) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE, QUEUE])
    token = token_in(mails(run_module.endpoint, ALICE["endpoint"])[0])
    task = {"name": NAME, "confirmation_token": token, "remove_subscriptions": [QUEUE]}
    predicted = run_module.succeed(check=True, **task)
    real = run_module.succeed(**task)
    assert (predicted["diff"], states(predicted)) == (real["diff"], states(real))
    assert states(real) == {ALICE["endpoint"]: "confirmed", QUEUE["endpoint"]: "absent"}


@pytest.mark.promise("diff")
def test_the_difference_shows_before_and_after(run_module: ModuleRunner) -> None:
    run_module.succeed(name=NAME, display_name="Old", subscriptions=[ALICE])
    diff = run_module.succeed(name=NAME, display_name="New", subscriptions=[ALICE, BOB])["diff"]
    changes = {key: (diff["before"][key], diff["after"][key]) for key in diff["after"]}
    assert {key for key, (before, after) in changes.items() if before != after} == {"display_name", "subscriptions"}
    assert changes["display_name"] == ("Old", "New")
    assert changes["subscriptions"] == ({"email bob@example.com": "absent"}, {"email bob@example.com": "pending"})


@pytest.mark.promise("changed")
def test_pending_confirmed_and_absent_are_told_apart(run_module: ModuleRunner, sns: Any) -> None:
    first = run_module.succeed(name=NAME, subscriptions=[ALICE, BOB, QUEUE])
    assert list(states(first).values()) == ["pending", "pending", "confirmed"]
    assert first["subscriptions"][2]["subscription_arn"] == listed(sns)[QUEUE["endpoint"]]
    assert first["pending"] == 2
    assert "alice@example.com, email bob@example.com" in first["warnings"][0] and "2 days" in first["warnings"][0]
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
def test_nobody_gets_a_second_confirmation_mail_while_pending(run_module: ModuleRunner) -> None:
    for address in ("alice@example.com", "alice@EXAMPLE.com"):
        run_module.succeed(name=NAME, subscriptions=[{"protocol": "email", "endpoint": address}])
    run_module.succeed(name=NAME, display_name="New", subscriptions=[ALICE, ALICE])
    assert len(mails(run_module.endpoint, ALICE["endpoint"])) == 1
    assert mails(run_module.endpoint, "alice@EXAMPLE.com") in ([], mails(run_module.endpoint, ALICE["endpoint"]))


@pytest.mark.promise("changed")
def test_a_token_confirms_so_that_the_link_in_the_alerts_ends_nothing(run_module: ModuleRunner, sns: Any) -> None:
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
def test_a_token_that_may_be_for_several_is_refused(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE, BOB])
    token = token_in(mails(run_module.endpoint, ALICE["endpoint"])[0])
    message = run_module.fail(name=NAME, subscriptions=[ALICE, BOB], display_name="New", confirmation_token=token)
    assert "alice@example.com" in message and "bob@example.com" in message
    assert topic(sns)["DisplayName"] == ""
    assert set(listed(sns).values()) == {"PendingConfirmation"}


@pytest.mark.promise("changed")
def test_a_token_for_another_subscription_is_told(run_module: ModuleRunner) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE, BOB])
    token = token_in(mails(run_module.endpoint, BOB["endpoint"])[0])
    result = run_module.succeed(name=NAME, subscriptions=[ALICE], confirmation_token=token)
    assert states(result) == {ALICE["endpoint"]: "pending", BOB["endpoint"]: "confirmed"}
    assert any("email alice@example.com is still pending" in warning for warning in result["warnings"])


@pytest.mark.promise("changed")
def test_a_wrong_token_is_explained(run_module: ModuleRunner) -> None:
    run_module.succeed(name=NAME, subscriptions=[ALICE])
    message = run_module.fail(name=NAME, confirmation_token="0" * 144)
    assert "newest confirmation mail" in message and "alice@example.com" in message
    assert len(mails(run_module.endpoint, ALICE["endpoint"])) == 1


@pytest.mark.promise("changed")
def test_a_topic_with_the_key_of_sns_is_warned_of(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME)
    set_attribute(sns, "KmsMasterKeyId", "alias/aws/sns")
    assert "CloudWatch cannot use" in run_module.succeed(name=NAME)["warnings"][0]


@pytest.mark.promise("secrets")
def test_no_secret_is_printed(run_module: ModuleRunner) -> None:
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
def test_no_secret_is_printed_by_a_fault_of_the_module(
    run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, password = "canary token/1+2", "canary:pass+word"

    def fails(account: Any, name: str) -> None:
        raise ValueError(f"{name} {token} {password}")

    monkeypatch.setattr("ansible_collections.secmon.aws.plugins.modules.alert_topic.find_topic", fails)
    listener = {"protocol": "https", "endpoint": f"https://user:{password}@alerts.example.com/in"}
    output = run_module(name=NAME, subscriptions=[listener], confirmation_token=token)
    assert "fault of the module" in output["msg"]
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
    ids=["throttled", "unavailable", "concurrent", "reset", "answer lost"],
)
@pytest.mark.parametrize("action", ["GetTopicAttributes", "CreateTopic", "Subscribe"])
def test_what_passes_is_repeated(run_module: ModuleRunner, sns: Any, action: str, fault: dict[str, Any]) -> None:
    run_module.faults({"service": "sns", "action": action, **fault})
    result = run_module.succeed(**WANTED)
    assert result["changed"]
    assert states(result) == {ALICE["endpoint"]: "pending", QUEUE["endpoint"]: "confirmed"}
    assert len(mails(run_module.endpoint, ALICE["endpoint"])) == 1
    assert sorted(listed(sns)) == sorted([ALICE["endpoint"], QUEUE["endpoint"]])
    assert not run_module.succeed(**WANTED)["changed"]


@pytest.mark.promise("retry")
@pytest.mark.parametrize("mode", ["reset", "kill_after"])
@pytest.mark.parametrize("action", ["ListSubscriptionsByTopic", "SetTopicAttributes", "TagResource", "Unsubscribe"])
def test_broken_connections_change_nothing_in_the_end(
    run_module: ModuleRunner, sns: Any, action: str, mode: str
) -> None:
    run_module.succeed(**WANTED)
    run_module.faults({"service": "sns", "action": action, "mode": mode, "times": 2})
    changed = {"display_name": "New", "tags": {"team": "new"}, "subscriptions": [ALICE]}
    assert run_module.succeed(**{**WANTED, **changed}, remove_subscriptions=[QUEUE])["changed"]
    seen = topic(sns)
    assert (seen["DisplayName"], seen["tags"]["team"], seen["subscriptions"]) == ("New", "new", [ALICE["endpoint"]])
    assert len(mails(run_module.endpoint, ALICE["endpoint"])) == 1


@pytest.mark.promise("retry")
@pytest.mark.parametrize("mode", ["reset", "kill_after"])
def test_a_confirmation_whose_answer_is_lost_confirms(run_module: ModuleRunner, sns: Any, mode: str) -> None:
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
    ids=["as SNS says it", "as others say it"],
)
def test_a_listing_whose_page_expires_begins_again(run_module: ModuleRunner, sns: Any, fault: dict[str, Any]) -> None:
    run_module.succeed(name=NAME)
    queues = [f"{QUEUE['endpoint']}{number:03}" for number in range(150)]
    for queue in queues:
        sns.subscribe(TopicArn=ARN, Protocol="sqs", Endpoint=queue)
    run_module.faults({"service": "sns", "action": "ListSubscriptionsByTopic", **fault})
    result = run_module.succeed(name=NAME, subscriptions=[{**QUEUE, "endpoint": queue} for queue in queues])
    assert not result["changed"]
    assert list(states(result)) == queues


@pytest.mark.promise("budget")
def test_a_service_that_never_recovers_is_given_up_in_time(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "sns", "action": "Subscribe", "error": "Throttled", "status": 429, "times": 500})
    message = run_module.fail(**WANTED, timeout_seconds=60)
    assert "Throttled" in message and "timeout_seconds" in message


@pytest.mark.promise("budget")
def test_a_connection_that_always_breaks_is_given_up_in_time(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "sns", "action": "Subscribe", "mode": "reset", "times": 500})
    message = run_module.fail(**WANTED, timeout_seconds=60)
    assert "Subscribe failed" in message and "Run it again" in message
    assert mails(run_module.endpoint, ALICE["endpoint"]) == []


@pytest.mark.promise("denied")
@pytest.mark.parametrize(
    "action",
    [
        *("GetTopicAttributes", "ListTagsForResource", "ListSubscriptionsByTopic"),
        *("SetTopicAttributes", "TagResource", "Subscribe", "Unsubscribe"),
    ],
)
def test_a_denial_says_what_to_allow_and_where(run_module: ModuleRunner, action: str) -> None:
    run_module.succeed(name=NAME, subscriptions=[QUEUE])
    run_module.faults({"service": "sns", "action": action, "error": "AuthorizationError", "status": 403})
    task = {**WANTED, "subscriptions": [ALICE], "remove_subscriptions": [QUEUE]}
    message = run_module.fail(**task)
    for word in (f"Allow sns:{action} on {ARN}", NAME, f"account {ACCOUNT}", "region us-east-1"):
        assert word in message


@pytest.mark.promise("denied")
@pytest.mark.parametrize("action", ["CreateTopic", "DeleteTopic"])
def test_a_denial_to_make_or_delete_says_what_to_allow(run_module: ModuleRunner, action: str) -> None:
    if action == "DeleteTopic":
        run_module.succeed(name=NAME)
    run_module.faults({"service": "sns", "action": action, "error": "AuthorizationError", "status": 403})
    message = run_module.fail(name=NAME, state="present" if action == "CreateTopic" else "absent")
    assert f"Allow sns:{action} on {ARN}" in message and f"account {ACCOUNT}, region us-east-1" in message


@pytest.mark.promise("prerequisite")
@pytest.mark.parametrize("there", [True, False], ids=["there", "not there"])
def test_a_key_that_does_not_exist_is_explained(run_module: ModuleRunner, there: bool) -> None:
    if there:
        run_module.succeed(name=NAME)
    action = "SetTopicAttributes" if there else "CreateTopic"
    run_module.faults({"service": "sns", "action": action, "error": "KMSNotFound"})
    message = run_module.fail(name=NAME, kms_key_arn=KEY)
    assert "amazon.aws.kms_key makes it" in message and "kms:GenerateDataKey*" in message


@pytest.mark.promise("prerequisite")
@pytest.mark.parametrize(
    ("endpoint", "maker"),
    [
        (QUEUE, "community.aws.sqs_queue"),
        (
            {"protocol": "lambda", "endpoint": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:alert"},
            "amazon.aws.lambda makes it",
        ),
    ],
    ids=["queue", "function"],
)
def test_an_endpoint_that_does_not_exist_is_explained(
    run_module: ModuleRunner, endpoint: dict[str, str], maker: str
) -> None:
    run_module.faults({"service": "sns", "action": "Subscribe", "error": "InvalidParameter"})
    message = run_module.fail(name=NAME, subscriptions=[endpoint])
    assert maker in message and endpoint["endpoint"] in message


@pytest.mark.promise("calls")
def test_a_second_run_reads_and_no_more(run_module: ModuleRunner) -> None:
    reads = ["GetCallerIdentity", "GetTopicAttributes"]
    rest = ["ListTagsForResource", "ListSubscriptionsByTopic"]

    def called(**options: Any) -> list[str]:
        return [call["action"] for call in run_module.calls(lambda: run_module.succeed(**WANTED, **options))]

    assert called(check=True) == reads
    assert called() == [*reads, "CreateTopic", "Subscribe", "Subscribe"]
    assert called() == called(check=True) == reads + rest


@pytest.mark.promise("calls")
def test_two_hundred_subscriptions_are_listed_in_two_pages(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME)
    for number in range(200):
        sns.subscribe(TopicArn=ARN, Protocol="sqs", Endpoint=f"{QUEUE['endpoint']}{number}")
    calls = [call["action"] for call in run_module.calls(lambda: run_module.succeed(name=NAME))]
    assert calls.count("ListSubscriptionsByTopic") == 2 and len(calls) == 5


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_somebody_elses_topic_is_refused_unless_adopted(run_module: ModuleRunner, sns: Any, state: str) -> None:
    sns.create_topic(Name=NAME, Tags=[{"Key": "owner", "Value": "somebody"}])
    calls = run_module.calls(lambda: run_module.fail(name=NAME, state=state, subscriptions=[ALICE]))
    assert not [call for call in calls if call["access"] == "write"]
    assert run_module.succeed(name=NAME, state=state, adopt=True)["changed"]
    assert topic(sns).get("tags", {}) == (
        {"owner": "somebody", "secmon:managed-by": "secmon.aws"} if state == "present" else {}
    )


@pytest.mark.promise("ownership")
@pytest.mark.parametrize(
    "make_theirs",
    [
        lambda sns: sns.subscribe(TopicArn=ARN, Protocol="email", Endpoint="owner@example.com"),
        lambda sns: set_attribute(sns, "DisplayName", "Theirs"),
        lambda sns: set_policy(sns, {"TheirPipeline": FOREIGN}),
    ],
    ids=["subscription", "display name", "policy"],
)
def test_a_topic_that_somebody_uses_is_not_taken_for_an_unfinished_one(
    run_module: ModuleRunner, sns: Any, make_theirs: Change
) -> None:
    sns.create_topic(Name=NAME)
    make_theirs(sns)
    assert "adopt: true" in run_module.fail(name=NAME)


@pytest.mark.promise("resume")
@pytest.mark.parametrize("fails", ["CreateTopic", "Subscribe"])
@pytest.mark.parametrize("mode", ["kill_after", "reset"])
def test_what_a_killed_run_left_is_finished(run_module: ModuleRunner, sns: Any, fails: str, mode: str) -> None:
    run_module.faults({"service": "sns", "action": fails, "mode": mode})
    run_module.fail(**WANTED, timeout_seconds=0)
    run_module.succeed(**WANTED)
    resumed = topic(sns)
    assert len(mails(run_module.endpoint, ALICE["endpoint"])) == 1
    run_module.succeed(name=NAME, state="absent")
    run_module.succeed(**WANTED)
    assert resumed == topic(sns)


@pytest.mark.promise("resume")
def test_an_empty_topic_without_our_tag_is_taken_for_an_unfinished_one(run_module: ModuleRunner, sns: Any) -> None:
    sns.create_topic(Name=NAME)
    run_module.faults({"service": "sns", "action": "SetTopicAttributes", "mode": "kill_after"})
    run_module.fail(**WANTED, timeout_seconds=0)
    run_module.succeed(**WANTED)
    resumed = topic(sns)
    run_module.succeed(name=NAME, state="absent")
    run_module.succeed(**WANTED)
    assert resumed == topic(sns)


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_arns_are_those_of_the_regions_partition(run_module: ModuleRunner, region: str, partition: str) -> None:
    run_module.region = region
    task = {"name": NAME, "subscriptions": [ALICE]}
    found = run_module.succeed(**task)["topic"]
    assert found["arn"] == f"arn:{partition}:sns:{region}:{ACCOUNT}:{NAME}"
    assert {statement["Resource"] for statement in found["policy"]["Statement"]} == {found["arn"]}
    assert not run_module.succeed(**task)["changed"]


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": "with blank"}, "no name for a topic"),
        ({"name": "x" * 257}, "no name for a topic"),
        ({"name": "Alarms.fifo"}, "no e-mail address can subscribe"),
        ({"kms_key_arn": "alias/aws/sns"}, "drop every alarm without a word"),
        ({"kms_key_arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/aws/sns"}, "drop every alarm without a word"),
        ({"kms_key_arn": "my key"}, "ARN of a key"),
        ({"kms_key_arn": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"}, "in region eu-west-1"),
        ({"display_name": "x" * 101}, "100 at most"),
        ({"delivery_policy": {"numRetries": 3}}, "one key, http"),
        ({"delivery_policy": {"http": {"default_healthy_retry_policy": {"num_retries": 101}}}}, "0 to 100"),
        ({"subscriptions": [{**ALICE, "endpoint": "alice"}]}, "email takes an address"),
        ({"subscriptions": [{"protocol": "sms", "endpoint": "0151 12345"}]}, "E.164"),
        ({"subscriptions": [{"protocol": "https", "endpoint": "http://a.example.com"}]}, "https://"),
        ({"subscriptions": [{"protocol": "sqs", "endpoint": "alarms"}]}, "ARN of a queue"),
        ({"subscriptions": [{**QUEUE, "endpoint": QUEUE["endpoint"] + ".fifo"}]}, "FIFO queue"),
        ({"subscriptions": [{**QUEUE, "endpoint": f"arn:aws-cn:sqs:cn-north-1:{ACCOUNT}:q"}]}, "partition aws-cn"),
        ({"remove_subscriptions": [{**ALICE, "endpoint": "alice@EXAMPLE.com"}]}, "both in subscriptions and in"),
        ({"tags": {"aws:mine": "x"}}, "aws:"),
    ],
)
def test_what_aws_would_refuse_is_refused_before_the_first_call(
    run_module: ModuleRunner, wrong: dict[str, Any], says: str
) -> None:
    messages: list[str] = []
    calls = run_module.calls(lambda: messages.append(run_module.fail(**{**WANTED, **wrong})))
    assert says in messages[0]
    assert calls == []


@pytest.mark.promise("iam")
def test_the_documented_actions_are_those_that_are_called(run_module: ModuleRunner) -> None:
    def everything() -> None:
        run_module.succeed(**WANTED)
        token = token_in(mails(run_module.endpoint, ALICE["endpoint"])[0])
        run_module.succeed(name=NAME, confirmation_token=token, remove_subscriptions=[QUEUE])
        run_module.succeed(name=NAME, display_name="New", tags={"other": "1"})
        run_module.succeed(name=NAME, state="absent")

    assert run_module.iam_actions(everything) == documented_actions("alert_topic")


@pytest.mark.promise("upstream")
def test_upstream_ends_the_subscriptions_of_other_people_by_default(run_module: ModuleRunner, sns: Any) -> None:
    sns.create_topic(Name=NAME)
    sns.subscribe(TopicArn=ARN, Protocol="sqs", Endpoint=QUEUE["endpoint"])
    run_module.upstream("community.aws.sns_topic", name=NAME, subscriptions=[ALICE])
    assert QUEUE["endpoint"] not in listed(sns)


@pytest.mark.promise("upstream")
def test_upstream_fails_in_check_mode_where_there_is_no_topic(run_module: ModuleRunner) -> None:
    result = run_module.upstream("community.aws.sns_topic", check=True, name=NAME, display_name="Security")
    assert result["failed"]


@pytest.mark.promise("upstream")
def test_upstream_cannot_set_a_key(run_module: ModuleRunner) -> None:
    result = run_module.upstream("community.aws.sns_topic", name=NAME, kms_master_key_id=KEY)
    assert "Unsupported parameters" in result["msg"]
