"""A trail's description has its settings without members that are not set, and a listing the trails of all Regions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3

from tests.support.trail_setup import make_trail, trail_arn

Client = Callable[..., Any]

WRITES = [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}]


def test_the_description_shows_custom_selectors(aws_client: Client) -> None:
    make_trail(aws_client, "described")
    cloudtrail = aws_client("cloudtrail")
    (trail,) = cloudtrail.describe_trails(trailNameList=["described"])["trailList"]
    assert (trail["HasCustomEventSelectors"], trail["HasInsightSelectors"]) == (False, False)
    cloudtrail.put_event_selectors(TrailName="described", EventSelectors=WRITES)
    cloudtrail.put_insight_selectors(TrailName="described", InsightSelectors=[{"InsightType": "ApiCallRateInsight"}])
    trail = cloudtrail.get_trail(Name="described")["Trail"]
    assert (trail["HasCustomEventSelectors"], trail["HasInsightSelectors"]) == (True, True)


def test_removed_members_are_left_out(aws_client: Client) -> None:
    make_trail(aws_client, "bare", S3KeyPrefix="")
    cloudtrail = aws_client("cloudtrail")
    cloudtrail.update_trail(Name="bare", KmsKeyId="")
    assert not {"KmsKeyId", "S3KeyPrefix"} & set(cloudtrail.get_trail(Name="bare")["Trail"])


def test_a_list_of_names_and_arns_returns_only_those_trails(embedded_aws: str, aws_client: Client) -> None:
    for name in ("first", "second"):
        make_trail(aws_client, name, IsMultiRegionTrail=True)
    here = aws_client("cloudtrail")
    keys = {"aws_access_key_id": "tester", "aws_secret_access_key": "tester"}
    elsewhere = boto3.client("cloudtrail", endpoint_url=embedded_aws, region_name="eu-west-1", **keys)

    def named(client: Any, *desired: str) -> list[str]:
        return [trail["Name"] for trail in client.describe_trails(trailNameList=list(desired))["trailList"]]

    assert {"first", "second"} <= set(named(here))
    assert named(here, "first") == named(here, trail_arn("first")) == ["first"]
    assert named(here, "unknown") == []
    assert named(elsewhere, "first") == [], "a name is one of the Region's own"
    assert named(elsewhere, trail_arn("second")) == ["second"]
    assert elsewhere.describe_trails(includeShadowTrails=False)["trailList"] == []


def test_moto_still_describes_unset_members(moto_client: Client) -> None:
    moto_client("s3").create_bucket(Bucket="described")
    cloudtrail = moto_client("cloudtrail")
    cloudtrail.create_trail(Name="described", S3BucketName="described")
    cloudtrail.put_event_selectors(TrailName="described", EventSelectors=WRITES)
    assert cloudtrail.get_trail(Name="described")["Trail"]["HasCustomEventSelectors"] is False
    assert cloudtrail.describe_trails(trailNameList=["unknown"])["trailList"]


def test_a_trail_of_another_region_is_listed(aws_client: Client) -> None:
    make_trail(aws_client, "listed")
    elsewhere = aws_client("cloudtrail", "eu-west-1")
    found = [trail for trail in elsewhere.list_trails()["Trails"] if trail["Name"] == "listed"]
    assert [trail["HomeRegion"] for trail in found] == ["us-east-1"]


def test_moto_still_lists_one_region(moto_client: Client) -> None:
    moto_client("s3").create_bucket(Bucket="listed")
    moto_client("cloudtrail").create_trail(Name="listed", S3BucketName="listed")
    elsewhere = boto3.client(
        "cloudtrail", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test"
    )
    assert elsewhere.list_trails()["Trails"] == []
