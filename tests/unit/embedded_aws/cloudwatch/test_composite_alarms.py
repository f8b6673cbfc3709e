"""Composite alarms follow the alarms in their rule."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.alarm_setup import Client, alarm_names, error_code, history, put_alarm, put_value, set_state
from tests.support.embedded_control import drain


@pytest.fixture
def topic(aws_client: Client) -> str:
    return str(aws_client("sns").create_topic(Name="alarms")["TopicArn"])


def composite(client: Client, name: str, rule: str, **parameters: Any) -> None:
    client("cloudwatch").put_composite_alarm(AlarmName=name, AlarmRule=rule, **parameters)


def composite_state(client: Client, name: str) -> str:
    described = client("cloudwatch").describe_alarms(AlarmNames=[name], AlarmTypes=["CompositeAlarm"])
    return str(described["CompositeAlarms"][0]["StateValue"])


def test_a_composite_alarm_follows_its_children(embedded_aws: str, aws_client: Client, topic: str) -> None:
    put_alarm(aws_client, "child-1")
    put_alarm(aws_client, "child 2")
    composite(aws_client, "both", 'ALARM(child-1) AND (ALARM("child 2") OR NOT TRUE)', AlarmActions=[topic])
    composite(aws_client, "above", "ALARM(both)")
    assert composite_state(aws_client, "both") == "OK"
    put_value(aws_client, embedded_aws, "child-1", 1)
    assert composite_state(aws_client, "both") == "OK"
    put_value(aws_client, embedded_aws, "child 2", 1)
    assert (composite_state(aws_client, "both"), composite_state(aws_client, "above")) == ("ALARM", "ALARM")
    assert len(history(aws_client, "both", "Action")) == 1
    assert alarm_names(aws_client, ChildrenOfAlarmName="above") == ["both"]
    assert alarm_names(aws_client, ParentsOfAlarmName="child-1") == ["both"]
    assert alarm_names(aws_client, AlarmNamePrefix="bo") == []
    assert error_code(aws_client("cloudwatch").delete_alarms, AlarmNames=["child-1"]) == "ValidationError"


@pytest.mark.parametrize(
    "rule",
    ["", "ALARM(nobody)", "ALARM(refused-child) AND", "(TRUE", "TRUE FALSE", "MAYBE(x)", "NOT " * 2_000 + "TRUE"],
)
def test_rejects_an_invalid_rule(aws_client: Client, rule: str) -> None:
    put_alarm(aws_client, "refused-child")
    call = aws_client("cloudwatch").put_composite_alarm
    with pytest.raises(Exception, match=r"ValidationError|Invalid length"):
        call(AlarmName="none", AlarmRule=rule)


def test_a_suppressor_in_alarm_mutes_a_composite_alarm(aws_client: Client, embedded_aws: str, topic: str) -> None:
    for name in ("suppressor", "suppressed-child"):
        put_alarm(aws_client, name)
    periods = {"ActionsSuppressorWaitPeriod": 60, "ActionsSuppressorExtensionPeriod": 0}
    rule = "ALARM(suppressed-child)"
    composite(aws_client, "suppressed", rule, ActionsSuppressor="suppressor", AlarmActions=[topic], **periods)
    set_state(aws_client, "suppressor", "ALARM")
    set_state(aws_client, "suppressed-child", "ALARM")
    drain(embedded_aws)
    assert composite_state(aws_client, "suppressed") == "ALARM"
    assert history(aws_client, "suppressed", "Action") == []


@pytest.mark.parametrize(
    "parameters",
    [
        {"ActionsSuppressor": "nobody", "ActionsSuppressorWaitPeriod": 0, "ActionsSuppressorExtensionPeriod": 0},
        {"ActionsSuppressor": "refused-suppressor"},
        {"ActionsSuppressorWaitPeriod": 60},
    ],
)
def test_a_suppressor_must_exist_and_needs_both_periods(aws_client: Client, parameters: dict[str, Any]) -> None:
    put_alarm(aws_client, "refused-suppressor")
    call = aws_client("cloudwatch").put_composite_alarm
    assert error_code(call, AlarmName="none", AlarmRule="TRUE", **parameters) == "ValidationError"
