"""`secmon.aws.detections` in a play: rules become the arguments of modules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import run

TOPIC_ARN = "arn:aws:sns:us-east-1:123456789012:SecurityAlarms"


def detect(folder: Path, **options: Any) -> dict[str, Any]:
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [{"secmon.aws.detections": options}]}
    (folder / "play.yml").write_text(yaml.safe_dump([play]))
    command = ("ansible-playbook", "-i", "localhost,", "-c", "local", folder / "play.yml")
    result = run(*command, ANSIBLE_STDOUT_CALLBACK="ansible.posix.json")
    found: dict[str, Any] = json.loads(result.stdout)["plays"][0]["tasks"][0]["hosts"]["localhost"]
    return found


def test_the_guides_rule_becomes_a_filter_and_an_alarm(tmp_path: Path) -> None:
    found = detect(tmp_path, alarm_actions=[TOPIC_ARN])
    assert found["changed"] is False
    assert [entry["name"] for entry in found["filters"]] == ["TrackSecretAccess"]
    (alarm,) = found["alarms"]
    assert (alarm["name"], alarm["alarm_actions"]) == ("SecretIsAccessed", [TOPIC_ARN])
    assert found["namespaces"] == ["SecurityMetrics"]


def test_what_an_account_changes_is_laid_over_the_rules(tmp_path: Path) -> None:
    secret = {"secret_access": {"parameters": {"secret": "Mine"}, "alarm": {"threshold": 5}}}
    found = detect(tmp_path, overrides=secret, alarm_names={"secret_access": "Read"})
    assert '"Mine"' in found["filters"][0]["pattern"]
    assert (found["alarms"][0]["name"], found["alarms"][0]["threshold"]) == ("Read", 5)


def test_chosen_rules_become_rules_of_event_bridge(tmp_path: Path) -> None:
    secret = {"secret_access": {"parameters": {"secret": "Mine"}}}
    options = {"event_alerts": ["critical", "root_usage", "secret_access"], "event_target_arn": TOPIC_ARN}
    found = detect(tmp_path, packs=["guide", "cis"], overrides=secret, account_name="production", **options)
    assert [rule["name"] for rule in found["event_rules"]] == [
        "secmon-root_usage-root-done",
        "secmon-root_usage-root-failed",
    ]
    assert "in account production (<account>)" in found["event_rules"][0]["input_template"]
    (refusal,) = found["event_refusals"]
    assert refusal["rule_id"] == "secret_access"
    assert "EventBridge has no regular expressions." in refusal["reasons"][0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"event_alerts": ["secret_acess"]}, 'Did you mean "secret_access"?'),
        ({"event_alerts": ["high"]}, "event_alerts needs event_target_arn"),
        ({"packs": ["gard"]}, "gard"),
        ({"overrides": {"secret_acess": {"enabled": False}}}, 'Did you mean "secret_access"?'),
        ({"packs": ["cis"], "excluded_event_sources": ["kms.amazonaws.com"]}, "the trail excludes kms.amazonaws.com"),
        ({"management_events": "write"}, "the trail records writes only"),
        ({"alarm_names": {"secret_acess": "X"}}, 'Did you mean "secret_access"?'),
        ({"packs": ["guard"]}, "the parameter bucket_name has no value"),
    ],
)
def test_rejects_rules_that_cannot_work(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    found = detect(tmp_path, **options)
    assert found["failed"]
    assert message in found["msg"]
