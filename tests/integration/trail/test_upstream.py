"""Defects of amazon.aws.cloudtrail. A failing test means that upstream fixed one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import BUCKET, NAME, SIMPLE, read_trail


@pytest.mark.promise("upstream")
def test_upstream_makes_a_multi_region_trail_single_region(
    run_module: ModuleRunner, cloudtrail: Any, trail_keys: dict[str, str]
) -> None:
    cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET, IsMultiRegionTrail=True)
    run_module.upstream("amazon.aws.cloudtrail", name=NAME, s3_bucket_name=BUCKET)
    assert not read_trail(cloudtrail)["IsMultiRegionTrail"]


@pytest.mark.promise("upstream")
def test_upstream_cannot_clear_a_prefix(run_module: ModuleRunner, cloudtrail: Any, trail_keys: dict[str, str]) -> None:
    cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET, S3KeyPrefix="trails")
    run_module.upstream("amazon.aws.cloudtrail", name=NAME, s3_bucket_name=BUCKET, s3_key_prefix="")
    assert read_trail(cloudtrail)["S3KeyPrefix"] == "trails"


@pytest.mark.promise("upstream")
def test_upstream_predicts_a_change_that_it_does_not_make(
    run_module: ModuleRunner, cloudtrail: Any, trail_keys: dict[str, str]
) -> None:
    cloudtrail.create_trail(Name=NAME, S3BucketName=BUCKET, KmsKeyId=trail_keys["key"])
    cloudtrail.start_logging(Name=NAME)
    assert run_module.upstream("amazon.aws.cloudtrail", check=True, **SIMPLE)["changed"]
    assert not run_module.upstream("amazon.aws.cloudtrail", **SIMPLE)["changed"]


@pytest.mark.promise("upstream")
def test_upstream_has_no_event_selectors(run_module: ModuleRunner, trail_keys: dict[str, str]) -> None:
    for option in ("event_selectors", "advanced_event_selectors", "insight_selectors", "is_organization_trail"):
        message = run_module.upstream("amazon.aws.cloudtrail", **SIMPLE, **{option: []})["msg"]
        assert "Unsupported parameters" in message and option in message
