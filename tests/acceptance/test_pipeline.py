"""Which calls the pipeline records, delivers and reports, built with boto3."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import boto3
import botocore.exceptions
import pytest

from tests.support.embedded_control import ask, drain
from tests.support.guide_chain import (
    ACCOUNT,
    BUCKET,
    ROLE,
    SECRET,
    TRAIL,
    alarm_mails,
    build_by_steps,
    delivered_records,
    settle_alarms,
    with_boto3,
)

Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def chain(embedded_aws: str, aws_client: Client) -> Client:
    """Return the clients of an account with the pipeline of the guide."""
    build_by_steps(embedded_aws, with_boto3)
    return aws_client


@pytest.fixture(autouse=True)
def settled_alarms(chain: Client, embedded_aws: str) -> None:
    settle_alarms(embedded_aws)


def test_a_record_contains_the_identity_and_the_secret_but_not_the_value(chain: Client, embedded_aws: str) -> None:
    chain("secretsmanager").get_secret_value(SecretId=SECRET)
    drain(embedded_aws)
    record = delivered_records(chain, "GetSecretValue")[-1]
    assert record["userIdentity"]["type"] == "Root"
    assert record["userIdentity"]["arn"] == chain("sts").get_caller_identity()["Arn"]
    assert record["requestParameters"] == {"secretId": SECRET}
    assert record["responseElements"] is None
    assert (record["readOnly"], record["managementEvent"]) == (True, True)
    assert "hunter2" not in json.dumps(record)


def test_a_denied_read_is_recorded_with_its_error_and_without_parameters(chain: Client, embedded_aws: str) -> None:
    denied = {"service": "secretsmanager", "action": "GetSecretValue", "error": "AccessDeniedException", "status": 400}
    ask(embedded_aws, "faults", [denied])
    before = alarm_mails(embedded_aws)
    with pytest.raises(botocore.exceptions.ClientError, match="AccessDeniedException"):
        chain("secretsmanager").get_secret_value(SecretId=SECRET)
    assert alarm_mails(embedded_aws) == before + 1
    record = delivered_records(chain, "GetSecretValue")[-1]
    assert (record["errorCode"], record["requestParameters"]) == ("AccessDenied", None)


def test_the_log_files_contain_the_records_of_every_region(chain: Client, embedded_aws: str) -> None:
    boto3.client(
        "secretsmanager",
        endpoint_url=embedded_aws,
        region_name="eu-central-1",
        aws_access_key_id="tester",
        aws_secret_access_key="tester",
    ).list_secrets()
    drain(embedded_aws)
    prefix = f"AWSLogs/{ACCOUNT}/CloudTrail/eu-central-1/"
    (found,) = chain("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix)["Contents"]
    body = chain("s3").get_object(Bucket=BUCKET, Key=found["Key"])["Body"].read()
    (record,) = json.loads(gzip.decompress(body))["Records"]
    assert (record["eventName"], record["awsRegion"]) == ("ListSecrets", "eu-central-1")


def test_a_stopped_trail_records_the_stop_and_nothing_later(chain: Client, embedded_aws: str) -> None:
    chain("cloudtrail").stop_logging(Name=TRAIL)
    before = alarm_mails(embedded_aws)
    chain("secretsmanager").get_secret_value(SecretId=SECRET)
    assert alarm_mails(embedded_aws) == before
    assert len(delivered_records(chain, "StopLogging")) == 1
    chain("cloudtrail").start_logging(Name=TRAIL)


def test_the_use_of_a_secrets_key_is_recorded_as_a_call_by_secrets_manager(chain: Client, embedded_aws: str) -> None:
    key = chain("kms").create_key()["KeyMetadata"]["Arn"]
    chain("secretsmanager").create_secret(Name="sealed", SecretString="x", KmsKeyId=key)
    chain("secretsmanager").get_secret_value(SecretId="sealed")
    drain(embedded_aws)
    (event,) = chain("cloudtrail").lookup_events(
        LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "Decrypt"}]
    )["Events"]
    record = json.loads(event["CloudTrailEvent"])
    assert record["userIdentity"]["invokedBy"] == record["sourceIPAddress"] == "secretsmanager.amazonaws.com"
    assert record["resources"][0]["ARN"] == key
    # The trail excludes KMS events, as in the guide.
    assert delivered_records(chain, "Decrypt") == []


def test_cloudtrail_assumes_the_role_of_the_trail_as_a_service(chain: Client, embedded_aws: str) -> None:
    drain(embedded_aws)
    record = delivered_records(chain, "AssumeRole")[0]
    assert record["userIdentity"] == {"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"}
    assert record["requestParameters"]["roleArn"].endswith(f":role/{ROLE}")
