"""With the delays of AWS, a record reaches log group, bucket and event history minutes after its call."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from embedded_aws.core.consistency import EVENT_HISTORY, IAM_CHANGE, TO_LOGS, TO_S3
from tests.support import guide_chain as chain
from tests.support.in_process import InProcess, slow_aws

__all__ = ["slow_aws"]


@pytest.fixture
def aws(slow_aws: InProcess) -> InProcess:
    """Return an embedded AWS with the pipeline of the guide, which logs."""
    for step in chain.chain_steps():
        # CloudTrail does not see a new role at once.
        slow_aws.advance(IAM_CHANGE.most if step.operation == "CreateTrail" else 0)
        getattr(slow_aws.client(step.service), xform_name(step.operation))(**step.parameters)
    slow_aws.advance(3600)
    return slow_aws


def files(aws: InProcess) -> list[str]:
    listed = aws.client("s3").list_objects_v2(Bucket=chain.BUCKET, Prefix=f"AWSLogs/{chain.ACCOUNT}/CloudTrail/")
    return [item["Key"] for item in listed.get("Contents", [])]


def read_events(aws: InProcess) -> list[Any]:
    attributes = [{"AttributeKey": "EventName", "AttributeValue": "GetSecretValue"}]
    found: list[Any] = aws.client("cloudtrail").lookup_events(LookupAttributes=attributes)["Events"]
    return found


def test_an_event_reaches_each_destination_in_its_time(aws: InProcess) -> None:
    before = files(aws)
    aws.client("secretsmanager").get_secret_value(SecretId=chain.SECRET)
    assert chain.delivered_records(aws.client, "GetSecretValue") == read_events(aws) == []
    aws.advance(min(TO_LOGS.least, TO_S3.least) - 60)
    assert chain.delivered_records(aws.client, "GetSecretValue") == read_events(aws) == []
    assert files(aws) == before
    aws.advance(TO_LOGS.most)
    assert len(chain.delivered_records(aws.client, "GetSecretValue")) == 1
    assert len(files(aws)) > len(before)
    aws.advance(EVENT_HISTORY.most)
    assert len(read_events(aws)) == 1


def test_the_alarm_fires_at_the_time_of_the_delivery_although_the_clock_jumps(aws: InProcess) -> None:
    read_at = aws.state.clock.now()
    aws.client("secretsmanager").get_secret_value(SecretId=chain.SECRET)
    aws.advance(3600)
    history = aws.client("cloudwatch").describe_alarm_history(
        AlarmName=chain.SECRET_ALARM, HistoryItemType="StateUpdate", StartDate=read_at
    )["AlarmHistoryItems"]
    (fired,) = (item for item in history if item["HistorySummary"].endswith("to ALARM"))
    assert TO_LOGS.least <= (fired["Timestamp"] - read_at).total_seconds() <= TO_LOGS.most + 60


def test_a_log_file_lands_between_the_last_object_and_delete_bucket(aws: InProcess) -> None:
    s3 = aws.client("s3")
    aws.client("cloudtrail").delete_trail(Name=chain.TRAIL)
    aws.pipeline.drain()

    def empty() -> None:
        for item in s3.list_objects_v2(Bucket=chain.BUCKET).get("Contents", []):
            s3.delete_object(Bucket=chain.BUCKET, Key=item["Key"])

    empty()
    with pytest.raises(ClientError, match="BucketNotEmpty"):
        s3.delete_bucket(Bucket=chain.BUCKET)
    empty()
    s3.delete_bucket(Bucket=chain.BUCKET)
