"""One trail and set of alarms for an organization: the way there, the proof from a member, and the way back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.test_playbooks import messages
from tests.support.embedded_control import ask, follow, link_in, mails
from tests.support.member_account import member_client
from tools.demo.playbooks import Run, run_playbook

AwsClient = Callable[[str], Any]

CENTRAL, ARCHIVE, MEMBER = "123456789012", "222222222222", "333333333333"
IDS = {"central": CENTRAL, "archive": ARCHIVE, "member": MEMBER}
ALL = ",".join(IDS)
GROUP = "/aws/cloudtrail/logs"


class Organization:
    """Runs the playbooks on the three accounts of the embedded organization."""

    def __init__(self, endpoint: str, folder: Path, organization_id: str) -> None:
        self.endpoint, self.folder = endpoint, folder
        self.settings = {
            "secmon_topology": "organization",
            "secmon_trail_organization_id": organization_id,
            "secmon_central_account": CENTRAL,
            "secmon_log_archive_account": ARCHIVE,
            "secmon_secret_recovery_window_days": 0,
        }

    def __call__(self, name: str, hosts: str = ALL, **variables: Any) -> Run:
        own = {host: {"secmon_account_id": account} for host, account in IDS.items()}
        for host in ("archive", "member"):
            own[host]["secmon_assume_role_arn"] = f"arn:aws:iam::{IDS[host]}:role/OrganizationAccountAccessRole"
        (self.folder / "hosts.json").write_text(json.dumps({"all": {"hosts": own, "vars": self.settings}}))
        extra = ("-e", json.dumps(variables)) if variables else ()
        return run_playbook(self.endpoint, name, "-i", str(self.folder / "hosts.json"), "--limit", hosts, *extra)

    def succeed(self, name: str, hosts: str = ALL, **variables: Any) -> Run:
        done = self(name, hosts, **variables)
        assert done.code == 0, messages(done)
        return done

    def client(self, account: str, service: str) -> Any:
        return member_client(self.endpoint, account, service)


@pytest.fixture
def organization(embedded_aws: str, aws_client: AwsClient, tmp_path: Path) -> Organization:
    ask(embedded_aws, "reset", method="POST")
    organizations = aws_client("organizations")
    organizations.enable_aws_service_access(ServicePrincipal="cloudtrail.amazonaws.com")
    return Organization(embedded_aws, tmp_path, organizations.describe_organization()["Organization"]["Id"])


def own_trails(organization: Organization, account: str) -> list[str]:
    return [
        trail["TrailARN"].split(":")[4]
        for trail in organization.client(account, "cloudtrail").describe_trails()["trailList"]
    ]


def test_a_read_in_a_member_raises_the_alarm_of_the_central_account(
    organization: Organization, embedded_aws: str, aws_client: AwsClient
) -> None:
    organization.succeed("site")
    (trail,) = aws_client("cloudtrail").describe_trails()["trailList"]
    assert trail["IsOrganizationTrail"]
    buckets = {account: organization.client(account, "s3").list_buckets()["Buckets"] for account in (ARCHIVE, MEMBER)}
    assert [bucket["Name"] for bucket in buckets[ARCHIVE]] == [trail["S3BucketName"]]
    assert aws_client("s3").list_buckets()["Buckets"] == buckets[MEMBER] == []
    for account in (ARCHIVE, MEMBER):
        assert organization.client(account, "logs").describe_log_groups()["logGroups"] == []
        assert organization.client(account, "cloudwatch").describe_alarms()["MetricAlarms"] == []
    follow(link_in(mails(embedded_aws, "security@example.com")[0], "ConfirmSubscription"))
    proved = organization.succeed("verify", "member")
    timeline = proved.result("Read the secret and follow the event")["member"]["timeline"]
    assert {step["hop"]: step["status"] for step in timeline}["alarm"] == "ok"
    alert = mails(embedded_aws, "security@example.com")[-1]
    assert f"[account = {MEMBER}]" in alert["body"]
    again = organization.succeed("site")
    assert again.changed == []
