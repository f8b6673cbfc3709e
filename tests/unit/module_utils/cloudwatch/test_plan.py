"""Test that plans bring alarms from any state to the described one, in calls that CloudWatch accepts."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.checks import alarm_problems
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.desired import desired_alarms
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.kinds import METRIC
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.core.tags import OWNER_MARK
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.module_utils.cloudwatch.alarm_setup import ALARM, ARN, REGION, TOPIC, FakeAlarms, task

# The first call may be slow if other tests run in parallel.
TOPICS = [f"{TOPIC}{number}" for number in range(5)]
ENTRIES = st.fixed_dictionaries(
    {
        **{key: st.just(ALARM[key]) for key in ALARM if key not in ("name", "actions_enabled")},
        "threshold": st.sampled_from([0.0, 1.0]),
        "evaluation_periods": st.sampled_from([1, 3]),
    },
    optional={
        "description": st.sampled_from(["", "one", "two"]),
        "datapoints_to_alarm": st.sampled_from([0, 1]),
        "missing_data": st.sampled_from(["missing", "ignore"]),
        "unit": st.sampled_from(["", "Count", "None"]),
        "dimensions": st.sampled_from([{}, {}, {"x": "1"}, {"y": "2", "x": "1"}]),
        "group_by": st.sampled_from([[], ["account"], ["y", "x"]]),
        "alarm_actions": st.lists(st.sampled_from(TOPICS), max_size=5),
        "ok_actions": st.lists(st.sampled_from(TOPICS), max_size=5),
        "actions_enabled": st.booleans(),
        "tags": st.dictionaries(st.sampled_from("kl"), st.sampled_from("12")),
    },
)
TASKS = st.builds(
    lambda entries, **more: task(
        *({"name": name, "actions_enabled": True, **entry} for name, entry in entries.items()),
        **more,
    ),
    entries=st.dictionaries(st.sampled_from("ab"), ENTRIES),
    purge_tag=st.sampled_from([None, {"team": "red"}]),
    tags=st.sampled_from([None, {}, {"team": "red"}]),
    purge_tags=st.booleans(),
)


def plan_unless_rejected(fake: FakeAlarms, params: dict[str, Any]) -> Any:
    try:
        return fake.plan(params)
    except RequestError:
        return None


@given(st.lists(TASKS, min_size=1, max_size=3))
def test_repeating_a_task_changes_nothing(tasks: list[dict[str, Any]]) -> None:
    fake = FakeAlarms()
    for params in tasks:
        plan = plan_unless_rejected(fake, params)
        if plan:
            fake.apply(plan)
            again = fake.plan(params)
            assert (again.writes, again.before, again.after) == ((), {}, {})
            assert again.results == {**plan.results, "removed": []}


@given(TASKS, st.randoms(use_true_random=False))
def test_ignores_the_order_of_the_task(params: dict[str, Any], chance: random.Random) -> None:
    shuffled = {**params, "alarms": list(params["alarms"])}
    chance.shuffle(shuffled["alarms"])
    one, other = plan_unless_rejected(FakeAlarms(), params), plan_unless_rejected(FakeAlarms(), shuffled)
    assert (one and one.after) == (other and other.after)


@given(TASKS, TASKS)
def test_the_next_run_completes_an_interrupted_task(earlier: dict[str, Any], params: dict[str, Any]) -> None:
    def after(writes: int) -> FakeAlarms:
        fake = FakeAlarms()
        fake.apply(plan_unless_rejected(fake, earlier) or fake.plan(task()))
        for write in fake.plan(params).writes[:writes]:
            getattr(fake, write.operation)(**write.parameters)
        fake.run(params)
        return fake

    fake = FakeAlarms()
    fake.apply(plan_unless_rejected(fake, earlier) or fake.plan(task()))
    plan = plan_unless_rejected(fake, params)
    if plan:
        fake.apply(plan)
        for writes in range(len(plan.writes)):
            assert (after(writes).alarms, after(writes).tags) == (fake.alarms, fake.tags)


def test_put_contains_every_setting() -> None:
    fake = FakeAlarms()
    entry = {**ALARM, "description": "d", "unit": "Count", "dimensions": {"x": 1}, "alarm_actions": [TOPIC, TOPIC]}
    fake.run(task(entry))
    assert fake.alarms["a"] == {
        "AlarmName": "a",
        "AlarmArn": f"{ARN}a",
        "AlarmDescription": "d",
        "Namespace": "SecurityMetrics",
        "MetricName": "SecretAccessCount",
        "Statistic": "Sum",
        "Period": 60,
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "missing",
        "Unit": "Count",
        "Dimensions": [{"Name": "x", "Value": "1"}],
        "AlarmActions": [TOPIC],
        "ActionsEnabled": True,
    }


def test_diff_shows_only_the_settings_that_change() -> None:
    fake = FakeAlarms()
    fake.run(task(ALARM, {**ALARM, "name": "b"}))
    plan = fake.plan(task({**ALARM, "threshold": 2.0}, {**ALARM, "name": "b"}))
    assert (plan.before, plan.after) == ({"alarms": {"a": {"threshold": 1.0}}}, {"alarms": {"a": {"threshold": 2.0}}})


def test_enables_the_actions_of_a_muted_alarm() -> None:
    fake = FakeAlarms()
    fake.run(task(ALARM))
    fake.alarms["a"]["ActionsEnabled"] = False
    assert fake.run(task(ALARM)).changed
    assert fake.alarms["a"]["ActionsEnabled"] is True


def test_ignores_the_order_of_actions_and_dimensions() -> None:
    fake = FakeAlarms()
    entry = {**ALARM, "alarm_actions": TOPICS[:2], "dimensions": {"x": "1", "y": "2"}}
    fake.run(task(entry))
    fake.alarms["a"]["AlarmActions"].reverse()
    fake.alarms["a"]["Dimensions"].reverse()
    assert not fake.plan(task(entry)).changed


@pytest.mark.parametrize(
    "settings",
    [
        {"Metrics": [{"Id": "m", "Expression": "1"}]},
        {"EvaluateLowSampleCountPercentile": "ignore"},
        {"WarmUpConfiguration": {"WarmUpPeriodDurationInMinutes": 60}},
        {"EvaluationWindow": {"WallClockWindow": {}}},
    ],
)
def test_removes_a_setting_without_an_option_that_may_silence_the_alarm(settings: dict[str, Any]) -> None:
    fake = FakeAlarms()
    fake.run(task(ALARM))
    correct = dict(fake.alarms["a"])
    fake.alarms["a"].update(settings)
    plan = fake.run(task(ALARM))
    assert plan.before == {"alarms": {"a": {"other_settings": settings}}}
    assert fake.alarms["a"] == correct


@pytest.mark.parametrize(
    "settings", [{"EvaluateLowSampleCountPercentile": "evaluate"}, {"EvaluationWindow": {"SlidingWindow": {}}}]
)
def test_ignores_a_default_that_cloudwatch_returns_explicitly(settings: dict[str, Any]) -> None:
    fake = FakeAlarms()
    fake.run(task(ALARM))
    fake.alarms["a"].update(settings)
    assert not fake.plan(task(ALARM)).changed


def test_sends_back_the_format_of_notifications() -> None:
    fake = FakeAlarms()
    fake.run(task(ALARM))
    fake.alarms["a"]["ActionConfiguration"] = {"AlarmTagsPropagation": {"Enabled": True, "IncludedTagKeys": ["t"]}}
    fake.run(task({**ALARM, "threshold": 2.0}))
    assert fake.alarms["a"]["ActionConfiguration"] == {
        "AlarmTagsPropagation": {"Enabled": True, "IncludedTagKeys": ["t"]}
    }


def test_deletes_a_hundred_alarms_in_one_call() -> None:
    fake = FakeAlarms()
    entries = [{**ALARM, "name": f"a{number:03}"} for number in range(201)]
    fake.run(task(*entries))
    writes = fake.plan(task(*entries, state="absent")).writes
    assert [len(write.parameters["AlarmNames"]) for write in writes] == [100, 100, 1]


def test_purges_only_managed_alarms_with_the_tag() -> None:
    fake = FakeAlarms()
    tags = {"set": "1"}
    fake.run(task({**ALARM, "name": "p1", "tags": tags}, {**ALARM, "name": "p2"}, {**ALARM, "name": "q", "tags": tags}))
    fake.PutMetricAlarm("p3", Tags=[{"Key": "set", "Value": "1"}], Namespace="N")
    for purge, gone in (
        ({}, []),
        ({"purge_tag": tags}, ["p1", "q"]),
        ({"purge_tag": tags, "adopt": True}, ["p1", "q"]),
    ):
        assert fake.plan(task(**purge)).results["removed"] == gone


def test_rejects_an_unmanaged_alarm_and_a_composite_alarm_together() -> None:
    fake = FakeAlarms()
    fake.PutMetricAlarm("a", Namespace="N")
    fake.PutMetricAlarm("b", AlarmRule="TRUE")
    with pytest.raises(RequestError) as caught:
        fake.plan(task(ALARM, {**ALARM, "name": "b"}))
    assert "alarm a already exists" in caught.value.problems[0]
    assert "b is a composite alarm" in caught.value.problems[1]


def test_adopt_keeps_settings_that_the_task_omits() -> None:
    fake = FakeAlarms()
    fake.PutMetricAlarm("a", Tags=[{"Key": "other", "Value": "1"}], AlarmDescription="d", OKActions=[TOPIC])
    fake.run(task(ALARM, adopt=True))
    assert (fake.alarms["a"]["AlarmDescription"], fake.alarms["a"]["OKActions"]) == ("d", [TOPIC])
    assert fake.tags["a"] == {"other": "1", **OWNER_MARK}


@pytest.mark.parametrize(
    ("listed", "expected"),
    [(OWNER_MARK | {"t": "1"}, False), (OWNER_MARK, True), (OWNER_MARK | {"t": "2"}, True)],
)
def test_reports_whether_listed_tags_require_a_write(listed: dict[str, str], expected: bool) -> None:
    desired = desired_alarms(task(ALARM, tags={"t": "1"}), REGION, METRIC, alarm_problems)
    assert desired.would_tag("a", listed) == expected


def test_never_tags_alarms_that_are_deleted() -> None:
    assert not desired_alarms(task({"name": "a"}, state="absent"), REGION, METRIC, alarm_problems).would_tag("a", {})
    assert not desired_alarms(task(purge_tag={"t": "1"}), REGION, METRIC, alarm_problems).would_tag("a1", {})
