"""Selectors of events and insights are validated and replaced; an unset one is the default, or an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.trail_setup import make_trail

Client = Callable[[str], Any]

MANAGEMENT_FIELD = {"Field": "eventCategory", "Equals": ["Management"]}
MANAGEMENT = [{"Name": "all", "FieldSelectors": [MANAGEMENT_FIELD]}]


@pytest.fixture(scope="module")
def trail(aws_client: Client) -> str:
    make_trail(aws_client, "chosen")
    return "chosen"


def test_the_default_is_all_management_events(aws_client: Client) -> None:
    make_trail(aws_client, "default")
    answer = aws_client("cloudtrail").get_event_selectors(TrailName="default")
    expected = {
        "ReadWriteType": "All",
        "IncludeManagementEvents": True,
        "DataResources": [],
        "ExcludeManagementEventSources": [],
    }
    assert answer["EventSelectors"] == [expected]
    assert "AdvancedEventSelectors" not in answer


def test_one_kind_of_selector_replaces_the_other(aws_client: Client, trail: str) -> None:
    cloudtrail = aws_client("cloudtrail")
    cloudtrail.put_event_selectors(TrailName=trail, AdvancedEventSelectors=MANAGEMENT)
    assert cloudtrail.get_event_selectors(TrailName=trail)["AdvancedEventSelectors"] == MANAGEMENT
    put = cloudtrail.put_event_selectors(TrailName=trail, EventSelectors=[{"ReadWriteType": "WriteOnly"}])
    answer = cloudtrail.get_event_selectors(TrailName=trail)
    assert "AdvancedEventSelectors" not in answer
    assert answer["EventSelectors"] == put["EventSelectors"]
    assert answer["EventSelectors"][0]["IncludeManagementEvents"] is True


@pytest.mark.parametrize(
    "selectors",
    [
        {},
        {"EventSelectors": [{}], "AdvancedEventSelectors": MANAGEMENT},
        {"EventSelectors": [{}] * 6},
        {"EventSelectors": [{"ReadWriteType": "Some"}]},
        {"EventSelectors": [{"ExcludeManagementEventSources": ["iam.amazonaws.com"]}]},
        {"EventSelectors": [{"DataResources": [{"Type": "AWS::SQS::Queue", "Values": ["arn"]}]}]},
        {"EventSelectors": [{"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn"] * 251}]}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "readOnly", "Equals": ["true"]}]}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "StartsWith": ["M"]}]}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory"}]}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Dta"]}]}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Data"]}]}]},
        {"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["NetworkActivity"]}]}]},
        {
            "AdvancedEventSelectors": [
                {"FieldSelectors": [MANAGEMENT_FIELD, {"Field": "readOnly", "Equals": ["maybe"]}]},
            ]
        },
    ],
)
def test_rejects_invalid_selectors(aws_client: Client, trail: str, selectors: dict[str, Any]) -> None:
    cloudtrail = aws_client("cloudtrail")
    with pytest.raises(cloudtrail.exceptions.InvalidEventSelectorsException):
        cloudtrail.put_event_selectors(TrailName=trail, **selectors)


def test_moto_still_needs_the_event_selectors(moto_client: Client) -> None:
    moto_client("s3").create_bucket(Bucket="chosen")
    cloudtrail = moto_client("cloudtrail")
    cloudtrail.create_trail(Name="chosen", S3BucketName="chosen")
    assert cloudtrail.get_event_selectors(TrailName="chosen")["EventSelectors"] == []
    cloudtrail.put_event_selectors(TrailName="chosen", AdvancedEventSelectors=MANAGEMENT)
    cloudtrail.put_event_selectors(TrailName="chosen", EventSelectors=[{"ReadWriteType": "Some"}])
    assert cloudtrail.get_event_selectors(TrailName="chosen")["AdvancedEventSelectors"] == MANAGEMENT


CALLS = {"InsightType": "ApiCallRateInsight"}
ERRORS = {"InsightType": "ApiErrorRateInsight"}


def test_a_second_call_replaces_the_first(aws_client: Client) -> None:
    make_trail(aws_client, "insight")
    cloudtrail = aws_client("cloudtrail")
    with pytest.raises(cloudtrail.exceptions.InsightNotEnabledException):
        cloudtrail.get_insight_selectors(TrailName="insight")
    cloudtrail.put_insight_selectors(TrailName="insight", InsightSelectors=[CALLS])
    cloudtrail.put_insight_selectors(TrailName="insight", InsightSelectors=[ERRORS])
    assert cloudtrail.get_insight_selectors(TrailName="insight")["InsightSelectors"] == [ERRORS]
    with pytest.raises(cloudtrail.exceptions.InvalidInsightSelectorsException):
        cloudtrail.put_insight_selectors(TrailName="insight", InsightSelectors=[{"InsightType": "Other"}])
    cloudtrail.put_insight_selectors(TrailName="insight", InsightSelectors=[])
    with pytest.raises(cloudtrail.exceptions.InsightNotEnabledException):
        cloudtrail.get_insight_selectors(TrailName="insight")


def test_moto_still_needs_the_insight_selectors(moto_client: Client) -> None:
    moto_client("s3").create_bucket(Bucket="insight")
    cloudtrail = moto_client("cloudtrail")
    cloudtrail.create_trail(Name="insight", S3BucketName="insight")
    cloudtrail.put_insight_selectors(TrailName="insight", InsightSelectors=[CALLS])
    cloudtrail.put_insight_selectors(TrailName="insight", InsightSelectors=[ERRORS])
    assert cloudtrail.get_insight_selectors(TrailName="insight")["InsightSelectors"] == [CALLS, ERRORS]
