"""The topic's subscriptions and publishers as variables of site.yml, checked with plain boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.embedded_control import link_in, mails
from tools.demo.playbooks import Run, run_playbook

ACCOUNT = "123456789012"
TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:SecurityAlarms"
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:alarms"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:alarms"
EMAILS = ["security@example.com", "leaver@example.com"]
VARIABLES: dict[str, Any] = {
    "secmon_emails": EMAILS,
    "secmon_subscriptions": [
        {"protocol": "sqs", "endpoint": QUEUE},
        {"protocol": "https", "endpoint": "https://alerts.example.com/in"},
        {"protocol": "lambda", "endpoint": FUNCTION},
        {"protocol": "sms", "endpoint": "+4915112345678"},
    ],
    "secmon_topic_publishers": ["cloudwatch", "eventbridge"],
    "secmon_encrypt": True,
}
REMAINING = {"secmon_subscriptions": VARIABLES["secmon_subscriptions"][1:]}
UNNAMED = f"arn:aws:sqs:us-east-1:{ACCOUNT}:unnamed"
AwsClient = Callable[[str], Any]
Playbook = Callable[..., Run]


@pytest.fixture(scope="module")
def notify(embedded_aws: str) -> Playbook:
    """Return a function that runs the part of site.yml that makes the topic, with additional variables."""

    def run(**variables: Any) -> Run:
        arguments = ("--limit", "guide", "--tags", "notify", "-e", json.dumps({**VARIABLES, **variables}))
        done = run_playbook(embedded_aws, "site", *arguments)
        failed = [result for results in done.results.values() for result in results.values() if result.get("failed")]
        assert done.code == 0, failed
        return done

    return run


@pytest.fixture(scope="module")
def created(notify: Playbook, embedded_aws: str) -> str:
    """Return the embedded AWS after a first run."""
    notify()
    return embedded_aws


def subscriptions(aws_client: AwsClient) -> dict[str, str]:
    found = aws_client("sns").list_subscriptions_by_topic(TopicArn=TOPIC_ARN)["Subscriptions"]
    return {item["Endpoint"]: item["SubscriptionArn"].split(":")[0] for item in found}


def topic_key(aws_client: AwsClient) -> str:
    attributes = aws_client("sns").get_topic_attributes(TopicArn=TOPIC_ARN)["Attributes"]
    return str(attributes["KmsMasterKeyId"])


def test_subscribes_every_protocol(created: str, aws_client: AwsClient) -> None:
    found = subscriptions(aws_client)
    assert found.keys() == {*EMAILS, *(entry["endpoint"] for entry in VARIABLES["secmon_subscriptions"])}
    assert {found[endpoint] for endpoint in EMAILS} == {"PendingConfirmation"}
    assert {found[endpoint] for endpoint in (QUEUE, FUNCTION, "+4915112345678")} == {"arn"}


def test_eventbridge_may_publish_and_use_the_key(created: str, aws_client: AwsClient) -> None:
    attributes = aws_client("sns").get_topic_attributes(TopicArn=TOPIC_ARN)["Attributes"]
    key = aws_client("kms").get_key_policy(KeyId=topic_key(aws_client), PolicyName="default")["Policy"]
    for policy in (attributes["Policy"], key):
        assert "events.amazonaws.com" in policy and "cloudwatch.amazonaws.com" in policy


def test_a_run_confirms_with_a_token_removes_what_is_named_and_repairs_the_rotation_of_the_key(
    created: str, notify: Playbook, aws_client: AwsClient
) -> None:
    kms, key = aws_client("kms"), topic_key(aws_client)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    kms.disable_key_rotation(KeyId=key)
    aws_client("sns").subscribe(TopicArn=TOPIC_ARN, Protocol="sqs", Endpoint=UNNAMED)
    link = link_in(mails(created, EMAILS[0])[0], "ConfirmSubscription")
    token = link.split("Token=")[1].split("&")[0]
    changes = {
        "confirmation_tokens": {EMAILS[0]: token},
        "remove_subscriptions": [VARIABLES["secmon_subscriptions"][0]],
    }
    done = notify(**REMAINING, **{f"secmon_{name}": value for name, value in changes.items()})
    found = subscriptions(aws_client)
    assert (found[EMAILS[0]], found[EMAILS[1]], QUEUE in found) == ("arn", "PendingConfirmation", False)
    assert found[UNNAMED] == "arn"
    assert token not in json.dumps(done.results)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]


def test_ends_what_no_variable_names_if_it_is_asked_to(created: str, notify: Playbook, aws_client: AwsClient) -> None:
    notify(**REMAINING, secmon_emails=EMAILS[1:], secmon_remove_subscriptions=True)
    assert {EMAILS[0], UNNAMED} & subscriptions(aws_client).keys() == set()


def test_confirm_takes_the_links_of_its_account(created: str, aws_client: AwsClient) -> None:
    """On a topic with one pending address: a link of another account is left to that account."""
    link = link_in(mails(created, EMAILS[1])[0], "ConfirmSubscription")
    other = link.replace(ACCOUNT, "999999999999")
    links = ("-e", json.dumps({"secmon_confirmation_links": [link, other]}))

    done = run_playbook(created, "confirm", *links)

    assert done.code == 0, done.results
    assert done.result("Show the subscriptions")["guide"]["msg"][:-1] == [f"{EMAILS[1]}: confirmed"]
    found = aws_client("sns").list_subscriptions_by_topic(TopicArn=TOPIC_ARN)["Subscriptions"]
    arn = next(item["SubscriptionArn"] for item in found if item["Endpoint"] == EMAILS[1])
    attributes = aws_client("sns").get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert attributes["ConfirmationWasAuthenticated"] == "true"
    assert link.split("Token=")[1] not in json.dumps(done.results)
