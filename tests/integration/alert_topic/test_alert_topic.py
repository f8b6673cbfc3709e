"""Test alert_topic on the embedded AWS and verify the result with plain boto3."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.alert_topic.topic_setup import (
    ACCOUNT,
    ALICE,
    ARN,
    BOB,
    NAME,
    OTHER_STATEMENT,
    QUEUE,
    TASK,
    Change,
    change_statement,
    listed,
    policy,
    set_attribute,
    set_policy,
    statements,
    states,
    token_in,
    topic,
)
from tests.support.embedded_control import mails
from tests.support.module_runner import ModuleRunner


@pytest.mark.promise("changed")
def test_creates_and_deletes_a_topic_idempotently(run_module: ModuleRunner, sns: Any) -> None:
    assert run_module.succeed(**TASK)["changed"]
    assert topic(sns)["DisplayName"] == "Security"
    assert not run_module.succeed(**TASK)["changed"]
    deleted = run_module.succeed(name=NAME, state="absent")
    assert deleted["changed"]
    assert states(deleted) == {ALICE["endpoint"]: "absent", QUEUE["endpoint"]: "absent"}
    assert "email alice@example.com (pending)" in deleted["warnings"][0]
    assert topic(sns) == {}
    assert not run_module.succeed(name=NAME, state="absent")["changed"]


@pytest.mark.promise("changed")
def test_allows_alarms_of_this_account_and_eventbridge_without_a_condition(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME)
    assert list(statements(sns)) == ["__default_statement_ID", "SecmonCloudWatchAlarms"]
    run_module.succeed(name=NAME, publishers=["cloudwatch", "eventbridge"])
    managed = [statement for statement in policy(sns)["Statement"] if statement["Sid"].startswith("Secmon")]
    assert [(item["Principal"], item.get("Condition")) for item in managed] == [
        ({"Service": "cloudwatch.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        ({"Service": "events.amazonaws.com"}, None),
    ]
    assert all((item["Action"], item["Resource"]) == ("sns:Publish", ARN) for item in managed)


@pytest.mark.promise("changed")
def test_a_new_topic_keeps_the_default_statement_for_its_owner(run_module: ModuleRunner, sns: Any) -> None:
    sns.create_topic(Name=NAME)
    default = policy(sns)
    sns.delete_topic(TopicArn=ARN)
    run_module.succeed(name=NAME, publishers=[])
    assert policy(sns) == default


MANUAL_CHANGES: dict[str, Change] = {
    "display name": lambda sns: set_attribute(sns, "DisplayName", "Prices"),
    "display name cleared": lambda sns: set_attribute(sns, "DisplayName", ""),
    "key": lambda sns: set_attribute(sns, "KmsMasterKeyId", "alias/aws/sns"),
    "key cleared": lambda sns: set_attribute(sns, "KmsMasterKeyId", ""),
    "statement removed": lambda sns: set_policy(sns, {"SecmonCloudWatchAlarms": {}}),
    "statement removed for EventBridge": lambda sns: set_policy(sns, {"SecmonEventBridge": {}}),
    "statement denied": lambda sns: change_statement(sns, "SecmonCloudWatchAlarms", Effect="Deny"),
    "statement for another account's alarms": lambda sns: change_statement(
        sns, "SecmonCloudWatchAlarms", Condition={"StringEquals": {"aws:SourceAccount": "999999999999"}}
    ),
    "statement without a condition": lambda sns: change_statement(sns, "SecmonCloudWatchAlarms", Condition={}),
    "statement for one alarm": lambda sns: change_statement(
        sns,
        "SecmonCloudWatchAlarms",
        Condition={
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm:One"},
        },
    ),
    "statement for another account": lambda sns: change_statement(
        sns, "SecmonCloudWatchAlarms", Principal={"AWS": "arn:aws:iam::999999999999:root"}
    ),
    "statement for another topic": lambda sns: change_statement(sns, "SecmonCloudWatchAlarms", Resource=f"{ARN}2"),
    "statement for another call": lambda sns: change_statement(
        sns, "SecmonCloudWatchAlarms", Action="sns:GetTopicAttributes"
    ),
    "condition for EventBridge": lambda sns: change_statement(
        sns, "SecmonEventBridge", Condition={"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    ),
    "tag changed": lambda sns: sns.tag_resource(ResourceArn=ARN, Tags=[{"Key": "team", "Value": "sales"}]),
    "tag added": lambda sns: sns.tag_resource(ResourceArn=ARN, Tags=[{"Key": "surplus", "Value": "yes"}]),
    "tag removed": lambda sns: sns.untag_resource(ResourceArn=ARN, TagKeys=["team"]),
    "unsubscribed": lambda sns: sns.unsubscribe(SubscriptionArn=listed(sns)[QUEUE["endpoint"]]),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("change", MANUAL_CHANGES.values(), ids=list(MANUAL_CHANGES))
def test_repairs_a_manual_change(run_module: ModuleRunner, sns: Any, change: Change) -> None:
    run_module.repair(lambda: change(sns), lambda: topic(sns), **TASK)


@pytest.mark.promise("drift")
def test_keeps_an_equivalent_policy(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(**TASK)
    condition = {"stringEquals": {"AWS:SourceAccount": [ACCOUNT]}}
    change_statement(sns, "SecmonCloudWatchAlarms", Action=["SNS:Publish"], Resource=[ARN], Condition=condition)
    reversed_policy = policy(sns) | {"Statement": policy(sns)["Statement"][::-1]}
    set_attribute(sns, "Policy", json.dumps(reversed_policy))
    assert not run_module.succeed(**TASK)["changed"]
    assert policy(sns) == reversed_policy


@pytest.mark.promise("unset_options")
def test_keeps_settings_that_the_task_omits(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(**TASK)
    sns.subscribe(TopicArn=ARN, Protocol="email", Endpoint="colleague@example.com")
    arn = listed(sns)[QUEUE["endpoint"]]
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue='{"a": ["b"]}')
    set_policy(sns, {"OtherPipeline": OTHER_STATEMENT})
    set_attribute(sns, "TracingConfig", "Active")
    set_attribute(sns, "DeliveryPolicy", '{"http": {}}')
    before = topic(sns)
    assert not run_module.succeed(name=NAME)["changed"]
    assert not run_module.succeed(**TASK)["changed"]
    assert topic(sns) == before
    assert sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]["FilterPolicy"] == '{"a": ["b"]}'


@pytest.mark.promise("unset_options")
def test_keeps_other_statements_when_managed_ones_change(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(**TASK)
    set_policy(sns, {"OtherPipeline": OTHER_STATEMENT})
    owner = statements(sns)["__default_statement_ID"]
    assert run_module.succeed(name=NAME, publishers=[])["changed"]
    assert policy(sns)["Statement"] == [owner, OTHER_STATEMENT]


@pytest.mark.promise("unset_options")
def test_clears_settings_that_the_task_sets_to_empty_values(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(**TASK)
    clearing = {"display_name": "", "kms_key_arn": "", "publishers": ["cloudwatch"], "tags": {}}
    assert run_module.succeed(name=NAME, **clearing)["changed"]
    found = topic(sns)
    assert (found["DisplayName"], "KmsMasterKeyId" in found) == ("", False)
    assert list(found["Policy"]) == ["__default_statement_ID", "SecmonCloudWatchAlarms"]
    assert found["tags"] == {"secmon:managed-by": "secmon.aws"}
    assert not run_module.succeed(name=NAME, **clearing)["changed"]


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
def test_diff_shows_before_and_after(run_module: ModuleRunner) -> None:
    run_module.succeed(name=NAME, display_name="Old", subscriptions=[ALICE])
    diff = run_module.succeed(name=NAME, display_name="New", subscriptions=[ALICE, BOB])["diff"]
    changes = {key: (diff["before"][key], diff["after"][key]) for key in diff["after"]}
    assert {key for key, (before, after) in changes.items() if before != after} == {"display_name", "subscriptions"}
    assert changes["display_name"] == ("Old", "New")
    assert changes["subscriptions"] == ({"email bob@example.com": "absent"}, {"email bob@example.com": "pending"})


@pytest.mark.promise("changed")
def test_warns_if_the_topic_uses_the_aws_managed_key(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME)
    set_attribute(sns, "KmsMasterKeyId", "alias/aws/sns")
    assert "CloudWatch cannot use" in run_module.succeed(name=NAME)["warnings"][0]
