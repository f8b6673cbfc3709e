"""Test the drill of the rules of EventBridge: what is proved, what breaks it, and what it sends."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import boto3
import pytest
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch.engines import event_rules_of
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch.events import choose_events
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.deployment import event_rules
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.forwarding import forwarding_rules
from ansible_collections.secmon.aws.plugins.module_utils.event_alerts.text import Style

from tests.integration.rule_drill.account import ACCOUNT, VALUES, deployed
from tests.support.embedded_control import advance, follow, link_in, mails
from tests.support.module_runner import ModuleRunner, skip_waiting, writes
from tests.support.trail_setup import document
from tools.generate_docs.costs import rules_of_packs
from tools.generate_docs.modules import documented_actions

TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:SecurityEvents"
RECEIVER = "events@example.com"
IDS = ("secret_access", "trail_stopped")


@lru_cache(maxsize=1)
def built_and_task() -> tuple[list[Any], dict[str, Any]]:
    """Return the rules of EventBridge, and the task that drills them."""
    packs = rules_of_packs()
    rules = deployed([rule for rule in (*packs["guide"], *packs["guard"]) if rule.id in IDS], VALUES)
    own = event_rules(rules, IDS, TOPIC_ARN, Style("guide", "aws"), {}, {}).event_rules
    named = [{"id": rule.id, "title": rule.title, "severity": rule.severity} for rule in rules]
    drilled = event_rules_of(named, choose_events(rules, ACCOUNT), own)
    return list(own), {"topic_arn": TOPIC_ARN, "rules": drilled}


@pytest.fixture
def drill(run_module: ModuleRunner, monkeypatch: pytest.MonkeyPatch) -> ModuleRunner:
    """Return the module in an account with event alerts; its waits advance the embedded clock."""
    runner = ModuleRunner(run_module.endpoint, "event_drill")
    skip_waiting(monkeypatch, lambda seconds: advance(runner.endpoint, seconds))
    subscription = [{"protocol": "email", "endpoint": RECEIVER}]
    topic = ModuleRunner(runner.endpoint, "alert_topic")
    topic.succeed(name="SecurityEvents", publishers=["eventbridge"], subscriptions=subscription)
    follow(link_in(mails(runner.endpoint, RECEIVER)[-1], "ConfirmSubscription"))
    ModuleRunner(runner.endpoint, "event_rules").succeed(rules=built_and_task()[0])
    return runner


def client(runner: ModuleRunner, service: str, region: str = "us-east-1") -> Any:
    keys = {"aws_access_key_id": "deployer", "aws_secret_access_key": "embedded"}
    return boto3.client(service, endpoint_url=runner.endpoint, region_name=region, **keys)


def statuses(result: dict[str, Any]) -> dict[str, tuple[str, str]]:
    assert "rules" in result, result["msg"]
    return {each["id"]: (each["cause_code"] or each["status"], each["near_miss"]["status"]) for each in result["rules"]}


def test_each_pattern_and_the_way_to_the_receivers_are_proved_by_one_mail(drill: ModuleRunner) -> None:
    found, calls = drill.recorded(**built_and_task()[1])
    assert statuses(found) == dict.fromkeys(IDS, ("fired", "silent")), found["msg"]
    assert writes(calls) == ["PutEvents"]
    (_confirmed, mail) = mails(drill.endpoint, RECEIVER)
    assert mail["body"].startswith('"DRILL: The event alerts of account guide (123456789012), region us-east-1, reach')


def test_check_mode_tests_the_patterns_and_sends_nothing(drill: ModuleRunner) -> None:
    task = built_and_task()[1]
    lines = [{**rule, "near_miss": "START RequestId: 1"} for rule in task["rules"]]
    assert statuses(drill.succeed(check=True, **task | {"rules": lines})) == dict.fromkeys(IDS, ("inspected", "silent"))

    found, calls = drill.recorded(check=True, **task)
    assert statuses(found) == dict.fromkeys(IDS, ("inspected", "silent")), found["msg"]
    assert writes(calls) == []


def remove_targets(events: Any, rule: str) -> None:
    events.remove_targets(Rule=rule, Ids=[each["Id"] for each in events.list_targets_by_rule(Rule=rule)["Targets"]])


def sabotage(drill: ModuleRunner, how: str) -> None:
    events, sns = client(drill, "events"), client(drill, "sns")
    rule = "secmon-trail_stopped-done"
    if how == "event_rule_missing":
        remove_targets(events, rule)
        events.delete_rule(Name=rule)
    elif how == "event_rule_disabled":
        events.disable_rule(Name=rule)
    elif how == "no_target":
        remove_targets(events, rule)
    elif how in ("pattern_mismatch", "pattern_too_wide"):
        pattern = {"source": ["other"]} if how == "pattern_mismatch" else {"source": [{"prefix": "aws."}]}
        events.put_rule(Name=rule, EventPattern=json.dumps(pattern), State="ENABLED")
    elif how == "action_failed":
        policy = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": TOPIC_ARN}]}
        sns.set_topic_attributes(TopicArn=TOPIC_ARN, AttributeName="Policy", AttributeValue=json.dumps(policy))
    elif how == "subscription_pending":
        (own,) = sns.list_subscriptions_by_topic(TopicArn=TOPIC_ARN)["Subscriptions"]
        sns.unsubscribe(SubscriptionArn=own["SubscriptionArn"])
        sns.subscribe(TopicArn=TOPIC_ARN, Protocol="email", Endpoint="new@example.com")
    elif how == "topic_missing":
        sns.delete_topic(TopicArn=TOPIC_ARN)


@pytest.mark.parametrize(
    ("how", "other"),
    [
        ("event_rule_missing", "fired"),
        ("event_rule_disabled", "fired"),
        ("no_target", "fired"),
        ("pattern_mismatch", "fired"),
        ("pattern_too_wide", "fired"),
        ("action_failed", "action_failed"),
        ("subscription_pending", "subscription_pending"),
        ("topic_missing", "topic_missing"),
    ],
)
def test_a_sabotage_gives_its_cause(drill: ModuleRunner, how: str, other: str) -> None:
    sabotage(drill, how)
    found = drill(**built_and_task()[1])
    assert found["failed"] and "account 123456789012, region us-east-1" in found["msg"]
    own = ("fired", "raised") if how == "pattern_too_wide" else (how, "silent")
    assert statuses(found) == {"secret_access": (other, "silent"), "trail_stopped": own}


ROLE_ARN = f"arn:aws:iam::{ACCOUNT}:role/forwarder"
BUS_ARN = f"arn:aws:events:us-east-1:{ACCOUNT}:event-bus/default"
REGIONS = {"regions": ["eu-west-1", "eu-west-2"]}


@pytest.fixture
def forwarded(drill: ModuleRunner) -> ModuleRunner:
    """Return the module in an account with event alerts, to which two regions forward their events."""
    trust = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam = client(drill, "iam")
    iam.create_role(RoleName="forwarder", AssumeRolePolicyDocument=document(trust))
    allow_forwarding(drill, BUS_ARN)
    for region in REGIONS["regions"]:
        rules = forwarding_rules(built_and_task()[0], "us-east-1", BUS_ARN, ROLE_ARN)
        ModuleRunner(drill.endpoint, "event_rules").succeed(rules=rules, region=region)
    return drill


def allow_forwarding(drill: ModuleRunner, bus: str) -> None:
    allow = document({"Effect": "Allow", "Action": "events:PutEvents", "Resource": bus})
    client(drill, "iam").put_role_policy(RoleName="forwarder", PolicyName="forward", PolicyDocument=allow)


def test_the_event_of_each_region_arrives_at_the_receivers(forwarded: ModuleRunner) -> None:
    found, calls = forwarded.recorded(**built_and_task()[1], **REGIONS)
    assert [each["status"] for each in found["rules"]] == ["fired"] * 4, found["msg"]
    assert writes(calls) == ["PutEvents"] * 3
    texts = [mail["body"].split(",")[1] for mail in mails(forwarded.endpoint, RECEIVER)[1:]]
    assert sorted(texts) == [" region eu-west-1", " region eu-west-2", " region us-east-1"]
    inspected = forwarded.succeed(check=True, **built_and_task()[1], **REGIONS)
    assert [each["status"] for each in inspected["rules"]] == ["inspected"] * 4


@pytest.mark.parametrize(
    "how", ["forwarding_failed", "event_rule_missing", "pattern_mismatch", "former pattern", "caller_denied"]
)
def test_a_region_that_does_not_forward_gives_its_cause(forwarded: ModuleRunner, how: str) -> None:
    events = client(forwarded, "events", "eu-west-2")
    name = "secmon-forward-to-us-east-1"
    pattern = json.loads(events.describe_rule(Name=name)["EventPattern"])
    wanted = ("fired", how)
    if how == "forwarding_failed":
        allow_forwarding(forwarded, BUS_ARN.replace("default", "other"))
        wanted = (how, how)
    elif how == "event_rule_missing":
        remove_targets(events, name)
        events.delete_rule(Name=name)
    elif how == "caller_denied":
        denied = {"service": "events", "action": "PutEvents", "error": "AccessDeniedException", "times": 5}
        forwarded.faults({**denied, "region": "eu-west-2"})
    else:
        narrow = pattern["$or"][1] if how == "former pattern" else {"source": ["secmon-drill"]}
        state = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
        events.put_rule(Name=name, EventPattern=json.dumps(narrow), State=state)
        wanted = ("fired", "pattern_mismatch")
    found = forwarded(**built_and_task()[1], **REGIONS)
    assert found["failed"] and "eu-west-2" in found["rules"][-1]["cause"]
    rows = [each["cause_code"] or each["status"] for each in found["rules"]]
    assert rows == ["fired", "fired", *wanted], found["msg"]


def test_the_documented_permissions_are_those_of_its_calls(drill: ModuleRunner) -> None:
    used = drill.iam_actions(lambda: drill(**built_and_task()[1]))
    assert documented_actions("event_drill") - used == {"kms:DescribeKey", "kms:GetKeyPolicy"}
    assert used <= documented_actions("event_drill")
