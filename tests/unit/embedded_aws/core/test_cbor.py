"""CloudWatch answers in CBOR, the default of the SDKs for Go, Rust and JavaScript: with boto3, and on the wire."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from typing import Any

import botocore.model
import pytest
from botocore.exceptions import ClientError
from botocore.parsers import create_parser

from embedded_aws.core.protocol import operation_model
from tests.support.in_process import InProcess, aws
from tests.support.raw_call import CBOR

__all__ = ["aws"]

METRIC = {"Namespace": "Test", "MetricName": "cbor"}
ALARM = METRIC | {
    "AlarmName": "cbor",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1,
    "ComparisonOperator": "GreaterThanOrEqualToThreshold",
}


class Wire:
    """The last request and answer of a client, as they were sent."""

    def __init__(self, client: Any) -> None:
        client.meta.events.register("before-send", self._sent)
        client.meta.events.register("before-parse", self._received)

    def _sent(self, request: Any, **_arguments: Any) -> None:
        self.request = request

    def _received(self, response_dict: dict[str, Any], **_arguments: Any) -> None:
        self.answer = response_dict


@pytest.fixture
def cloudwatch(aws: InProcess, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(botocore.model, "PRIORITY_ORDERED_SUPPORTED_PROTOCOLS", (CBOR, "query", "json", "rest-xml"))
    client = aws.own_client("cloudwatch")
    client.aws = aws
    client.wire = Wire(client)
    return client


def test_a_metric_and_its_alarm_live_through_cbor(cloudwatch: Any) -> None:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    times = {"StartTime": now - timedelta(minutes=5), "EndTime": now + timedelta(minutes=5)}
    cloudwatch.put_metric_alarm(**ALARM)
    cloudwatch.put_metric_data(Namespace="Test", MetricData=[{"MetricName": "cbor", "Value": 2.5, "Timestamp": now}])
    assert (cloudwatch.wire.answer["body"], "content-type" in cloudwatch.wire.answer["headers"]) == (b"", False)
    assert cloudwatch.aws.pipeline.drain() == []
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    assert (alarm["StateValue"], alarm["Threshold"]) == ("ALARM", 1.0)
    assert abs(alarm["StateUpdatedTimestamp"] - datetime.now(UTC)) < timedelta(minutes=1)
    (point,) = cloudwatch.get_metric_statistics(**METRIC, **times, Period=60, Statistics=["Sum"])["Datapoints"]
    assert (point["Timestamp"], point["Sum"]) == (now, 2.5)
    query = {"Id": "q", "MetricStat": {"Metric": METRIC, "Period": 60, "Stat": "Sum"}}
    (found,) = cloudwatch.get_metric_data(MetricDataQueries=[query], **times)["MetricDataResults"]
    assert (found["Timestamps"], found["Values"]) == ([now], [2.5])
    cloudwatch.set_alarm_state(AlarmName="cbor", StateValue="OK", StateReason="test")
    assert cloudwatch.aws.record()["requestParameters"]["stateReason"] == "test"
    assert cloudwatch.describe_alarms()["MetricAlarms"][0]["StateReason"] == "test"


def test_a_call_that_moto_answers_works(cloudwatch: Any) -> None:
    cloudwatch.put_dashboard(DashboardName="own", DashboardBody='{"widgets": []}')
    assert cloudwatch.get_dashboard(DashboardName="own")["DashboardBody"] == '{"widgets": []}'
    (entry,) = cloudwatch.list_dashboards()["DashboardEntries"]
    assert entry["LastModified"].tzinfo


def test_a_compressed_request_works(cloudwatch: Any) -> None:
    datums = [{"MetricName": f"metric-{number}", "Value": number} for number in range(1_000)]
    cloudwatch.put_metric_data(Namespace="Compressed", MetricData=datums)
    assert cloudwatch.wire.request.headers["Content-Encoding"] == b"gzip"
    assert len(cloudwatch.list_metrics(Namespace="Compressed")["Metrics"]) == 500


def test_the_answer_is_readable_for_every_sdk(cloudwatch: Any) -> None:
    """The SDK for Rust reads times and doubles as floating-point numbers only (smithy-rs, aws-smithy-cbor)."""
    cloudwatch.put_metric_alarm(**ALARM)
    cloudwatch.describe_alarms()
    answer = cloudwatch.wire.answer
    assert (answer["headers"]["smithy-protocol"], answer["headers"]["content-type"]) == (
        "rpc-v2-cbor",
        "application/cbor",
    )
    shape = operation_model("cloudwatch", "DescribeAlarms").output_shape
    (alarm,) = create_parser(CBOR).parse(answer, shape)["MetricAlarms"]
    time = alarm["StateUpdatedTimestamp"].timestamp()
    tagged = b"\xc1\xfb" + struct.pack(">d", time)
    assert b"StateUpdatedTimestamp" + tagged in answer["body"]
    assert b"Threshold\xfb" + struct.pack(">d", 1.0) in answer["body"]


def test_errors_have_the_codes_and_statuses_of_both_kinds_of_clients(cloudwatch: Any) -> None:
    """Recorded answers of AWS, 2025; the status 404 only in the query mode, which boto3 asks for."""
    state = {"AlarmName": "none", "StateReason": "test"}
    with pytest.raises(ClientError, match=r"\[INSUFFICIENT_DATA, ALARM, OK\]$") as invalid:
        cloudwatch.set_alarm_state(**state, StateValue="NONE")
    assert invalid.value.response["Error"]["Code"] == "ValidationError"
    assert invalid.value.response["Error"]["QueryErrorCode"] == "ValidationException"
    with pytest.raises(cloudwatch.exceptions.ResourceNotFound) as missing:
        cloudwatch.set_alarm_state(**state, StateValue="OK")
    response = missing.value.response
    assert (response["Error"]["Message"], response["ResponseMetadata"]["HTTPStatusCode"]) == ("", 404)
    assert b"essage" not in cloudwatch.wire.answer["body"]
    assert b"com.amazonaws.cloudwatch.v2010_08_01#ResourceNotFound" in cloudwatch.wire.answer["body"]

    def ask_for_no_statuses(request: Any, **_arguments: Any) -> None:
        del request.headers["x-amzn-query-mode"]

    cloudwatch.meta.events.register("before-sign", ask_for_no_statuses)
    with pytest.raises(ClientError) as missing:
        cloudwatch.set_alarm_state(**state, StateValue="OK")
    assert missing.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize("body", [b"", b"\xff", b"\xa1\x61", b"\x63abc", b"{}"])
def test_a_body_that_is_no_map_is_refused(cloudwatch: Any, body: bytes) -> None:
    def spoil(request: Any, **_arguments: Any) -> None:
        request.data = body

    cloudwatch.meta.events.register("before-sign", spoil)
    with pytest.raises(ClientError) as refused:
        cloudwatch.set_alarm_state(AlarmName="none", StateValue="OK", StateReason="test")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
