"""site.yml and teardown.yml leave roles and keys alone that another tool made under the same names."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.account_snapshot import take_snapshot
from tests.support.embedded_control import ask
from tests.support.trail_setup import document
from tools.demo.playbooks import Run, run_playbook

# Each test runs playbooks.
pytestmark = pytest.mark.long

AwsClient = Callable[[str], Any]

ACCOUNT = "123456789012"
ROLE = "CloudTrailToCloudWatchLogs"
ALIASES = [f"alias/secmon-security-monitoring-{service}" for service in ("trail", "logs", "topic")]
ANOTHER_TOOL = {"secmon:managed-by": "another-tool"}


@pytest.fixture(autouse=True)
def _empty(embedded_aws: str) -> None:
    ask(embedded_aws, "reset", method="POST")


def make_role_and_keys(client: AwsClient) -> None:
    """Create the role and the keys as another tool that uses the same tag."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    tags = [{"Key": key, "Value": value} for key, value in ANOTHER_TOOL.items()]
    client("iam").create_role(RoleName=ROLE, AssumeRolePolicyDocument=document(trust), Tags=tags)
    for alias in ALIASES:
        marks = [{"TagKey": key, "TagValue": value} for key, value in ANOTHER_TOOL.items()]
        key = client("kms").create_key(Tags=marks)["KeyMetadata"]["KeyId"]
        client("kms").create_alias(AliasName=alias, TargetKeyId=key)


def play(endpoint: str, name: str, tags: str, **variables: Any) -> Run:
    variables |= {"secmon_encrypt": True}
    return run_playbook(endpoint, name, "--limit", "guide", "--tags", tags, "-e", json.dumps(variables))


@pytest.mark.parametrize("tags", ["logs", "notify"])
def test_site_and_teardown_leave_the_role_and_the_keys_of_another_tool(
    embedded_aws: str, aws_client: AwsClient, tags: str
) -> None:
    make_role_and_keys(aws_client)
    before = take_snapshot(aws_client)
    for name in ("site", "teardown"):
        done = play(embedded_aws, name, tags, secmon_teardown_confirm=ACCOUNT)
        after = take_snapshot(aws_client)
        assert done.code != 0, name
        assert (after["keys"], after["roles"]) == (before["keys"], before["roles"]), name
