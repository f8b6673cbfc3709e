"""An account with rules, a topic with a confirmed address, and the task that drills it."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import boto3
from ansible_collections.secmon.aws.plugins.module_utils.drill.batch.events import Choice, choose_events
from ansible_collections.secmon.aws.plugins.module_utils.rules.deployment import Detections, detections
from ansible_collections.secmon.aws.plugins.module_utils.rules.overrides import apply_overrides
from ansible_collections.secmon.aws.plugins.module_utils.rules.rule import Rule
from ansible_collections.secmon.aws.plugins.module_utils.rules.selection import deployed

from tests.support.embedded_control import follow, link_in, mails
from tests.support.module_runner import ModuleRunner
from tools.generate_docs.costs import rules_of_packs

RULES = Path(__file__).resolve().parents[3] / "rules"
ACCOUNT, REGION = "123456789012", "us-east-1"
GROUP, TOPIC, RECEIVER = "/aws/cloudtrail/logs", "SecurityAlarms", "security@example.com"
TOPIC_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:{TOPIC}"
VALUES = {"log_group_name": GROUP, "account_id": ACCOUNT, "deployer_role": "OwnDeployer"}
OWN_RULES = {
    # Three events in each of two periods.
    "many_denied": {
        "title": "Many denied calls",
        "pattern": '{ $.errorCode = "Denied" }',
        "alarm": {"threshold": 3, "evaluation_periods": 3, "datapoints_to_alarm": 2},
        "tests": [
            {"name": "denied", "match": True, "event": {"eventName": "Call", "errorCode": "Denied"}},
            {"name": "allowed", "match": False, "event": {"eventName": "Call"}},
        ],
    },
    # Its alarm goes off when there are few events.
    "no_heartbeat": {
        "title": "No heartbeat",
        "pattern": '{ $.eventName = "Heartbeat" }',
        "alarm": {"comparison": "LessThanThreshold"},
        "tests": [
            {"name": "beat", "match": True, "event": {"eventName": "Heartbeat"}},
            {"name": "other", "match": False, "event": {"eventName": "Call"}},
        ],
    },
}


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    packs = rules_of_packs()
    return deployed(apply_overrides([*packs["guide"], *packs["operational"]], ("test", OWN_RULES)), VALUES)


@lru_cache(maxsize=1)
def choice() -> Choice:
    return choose_events(rules(), ACCOUNT)


@lru_cache(maxsize=1)
def deployment() -> Detections:
    return detections(rules(), {}, [TOPIC_ARN])


def client(runner: ModuleRunner, service: str) -> Any:
    keys = {"aws_access_key_id": runner.access_key, "aws_secret_access_key": runner.secret_key}
    return boto3.client(service, endpoint_url=runner.endpoint, region_name=runner.region, **keys)


def build(runner: ModuleRunner) -> None:
    """Create the log group, the topic with a confirmed address, and the filters and alarms of all rules."""
    client(runner, "logs").create_log_group(logGroupName=GROUP)
    sns = client(runner, "sns")
    sns.create_topic(Name=TOPIC)
    sns.subscribe(TopicArn=TOPIC_ARN, Protocol="email", Endpoint=RECEIVER)
    follow(link_in(mails(runner.endpoint, RECEIVER)[-1], "ConfirmSubscription"))
    found = json.loads(json.dumps(asdict(deployment())))
    filters = ModuleRunner(runner.endpoint, "metric_filters")
    filters.succeed(log_group_name=GROUP, use_existing_group=True, filters=found["filters"])
    ModuleRunner(runner.endpoint, "metric_alarms").succeed(alarms=found["alarms"])


def task(mode: str = "matches", *, only: tuple[str, ...] = (), **options: Any) -> dict[str, Any]:
    """Return the task that drills all rules, or some of them."""
    chosen = choice().as_options()
    names = ("id", "filter_name", "alarm_name", "title", "severity")
    return {
        "mode": mode,
        "log_group_name": GROUP,
        "topic_arn": TOPIC_ARN,
        "rules": [
            {name: rule[name] for name in names} for rule in deployment().rules if rule["id"] in (only or rule["id"])
        ],
        "events": [event for event in chosen.get(mode, []) if not only or event["rule"] in only],
        "without": chosen["without"],
        **options,
    }


def statuses(result: dict[str, Any]) -> dict[str, str]:
    """Return the status of each rule, or the code of what breaks it."""
    assert "rules" in result, result["msg"]
    return {each["id"]: each["cause_code"] or each["status"] for each in result["rules"]}


def rule_of(result: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [each for each in result["rules"] if each["id"] == name]
    return dict(found)
