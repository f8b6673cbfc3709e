"""Insights selectors are replaced, and a trail without any is an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from moto import mock_aws

from tests.support.trail_setup import make_trail, moto_client

Client = Callable[[str], Any]

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


@mock_aws
def test_moto_still_needs_the_override() -> None:
    """When this fails, moto has been fixed and the override can be removed."""
    moto_client("s3").create_bucket(Bucket="insight")
    cloudtrail = moto_client("cloudtrail")
    cloudtrail.create_trail(Name="insight", S3BucketName="insight")
    cloudtrail.put_insight_selectors(TrailName="insight", InsightSelectors=[CALLS])
    cloudtrail.put_insight_selectors(TrailName="insight", InsightSelectors=[ERRORS])
    assert cloudtrail.get_insight_selectors(TrailName="insight")["InsightSelectors"] == [CALLS, ERRORS]
