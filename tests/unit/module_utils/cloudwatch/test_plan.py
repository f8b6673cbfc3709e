"""Plans of metric_alarms make of any state what the task says, in calls that CloudWatch accepts."""

from __future__ import annotations

import random
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.plan import must_ask_again
from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.request import read_request
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.core.tags import OWNER_MARK
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.module_utils.cloudwatch.alarm_setup import ALARM, ARN, REGION, TOPIC, World, task

# Where other tests run beside, a first call may take a while.
unhurried = settings(deadline=None)
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
        "dimensions": st.sampled_from([{}, {"x": "1"}, {"y": "2", "x": "1"}]),
        "alarm_actions": st.lists(st.sampled_from(TOPICS), max_size=5),
        "ok_actions": st.lists(st.sampled_from(TOPICS), max_size=5),
        "actions_enabled": st.booleans(),
        "tags": st.dictionaries(st.sampled_from("kl"), st.sampled_from("12")),
    },
)
TASKS = st.builds(
    lambda entries, rules, **more: task(
        *({"name": name, "actions_enabled": True, **entry} for name, entry in entries.items()),
        composites=[
            {"name": f"c{number}", "rule": f"ALARM({rule}) OR OK({'a' if number == 0 else 'c0'})"}
            for number, rule in enumerate(rules)
        ],
        **more,
    ),
    entries=st.dictionaries(st.sampled_from("ab"), ENTRIES),
    rules=st.lists(st.sampled_from("ab"), max_size=2),
    purge_prefix=st.sampled_from([None, "a", "c", "c1"]),
    tags=st.sampled_from([None, {}, {"team": "red"}]),
    purge_tags=st.booleans(),
)


def plan_or_refusal(world: World, params: dict[str, Any]) -> Any:
    try:
        return world.plan(params)
    except RequestError:
        return None


@unhurried
@given(st.lists(TASKS, min_size=1, max_size=3))
def test_a_task_that_was_carried_out_has_nothing_left_to_do(tasks: list[dict[str, Any]]) -> None:
    world = World()
    for params in tasks:
        plan = plan_or_refusal(world, params)
        if plan:
            world.apply(plan)
            again = world.plan(params)
            assert (again.writes, again.before, again.after) == ((), {}, {})
            assert again.results == {**plan.results, "removed": []}


@unhurried
@given(TASKS, st.randoms(use_true_random=False))
def test_the_order_of_the_task_makes_no_difference(params: dict[str, Any], chance: random.Random) -> None:
    shuffled = {**params, "alarms": list(params["alarms"]), "composite_alarms": list(params["composite_alarms"])}
    for option in ("alarms", "composite_alarms"):
        chance.shuffle(shuffled[option])
    one, other = plan_or_refusal(World(), params), plan_or_refusal(World(), shuffled)
    assert (one and one.after) == (other and other.after)


@unhurried
@given(TASKS, TASKS)
def test_an_interrupted_task_is_finished_by_the_next_run(earlier: dict[str, Any], params: dict[str, Any]) -> None:
    def after(writes: int) -> World:
        world = World()
        world.apply(plan_or_refusal(world, earlier) or world.plan(task()))
        for write in world.plan(params).writes[:writes]:
            getattr(world, write.operation)(**write.parameters)
        world.run(params)
        return world

    world = World()
    world.apply(plan_or_refusal(world, earlier) or world.plan(task()))
    plan = plan_or_refusal(world, params)
    if plan:
        world.apply(plan)
        for writes in range(len(plan.writes)):
            assert (after(writes).alarms, after(writes).tags) == (world.alarms, world.tags)


def test_a_put_names_every_setting_for_it_replaces_all() -> None:
    world = World()
    entry = {**ALARM, "description": "d", "unit": "Count", "dimensions": {"x": 1}, "alarm_actions": [TOPIC, TOPIC]}
    world.run(task(entry))
    assert world.alarms["a"] == {
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


def test_the_difference_shows_only_the_settings_that_change() -> None:
    world = World()
    world.run(task(ALARM, {**ALARM, "name": "b"}))
    plan = world.plan(task({**ALARM, "threshold": 2.0}, {**ALARM, "name": "b"}))
    assert (plan.before, plan.after) == ({"alarms": {"a": {"threshold": 1.0}}}, {"alarms": {"a": {"threshold": 2.0}}})


def test_a_muted_alarm_is_a_difference() -> None:
    world = World()
    world.run(task(ALARM))
    world.alarms["a"]["ActionsEnabled"] = False
    assert world.run(task(ALARM)).changed
    assert world.alarms["a"]["ActionsEnabled"] is True


def test_the_order_of_actions_and_dimensions_is_no_difference() -> None:
    world = World()
    entry = {**ALARM, "alarm_actions": TOPICS[:2], "dimensions": {"x": "1", "y": "2"}}
    world.run(task(entry))
    world.alarms["a"]["AlarmActions"].reverse()
    world.alarms["a"]["Dimensions"].reverse()
    assert not world.plan(task(entry)).changed


@pytest.mark.parametrize(
    "settings",
    [
        {"Metrics": [{"Id": "m", "Expression": "1"}]},
        {"EvaluateLowSampleCountPercentile": "ignore"},
        {"WarmUpConfiguration": {"WarmUpPeriodDurationInMinutes": 60}},
        {"EvaluationWindow": {"WallClockWindow": {}}},
    ],
)
def test_a_setting_without_an_option_is_removed_if_it_may_silence_the_alarm(settings: dict[str, Any]) -> None:
    world = World()
    world.run(task(ALARM))
    right = dict(world.alarms["a"])
    world.alarms["a"].update(settings)
    plan = world.run(task(ALARM))
    assert plan.before == {"alarms": {"a": {"other_settings": settings}}}
    assert world.alarms["a"] == right


@pytest.mark.parametrize(
    "settings", [{"EvaluateLowSampleCountPercentile": "evaluate"}, {"EvaluationWindow": {"SlidingWindow": {}}}]
)
def test_a_default_that_cloudwatch_spells_out_is_no_difference(settings: dict[str, Any]) -> None:
    world = World()
    world.run(task(ALARM))
    world.alarms["a"].update(settings)
    assert not world.plan(task(ALARM)).changed


def test_how_notifications_look_is_sent_back() -> None:
    world = World()
    world.run(task(ALARM))
    world.alarms["a"]["ActionConfiguration"] = {"AlarmTagsPropagation": {"Mode": "ALL"}}
    world.run(task({**ALARM, "threshold": 2.0}))
    assert world.alarms["a"]["ActionConfiguration"] == {"AlarmTagsPropagation": {"Mode": "ALL"}}


def test_composites_come_after_their_children_and_go_before_them() -> None:
    world = World()
    composites = [
        {"name": "x", "rule": "ALARM(y)"},
        {"name": "y", "rule": 'ALARM("a")'},
        {"name": "z", "rule": "OK(a)"},
    ]
    plan = world.run(task(ALARM, composites=composites))
    assert [[write.parameters["AlarmName"] for write in stage] for stage in plan.stages if stage] == [
        ["a"],
        ["y", "z"],
        ["x"],
    ]
    plan = world.plan(task({"name": "a"}, composites=[{"name": one["name"]} for one in composites], state="absent"))
    assert [[write.parameters["AlarmNames"] for write in stage] for stage in plan.stages if stage] == [
        [["x"]],
        [["y"], ["z"]],
        [["a"]],
    ]


def test_a_circle_made_by_hand_is_broken_before_it_is_removed() -> None:
    world = World()
    world.run(task(ALARM, composites=[{"name": "x", "rule": "ALARM(y)"}, {"name": "y", "rule": "ALARM(a)"}]))
    world.alarms["y"]["AlarmRule"] = "ALARM(x)"
    plan = world.plan(task({"name": "a"}, composites=[{"name": "x"}, {"name": "y"}], state="absent"))
    first = next(stage for stage in plan.stages if stage)
    assert [(write.operation, write.parameters["AlarmRule"]) for write in first] == [("PutCompositeAlarm", "FALSE")] * 2
    world.apply(plan)
    assert world.alarms == {}


def test_a_hundred_metric_alarms_are_removed_by_a_call() -> None:
    world = World()
    entries = [{**ALARM, "name": f"a{number:03}"} for number in range(201)]
    world.run(task(*entries))
    writes = world.plan(task(*entries, state="absent")).writes
    assert [len(write.parameters["AlarmNames"]) for write in writes] == [100, 100, 1]


def test_purging_by_prefix_and_tag_takes_only_ours_that_fit_both() -> None:
    world = World()
    tags = {"set": "1"}
    world.run(
        task({**ALARM, "name": "p1", "tags": tags}, {**ALARM, "name": "p2"}, {**ALARM, "name": "q", "tags": tags})
    )
    world.PutMetricAlarm("p3", Tags=[{"Key": "set", "Value": "1"}], Namespace="N")
    for purge, gone in (
        ({"purge_prefix": "p", "purge_tag": tags}, ["p1"]),
        ({"purge_prefix": "p"}, ["p1", "p2"]),
        ({"purge_tag": tags}, ["p1", "q"]),
        ({"purge_prefix": "p", "adopt": True}, ["p1", "p2"]),
    ):
        assert world.plan(task(**purge)).results["removed"] == gone


def test_what_a_rule_names_is_not_purged() -> None:
    world = World()
    world.run(task(ALARM))
    with pytest.raises(RequestError, match="which this task would purge"):
        world.plan(task(composites=[{"name": "c", "rule": "ALARM(a)"}], purge_prefix="a"))


def test_somebody_elses_alarm_and_one_of_another_type_are_refused_together() -> None:
    world = World()
    world.PutMetricAlarm("a", Namespace="N")
    world.PutCompositeAlarm("b", AlarmRule="TRUE")
    with pytest.raises(RequestError) as caught:
        world.plan(task(ALARM, {**ALARM, "name": "b"}))
    assert "metric alarm a exists already" in caught.value.problems[0]
    assert "b is a composite alarm" in caught.value.problems[1]


def test_adopting_keeps_what_the_task_does_not_mention() -> None:
    world = World()
    world.PutMetricAlarm("a", Tags=[{"Key": "theirs", "Value": "1"}], AlarmDescription="d", OKActions=[TOPIC])
    world.run(task(ALARM, adopt=True))
    assert (world.alarms["a"]["AlarmDescription"], world.alarms["a"]["OKActions"]) == ("d", [TOPIC])
    assert world.tags["a"] == {"theirs": "1", **OWNER_MARK}


@pytest.mark.parametrize(
    ("listed", "asks"),
    [(None, True), (OWNER_MARK | {"t": "1"}, False), (OWNER_MARK, True), (OWNER_MARK | {"t": "2"}, True)],
)
def test_tags_are_read_one_by_one_only_where_the_listing_would_lead_to_a_write(
    listed: dict[str, str] | None, asks: bool
) -> None:
    request = read_request(task(ALARM, tags={"t": "1"}), REGION)
    assert must_ask_again(request, "a", listed) == asks


def test_a_listing_is_enough_for_what_is_removed() -> None:
    assert not must_ask_again(read_request(task({"name": "a"}, state="absent"), REGION), "a", OWNER_MARK)
    assert not must_ask_again(read_request(task(purge_prefix="a"), REGION), "a1", OWNER_MARK)
