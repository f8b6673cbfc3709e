"""site.yml deploys log alarms, each actor gets a mail, a second run changes nothing, and teardown.yml removes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.support.embedded_control import advance, ask, drain, follow, link_in, mails
from tools.demo.playbooks import Run, run_playbook

pytestmark = pytest.mark.long

ACCOUNT = "123456789012"
CHOICE = json.dumps({"secmon_log_alarms": ["secret_access"], "secmon_emails": ["ops@example.com"]})
END = ("-e", f"secmon_teardown_confirm={ACCOUNT}", "-e", "secmon_purge_log_bucket=true")


def play(endpoint: str, name: str, *arguments: str) -> Run:
    run = run_playbook(endpoint, name, "--limit", "guide", "-e", CHOICE, *arguments)
    assert run.code == 0, run.results
    return run


def read_secret(endpoint: str, user: str, times: int = 1) -> None:
    """Read the secret as a user of the account."""
    iam = boto3.client("iam", endpoint_url=endpoint, region_name="us-east-1", **KEYS)
    iam.create_user(UserName=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    own = {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    for _time in range(times):
        boto3.client("secretsmanager", endpoint_url=endpoint, region_name="us-east-1", **own).get_secret_value(
            SecretId="MySampleSecret"
        )


KEYS = {"aws_access_key_id": "tester", "aws_secret_access_key": "tester"}


def by_actor(endpoint: str) -> list[dict[str, Any]]:
    return [mail for mail in mails(endpoint, "ops@example.com") if "SecretIsAccessed-by-actor" in mail["subject"]]


def test_each_actor_gets_a_mail_and_teardown_removes_the_log_alarm(
    embedded_aws: str, aws_client: Callable[[str], Any]
) -> None:
    ask(embedded_aws, "reset", method="POST")
    play(embedded_aws, "site", "--check")
    play(embedded_aws, "site")
    follow(link_in(mails(embedded_aws, "ops@example.com")[0], "ConfirmSubscription"))
    before = ask(embedded_aws, "calls")[-1]["id"]
    play(embedded_aws, "site")
    assert [call for call in ask(embedded_aws, f"calls?since={before}") if call["access"] == "write"] == []

    read_secret(embedded_aws, "alice", times=2)
    read_secret(embedded_aws, "bob")
    drain(embedded_aws)
    advance(embedded_aws, 300)
    texts = [mail["body"] for mail in by_actor(embedded_aws)]
    assert sorted("user/alice" in text for text in texts) == [False, True]
    assert all("- secmon:severity: high" in text and "Log Lines:" in text for text in texts)

    play(embedded_aws, "verify", "--check")
    play(embedded_aws, "teardown", *END)
    assert aws_client("cloudwatch").describe_alarms(AlarmTypes=["LogAlarm"])["LogAlarms"] == []
    names = [role["RoleName"] for role in aws_client("iam").list_roles()["Roles"]]
    assert not [name for name in names if name.startswith("SecurityLogAlarm")]
