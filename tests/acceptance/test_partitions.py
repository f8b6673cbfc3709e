"""site.yml names resources of the right partition in regions outside the partition aws."""

from __future__ import annotations

import json
import re

import pytest

from tools.demo.playbooks import run_playbook

# Each test runs a playbook.
pytestmark = pytest.mark.long


@pytest.mark.parametrize(("region", "partition"), [("eusc-de-east-1", "aws-eusc"), ("us-iso-east-1", "aws-iso")])
def test_a_check_with_encryption_predicts_arns_of_the_partition_alone(
    embedded_aws: str, region: str, partition: str
) -> None:
    variables = json.dumps({"secmon_region": region, "secmon_encrypt": True})
    checked = run_playbook(embedded_aws, "site", "--limit", "guide", "--check", "-e", variables)
    assert checked.code == 0, checked.results
    arns = set(re.findall(r"arn:(aws[a-z-]*):([a-z0-9]+):", json.dumps(checked.results)))
    assert {service for _partition, service in arns} >= {"cloudtrail", "iam", "kms", "logs", "s3", "sns"}
    assert {found for found, _service in arns} == {partition}
