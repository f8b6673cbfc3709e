"""The log file and the event history are evidence; that they cannot be read is a warning, as the alarm is the proof."""

from __future__ import annotations

from datetime import datetime

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.iam_actions import iam_action

from tests.integration.detection_drill.drill_setup import STAGES, TASK, Aws, statuses
from tests.support import guide_chain as chain
from tests.support.embedded_control import ask
from tests.support.module_runner import ModuleRunner


@pytest.mark.parametrize(
    ("stage", "service", "action"),
    [
        ("event_history", "cloudtrail", "LookupEvents"),
        ("log_file", "s3", "GetObject"),
        ("log_file", "s3", "HeadBucket"),
    ],
    ids=["event history", "log file", "bucket"],
)
def test_evidence_that_the_caller_may_not_read_is_a_warning_as_the_alarm_is_the_proof(
    drill: ModuleRunner, stage: str, service: str, action: str
) -> None:
    actions = ["HeadBucket", "ListObjectsV2"] if action == "HeadBucket" else [action]
    drill.faults(*({"service": service, "action": each, "error": "AccessDenied", "times": 5} for each in actions))
    found = drill.succeed(**TASK)
    assert statuses(found) == dict.fromkeys(STAGES, "ok") | {stage: "warning"}
    (problem,) = found["problems"]
    assert (problem["hop"], problem["code"]) == (stage, "caller_denied")
    assert f"Allow {iam_action(service, action)} on" in problem["remedy"]
    assert len([line for line in found["lines"] if line.startswith("Warning: ")]) == 1


def test_the_bucket_must_belong_to_the_named_account(drill: ModuleRunner) -> None:
    assert statuses(drill.succeed(**TASK, bucket_owner=chain.ACCOUNT))["log_file"] == "ok"
    found = drill.succeed(**TASK, bucket_owner="222222222222")
    assert statuses(found)["log_file"] == "warning"
    assert "account 222222222222 does not own the bucket" in found["problems"][0]["remedy"]
    assert "'1234', which is not an account ID" in drill.fail_before_calls(**TASK, bucket_owner="1234")


def test_an_object_that_is_no_log_file_does_not_stop_the_drill(drill: ModuleRunner, aws_client: Aws) -> None:
    now = datetime.fromisoformat(ask(drill.endpoint, "health")["time"])
    folder = f"AWSLogs/{chain.ACCOUNT}/CloudTrail/{chain.REGION}/{now:%Y/%m/%d}"
    name = f"{chain.ACCOUNT}_CloudTrail_{chain.REGION}_{now:%Y%m%dT%H%M}Z_aaa.json.gz"
    aws_client("s3").put_object(Bucket=chain.BUCKET, Key=f"{folder}/{name}", Body=b"no gzip")
    assert statuses(drill.succeed(**TASK))["log_file"] == "ok"
