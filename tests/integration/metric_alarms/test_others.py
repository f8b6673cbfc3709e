"""Whose alarms metric_alarms touches, in which order and in which partition."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.metric_alarms.alarm_witness import (
    ALARM,
    COMPOSITE,
    LEAST,
    MARK,
    TOPIC,
    TWENTY,
    WANTED,
    alarms,
    put_by_hand,
    writes,
)
from tests.support.module_runner import ModuleRunner


@pytest.fixture
def cloudwatch(witness: Callable[..., Any]) -> Any:
    return witness("cloudwatch")


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_somebody_elses_alarm_is_refused_unless_adopted(run_module: ModuleRunner, cloudwatch: Any, state: str) -> None:
    put_by_hand(cloudwatch, "read", Tags=[{"Key": "owner", "Value": "somebody"}], Threshold=7.0)
    before = alarms(cloudwatch)
    task: dict[str, Any] = {"alarms": [{"name": "read", **LEAST}, {"name": "new", **LEAST}], "state": state}
    said: list[str] = []
    assert writes(run_module.calls(lambda: said.append(run_module.fail(**task)))) == []
    assert "metric alarm read exists already" in said[0] and "account 123456789012, region us-east-1" in said[0]
    assert alarms(cloudwatch) == before
    assert run_module.succeed(**task, adopt=True)["changed"]
    assert alarms(cloudwatch).get("read", {}).get("Tags") == (
        {"owner": "somebody", **MARK} if state == "present" else None
    )
    assert not run_module.succeed(**task)["changed"]


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("state", ["present", "absent"])
def test_an_alarm_of_another_type_is_refused_even_if_adopted(
    run_module: ModuleRunner, cloudwatch: Any, state: str
) -> None:
    run_module.succeed(alarms=[ALARM], composite_alarms=[{"name": "both", "rule": "ALARM(read)"}])
    before = alarms(cloudwatch)
    message = run_module.fail(
        alarms=[{**ALARM, "name": "both"}],
        composite_alarms=[{**COMPOSITE, "name": "read", "rule": "TRUE"}],
        adopt=True,
        state=state,
    )
    assert "both is a composite alarm" in message and "read is a metric alarm" in message
    assert alarms(cloudwatch) == before


@pytest.mark.promise("ownership")
def test_a_purge_leaves_other_peoples_alarms_and_says_so(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(alarms=TWENTY, tags={"set": "one"})
    put_by_hand(cloudwatch, "alarm-theirs", Tags=[{"Key": "set", "Value": "one"}])
    result = run_module.succeed(alarms=TWENTY[:1], purge_prefix="alarm-", adopt=True)
    assert sorted(alarms(cloudwatch)) == ["alarm-00", "alarm-theirs"]
    assert "alarm-theirs" in " ".join(result["warnings"])
    run_module.succeed(state="absent", purge_tag={"set": "one"})
    assert sorted(alarms(cloudwatch)) == ["alarm-theirs"]


@pytest.mark.promise("changed")
def test_a_purge_removes_composite_alarms_before_what_they_name(run_module: ModuleRunner, cloudwatch: Any) -> None:
    run_module.succeed(**WANTED)
    run_module.succeed(
        composite_alarms=[{"name": f"both-{number}", "rule": "ALARM(both) OR ALARM(read)"} for number in range(3)],
        tags={"team": "security"},
    )
    result = run_module.succeed(alarms=[ALARM], purge_tag={"team": "security"})
    assert result["removed"] == ["both", "both-0", "both-1", "both-2", "quiet"]
    assert sorted(alarms(cloudwatch)) == ["read"]


@pytest.mark.promise("changed")
def test_composite_alarms_in_a_circle_are_removed(run_module: ModuleRunner, cloudwatch: Any) -> None:
    rules = {"inner": "ALARM(read)", "outer": "ALARM(inner)"}
    composites = [{"name": name, "rule": rule} for name, rule in rules.items()]
    run_module.succeed(alarms=[ALARM], composite_alarms=composites)
    cloudwatch.put_composite_alarm(AlarmName="inner", AlarmRule="ALARM(outer)")
    run_module.succeed(alarms=[ALARM], composite_alarms=composites, state="absent")
    assert alarms(cloudwatch) == {}


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_alarms_tell_topics_of_the_regions_partition(
    run_module: ModuleRunner, witness: Callable[..., Any], region: str, partition: str
) -> None:
    run_module.region = region
    topic = f"arn:{partition}:sns:{region}:123456789012:SecurityAlarms"
    task = {"alarms": [{"name": "read", **LEAST, "alarm_actions": [topic]}], "tags": {"team": "security"}}
    assert run_module.succeed(**task)["changed"]
    (found,) = witness("cloudwatch", region).describe_alarms()["MetricAlarms"]
    assert found["AlarmArn"] == f"arn:{partition}:cloudwatch:{region}:123456789012:alarm:read"
    assert not run_module.succeed(**task)["changed"]
    assert run_module.succeed(**task, purge_tag={"team": "security"})["changed"] is False


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"alarms": [{**ALARM, "period_seconds": 7}]}, "period_seconds is 7"),
        ({"alarms": [{**ALARM, "name": "x" * 256}]}, "1 to 255"),
        ({"alarms": [{**ALARM, "alarm_actions": [TOPIC.replace("arn:aws", "arn:aws-cn")]}]}, "partition aws"),
        ({"alarms": [ALARM, ALARM]}, "2 times"),
        ({"alarms": []}, None),
        ({"composite_alarms": [{**COMPOSITE, "rule": "ALARM(both)"}]}, "in a circle"),
        ({"alarms": [ALARM], "tags": {"aws:mine": "x"}}, "aws:"),
        ({}, "names no alarms"),
    ],
)
def test_what_aws_would_refuse_is_refused_before_the_first_call(
    run_module: ModuleRunner, wrong: dict[str, Any], says: str | None
) -> None:
    result: dict[str, Any] = {}
    calls = run_module.calls(lambda: result.update(run_module(**wrong)))
    assert calls == []
    assert says in result["msg"] if says else not result["changed"]
