"""Test event_rules on the embedded AWS and verify the result with plain boto3."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.event_rules.rule_setup import (
    ABSENT,
    ALL,
    ARN,
    MANAGED_TAG,
    MINIMAL,
    OTHER_TOPIC,
    PATTERN,
    RULE,
    TASK,
    TOPIC,
    change_manually,
    put_manually,
    rules,
)
from tests.support.module_runner import ModuleRunner
from tools.generate_docs.modules import documented_actions


@pytest.fixture
def events(aws_client: Callable[..., Any]) -> Any:
    return aws_client("events")


@pytest.mark.promise("changed")
def test_creates_rules_with_their_targets(run_module: ModuleRunner, events: Any) -> None:
    assert run_module.succeed(**TASK)["changed"]
    found = rules(events)
    assert sorted(found) == ["secmon-minimal", "secmon-read"]
    transformer = {"InputPathsMap": RULE["input_paths"], "InputTemplate": RULE["input_template"]}
    assert found["secmon-read"]["Targets"] == [{"Id": "secmon", "Arn": TOPIC, "InputTransformer": transformer}]
    assert (found["secmon-read"]["State"], found["secmon-read"]["Tags"]) == (ALL, MANAGED_TAG)
    assert found["secmon-minimal"]["Targets"] == [{"Id": "secmon", "Arn": TOPIC}]


MANUAL_CHANGES: dict[str, dict[str, Any]] = {
    "description": {"Description": "Nothing"},
    "description removed": {"Description": None},
    "pattern": {"EventPattern": PATTERN},
    "rule_state": {"State": "DISABLED"},
    "role": {"RoleArn": "arn:aws:iam::123456789012:role/other"},
    "schedule": {"ScheduleExpression": "rate(1 minute)"},
    "target_arn": {"Target": {"Arn": OTHER_TOPIC}},
    "input_paths": {"Target": {"InputTransformer": {"InputPathsMap": {"who": "$.x"}, "InputTemplate": '"<who>"'}}},
    "other target": {"Target": {"Id": "other", "Arn": OTHER_TOPIC}},
    "queue of failed events": {"Target": {"DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:123456789012:x"}}},
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("changes", MANUAL_CHANGES.values(), ids=list(MANUAL_CHANGES))
def test_repairs_a_manual_change(run_module: ModuleRunner, events: Any, changes: dict[str, Any]) -> None:
    run_module.repair(lambda: change_manually(events, dict(changes)), lambda: rules(events), **TASK)


@pytest.mark.promise("drift")
def test_forwards_to_a_bus_in_another_region_with_a_role_and_repairs_it(
    run_module: ModuleRunner, aws_client: Callable[..., Any], events: Any
) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    roles = [
        aws_client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        for name in ("forwarder", "other")
    ]
    bus = "arn:aws:events:eu-west-1:123456789012:event-bus/default"
    rule = {**RULE, "target_arn": bus, "target_role_arn": roles[0], "input_paths": {}, "input_template": ""}
    change = {"Target": {"RoleArn": roles[1]}}
    run_module.repair(lambda: change_manually(events, dict(change)), lambda: rules(events), rules=[rule])
    assert rules(events)["secmon-read"]["Targets"] == [{"Id": "secmon", "Arn": bus, "RoleArn": roles[0]}]
    run_module.repair(lambda: change_manually(events, dict(change)), lambda: rules(events), rules=[RULE])


@pytest.mark.promise("drift")
def test_another_spelling_of_the_same_pattern_is_no_change(run_module: ModuleRunner, events: Any) -> None:
    run_module.succeed(**TASK)
    change_manually(events, {"EventPattern": json.dumps(json.loads(RULE["pattern"]), indent=2)})
    assert not run_module.succeed(**TASK)["changed"]


@pytest.mark.promise("unset_options")
def test_keeps_what_the_task_omits_and_clears_what_it_sets_to_empty_values(
    run_module: ModuleRunner, events: Any
) -> None:
    run_module.succeed(**TASK)
    before = rules(events)
    omitted = {key: RULE[key] for key in ("name", "pattern", "rule_state", "target_arn")}
    assert not run_module.succeed(rules=[omitted])["changed"]
    assert rules(events) == before
    cleared = omitted | {"description": "", "input_paths": {}, "input_template": ""}
    assert run_module.succeed(rules=[cleared])["changed"]
    assert not run_module.succeed(rules=[cleared])["changed"]
    found = rules(events)["secmon-read"]
    assert found["Targets"] == [{"Id": "secmon", "Arn": TOPIC}]
    assert "Description" not in found


@pytest.mark.promise("diff")
def test_diff_shows_only_the_settings_that_change(run_module: ModuleRunner) -> None:
    run_module.succeed(**TASK)
    diff = run_module.succeed(rules=[{**RULE, "rule_state": "DISABLED"}, TASK["rules"][1]])["diff"]
    assert diff == {
        "before": {"rules": {"secmon-read": {"rule_state": ALL}}},
        "after": {"rules": {"secmon-read": {"rule_state": "DISABLED"}}},
    }


@pytest.mark.promise("prerequisite")
def test_explains_that_a_quota_is_reached(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "events", "action": "PutRule", "error": "LimitExceededException", "status": 400})
    assert "request an increase in Service Quotas" in run_module.fail(**TASK)


@pytest.mark.promise("ownership")
def test_purge_keeps_rules_of_others_and_with_other_names(run_module: ModuleRunner, events: Any) -> None:
    run_module.succeed(rules=[{"name": name, **MINIMAL} for name in ("secmon-a", "secmon-b", "own-c")])
    put_manually(events, "secmon-of-others")
    assert run_module.succeed(rules=[{"name": "secmon-a", **MINIMAL}], purge_prefix="secmon-")["removed"] == [
        "secmon-b"
    ]
    assert run_module.succeed(purge_prefix="secmon-", state="absent")["removed"] == ["secmon-a"]
    assert sorted(rules(events)) == ["own-c", "secmon-of-others"]


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("invalid", "expected"),
    [
        ({}, "option rules is missing"),
        ({"rules": [RULE, RULE]}, "occurs 2 times"),
        ({"rules": [{**RULE, "name": "a b"}]}, "must have 1-64 letters"),
        ({"rules": [{"name": "a"}]}, "pattern is missing"),
        ({"rules": [{**RULE, "pattern": "{}"}]}, "EventBridge would refuse the pattern: Empty objects"),
        ({"rules": [{**RULE, "target_arn": "topic"}]}, "is not an ARN"),
        ({"rules": [{**RULE, "target_arn": TOPIC.replace("arn:aws", "arn:aws-cn")}]}, "is in partition aws"),
        ({"rules": [{**RULE, "target_arn": TOPIC.replace("us-east-1", "eu-west-1")}]}, "in the region of the rule"),
        ({"rules": [{**RULE, "description": "x" * 513}]}, "description has 513"),
        ({"rules": [{**RULE, "input_template": "x" * 8_193}]}, "input_template has 8,193"),
        ({"rules": [{**RULE, "input_template": '"<whom>"'}]}, "names <whom>, which is not in input_paths"),
        ({"rules": [{**RULE, "input_paths": {f"a{number}": "$.a" for number in range(101)}}]}, "has 101 values"),
    ],
)
def test_rejects_invalid_tasks_before_the_first_call(
    run_module: ModuleRunner, invalid: dict[str, Any], expected: str
) -> None:
    result, calls = run_module.recorded(**invalid)
    assert calls == []
    assert expected in result["msg"]


@pytest.mark.promise("partition")
def test_rejects_more_rules_than_the_bus_takes_before_the_first_write(run_module: ModuleRunner) -> None:
    run_module.region = "eu-south-1"
    topic = TOPIC.replace("us-east-1", "eu-south-1")
    many = [{"name": f"secmon-{number}", **MINIMAL, "target_arn": topic} for number in range(101)]
    assert "101 rules do not fit on the event bus in eu-south-1, which takes 100" in run_module.fail_before_writes(
        rules=many
    )


@pytest.mark.promise("iam")
def test_calls_exactly_the_documented_iam_actions(run_module: ModuleRunner, events: Any) -> None:
    put_manually(events, "secmon-read")

    def use_every_action() -> None:
        run_module.succeed(**TASK, adopt=True)
        run_module.succeed(**TASK, compare_targets=False)
        run_module.succeed(**ABSENT)
        run_module.faults({"service": "events", "action": "PutRule", "error": "LimitExceededException"})
        run_module.fail(**TASK)

    # No call passes a role; AWS asks for it with PutTargets.
    assert run_module.iam_actions(use_every_action) | {"iam:PassRole"} == documented_actions("event_rules")


@pytest.mark.promise("upstream")
def test_upstream_cannot_set_the_state_for_read_only_management_events(run_module: ModuleRunner, events: Any) -> None:
    task = {"name": "secmon-read", "event_pattern": PATTERN, "targets": [{"id": "secmon", "arn": TOPIC}]}
    run_module.upstream("amazon.aws.cloudwatchevent_rule", **task, state="present")
    assert rules(events)["secmon-read"]["State"] == "ENABLED"
    assert (
        "value of state must be one of"
        in run_module.upstream("amazon.aws.cloudwatchevent_rule", **task, state=ALL)["msg"]
    )
    assert rules(events)["secmon-read"]["Arn"] == ARN + "secmon-read"
