"""Test the detection drill on the guide's chain: one event that is delivered, warnings, waits and faults."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.integration.detection_drill.drill_setup import (
    STAGES,
    TASK,
    Aws,
    add_optional_resources,
    mute,
    parameters,
    put_alarm,
    reads,
    statuses,
    update_trail,
)
from tests.support import guide_chain as chain
from tests.support.embedded_control import advance, drain, mails
from tests.support.module_runner import ModuleRunner, hidden_in, writes
from tests.support.trail_prerequisites import make_organization_trail
from tools.generate_docs.modules import documented_actions


def test_tracks_one_event_to_the_notification(drill: ModuleRunner) -> None:
    result = drill.succeed(**TASK)
    assert statuses(result) == dict.fromkeys(STAGES, "ok")
    assert not result["changed"] and result["broken_hop"] == ""
    assert chain.alarm_mails(drill.endpoint) == 1


def test_its_email_and_its_record_can_be_told_from_others(drill: ModuleRunner, aws_client: Aws) -> None:
    alarm = drill.succeed(**TASK)["timeline"][STAGES.index("alarm")]
    (mail,) = [mail for mail in mails(drill.endpoint, chain.MAIL) if mail["subject"].startswith("ALARM")]
    named = datetime.strptime(alarm["detail"], "SecretIsAccessed went to ALARM at %H:%M:%S UTC")
    assert f"{named:%H:%M:%S} UTC" in re.findall("Timestamp: .*", mail["body"])[0]
    (record,) = chain.delivered_records(aws_client, "GetSecretValue")
    assert record["userAgent"].endswith(" secmon.aws")


def test_reads_the_secret_once_and_never_prints_its_value(drill: ModuleRunner, aws_client: Aws) -> None:
    canary = "canary/secret+value"
    aws_client("secretsmanager").put_secret_value(SecretId=chain.SECRET, SecretString=canary)
    drill.secret_key = "canary/secret+key"
    found, calls = drill.recorded(**TASK)
    assert not found.get("failed") and reads(calls) == 1
    assert writes(calls) == []
    drill.faults({"service": "cloudwatch", "action": "DescribeAlarmHistory", "error": "ValidationError"})
    chain.settle_alarms(drill.endpoint)
    outputs = [found, drill(**TASK)]
    assert outputs[1]["cause_code"] == "call_failed"
    assert hidden_in(outputs, canary) == [] and hidden_in(outputs, drill.secret_key) == []


def test_check_mode_inspects_without_reading_the_secret(drill: ModuleRunner) -> None:
    found, calls = drill.recorded(check=True, **TASK)
    assert not found.get("failed") and reads(calls) == 0
    assert statuses(found) == dict.fromkeys(STAGES, "ok")
    assert "The inspection found nothing that breaks the chain." in found["lines"][-1]
    assert "The secret was not read." in found["lines"][-1]


def test_warns_about_a_missing_inspection_permission(drill: ModuleRunner) -> None:
    drill.faults({"service": "iam", "action": "GetRole", "error": "AccessDenied"})
    result = drill.succeed(**TASK)
    assert statuses(result) == dict.fromkeys(STAGES, "ok") | {"log_group": "warning"}
    assert "Allow iam:GetRole on" in result["msg"]


def subscribe_without_confirmation(aws: Aws) -> None:
    aws("sns").subscribe(TopicArn=chain.TOPIC_ARN, Protocol="email", Endpoint="new@example.com")


@pytest.mark.parametrize(
    ("change", "stage", "words"),
    [
        (update_trail(IsMultiRegionTrail=False), "log_file", "multi_region: true"),
        (subscribe_without_confirmation, "notification", "new@example.com"),
    ],
    ids=["single-region trail", "pending subscription"],
)
def test_warns_about_a_weakness(
    drill: ModuleRunner, aws_client: Aws, change: Callable[[Aws], Any], stage: str, words: str
) -> None:
    change(aws_client)
    result = drill.succeed(**TASK)
    assert statuses(result) == dict.fromkeys(STAGES, "ok") | {stage: "warning"}
    assert words in result["msg"]


def test_waits_for_an_alarm_that_fired_before(drill: ModuleRunner) -> None:
    drill.succeed(**TASK)
    result = drill.succeed(**TASK)
    assert statuses(result) == dict.fromkeys(STAGES, "ok")
    assert chain.alarm_mails(drill.endpoint) == 2


def test_reports_an_alarm_that_stays_in_alarm_without_reading_the_secret(drill: ModuleRunner, aws_client: Aws) -> None:
    put_alarm(TreatMissingData="ignore", Statistic="Maximum")(aws_client)
    metric_filter = parameters("PutMetricFilter")
    del metric_filter["metricTransformations"][0]["defaultValue"]
    aws_client("logs").put_metric_filter(**metric_filter)
    aws_client("secretsmanager").get_secret_value(SecretId=chain.SECRET)
    drain(drill.endpoint)
    found, calls = drill.recorded(**TASK, timeout_seconds=300)
    assert (found["broken_hop"], found["cause_code"]) == ("alarm", "already_in_alarm"), found["msg"]
    assert reads(calls) == 0


def test_does_not_wait_if_reads_of_other_secrets_keep_the_alarm_in_alarm(drill: ModuleRunner, aws_client: Aws) -> None:
    secrets = aws_client("secretsmanager")
    secrets.create_secret(Name="Busy", SecretString="x")
    for _half_minute in range(32):
        advance(drill.endpoint, 30)
        secrets.get_secret_value(SecretId="Busy")
    drain(drill.endpoint)
    found, calls = drill.recorded(**TASK)
    assert (found["broken_hop"], found["cause_code"]) == ("alarm", "kept_in_alarm"), found["msg"]
    assert "secret_access: {parameters: {secret:" in found["remedy"]
    assert reads(calls) == 0 and sum(call["action"] == "DescribeAlarms" for call in calls) == 1


def test_gives_up_after_timeout_seconds(drill: ModuleRunner, aws_client: Aws) -> None:
    drill.faults({"service": "cloudtrail", "action": "LookupEvents", "error": "ThrottlingException", "times": 500})
    found = drill(**TASK, timeout_seconds=60)
    assert (found["broken_hop"], found["cause_code"]) == ("event_history", "call_failed")
    assert "timeout_seconds" in found["remedy"]


def test_retries_throttled_calls(drill: ModuleRunner) -> None:
    drill.faults(
        {"service": "cloudtrail", "action": "DescribeTrails", "error": "ThrottlingException", "times": 2},
        {"service": "cloudtrail", "action": "LookupEvents", "mode": "reset"},
        {"service": "logs", "action": "FilterLogEvents", "error": "ServiceUnavailableException", "status": 503},
    )
    assert statuses(drill.succeed(**TASK)) == dict.fromkeys(STAGES, "ok")


def test_rejects_invalid_parameters_before_any_call(drill: ModuleRunner) -> None:
    found, calls = drill.recorded(**TASK | {"topic_arn": "SecurityAlarms", "poll_seconds": 0})
    assert len(found["problems"]) == 2 and calls == []


def test_calls_exactly_the_documented_iam_actions(drill: ModuleRunner, aws_client: Aws) -> None:
    add_optional_resources(aws_client)
    make_organization_trail(aws_client, chain.TRAIL, chain.BUCKET)
    mute(aws_client, hours=48)
    result: dict[str, Any] = {}
    used = drill.iam_actions(lambda: result.update(drill.succeed(**TASK)))
    used |= drill.iam_actions(lambda: drill.fail(**TASK | {"trail_name": "unknown"}))
    assert statuses(result) == {**dict.fromkeys(STAGES, "ok"), "notification": "warning"}
    named = {"s3:HeadBucket": "s3:ListBucket", "s3:ListObjectsV2": "s3:ListBucket"}
    # Only an alarm on each account, of an organization, has contributors.
    documented = documented_actions("detection_drill") - {"cloudwatch:DescribeAlarmContributors"}
    assert {named.get(action, action) for action in used} == documented
