"""The task of the tests of alert_topic, and reads and changes of the topic with plain boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.support.embedded_control import link_in

NAME = "SecurityAlarms"
ACCOUNT = "123456789012"
ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:{NAME}"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
QUEUE = {"protocol": "sqs", "endpoint": f"arn:aws:sqs:us-east-1:{ACCOUNT}:alarms"}
ALICE = {"protocol": "email", "endpoint": "alice@example.com"}
BOB = {"protocol": "email", "endpoint": "bob@example.com"}
TASK: dict[str, Any] = {
    "name": NAME,
    "display_name": "Security",
    "kms_key_arn": KEY,
    "publishers": ["cloudwatch", "eventbridge"],
    "subscriptions": [ALICE, QUEUE],
    "tags": {"team": "security"},
}
OTHER_STATEMENT = {
    "Sid": "OtherPipeline",
    "Effect": "Allow",
    "Principal": {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]},
    "Action": ["SNS:Publish"],
    "Resource": ARN,
}

Change = Callable[[Any], Any]


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
    """Return all settings of the topic except subscription ARNs; empty if it does not exist."""
    if ARN not in [item["TopicArn"] for item in sns.list_topics()["Topics"]]:
        return {}
    attributes = sns.get_topic_attributes(TopicArn=ARN)["Attributes"]
    tags = {tag["Key"]: tag["Value"] for tag in sns.list_tags_for_resource(ResourceArn=ARN)["Tags"]}
    counts = {key: value for key, value in attributes.items() if key == "SubscriptionsDeleted"}
    found = {key: value for key, value in attributes.items() if key not in counts}
    return found | {"Policy": statements(sns), "tags": tags, "subscriptions": sorted(listed(sns))}


def token_in(mail: dict[str, Any]) -> str:
    return link_in(mail, "ConfirmSubscription").split("Token=")[1].split("&")[0]


def states(result: dict[str, Any]) -> dict[str, str]:
    return {item["endpoint"]: item["state"] for item in result["subscriptions"]}


def change_statement(sns: Any, sid: str, **changed: Any) -> None:
    set_policy(sns, {sid: statements(sns)[sid] | changed})
