"""CreateTopic is idempotent for the same attributes and tags only, as on AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Client = Callable[[str], Any]
ATTRIBUTES = {"DisplayName": "Alerts", "KmsMasterKeyId": "alias/alerts"}
TAGS = [{"Key": "team", "Value": "security"}]


@pytest.fixture(scope="module")
def topic_arn(aws_client: Client) -> str:
    return aws_client("sns").create_topic(Name="alerts", Attributes=ATTRIBUTES, Tags=TAGS)["TopicArn"]


@pytest.mark.parametrize(
    "request_members",
    [{}, {"Attributes": ATTRIBUTES, "Tags": TAGS}, {"Attributes": {"DisplayName": "Alerts"}}, {"Tags": TAGS}],
    ids=["the name alone", "all", "one attribute", "the tags"],
)
def test_equal_attributes_and_tags_return_the_topic(
    aws_client: Client, topic_arn: str, request_members: dict[str, Any]
) -> None:
    assert aws_client("sns").create_topic(Name="alerts", **request_members)["TopicArn"] == topic_arn


def test_a_policy_is_compared_as_a_document(aws_client: Client, topic_arn: str) -> None:
    sns = aws_client("sns")
    policy = sns.get_topic_attributes(TopicArn=topic_arn)["Attributes"]["Policy"]

    indented = json.dumps(json.loads(policy), indent=2)
    assert sns.create_topic(Name="alerts", Attributes={"Policy": indented})["TopicArn"] == topic_arn


@pytest.mark.parametrize(
    ("request_members", "reason"),
    [
        ({"Attributes": {"DisplayName": "Other"}}, "Topic already exists with different attributes"),
        ({"Tags": [{"Key": "team", "Value": "other"}]}, "Topic already exists with different tags"),
        ({"Tags": [{"Key": "new", "Value": "x"}]}, "Topic already exists with different tags"),
    ],
)
def test_rejects_different_attributes_or_tags(
    aws_client: Client, topic_arn: str, request_members: dict[str, Any], reason: str
) -> None:
    sns = aws_client("sns")
    with pytest.raises(sns.exceptions.InvalidParameterException, match=reason):
        sns.create_topic(Name="alerts", **request_members)


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    sns = moto_client("sns")
    sns.create_topic(Name="alerts", Attributes=ATTRIBUTES, Tags=TAGS)
    sns.create_topic(Name="alerts", Attributes={"DisplayName": "Other"}, Tags=[{"Key": "new", "Value": "x"}])
