"""Test calls, ownership, validation and permissions of alert_topic, and the defects of the upstream module."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.alert_topic.topic_setup import (
    ACCOUNT,
    ALICE,
    ARN,
    KEY,
    NAME,
    QUEUE,
    TASK,
    listed,
    token_in,
)
from tests.support.embedded_control import mails
from tests.support.module_runner import ModuleRunner
from tools.generate_docs.modules import documented_actions


@pytest.mark.promise("prerequisite")
@pytest.mark.parametrize("exists", [True, False], ids=["existing", "new"])
def test_explains_that_the_key_does_not_exist(run_module: ModuleRunner, exists: bool) -> None:
    if exists:
        run_module.succeed(name=NAME)
    action = "SetTopicAttributes" if exists else "CreateTopic"
    run_module.faults({"service": "sns", "action": action, "error": "KMSNotFound"})
    message = run_module.fail(name=NAME, kms_key_arn=KEY)
    assert "secmon.aws.encryption_key" in message and "kms:GenerateDataKey*" in message


@pytest.mark.promise("prerequisite")
@pytest.mark.parametrize(
    ("endpoint", "creating_module"),
    [
        (QUEUE, "community.aws.sqs_queue"),
        (
            {"protocol": "lambda", "endpoint": f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:alert"},
            "amazon.aws.lambda)",
        ),
    ],
    ids=["queue", "function"],
)
def test_explains_that_the_endpoint_does_not_exist(
    run_module: ModuleRunner, endpoint: dict[str, str], creating_module: str
) -> None:
    run_module.faults({"service": "sns", "action": "Subscribe", "error": "InvalidParameter"})
    message = run_module.fail(name=NAME, subscriptions=[endpoint])
    assert creating_module in message and endpoint["endpoint"] in message


@pytest.mark.promise("calls")
def test_a_second_run_only_reads(run_module: ModuleRunner) -> None:
    reads = ["GetCallerIdentity", "GetTopicAttributes"]
    rest = ["ListTagsForResource", "ListSubscriptionsByTopic"]

    def called(**options: Any) -> list[str]:
        return run_module.actions(**TASK, **options)

    assert called(check=True) == reads
    assert called() == [*reads, "CreateTopic", "Subscribe", "Subscribe"]
    assert called() == called(check=True) == reads + rest


@pytest.mark.promise("calls")
def test_two_hundred_subscriptions_are_listed_in_two_pages(run_module: ModuleRunner, sns: Any) -> None:
    run_module.succeed(name=NAME)
    for number in range(200):
        sns.subscribe(TopicArn=ARN, Protocol="sqs", Endpoint=f"{QUEUE['endpoint']}{number}")
    calls = run_module.actions(name=NAME)
    assert calls.count("ListSubscriptionsByTopic") == 2 and len(calls) == 5


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_rejects_an_untagged_topic_although_it_is_empty(run_module: ModuleRunner, sns: Any, state: str) -> None:
    """CreateTopic sets the tags, so no interrupted run leaves a topic without them."""
    sns.create_topic(Name=NAME)
    assert "adopt: true" in run_module.fail_before_writes(name=NAME, state=state)


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("invalid", "expected"),
    [
        ({"name": "with space"}, "not a valid topic name"),
        ({"name": "x" * 257}, "not a valid topic name"),
        ({"name": "Alarms.fifo"}, "no email address can subscribe"),
        ({"kms_key_arn": "alias/aws/sns"}, "silently drop every alarm"),
        ({"kms_key_arn": f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/aws/sns"}, "silently drop every alarm"),
        ({"kms_key_arn": "my key"}, "ARN of a key"),
        (
            {"kms_key_arn": f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"},
            "can only use keys of us-east-1",
        ),
        (
            {"kms_key_arn": f"arn:aws-cn:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"},
            "can only use keys of us-east-1",
        ),
        ({"display_name": "x" * 101}, "up to 100"),
        ({"subscriptions": [{**ALICE, "endpoint": "alice"}]}, "email requires an address"),
        ({"subscriptions": [{"protocol": "sms", "endpoint": "0151 12345"}]}, "E.164"),
        ({"subscriptions": [{"protocol": "https", "endpoint": "http://a.example.com"}]}, "https://"),
        ({"subscriptions": [{"protocol": "sqs", "endpoint": "alarms"}]}, "ARN of a queue"),
        ({"subscriptions": [{**QUEUE, "endpoint": QUEUE["endpoint"] + ".fifo"}]}, "FIFO queue"),
        ({"subscriptions": [{**QUEUE, "endpoint": f"arn:aws-cn:sqs:cn-north-1:{ACCOUNT}:q"}]}, "partition aws-cn"),
        ({"remove_subscriptions": [{**ALICE, "endpoint": "alice@EXAMPLE.com"}]}, "in both subscriptions and"),
        ({"tags": {"aws:owner": "x"}}, "aws:"),
    ],
)
def test_rejects_invalid_tasks_before_the_first_call(
    run_module: ModuleRunner, invalid: dict[str, Any], expected: str
) -> None:
    assert expected in run_module.fail_before_calls(**{**TASK, **invalid})


@pytest.mark.promise("iam")
def test_calls_exactly_the_documented_iam_actions(run_module: ModuleRunner) -> None:
    def use_every_action() -> None:
        run_module.succeed(**TASK)
        token = token_in(mails(run_module.endpoint, ALICE["endpoint"])[0])
        run_module.succeed(name=NAME, confirmation_token=token, remove_subscriptions=[QUEUE])
        run_module.succeed(name=NAME, display_name="New", tags={"other": "1"})
        run_module.succeed(name=NAME, state="absent")

    assert run_module.iam_actions(use_every_action) == documented_actions("alert_topic")


@pytest.mark.promise("upstream")
def test_upstream_deletes_other_subscriptions_by_default(run_module: ModuleRunner, sns: Any) -> None:
    sns.create_topic(Name=NAME)
    sns.subscribe(TopicArn=ARN, Protocol="sqs", Endpoint=QUEUE["endpoint"])
    run_module.upstream("community.aws.sns_topic", name=NAME, subscriptions=[ALICE])
    assert QUEUE["endpoint"] not in listed(sns)


@pytest.mark.promise("upstream")
def test_upstream_fails_in_check_mode_without_a_topic(run_module: ModuleRunner) -> None:
    result = run_module.upstream("community.aws.sns_topic", check=True, name=NAME, display_name="Security")
    assert result["failed"]


@pytest.mark.promise("upstream")
def test_upstream_cannot_set_a_key(run_module: ModuleRunner) -> None:
    result = run_module.upstream("community.aws.sns_topic", name=NAME, kms_master_key_id=KEY)
    assert "Unsupported parameters" in result["msg"]
