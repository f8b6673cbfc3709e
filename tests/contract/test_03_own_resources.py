"""Calls for resources that each test creates and removes. All of them are free."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest

Client = Callable[[str], Any]
TRANSFORMATION = {"metricName": "Reads", "metricNamespace": "SecmonContract", "metricValue": "1"}

pytestmark = pytest.mark.xdist_group("contract")


@pytest.fixture
def group(client: Client, name: str, cleanup: contextlib.ExitStack) -> str:
    logs = client("logs")
    logs.create_log_group(logGroupName=name)
    cleanup.callback(logs.delete_log_group, logGroupName=name)
    return name


@pytest.fixture
def topic_arn(client: Client, name: str, cleanup: contextlib.ExitStack) -> str:
    sns = client("sns")
    arn = sns.create_topic(Name=name, Attributes={"DisplayName": "Contract"})["TopicArn"]
    cleanup.callback(sns.delete_topic, TopicArn=arn)
    return arn


def put_filter(logs: Any, group: str, pattern: str = "ERROR", **more: Any) -> None:
    logs.put_metric_filter(
        logGroupName=group,
        filterName="reads",
        filterPattern=pattern,
        metricTransformations=[TRANSFORMATION | more],
    )


def test_put_metric_filter_replaces_a_filter_and_keeps_its_creation_time(client: Client, group: str) -> None:
    logs = client("logs")
    put_filter(logs, group)
    (before,) = logs.describe_metric_filters(logGroupName=group)["metricFilters"]
    put_filter(logs, group, "WARN")
    (after,) = logs.describe_metric_filters(logGroupName=group)["metricFilters"]

    assert (after["filterPattern"], after["creationTime"]) == ("WARN", before["creationTime"])


def test_a_rejected_filter_leaves_the_existing_one(client: Client, group: str) -> None:
    logs = client("logs")
    put_filter(logs, group)
    with pytest.raises(logs.exceptions.InvalidParameterException, match="Invalid metric filter pattern"):
        put_filter(logs, group, "{ $.a = null }")
    (kept,) = logs.describe_metric_filters(logGroupName=group)["metricFilters"]

    assert kept["filterPattern"] == "ERROR"


@pytest.mark.parametrize("pattern", ["{ $.a  =  1 }", "a   b", "{\t$.a = 1 }"])
def test_a_filter_keeps_all_whitespace_of_its_pattern(client: Client, group: str, pattern: str) -> None:
    logs = client("logs")
    put_filter(logs, group, pattern)
    (kept,) = logs.describe_metric_filters(logGroupName=group)["metricFilters"]

    assert kept["filterPattern"] == pattern


def test_a_default_value_with_dimensions_is_rejected(client: Client, group: str) -> None:
    logs = client("logs")
    with pytest.raises(logs.exceptions.InvalidParameterException):
        put_filter(logs, group, "{ $.a = 1 }", defaultValue=0.0, dimensions={"a": "$.a"})


def test_a_log_group_is_created_once_and_its_two_arns_differ_by_an_asterisk(client: Client, group: str) -> None:
    logs = client("logs")
    with pytest.raises(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=group)
    (found,) = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]

    assert found["arn"] == found["logGroupArn"] + ":*"


def test_a_topic_is_created_once(client: Client, name: str, topic_arn: str) -> None:
    sns = client("sns")
    assert sns.create_topic(Name=name)["TopicArn"] == topic_arn
    assert sns.create_topic(Name=name, Attributes={"DisplayName": "Contract"})["TopicArn"] == topic_arn
    with pytest.raises(sns.exceptions.InvalidParameterException, match="different attributes"):
        sns.create_topic(Name=name, Attributes={"DisplayName": "Other"})


def test_the_default_policy_of_a_topic_allows_its_account_to_publish(client: Client, topic_arn: str) -> None:
    attributes = client("sns").get_topic_attributes(TopicArn=topic_arn)["Attributes"]
    (statement,) = json.loads(attributes["Policy"])["Statement"]

    assert statement["Condition"] == {"StringEquals": {"AWS:SourceOwner": attributes["Owner"]}}
    assert (attributes["SubscriptionsPending"], attributes["SubscriptionsConfirmed"]) == ("0", "0")


def test_put_rule_replaces_the_state_for_all_management_events(
    client: Client, name: str, cleanup: contextlib.ExitStack
) -> None:
    events, state = client("events"), "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
    pattern = json.dumps({"source": ["secmon.contract"]})
    events.put_rule(Name=name, EventPattern=pattern, State=state, Description="for a test")
    cleanup.callback(events.delete_rule, Name=name)
    assert events.describe_rule(Name=name)["State"] == state

    events.put_rule(Name=name, EventPattern=pattern)
    replaced = events.describe_rule(Name=name)
    assert (replaced["State"], replaced.get("Description")) == ("ENABLED", None)
