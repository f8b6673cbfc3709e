"""Tasks for tests of event_rules, and reads and changes of rules with plain boto3."""

from __future__ import annotations

import json
from typing import Any

ARN = "arn:aws:events:us-east-1:123456789012:rule/"
TOPIC = "arn:aws:sns:us-east-1:123456789012:SecurityEvents"
OTHER_TOPIC = "arn:aws:sns:us-east-1:123456789012:Others"
MANAGED_TAG = {"secmon:managed-by": "secmon.aws"}
ALL = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS"
PATTERN = json.dumps({"source": ["aws.secretsmanager"]})
MINIMAL: dict[str, Any] = {"pattern": PATTERN, "target_arn": TOPIC}
RULE: dict[str, Any] = {
    "name": "secmon-read",
    "description": "A secret value was read.",
    "pattern": json.dumps({"detail": {"eventName": ["GetSecretValue"]}}),
    "rule_state": ALL,
    "target_arn": TOPIC,
    "input_paths": {"who": "$.detail.userIdentity.arn"},
    "input_template": '"<who> read a secret."',
}
TASK: dict[str, Any] = {"rules": [RULE, {"name": "secmon-minimal", **MINIMAL}]}
ABSENT: dict[str, Any] = {"rules": [{"name": "secmon-read"}, {"name": "secmon-minimal"}], "state": "absent"}


def rules(events: Any) -> dict[str, dict[str, Any]]:
    """Return all rules with their targets and tags, by name."""
    return {
        rule["Name"]: rule
        | {
            "Targets": events.list_targets_by_rule(Rule=rule["Name"])["Targets"],
            "Tags": {
                tag["Key"]: tag["Value"] for tag in events.list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]
            },
        }
        for rule in events.list_rules()["Rules"]
    }


def put_manually(events: Any, name: str, **more: Any) -> None:
    """Create a rule as another principal would."""
    events.put_rule(Name=name, EventPattern=PATTERN, **more)


def change_manually(events: Any, changes: dict[str, Any]) -> None:
    """Change the rule of the task; a change of `Target` is one of its target."""
    found = rules(events)["secmon-read"]
    target = changes.pop("Target", None)
    kept = ("Name", "EventPattern", "State", "Description")
    settings = {key: found[key] for key in kept if key in found} | changes
    events.put_rule(**{key: value for key, value in settings.items() if value is not None})
    if target is not None:
        events.put_targets(Rule="secmon-read", Targets=[found["Targets"][0] | target])
