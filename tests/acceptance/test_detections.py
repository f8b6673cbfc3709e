"""`secmon.aws.detections` in a play: rules become the arguments of modules."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.conftest import run

TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:SecurityAlarms"


MINE = {"parameters": {"secret": "Mine"}}
EVENTS = {"event_alerts": ["critical", "root_usage", "secret_access"], "event_target_arn": TOPIC_ARN}
ACCEPTED: list[dict[str, Any]] = [
    {"alarm_actions": [TOPIC_ARN]},
    {"overrides": {"secret_access": {**MINE, "alarm": {"threshold": 5}}}, "alarm_names": {"secret_access": "Read"}},
    {"packs": ["guide", "cis"], "overrides": {"secret_access": MINE}, "account_name": "production", **EVENTS},
]
REJECTED: list[tuple[dict[str, Any], str]] = [
    ({"event_alerts": ["secret_acess"]}, 'Did you mean "secret_access"?'),
    ({"event_alerts": ["high"]}, "event_alerts: event_target_arn is missing"),
    ({"packs": ["gard"]}, "gard"),
    ({"overrides": {"secret_acess": {"enabled": False}}}, 'Did you mean "secret_access"?'),
    ({"packs": ["cis"], "excluded_event_sources": ["kms.amazonaws.com"]}, "the trail excludes kms.amazonaws.com"),
    ({"management_events": "write"}, "the trail records writes only"),
    ({"alarm_names": {"secret_acess": "X"}}, 'Did you mean "secret_access"?'),
    ({"packs": ["guard"]}, "the parameter bucket_name has no value"),
]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the results of one play, whose start takes longer than its tasks."""
    options = ACCEPTED + [rejected for rejected, _message in REJECTED]
    tasks = [{"secmon.aws.detections": own, "ignore_errors": True} for own in options]
    path = tmp_path_factory.mktemp("detections") / "play.yml"
    path.write_text(yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]))
    command = ("ansible-playbook", "-i", "localhost,", "-c", "local", path)
    result = run(*command, ANSIBLE_STDOUT_CALLBACK="ansible.posix.json")
    return [task["hosts"]["localhost"] for task in json.loads(result.stdout)["plays"][0]["tasks"]]


def test_the_guides_rule_becomes_a_filter_and_an_alarm(found: list[dict[str, Any]]) -> None:
    guide = found[0]
    assert guide["changed"] is False
    assert [entry["name"] for entry in guide["filters"]] == ["TrackSecretAccess"]
    (alarm,) = guide["alarms"]
    assert (alarm["name"], alarm["alarm_actions"]) == ("SecretIsAccessed", [TOPIC_ARN])
    assert guide["namespaces"] == ["SecurityMetrics"]


def test_what_an_account_changes_is_laid_over_the_rules(found: list[dict[str, Any]]) -> None:
    assert '"Mine"' in found[1]["filters"][0]["pattern"]
    assert (found[1]["alarms"][0]["name"], found[1]["alarms"][0]["threshold"]) == ("Read", 5)


def test_chosen_rules_become_rules_of_event_bridge(found: list[dict[str, Any]]) -> None:
    assert [rule["name"] for rule in found[2]["event_rules"]] == [
        "secmon-root_usage-done",
        "secmon-root_usage-failed",
        "secmon-root_usage-done-without-arn",
        "secmon-root_usage-failed-without-arn",
        "secmon-drill",
    ]
    assert "in account production (<account>)" in found[2]["event_rules"][0]["input_template"]
    (refusal,) = found[2]["event_refusals"]
    assert refusal["rule_id"] == "secret_access"
    assert "EventBridge has no regular expressions." in refusal["reasons"][0]


def test_rejects_rules_that_cannot_work(found: list[dict[str, Any]]) -> None:
    for result, (options, message) in zip(found[len(ACCEPTED) :], REJECTED, strict=True):
        assert result["failed"] and message in result["msg"], options
