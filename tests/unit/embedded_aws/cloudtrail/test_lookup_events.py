"""LookupEvents finds management events of the account and Region, by one attribute, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.embedded_control import advance

Client = Callable[..., Any]


@pytest.fixture(scope="module")
def lookup(aws_client: Client) -> Callable[..., dict[str, Any]]:
    """Return LookupEvents of an account in which three secrets and a role were made."""
    for name in ("first", "second", "third"):
        aws_client("secretsmanager").create_secret(Name=name, SecretString="hidden")
    aws_client("iam").create_role(RoleName="made", AssumeRolePolicyDocument="{}")
    answer: Callable[..., dict[str, Any]] = aws_client("cloudtrail").lookup_events
    return answer


def by(key: str, value: str) -> dict[str, Any]:
    return {"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]}


def names(answer: dict[str, Any]) -> list[str]:
    return [event["EventName"] for event in answer["Events"]]


def test_finds_a_call_in_another_protocol_than_the_default_of_the_model(aws_client: Client) -> None:
    cloudwatch = aws_client("cloudwatch")
    cloudwatch.put_composite_alarm(AlarmName="tagged", AlarmRule="TRUE")
    (alarm,) = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    cloudwatch.tag_resource(ResourceARN=alarm["AlarmArn"], Tags=[{"Key": "a", "Value": "b"}])
    assert names(aws_client("cloudtrail").lookup_events(**by("EventName", "TagResource"))) == ["TagResource"]


def test_an_event_is_found_by_every_attribute(lookup: Callable[..., dict[str, Any]]) -> None:
    event = lookup(**by("ResourceName", "first"))["Events"][0]
    assert event["EventName"] == "CreateSecret"
    assert (event["ReadOnly"], event["EventSource"]) == ("false", "secretsmanager.amazonaws.com")
    assert {"ResourceType": "AWS::SecretsManager::Secret", "ResourceName": "first"} in event["Resources"]
    record = json.loads(event["CloudTrailEvent"])
    assert record["eventID"] == event["EventId"]
    assert "hidden" not in event["CloudTrailEvent"]
    for key in ("EventId", "EventName", "ReadOnly", "Username", "EventSource", "AccessKeyId"):
        found = lookup(**by(key, event[key]))["Events"]
        assert event["EventId"] in [one["EventId"] for one in found], key
    assert names(lookup(**by("ResourceType", "AWS::IAM::Role"))) == ["CreateRole"]
    assert lookup(**by("EventName", "DeleteSecret"))["Events"] == []


def test_pages_come_newest_first_and_belong_to_one_search(lookup: Callable[..., dict[str, Any]]) -> None:
    search = by("EventName", "CreateSecret")
    page = lookup(**search, MaxResults=2)
    rest = lookup(**search, NextToken=page["NextToken"])
    found = [event["Resources"][0]["ResourceName"] for event in page["Events"] + rest["Events"]]
    assert found == ["third", "second", "first"]
    assert "NextToken" not in rest
    with pytest.raises(ClientError, match="InvalidNextTokenException"):
        lookup(NextToken=page["NextToken"])


def test_a_time_range_limits_the_search(embedded_aws: str, lookup: Callable[..., dict[str, Any]]) -> None:
    advance(embedded_aws, 3600)
    later = datetime.now(UTC) + timedelta(minutes=30)
    assert lookup(StartTime=later, **by("EventName", "CreateSecret"))["Events"] == []
    assert len(lookup(EndTime=later, **by("EventName", "CreateSecret"))["Events"]) == 3


def test_another_region_has_its_own_history(
    aws_client: Callable[..., Any], lookup: Callable[..., dict[str, Any]]
) -> None:
    assert lookup()["Events"]
    elsewhere = aws_client("cloudtrail", "eu-west-1")
    assert elsewhere.lookup_events(**by("EventName", "CreateSecret"))["Events"] == []


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        (by("Colour", "red"), "InvalidLookupAttributesException"),
        ({"LookupAttributes": by("EventName", "a")["LookupAttributes"] * 2}, "InvalidLookupAttributesException"),
        ({"StartTime": datetime(2026, 2, 1), "EndTime": datetime(2026, 1, 1)}, "InvalidTimeRangeException"),
        ({"MaxResults": 51}, "InvalidMaxResultsException"),
        ({"NextToken": "invented"}, "InvalidNextTokenException"),
        ({"EventCategory": "data"}, "InvalidEventCategoryException"),
    ],
)
def test_rejects_an_invalid_search(embedded_aws: str, parameters: dict[str, Any], code: str) -> None:
    client = boto3.client(
        "cloudtrail",
        endpoint_url=embedded_aws,
        region_name="us-east-1",
        aws_access_key_id="tester",
        aws_secret_access_key="tester",
        config=boto3.session.Config(parameter_validation=False),
    )
    with pytest.raises(ClientError) as refused:
        client.lookup_events(**parameters)
    assert refused.value.response["Error"]["Code"] == code


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    with pytest.raises((NotImplementedError, ClientError)):
        moto_client("cloudtrail").lookup_events()
