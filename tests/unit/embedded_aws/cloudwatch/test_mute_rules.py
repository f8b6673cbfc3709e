"""Mute rules of the embedded AWS hold back the actions of their alarms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.support.alarm_setup import error_code, history, put_alarm, set_state
from tests.support.in_process import GUIDE, InProcess, aws

__all__ = ["aws"]

TOPIC = f"arn:aws:sns:us-east-1:{GUIDE}:alarms"


@pytest.fixture
def muted(aws: InProcess) -> InProcess:
    """Make an alarm that a rule mutes for an hour, from now on."""
    aws.client("sns").create_topic(Name="alarms")
    put_alarm(aws.client, "reads", AlarmActions=[TOPIC], TreatMissingData="ignore")
    mute(aws, "night", Expression=f"at({aws.state.clock.now():%Y-%m-%dT%H:%M})", Duration="PT1H")
    return aws


def mute(aws: InProcess, name: str, **schedule: str) -> None:
    aws.client("cloudwatch").put_alarm_mute_rule(
        Name=name, Rule={"Schedule": schedule}, MuteTargets={"AlarmNames": ["reads"]}
    )


def actions(aws: InProcess) -> int:
    assert aws.pipeline.drain() == []
    return len(history(aws.client, "reads", "Action"))


def rules(aws: InProcess, **filters: Any) -> list[tuple[str, str]]:
    found = aws.client("cloudwatch").list_alarm_mute_rules(**filters)["AlarmMuteRuleSummaries"]
    return [(rule["AlarmMuteRuleArn"].rpartition(":")[2], rule["Status"]) for rule in found]


@pytest.mark.parametrize(
    "end",
    [
        lambda aws: aws.client("cloudwatch").delete_alarm_mute_rule(AlarmMuteRuleName="night"),
        lambda aws: aws.advance(3600),
    ],
    ids=["deleted", "over"],
)
def test_actions_wait_for_the_end_of_a_mute_rule(muted: InProcess, end: Callable[[InProcess], Any]) -> None:
    set_state(muted.client, "reads", "ALARM")
    assert actions(muted) == 0
    end(muted)
    assert actions(muted) == 1
    muted.advance(60)
    assert actions(muted) == 1


def test_a_state_that_has_passed_runs_no_action_after_a_mute_rule(muted: InProcess) -> None:
    set_state(muted.client, "reads", "ALARM")
    set_state(muted.client, "reads", "OK")
    muted.advance(3600)
    assert actions(muted) == 0


def test_lists_rules_by_alarm_and_status(muted: InProcess) -> None:
    now = muted.state.clock.now()
    mute(muted, "later", Expression=f"cron({now.minute} {(now + timedelta(hours=2)).hour} * * *)", Duration="PT5M")
    assert rules(muted) == [("later", "SCHEDULED"), ("night", "ACTIVE")]
    assert rules(muted, AlarmName="reads", Statuses=["ACTIVE"]) == [("night", "ACTIVE")]
    assert rules(muted, AlarmName="other") == []
    shown = muted.client("cloudwatch").get_alarm_mute_rule(AlarmMuteRuleName="night")
    assert (shown["MuteType"], shown["MuteTargets"]) == ("ONE_TIME", {"AlarmNames": ["reads"]})
    muted.advance(3600)
    assert rules(muted, Statuses=["EXPIRED"]) == [("night", "EXPIRED")]


@pytest.mark.parametrize(
    "schedule",
    [
        {"Expression": "rate(5 minutes)", "Duration": "PT1H"},
        {"Expression": "cron(0 2 * *)", "Duration": "PT1H"},
        {"Expression": "cron(60 2 * * *)", "Duration": "PT1H"},
        {"Expression": "cron(0 2 * * *)", "Duration": "P16D"},
        {"Expression": "cron(0 2 * * *)", "Duration": "1 hour"},
        {"Expression": "cron(0 2 * * *)", "Duration": "PT1H", "Timezone": "Mars/Olympus"},
    ],
    ids=lambda schedule: " ".join(schedule.values()),
)
def test_rejects_an_invalid_schedule(muted: InProcess, schedule: dict[str, str]) -> None:
    call = muted.client("cloudwatch").put_alarm_mute_rule
    assert error_code(call, Name="invalid", Rule={"Schedule": schedule}) == "ValidationError"


def test_rejects_an_alarm_that_does_not_exist(muted: InProcess) -> None:
    call = muted.client("cloudwatch").put_alarm_mute_rule
    schedule = {"Expression": "cron(0 2 * * *)", "Duration": "PT1H"}
    targets = {"AlarmNames": ["none"]}
    assert error_code(call, Name="x", Rule={"Schedule": schedule}, MuteTargets=targets) == "ValidationError"
