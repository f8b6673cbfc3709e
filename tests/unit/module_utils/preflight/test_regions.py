"""The preflight rejects misspelt regions, and no region of AWS."""

from __future__ import annotations

import boto3
import pytest
from ansible_collections.secmon.aws.plugins.module_utils.preflight.regions import REGIONS, region_problem

PARTITIONS = boto3.Session().get_available_partitions()
OF_BOTOCORE = [region for name in PARTITIONS for region in boto3.Session().get_available_regions("logs", name)]


@pytest.mark.parametrize("region", sorted({*REGIONS, *OF_BOTOCORE, "eu-central-7", "nz-north-1"}))
def test_regions_of_aws_and_those_that_it_may_add_are_accepted(region: str) -> None:
    assert region_problem(region) is None
