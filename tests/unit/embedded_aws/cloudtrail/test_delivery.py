"""Records are delivered to bucket and log group, and errors are in the status of the trail."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from embedded_aws.cloudtrail.delivery.log_stream import RECORD_BYTES, is_too_large
from embedded_aws.process import embedded_aws_process
from tests.support.embedded_control import advance, drain, reset
from tests.support.trail_setup import (
    ACCOUNT,
    REGION,
    bucket_policy,
    document,
    group_arn,
    keys,
    log_keys,
    make_bucket,
    make_role,
    make_trail,
    records,
)

Client = Callable[[str], Any]


@pytest.fixture(autouse=True)
def fresh(embedded_aws: str) -> None:
    """Begin each test with an embedded AWS without trails, since a Region can have five."""
    reset(embedded_aws)


def call(client: Client, endpoint: str) -> None:
    """Make one call that every trail here takes, and have it delivered."""
    client("sts").get_caller_identity()
    drain(endpoint)


def status(client: Client, name: str) -> dict[str, Any]:
    answer: dict[str, Any] = client("cloudtrail").get_trail_status(Name=name)
    return answer


def events(client: Client, group: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client("logs").filter_log_events(logGroupName=group)["events"]
    return found


def test_records_arrive_in_gzip_files_under_the_documented_keys(embedded_aws: str, aws_client: Client) -> None:
    make_bucket(aws_client, "filed", "filed", path=f"audit/AWSLogs/{ACCOUNT}/*")
    aws_client("cloudtrail").create_trail(Name="filed", S3BucketName="filed", S3KeyPrefix="audit")
    aws_client("cloudtrail").start_logging(Name="filed")
    call(aws_client, embedded_aws)
    key = log_keys(aws_client, "filed")[0]
    today = f"{datetime.now(UTC):%Y/%m/%d}"
    name = rf"{ACCOUNT}_CloudTrail_{REGION}_\d{{8}}T\d{{4}}Z_[A-Za-z0-9]{{16}}\.json\.gz"
    assert re.fullmatch(f"audit/AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/{today}/{name}", key)
    head = aws_client("s3").head_object(Bucket="filed", Key=key)
    assert (head["ContentType"], head["ContentEncoding"]) == ("application/json", "gzip")
    names = [record["eventName"] for record in records(aws_client, "filed")]
    assert sorted(names) == ["GetCallerIdentity", "StartLogging"]


def test_several_streams_share_the_records_of_an_account(embedded_aws: str, aws_client: Client) -> None:
    make_trail(aws_client, "shared", logs=True)
    for _turn in range(4):
        call(aws_client, embedded_aws)
    found = events(aws_client, "shared")
    names = {event["logStreamName"] for event in found}
    assert names == {f"{ACCOUNT}_CloudTrail_{REGION}_{number}" for number in (1, 2, 3)}
    assert [event["timestamp"] for event in found] == sorted(event["timestamp"] for event in found)
    streams = aws_client("logs").describe_log_streams(logGroupName="shared")["logStreams"]
    empty = [stream["logStreamName"] for stream in streams if "lastEventTimestamp" not in stream]
    assert empty == [f"{ACCOUNT}_CloudTrail_{REGION}"]


def test_every_record_is_one_event_of_a_numbered_stream_of_its_account(embedded_aws: str, aws_client: Client) -> None:
    make_trail(aws_client, "streamed", logs=True)
    advance(embedded_aws, 60)
    before = datetime.now(UTC) + timedelta(seconds=60)
    call(aws_client, embedded_aws)
    event = events(aws_client, "streamed")[-1]
    assert event["logStreamName"] in [f"{ACCOUNT}_CloudTrail_{REGION}_{number}" for number in (1, 2, 3)]
    assert json.loads(event["message"])["eventName"] == "GetCallerIdentity"
    assert event["timestamp"] >= before.timestamp() * 1000
    names = [json.loads(event["message"])["eventName"] for event in events(aws_client, "streamed")]
    assert [name for name in names if name != "AssumeRole"][:2] == ["StartLogging", "GetCallerIdentity"]


def test_the_status_has_the_bucket_error_until_a_delivery_succeeds(embedded_aws: str, aws_client: Client) -> None:
    make_trail(aws_client, "refused")
    call(aws_client, embedded_aws)
    delivered = status(aws_client, "refused")["LatestDeliveryTime"]
    aws_client("s3").delete_bucket_policy(Bucket="refused")
    call(aws_client, embedded_aws)
    refused = status(aws_client, "refused")
    assert refused["LatestDeliveryError"] == "AccessDenied"
    assert refused["LatestDeliveryTime"] >= delivered
    names = [record["eventName"] for record in records(aws_client, "refused")]
    assert "DeleteBucketPolicy" not in names

    policy = json.dumps(bucket_policy("refused", "refused"))
    aws_client("s3").put_bucket_policy(Bucket="refused", Policy=policy)
    call(aws_client, embedded_aws)
    assert "LatestDeliveryError" not in status(aws_client, "refused")
    names = [record["eventName"] for record in records(aws_client, "refused")]
    assert "DeleteBucketPolicy" in names, "what was refused is delivered later"


def test_the_status_reports_a_deleted_bucket(embedded_aws: str, aws_client: Client) -> None:
    make_trail(aws_client, "gone")
    s3 = aws_client("s3")
    # So that no file is delivered between the listing and the deletion.
    s3.delete_bucket_policy(Bucket="gone")
    for item in s3.list_objects_v2(Bucket="gone")["Contents"]:
        s3.delete_object(Bucket="gone", Key=item["Key"])
    s3.delete_bucket(Bucket="gone")
    call(aws_client, embedded_aws)
    assert status(aws_client, "gone")["LatestDeliveryError"] == "NoSuchBucket"


def test_the_status_reports_a_disabled_key(embedded_aws: str, aws_client: Client) -> None:
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "kms:GenerateDataKey*",
        "Resource": "*",
    }
    key = aws_client("kms").create_key(Policy=document(allow))["KeyMetadata"]["KeyId"]
    make_trail(aws_client, "locked", KmsKeyId=key)
    aws_client("kms").disable_key(KeyId=key)
    call(aws_client, embedded_aws)
    assert status(aws_client, "locked")["LatestDeliveryError"] == "KMS.DisabledException"


def test_the_status_reports_a_disabled_key_of_the_log_group(embedded_aws: str, aws_client: Client) -> None:
    kms, logs = aws_client("kms"), aws_client("logs")
    services = {"Service": ["logs.us-east-1.amazonaws.com"]}
    allow = {"Effect": "Allow", "Principal": services, "Action": "kms:*", "Resource": "*"}
    key = kms.create_key(Policy=document(allow))["KeyMetadata"]["Arn"]
    make_trail(aws_client, "sealed", logs=True)
    logs.associate_kms_key(logGroupName="sealed", kmsKeyId=key)
    kms.disable_key(KeyId=key)
    call(aws_client, embedded_aws)
    assert status(aws_client, "sealed")["LatestCloudWatchLogsDeliveryError"].startswith("Access denied.")
    kms.enable_key(KeyId=key)
    assert not any("GetCallerIdentity" in event["message"] for event in events(aws_client, "sealed"))


def test_the_status_has_the_role_error_until_a_delivery_succeeds(embedded_aws: str, aws_client: Client) -> None:
    make_trail(aws_client, "unwritten", logs=True)
    call(aws_client, embedded_aws)
    aws_client("iam").delete_role_policy(RoleName="unwritten", PolicyName="deliver")
    count = len(events(aws_client, "unwritten"))
    call(aws_client, embedded_aws)
    refused = status(aws_client, "unwritten")
    assert refused["LatestCloudWatchLogsDeliveryError"].startswith("Access denied.")
    assert "LatestDeliveryError" not in refused
    assert len(events(aws_client, "unwritten")) <= count + 1

    allow = {"Effect": "Allow", "Action": "logs:*", "Resource": group_arn("unwritten")}
    policy = aws_client("iam").create_policy(PolicyName="unwritten", PolicyDocument=document(allow))["Policy"]["Arn"]
    aws_client("iam").attach_role_policy(RoleName="unwritten", PolicyArn=policy)
    call(aws_client, embedded_aws)
    assert "LatestCloudWatchLogsDeliveryError" not in status(aws_client, "unwritten")


def test_the_deletion_of_a_trail_is_the_last_record_it_delivers(embedded_aws: str, aws_client: Client) -> None:
    make_trail(aws_client, "last", logs=True)
    aws_client("cloudtrail").delete_trail(Name="last")
    call(aws_client, embedded_aws)
    names = {record["eventName"] for record in records(aws_client, "last")}
    assert "DeleteTrail" in names
    assert "GetCallerIdentity" not in names
    assert json.loads(events(aws_client, "last")[-1]["message"])["eventName"] == "DeleteTrail"


def test_a_record_over_256_kb_is_too_large_for_a_log_group() -> None:
    assert not is_too_large("x" * RECORD_BYTES)
    assert is_too_large("x" * (RECORD_BYTES + 1))
    assert is_too_large("\N{EURO SIGN}" * (RECORD_BYTES // 3 + 1))


def test_an_organization_trail_logs_the_calls_of_members(embedded_aws: str, aws_client: Client) -> None:
    organizations = aws_client("organizations")
    organization = organizations.describe_organization()["Organization"]["Id"]
    organizations.enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    make_bucket(aws_client, "everybody", "everybody", path="AWSLogs/*")
    aws_client("logs").create_log_group(logGroupName="everybody")
    role = make_role(aws_client, "everybody", "everybody")
    allow = {"Effect": "Allow", "Action": "logs:*", "Resource": f"{group_arn('everybody')[:-1]}log-stream:o-*"}
    aws_client("iam").put_role_policy(RoleName="everybody", PolicyName="members", PolicyDocument=document(allow))
    arn = aws_client("cloudtrail").create_trail(
        Name="everybody",
        S3BucketName="everybody",
        IsOrganizationTrail=True,
        CloudWatchLogsLogGroupArn=group_arn("everybody"),
        CloudWatchLogsRoleArn=role,
    )["TrailARN"]
    aws_client("cloudtrail").start_logging(Name="everybody")
    member = member_client(aws_client)
    member("sts").get_caller_identity()
    shown = member("cloudtrail").describe_trails()["trailList"]
    drain(embedded_aws)

    assert [trail["TrailARN"] for trail in shown] == [arn]
    prefix = f"AWSLogs/{organization}/222222222222/CloudTrail/{REGION}/"
    assert keys(aws_client, "everybody", prefix)
    streams = {event["logStreamName"] for event in events(aws_client, "everybody")}
    assert f"{organization}_222222222222_CloudTrail_{REGION}_1" in streams
    assert f"{ACCOUNT}_CloudTrail_{REGION}_1" in streams


def member_client(client: Client) -> Client:
    """Return clients with a role of a member account of the organization that the default seed makes."""
    role = "arn:aws:iam::222222222222:role/OrganizationAccountAccessRole"
    credentials = client("sts").assume_role(RoleArn=role, RoleSessionName="member")["Credentials"]
    endpoint = client("sts").meta.endpoint_url

    def member(service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=endpoint,
            region_name=REGION,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )

    return member


def test_delivered_files_are_copied_to_the_data_directory(tmp_path: Path) -> None:
    with embedded_aws_process("--data", str(tmp_path)) as endpoint:

        def client(service: str) -> Any:
            return boto3.client(
                service,
                endpoint_url=endpoint,
                region_name=REGION,
                aws_access_key_id="tester",
                aws_secret_access_key="tester",
            )

        make_trail(client, "mirrored")
        call(client, endpoint)
        delivered = log_keys(client, "mirrored")
    texts = [(tmp_path / "mirrored" / key.removesuffix(".gz")).read_text() for key in delivered]
    names = [record["eventName"] for text in texts for record in json.loads(text)["Records"]]
    assert sorted(names) == ["GetCallerIdentity", "StartLogging"]
