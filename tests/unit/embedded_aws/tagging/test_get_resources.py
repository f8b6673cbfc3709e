"""GetResources lists tagged resources by type, tag, account and Region, in pages, as on AWS."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import Client, put_alarm
from tests.support.trail_setup import make_bucket

TAGS = [{"Key": "owner", "Value": "secmon"}, {"Key": "stage", "Value": "test"}]
KMS_TAGS = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in TAGS]
TAG_MAP = {tag["Key"]: tag["Value"] for tag in TAGS}
PAGED_ALARMS = 230


@pytest.fixture(scope="module")
def tagged(aws_client: Client) -> dict[str, str]:
    """Make a tagged resource of each kind and untagged ones beside them; return the ARNs by resource type."""
    make_bucket(aws_client, "tagged-bucket", "tagged-trail")
    aws_client("s3").put_bucket_tagging(Bucket="tagged-bucket", Tagging={"TagSet": TAGS})
    aws_client("s3").create_bucket(Bucket="plain-bucket")
    trail = aws_client("cloudtrail").create_trail(Name="tagged-trail", S3BucketName="tagged-bucket", TagsList=TAGS)
    aws_client("logs").create_log_group(logGroupName="tagged", tags=TAG_MAP)
    aws_client("logs").create_log_group(logGroupName="plain")
    put_alarm(aws_client, "tagged", Tags=TAGS)
    put_alarm(aws_client, "plain")
    aws_client("cloudwatch").put_composite_alarm(AlarmName="composite", AlarmRule="ALARM(tagged)", Tags=TAGS)
    cloudwatch = "arn:aws:cloudwatch:us-east-1:123456789012:alarm:"
    return {
        "s3": "arn:aws:s3:::tagged-bucket",
        "cloudtrail:trail": trail["TrailARN"],
        "logs:log-group": "arn:aws:logs:us-east-1:123456789012:log-group:tagged",
        "cloudwatch:alarm": f"{cloudwatch}tagged",
        "cloudwatch": f"{cloudwatch}composite",
        "sns": aws_client("sns").create_topic(Name="tagged", Tags=TAGS)["TopicArn"],
        "secretsmanager:secret": aws_client("secretsmanager").create_secret(Name="tagged", Tags=TAGS)["ARN"],
        "kms:key": aws_client("kms").create_key(Tags=KMS_TAGS)["KeyMetadata"]["Arn"],
    }


def found(client: Client, **question: Any) -> dict[str, dict[str, str]]:
    """Return the tags of the listed resources by ARN."""
    paginator = client("resourcegroupstaggingapi").get_paginator("get_resources")
    listed = [item for page in paginator.paginate(**question) for item in page["ResourceTagMappingList"]]
    return {item["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in item["Tags"]} for item in listed}


def test_everything_that_is_tagged_is_listed_with_its_tags(aws_client: Client, tagged: dict[str, str]) -> None:
    assert found(aws_client) == dict.fromkeys(tagged.values(), TAG_MAP)


@pytest.mark.parametrize(
    "resource_type",
    ["s3", "cloudtrail:trail", "logs:log-group", "sns", "secretsmanager:secret", "kms:key"],
)
def test_filters_by_resource_type(aws_client: Client, tagged: dict[str, str], resource_type: str) -> None:
    assert list(found(aws_client, ResourceTypeFilters=[resource_type])) == [tagged[resource_type]]


def test_metric_and_composite_alarms_are_both_alarms(aws_client: Client, tagged: dict[str, str]) -> None:
    alarms = {tagged["cloudwatch:alarm"], tagged["cloudwatch"]}
    assert set(found(aws_client, ResourceTypeFilters=["cloudwatch:alarm"])) == alarms
    assert set(found(aws_client, ResourceTypeFilters=["sns", "cloudwatch"])) == {*alarms, tagged["sns"]}


@pytest.mark.parametrize(
    ("filters", "listed"),
    [
        ([{"Key": "owner"}], True),
        ([{"Key": "owner", "Values": ["secmon", "other"]}], True),
        ([{"Key": "owner", "Values": ["secmon"]}, {"Key": "stage", "Values": ["test"]}], True),
        ([{"Key": "owner", "Values": ["secmon"]}, {"Key": "stage", "Values": ["live"]}], False),
        ([{"Key": "owner", "Values": ["SECMON"]}], False),
        ([{"Key": "Owner"}], False),
    ],
)
def test_all_tag_filters_must_match(
    aws_client: Client, tagged: dict[str, str], filters: list[dict[str, Any]], listed: bool
) -> None:
    assert bool(found(aws_client, TagFilters=filters)) == listed


def test_named_resources_are_listed_if_they_exist(aws_client: Client, tagged: dict[str, str]) -> None:
    unknown = "arn:aws:sns:us-east-1:123456789012:unknown"
    assert list(found(aws_client, ResourceARNList=[tagged["sns"], unknown])) == [tagged["sns"]]


@pytest.mark.parametrize(
    "question",
    [
        {"ResourceARNList": ["arn:aws:sns:us-east-1:123456789012:x"], "ResourceTypeFilters": ["sns"]},
        {"ResourceARNList": ["arn:aws:sns:us-east-1:123456789012:x"], "TagFilters": [{"Key": "owner"}]},
        {"ResourcesPerPage": 101},
        {"ResourcesPerPage": 0},
        {"TagsPerPage": 99},
        {"TagFilters": [{"Values": ["secmon"]}]},
        {"IncludeComplianceDetails": True},
    ],
)
def test_rejects_requests_that_aws_rejects(aws_client: Client, question: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="InvalidParameterException"):
        aws_client("resourcegroupstaggingapi").get_resources(**question)


def test_rejects_a_token_of_another_request(aws_client: Client, tagged: dict[str, str]) -> None:
    tagging = aws_client("resourcegroupstaggingapi")
    token = tagging.get_resources(ResourcesPerPage=1)["PaginationToken"]
    for question in ({"ResourcesPerPage": 2, "PaginationToken": token}, {"PaginationToken": "made up"}):
        with pytest.raises(tagging.exceptions.PaginationTokenExpiredException):
            tagging.get_resources(**question)
    first, again = (tagging.get_resources(ResourcesPerPage=1, PaginationToken=token) for _turn in range(2))
    assert first["ResourceTagMappingList"] == again["ResourceTagMappingList"] != []


@pytest.fixture(scope="module")
def member(aws_client: Client) -> dict[str, str]:
    """Return the credentials of another account, as options of a client."""
    arn = "arn:aws:iam::222222222222:role/OrganizationAccountAccessRole"
    credentials = aws_client("sts").assume_role(RoleArn=arn, RoleSessionName="tester")["Credentials"]
    return {
        "aws_access_key_id": credentials["AccessKeyId"],
        "aws_secret_access_key": credentials["SecretAccessKey"],
        "aws_session_token": credentials["SessionToken"],
    }


def test_pages_are_limited_by_resources_and_tags(embedded_aws: str, member: dict[str, str]) -> None:
    def client(service: str) -> Any:
        return boto3.client(service, endpoint_url=embedded_aws, region_name="us-east-1", **member)

    cloudwatch, tagging = client("cloudwatch"), client("resourcegroupstaggingapi")
    tags = [*TAGS, {"Key": "third", "Value": "x"}]
    for number in range(PAGED_ALARMS):
        cloudwatch.put_composite_alarm(AlarmName=f"paged-{number:03}", AlarmRule="FALSE", Tags=tags)
    for question, sizes in (({}, [100, 100, 30]), ({"TagsPerPage": 100}, [33] * 6 + [32])):
        pages = list(tagging.get_paginator("get_resources").paginate(ResourceTypeFilters=["cloudwatch"], **question))
        assert [len(page["ResourceTagMappingList"]) for page in pages] == sizes
        arns = [item["ResourceARN"] for page in pages for item in page["ResourceTagMappingList"]]
        assert arns == sorted(set(arns))
        assert len(arns) == PAGED_ALARMS
        assert pages[-1]["PaginationToken"] == ""


def test_accounts_and_regions_are_separate(embedded_aws: str, member: dict[str, str], tagged: dict[str, str]) -> None:
    own = {"aws_access_key_id": "tester", "aws_secret_access_key": "tester"}

    def client(service: str, region: str, credentials: dict[str, str]) -> Any:
        return boto3.client(service, endpoint_url=embedded_aws, region_name=region, **credentials)

    def listed(region: str, credentials: dict[str, str]) -> list[str]:
        tagging = client("resourcegroupstaggingapi", region, credentials)
        found = tagging.get_resources(ResourceTypeFilters=["sns", "s3"])["ResourceTagMappingList"]
        return [item["ResourceARN"] for item in found]

    s3, bucket = client("s3", "eu-west-1", own), "tagged-elsewhere"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": TAGS})
    topic = client("sns", "us-east-1", member).create_topic(Name="there", Tags=TAGS)["TopicArn"]

    assert listed("us-east-1", own) == [tagged["s3"], tagged["sns"]]
    assert listed("eu-west-1", own) == [f"arn:aws:s3:::{bucket}"]
    assert listed("us-east-1", member) == [topic]
    s3.delete_bucket(Bucket=bucket)


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
    moto_client("logs").create_log_group(logGroupName="g", tags=TAG_MAP)
    boto3.client("s3", region_name="eu-west-1", aws_access_key_id="test", aws_secret_access_key="test").create_bucket(
        Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    moto_client("s3").put_bucket_tagging(Bucket="elsewhere", Tagging={"TagSet": TAGS})
    assert found(moto_client, ResourceTypeFilters=["logs:log-group"]) == {}
    assert list(found(moto_client, ResourceTypeFilters=["s3"])) == ["arn:aws:s3:::elsewhere"]
