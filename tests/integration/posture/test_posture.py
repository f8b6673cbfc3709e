"""The module posture: its permissions, its answers and its errors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.integration.posture.foreign_stack import Stack
from tests.support.module_runner import ModuleRunner, writes
from tools.generate_docs.modules import documented_actions

# Policies that are attached to the log role, mute rules, and the trail of an organization.
CONDITIONAL = {
    "cloudwatch:GetAlarmMuteRule",
    "iam:GetPolicy",
    "iam:GetPolicyVersion",
    "organizations:DescribeOrganization",
}


def test_an_empty_account_fails_and_nothing_is_written(run_module: ModuleRunner) -> None:
    result, calls = run_module.recorded()
    assert not result.get("failed") and writes(calls) == []
    assert result["counts"]["fail"] > 80 and result["counts"]["unread"] == 0
    assert result["place"] == {"account": "123456789012", "region": "us-east-1"}


def test_documents_every_iam_action_and_the_policy_of_an_auditor_allows_them(
    run_module: ModuleRunner, repository: Path
) -> None:
    Stack(run_module.endpoint).build()
    named = {"s3:ListObjectsV2": "s3:ListBucket"}
    used = {named.get(action, action) for action in run_module.iam_actions(run_module.succeed)}
    documented = documented_actions("posture")
    assert documented - used == CONDITIONAL
    assert used <= documented
    text = (repository / "docs/permissions.md").read_text().split("## An auditor")[1]
    policy = json.loads(re.findall(r"```json\n(.*?)```", text, re.DOTALL)[0])
    (allowed,) = (statement["Action"] for statement in policy["Statement"])
    assert documented - {"sts:GetCallerIdentity"} <= {*allowed}


def test_a_denied_call_leaves_its_controls_unread(run_module: ModuleRunner, aws_client: Callable[[str], Any]) -> None:
    run_module.faults({"service": "cloudwatch", "action": "DescribeAlarms", "error": "AccessDenied", "times": 9})
    Stack(run_module.endpoint).build()
    result = run_module.succeed()
    (first, *_others) = [each for each in result["controls"] if each["status"] == "unread"]
    assert "cloudwatch:DescribeAlarms" in first["remedy"]


def test_an_unknown_control_is_refused_before_any_call(run_module: ModuleRunner) -> None:
    message = run_module.fail_before_calls(accepted={"CIS v5 3.55": "why"}, drill_days=-1)
    assert 'Did you mean "CIS v5 3.5"?' in message and "drill_days is -1" in message
