from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import botocore
import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.checks import check_trail
from ansible_collections.secmon.aws.plugins.module_utils.core import aws_names
from ansible_collections.secmon.aws.plugins.module_utils.core.aws_names import (
    PARTITION,
    PARTITIONS,
    REGION,
    Arn,
    Place,
    bucket_name_problem,
    deployment_names,
    dns_suffix,
    is_of_region,
    leader_region,
    partition_of,
    service_principal,
)
from ansible_collections.secmon.aws.plugins.module_utils.logs.checks import check_log_group
from ansible_collections.secmon.aws.plugins.module_utils.s3.plan import check_log_bucket
from ansible_collections.secmon.aws.plugins.module_utils.sns.plan import check_topic

BOTOCORE_PARTITIONS = json.loads((Path(botocore.__file__).parent / "data/partitions.json").read_text())["partitions"]
ONE_REGION_PER_PARTITION = {
    "aws": ("eu-central-1", "amazonaws.com"),
    "aws-cn": ("cn-north-1", "amazonaws.com.cn"),
    "aws-us-gov": ("us-gov-west-1", "amazonaws.com"),
    "aws-eusc": ("eusc-de-east-1", "amazonaws.eu"),
    "aws-iso": ("us-iso-east-1", "c2s.ic.gov"),
    "aws-iso-b": ("us-isob-east-1", "sc2s.sgov.gov"),
    "aws-iso-e": ("eu-isoe-west-1", "cloud.adc-e.uk"),
    "aws-iso-f": ("us-isof-south-1", "csp.hci.ic.gov"),
}
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
SETTINGS: dict[str, Any] = {
    "secmon_account_id": "012345678901",
    "secmon_region": "eu-central-1",
    "secmon_topology": "account",
    "secmon_trail_name": "audit",
    "secmon_log_bucket_name": "",
    "secmon_log_group_name": "/trail",
    "secmon_log_role_name": "Writer",
    "secmon_topic_name": "Alarms",
    "secmon_event_topic_name": "Events",
    "secmon_kms_alias": "alias/secmon",
    "secmon_existing_log_bucket_name": "",
    "secmon_existing_log_bucket_owner": "",
    "secmon_existing_log_group_name": None,
    "secmon_existing_log_role_arn": "",
    "secmon_existing_topic_arn": None,
}


def test_the_partitions_are_those_of_botocore() -> None:
    assert PARTITIONS.keys() == {partition["id"] for partition in BOTOCORE_PARTITIONS}


@pytest.mark.parametrize("partition", BOTOCORE_PARTITIONS, ids=lambda partition: partition["id"])
def test_every_region_of_botocore_has_its_partition_and_dns_suffix(partition: dict[str, Any]) -> None:
    for region in partition["regions"]:
        if region.endswith("-global"):  # a pseudo-region, which no client takes
            continue
        assert re.fullmatch(REGION, region)
        assert partition_of(region) == partition["id"]
        assert dns_suffix(region) == partition["outputs"]["dnsSuffix"]
    assert re.fullmatch(PARTITION, partition["id"])


def test_a_region_that_no_prefix_matches_belongs_to_aws() -> None:
    assert partition_of("xx-future-9") == "aws"


IN_EACH_PARTITION = pytest.mark.parametrize(
    ("partition", "region", "suffix"), [(partition, *of) for partition, of in ONE_REGION_PER_PARTITION.items()]
)


@IN_EACH_PARTITION
def test_every_name_of_a_deployment_is_correct_in_each_partition(partition: str, region: str, suffix: str) -> None:
    assert deployment_names({**SETTINGS, "secmon_region": region}) == {
        "account_id": "012345678901",
        "region": region,
        "global_region": leader_region(region),
        "partition": partition,
        "dns_suffix": suffix,
        "logs_principal": f"logs.{region}.{suffix}",
        "account_arn": f"arn:{partition}:iam::012345678901:root",
        "trail_name": "audit",
        "trail_arn": f"arn:{partition}:cloudtrail:{region}:012345678901:trail/audit",
        "all_trails_arn": f"arn:{partition}:cloudtrail:*:012345678901:trail/*",
        "bucket_name": "audit-012345678901",
        "bucket_arn": f"arn:{partition}:s3:::audit-012345678901",
        "bucket_owner": "012345678901",
        "log_group_name": "/trail",
        "log_group_arn": f"arn:{partition}:logs:{region}:012345678901:log-group:/trail",
        "role_arn": f"arn:{partition}:iam::012345678901:role/Writer",
        "topic_arn": f"arn:{partition}:sns:{region}:012345678901:Alarms",
        "event_topic_arn": f"arn:{partition}:sns:{region}:012345678901:Events",
        "key_aliases": {
            "trail": "alias/secmon-trail",
            "logs": "alias/secmon-logs",
            "topic": "alias/secmon-topic",
            "events": "alias/secmon-events",
        },
        "key_principals": ["cloudtrail.amazonaws.com", f"logs.{region}.{suffix}", "cloudwatch.amazonaws.com"],
    }


@IN_EACH_PARTITION
def test_modules_accept_the_names_of_a_deployment_in_each_partition(partition: str, region: str, suffix: str) -> None:
    names = deployment_names({**SETTINGS, "secmon_region": region})
    key = Place(partition, region, "012345678901").arn("kms", f"key/{KEY}")
    check_log_bucket({"name": names["bucket_name"], "trail_arns": [names["trail_arn"]]}, region)
    check_log_group({"name": names["log_group_name"], "kms_key_arn": key}, region)
    check_topic({"name": "Alarms", "kms_key_arn": key, "subscriptions": []}, region)
    check_trail(
        {
            "name": "audit",
            "s3_bucket_name": names["bucket_name"],
            "log_group_arn": f"{names['log_group_arn']}:*",
            "log_group_role_arn": names["role_arn"],
            "sns_topic_name": names["topic_arn"],
            "kms_key_arn": key,
        },
        region,
    )


def test_existing_resources_replace_those_of_the_deployment() -> None:
    existing = {
        "secmon_existing_log_bucket_name": "their-logs",
        "secmon_existing_log_bucket_owner": "222222222222",
        "secmon_existing_log_group_name": "their-group",
        "secmon_existing_log_role_arn": "arn:aws:iam::012345678901:role/path/theirs",
        "secmon_existing_topic_arn": "arn:aws:sns:eu-central-1:111122223333:theirs",
    }
    names = deployment_names({**SETTINGS, **existing})
    assert names["bucket_name"] == "their-logs"
    assert (names["bucket_arn"], names["bucket_owner"]) == ("arn:aws:s3:::their-logs", "222222222222")
    assert names["log_group_name"] == "their-group"
    assert names["log_group_arn"] == "arn:aws:logs:eu-central-1:012345678901:log-group:their-group"
    assert names["role_arn"] == "arn:aws:iam::012345678901:role/path/theirs"
    assert names["topic_arn"] == "arn:aws:sns:eu-central-1:111122223333:theirs"
    assert names["key_principals"] == ["cloudtrail.amazonaws.com"]


def test_a_configured_bucket_name_replaces_the_default() -> None:
    assert deployment_names({**SETTINGS, "secmon_log_bucket_name": "logs"})["bucket_name"] == "logs"


@pytest.mark.parametrize(
    ("service", "region", "principal"),
    [
        ("logs", "eu-west-1", "logs.eu-west-1.amazonaws.com"),
        ("logs", "cn-north-1", "logs.cn-north-1.amazonaws.com.cn"),
        ("cloudtrail", "cn-north-1", "cloudtrail.amazonaws.com"),
        ("cloudwatch", "us-iso-east-1", "cloudwatch.amazonaws.com"),
    ],
)
def test_only_the_principal_of_cloudwatch_logs_depends_on_the_region(service: str, region: str, principal: str) -> None:
    assert service_principal(service, region) == principal


def test_an_arn_is_parsed_into_its_parts() -> None:
    arn = Arn.parse("arn:aws-cn:logs:cn-north-1:012345678901:log-group:trail:*")
    assert arn == Arn("aws-cn", "logs", "cn-north-1", "012345678901", "log-group:trail:*")


@pytest.mark.parametrize("text", ["", "alarms", "arn:aws:sns:eu-west-1", "urn:aws:sns:eu-west-1:1:a"])
def test_text_that_is_not_an_arn_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match="is not an ARN"):
        Arn.parse(text)


def test_a_place_returns_the_arn_of_its_resources() -> None:
    arn = Place("aws-cn", "cn-north-1", "012345678901").arn("sns", "alarms")
    assert arn == "arn:aws-cn:sns:cn-north-1:012345678901:alarms"


def test_an_arn_belongs_to_a_region_of_the_same_partition_only() -> None:
    assert is_of_region("arn:aws-eusc:kms:eusc-de-east-1:012345678901:key/x", "eusc-de-east-1")
    assert not is_of_region("arn:aws:kms:eusc-de-east-1:012345678901:key/x", "eusc-de-east-1")
    assert not is_of_region("arn:aws:kms:eu-west-1:012345678901:key/x", "eu-west-2")


@pytest.mark.parametrize("name", ["abc", "a" * 63, "1-a.b", "logs-012345678901", "x-012345678901-eu-west-1-an"])
def test_a_valid_bucket_name_is_accepted(name: str) -> None:
    assert bucket_name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ab", "3 to 63"),
        ("a" * 64, "3 to 63"),
        ("Logs", "3 to 63"),
        ("-logs", "letter or digit at both ends"),
        ("logs.", "letter or digit at both ends"),
        ("a..b", "no two dots"),
        ("logs\n", "3 to 63"),
        ("192.168.5.4", "IP address"),
        ("xn--logs", "prefix xn--"),
        ("sthree-logs", "prefix sthree-"),
        ("amzn-s3-demo-logs", "prefix amzn-s3-demo-"),
        ("logs-s3alias", "suffix -s3alias"),
        ("x--ol-s3", "suffix --ol-s3"),
        ("logs.mrap", "suffix .mrap"),
        ("logs--x-s3", "suffix --x-s3"),
        ("logs--table-s3", "suffix --table-s3"),
        ("logs-an", "suffix -an"),
    ],
)
def test_a_bucket_name_that_s3_rejects_is_rejected_with_the_reason(name: str, reason: str) -> None:
    assert reason in str(bucket_name_problem(name))


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("KEY_ARN", f"arn:aws:kms:eu-west-1:012345678901:key/{KEY}"),
        ("KEY_ARN", f"arn:aws-eusc:kms:eusc-de-east-1:012345678901:key/mrk-{'0a' * 16}"),
        ("KEY_ALIAS_ARN", "arn:aws:kms:eu-west-1:012345678901:alias/secmon/logs"),
        ("LAMBDA_ARN", "arn:aws-us-gov:lambda:us-gov-west-1:012345678901:function:rotate:$LATEST"),
        ("LOG_GROUP_ARN", "arn:aws-iso:logs:us-iso-east-1:012345678901:log-group:/aws/cloudtrail/logs:*"),
        ("QUEUE_ARN", "arn:aws:sqs:eu-west-1:012345678901:alarms.fifo"),
        ("ROLE_ARN", "arn:aws-iso-b:iam::012345678901:role/service-role/Writer"),
        ("SECRET_ARN", "arn:aws:secretsmanager:eu-west-1:012345678901:secret:app/db-AbCdEf"),
        ("STANDARD_TOPIC_ARN", "arn:aws-iso-e:sns:eu-isoe-west-1:012345678901:Alarms"),
        ("TOPIC_ARN", "arn:aws-iso-f:sns:us-isof-south-1:012345678901:Alarms.fifo"),
        ("TRAIL_ARN", "arn:aws-cn:cloudtrail:cn-north-1:012345678901:trail/audit"),
    ],
)
def test_the_pattern_of_an_arn_matches_an_arn(shape: str, text: str) -> None:
    assert re.fullmatch(getattr(aws_names, shape), text)


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("KEY_ARN", "arn:aws:kms:eu-west-1:012345678901:alias/secmon"),
        ("KEY_ARN", "arn:aws:kms:eu-west-1:012345678901:key/"),
        ("KEY_ARN", f"arn:aws:kms:eu-west-1:12345:key/{KEY}"),
        ("KEY_ARN", f"arn:amazon:kms:eu-west-1:012345678901:key/{KEY}"),
        ("ROLE_ARN", "arn:aws:iam:eu-west-1:012345678901:role/Writer"),
        ("STANDARD_TOPIC_ARN", "arn:aws:sns:eu-west-1:012345678901:Alarms.fifo"),
        ("TRAIL_ARN", "arn:aws:cloudtrail:eu-west-1:012345678901:trail/a--b"),
        ("TRAIL_ARN", "arn:aws:cloudtrail:eu-west-1:012345678901:trail/10.0.0.1"),
        ("LOG_GROUP_NAME", "aws/logs"),
    ],
)
def test_the_pattern_of_an_arn_matches_nothing_else(shape: str, text: str) -> None:
    assert not re.fullmatch(getattr(aws_names, shape), text)
