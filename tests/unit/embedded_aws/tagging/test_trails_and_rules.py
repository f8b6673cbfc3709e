"""GetResources finds trails and event rules by their tags, as on AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Client = Callable[[str], Any]
TAGS = [{"Key": "owner", "Value": "secmon"}]


def make_resources(client: Client) -> tuple[str, str]:
    client("s3").create_bucket(Bucket="trail-files")
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": '
        '{"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:*", "Resource": "*"}]}'
    )
    client("s3").put_bucket_policy(Bucket="trail-files", Policy=policy)
    trail = client("cloudtrail").create_trail(Name="trail", S3BucketName="trail-files", TagsList=TAGS)["TrailARN"]
    rule = client("events").put_rule(Name="rule", EventPattern='{"source": ["aws.iam"]}', Tags=TAGS)["RuleArn"]
    return trail, rule


def tagged(client: Client, **filters: Any) -> set[str]:
    found = client("resourcegroupstaggingapi").get_resources(
        TagFilters=[{"Key": "owner", "Values": ["secmon"]}], **filters
    )
    return {item["ResourceARN"] for item in found["ResourceTagMappingList"]}


def test_trails_and_rules_are_found(aws_client: Client) -> None:
    trail, rule = make_resources(aws_client)

    assert tagged(aws_client) == {trail, rule}
    assert tagged(aws_client, ResourceTypeFilters=["cloudtrail:trail"]) == {trail}
    assert tagged(aws_client, ResourceTypeFilters=["events"]) == {rule}

    aws_client("resourcegroupstaggingapi").untag_resources(ResourceARNList=[trail], TagKeys=["owner"])
    assert tagged(aws_client) == {rule}
    assert aws_client("cloudtrail").list_tags(ResourceIdList=[trail])["ResourceTagList"][0]["TagsList"] == []


def test_moto_still_needs_the_override(moto_client: Client) -> None:
    make_resources(moto_client)
    assert tagged(moto_client) == set()
