"""docs/deployer_policy.json allows what a life of the system and the documentation need, and no statement is idle.

The questions of two lives are recorded in tests/support/deployer_questions.json. The acceptance test of the same name
runs the lives under the policy, and compares what IAM is asked with the recording.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.iam.actions import RESOURCE_TYPES
from tests.support.deployer import BOUNDARY_ARN, GUIDE, Question, allows, recorded, shipped
from tests.support.deployer_actions import NOT_ASKED, UNUSED_BY_ROLES, UNUSED_MODULES, UPSTREAM_REPAIRS
from tools.generate_docs.modules import aws_modules, documented_actions
from tools.generate_docs.roles import policy_actions

# Characters without whitespace. Source: IAM user guide, "IAM and AWS STS quotas".
INLINE_POLICIES_OF_A_ROLE = 10_240
MANAGED_POLICY = 6_144

POLICY = shipped("deployer_policy.json")
OURS = {"aws:ResourceTag/secmon:managed-by": "secmon.aws", "iam:PermissionsBoundary": BOUNDARY_ARN}
OF_DRILL = ("events:source", "secmon-drill")
# To publish to an encrypted topic.
VIA_SNS = ("kms:ViaService", "sns.us-east-1.amazonaws.com")
HERE = f"us-east-1:{GUIDE}"
RESOURCES = {
    "Secret": f"arn:aws:secretsmanager:{HERE}:secret:MySampleSecret-a1b2c3",
    "alarm": f"arn:aws:cloudwatch:{HERE}:alarm:SecretIsAccessed",
    "alarm-mute-rule": f"arn:aws:cloudwatch:{HERE}:alarm-mute-rule:night",
    "alias": f"arn:aws:kms:{HERE}:alias/secmon-security-monitoring-trail",
    "bucket": f"arn:aws:s3:::secrets-manager-trail-{GUIDE}",
    "event-bus": f"arn:aws:events:{HERE}:event-bus/default",
    "key": f"arn:aws:kms:{HERE}:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    "log-stream": f"arn:aws:logs:{HERE}:log-group:/aws/cloudtrail/logs:log-stream:secmon-drill",
    "log-group": f"arn:aws:logs:{HERE}:log-group:/aws/cloudtrail/logs",
    "policy": BOUNDARY_ARN,
    "rule-on-default-event-bus": f"arn:aws:events:{HERE}:rule/secmon-secret_access-done",
    "role": f"arn:aws:iam::{GUIDE}:role/CloudTrailToCloudWatchLogs",
    "topic": f"arn:aws:sns:{HERE}:SecurityAlarms",
    "trail": f"arn:aws:cloudtrail:{HERE}:trail/secrets-manager-trail",
}

# A role with a former name, which no life has.
FORMER = {
    Question(f"iam:{action}", f"arn:aws:iam::{GUIDE}:role/FormerName", tuple(OURS.items()))
    for action in ("GetRole", "GetRolePolicy", "ListRolePolicies")
}


def documented() -> set[str]:
    used = set(aws_modules()) - UNUSED_MODULES
    modules = {action for module in used for action in documented_actions(module)}
    return (modules | UPSTREAM_REPAIRS) - UNUSED_BY_ROLES


def repairs() -> set[Question]:
    """Return a question for each documented action that no life asks, about the resources of this system."""
    asked = {question.action for question in recorded()}
    return {
        Question(action, RESOURCES[kind] if kind else "*", (*OURS.items(), VIA_SNS, OF_DRILL))
        for action in documented() - asked
        for kind in RESOURCE_TYPES.get(action) or ("",)
    }


def without(sid: str) -> dict[str, Any]:
    return {**POLICY, "Statement": [statement for statement in POLICY["Statement"] if statement["Sid"] != sid]}


@pytest.mark.parametrize("asked", sorted(recorded()), ids=lambda asked: asked.action)
def test_everything_that_a_life_asks_is_allowed(asked: Question) -> None:
    assert allows(POLICY, asked)


@pytest.mark.parametrize("asked", sorted(repairs() | FORMER), ids=lambda asked: asked.action)
def test_everything_that_is_documented_is_allowed(asked: Question) -> None:
    assert allows(POLICY, asked)


@pytest.mark.parametrize("sid", [statement["Sid"] for statement in POLICY["Statement"]])
def test_without_any_statement_something_fails(sid: str) -> None:
    needed = repairs() if sid.startswith(("Repair", "Drill")) else recorded() | repairs() | FORMER
    assert [asked for asked in needed if not allows(without(sid), asked)]


def test_run_and_encrypt_allow_exactly_what_a_life_asks() -> None:
    assert policy_actions("Run", "Encrypt") == {asked.action for asked in recorded()} | NOT_ASKED


def test_repair_allows_the_other_documented_actions() -> None:
    tagging = {"cloudwatch:TagResource", "kms:TagResource"}
    assert policy_actions("Repair") - tagging == documented() - policy_actions("Run", "Encrypt", "Drill")


def test_only_encrypt_drill_and_repair_allow_actions_of_kms() -> None:
    assert {action.split(":")[0] for action in policy_actions("Encrypt")} == {"kms"}
    assert not [action for action in policy_actions("Run") if action.startswith("kms:")]


def test_an_action_is_repeated_only_under_another_condition() -> None:
    seen = [
        (action, json.dumps(statement.get("Condition")))
        for statement in POLICY["Statement"]
        for action in statement["Action"]
    ]
    assert sorted(seen) == sorted(set(seen))


def test_every_statement_is_documented_and_the_policy_fits_into_iams_quotas(repository: Path) -> None:
    text = (repository / "docs/permissions.md").read_text()
    for statement in POLICY["Statement"]:
        (kind,) = re.findall("^(Run|Encrypt|Drill|Repair)", statement["Sid"])
        assert f"`{kind}...`" in text
        assert statement["Effect"] == "Allow"
    assert size(POLICY) <= INLINE_POLICIES_OF_A_ROLE
    for kinds in (("Run",), ("Encrypt", "Drill", "Repair")):
        part = [statement for statement in POLICY["Statement"] if statement["Sid"].startswith(kinds)]
        assert size({**POLICY, "Statement": part}) <= MANAGED_POLICY


def size(policy: dict[str, Any]) -> int:
    return len(json.dumps(policy, separators=(",", ":")))


# What the policy does not allow: the way to administrator, and the resources of others.

ELSEWHERE = [
    Question("iam:CreateRole", RESOURCES["role"], ()),
    Question(
        "iam:CreateRole",
        RESOURCES["role"],
        (("iam:PermissionsBoundary", "arn:aws:iam::aws:policy/AdministratorAccess"),),
    ),
    Question("iam:PutRolePolicy", RESOURCES["role"], ()),
    Question("iam:UpdateAssumeRolePolicy", RESOURCES["role"], ()),
    Question("iam:PutRolePermissionsBoundary", RESOURCES["role"], ()),
    Question("iam:DeleteRolePermissionsBoundary", RESOURCES["role"], tuple(OURS.items())),
    Question("iam:CreatePolicyVersion", BOUNDARY_ARN, ()),
    Question("iam:PassRole", RESOURCES["role"], (("iam:PassedToService", "lambda.amazonaws.com"),)),
    Question("kms:ScheduleKeyDeletion", RESOURCES["key"], ()),
    Question("kms:PutKeyPolicy", RESOURCES["key"], (("aws:ResourceTag/secmon:managed-by", "other"),)),
    Question("kms:Decrypt", RESOURCES["key"], (("kms:ViaService", "s3.us-east-1.amazonaws.com"),)),
    Question("kms:Decrypt", RESOURCES["key"], (("kms:EncryptionContext:aws:cloudtrail:arn", RESOURCES["trail"]),)),
    Question("kms:CreateKey", "*", ()),
    Question("cloudwatch:DeleteAlarms", RESOURCES["alarm"], ()),
    Question("cloudwatch:PutMetricAlarm", RESOURCES["alarm"], ()),
    Question("events:PutEvents", RESOURCES["event-bus"], (("events:source", "orders"),)),
    Question("logs:PutLogEvents", RESOURCES["log-stream"].replace("secmon-drill", f"{GUIDE}_CloudTrail_us-east-1"), ()),
    Question("secretsmanager:GetSecretValue", RESOURCES["Secret"].replace("-a1b2c3", "-of-others-a1b2c3"), ()),
]


@pytest.mark.parametrize("asked", ELSEWHERE, ids=lambda asked: asked.action)
def test_what_belongs_to_others_and_the_way_to_administrator_are_not_allowed(asked: Question) -> None:
    assert not allows(POLICY, asked)
