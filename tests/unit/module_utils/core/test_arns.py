from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.arns import Place, partition_of


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-east-1", "aws-us-gov"), ("us-iso-east-1", "aws-iso")],
)
def test_the_partition_follows_from_the_region(region: str, partition: str) -> None:
    assert partition_of(region) == partition


def test_an_arn_says_where_its_resource_is() -> None:
    assert (
        Place("aws-cn", "cn-north-1", "012345678901").arn("sns", "alarms")
        == "arn:aws-cn:sns:cn-north-1:012345678901:alarms"
    )
