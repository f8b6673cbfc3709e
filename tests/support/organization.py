"""An organization of the embedded AWS whose accounts fail in ten ways, and runs through the inventory plugin."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import yaml

from tests.conftest import REPOSITORY
from tests.support.embedded_control import ask

SEED = REPOSITORY / "embedded_aws/seeds/organization_100.yml"
KEYS = {"access_key": "AKIAEMBEDDEDGUIDE001", "secret_key": "embedded"}
DEPLOYER = "SecurityMonitoringDeployer"
SUSPENDED = "acquired"
ACCOUNTS = {SUSPENDED: "000000000901", **{f"bank-staging-{n:02}": f"0000000005{n:02}" for n in range(1, 11)}}
HEALTHY = "bank-staging-10"
_FOR_EVER = 1_000_000
EXTERNAL_ID, TOKEN = "correct-horse-battery-staple", "canary-4711-session-token"
"""Secrets that no output may show."""


def role_of(account: str, name: str = DEPLOYER) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


# Each host that fails by its variables, and what its report says; the host is repaired by removing the variables.
BY_VARIABLES: dict[str, dict[str, Any]] = {
    "bank-staging-01": {
        "secmon_assume_role_arn": role_of("000000000501", "Missing"),
        "secmon_assume_role_external_id": EXTERNAL_ID,
        "secmon_session_token": TOKEN,
    },
    "bank-staging-04": {"secmon_account_timeout_seconds": 30},
    "bank-staging-05": {"secmon_account_timeout_seconds": 30},
    "bank-staging-08": {"secmon_region": "ap-east-1"},
    # The credentials of the management account, without a role.
    "bank-staging-09": {"secmon_assume_role_arn": ""},
}
FAULTS: dict[str, dict[str, Any]] = {
    "bank-staging-04": {"service": "logs", "action": "*", "error": "ThrottlingException"},
    # Longer than any client waits.
    "bank-staging-05": {"service": "secretsmanager", "action": "*", "delay": 60},
    # After the first resource was created.
    "bank-staging-07": {"service": "sns", "action": "*", "error": "ExpiredToken", "status": 403},
}
# Regular expressions. What takes too long is stopped by the module, by the client or by Ansible.
REASONS = {
    SUSPENDED: "AWS Organizations calls the account SUSPENDED.",
    "bank-staging-01": f"not authorized to perform: sts:AssumeRole on resource: {role_of('000000000501', 'Missing')}",
    "bank-staging-02": f"not authorized to perform: sts:AssumeRole on resource: {role_of('000000000502')}",
    "bank-staging-03": "A service control policy of AWS Organizations denies logs:",
    "bank-staging-04": "Throttling|[Tt]imed out",
    "bank-staging-05": "[Tt]imed out|[Tt]imeout",
    "bank-staging-06": "secrets-manager-trail-000000000506",
    "bank-staging-07": "ExpiredToken",
    "bank-staging-08": "or the account has not enabled this region",
    "bank-staging-09": "belong to account 123456789012",
}


@dataclass
class Done:
    """A run: its exit code, its screen, the report of the callback, and what it cost."""

    code: int
    screen: str
    report: dict[str, Any]
    figures: str = field(default="")

    def hosts(self, state: str) -> set[str]:
        return {host for host, account in self.report["accounts"].items() if account["state"] == state}


@dataclass
class Organization:
    """The embedded organization, and an inventory of some of its accounts."""

    endpoint: str
    folder: Path

    def list_accounts(self, number: int, states: Sequence[str] = ("ACTIVE", "SUSPENDED"), **variables: Any) -> None:
        """Write the inventory of the accounts that may fail, and of others up to a number."""
        others = [account for account in self._active() if account not in ACCOUNTS.values()]
        self.list_chosen([*ACCOUNTS.values(), *others[: number - len(ACCOUNTS)]], states, **variables)

    def list_chosen(self, accounts: Sequence[str] = (), states: Sequence[str] = ("ACTIVE",), **variables: Any) -> None:
        """Write the inventory of some accounts, or of all."""
        plugin = {"plugin": "secmon.aws.organization", "account_role": DEPLOYER, "accounts": list(accounts), **KEYS}
        self._write("accounts.secmon_org.yml", plugin | {"states": list(states)})
        everywhere = {
            "secmon_region": "us-east-1",
            "secmon_emails": ["security@example.com"],
            "secmon_endpoint_url": self.endpoint,
            "secmon_access_key": KEYS["access_key"],
            "secmon_secret_key": KEYS["secret_key"],
            **variables,
        }
        self._write("group_vars/all.yml", everywhere)

    def _active(self) -> list[str]:
        pages = self.client("organizations").get_paginator("list_accounts").paginate()
        found = [account for page in pages for account in page["Accounts"] if account["State"] == "ACTIVE"]
        return sorted(account["Id"] for account in found if account["Name"] != "management")

    def _write(self, name: str, content: Any) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(yaml.safe_dump(content))

    def break_accounts(self) -> None:
        """Make ten accounts fail in ten ways; the eleventh, `acquired`, is suspended already."""
        for host, variables in BY_VARIABLES.items():
            self._write(f"host_vars/{host}.yml", variables)
        faults = [{**fault, "account": ACCOUNTS[host], "times": _FOR_EVER} for host, fault in FAULTS.items()]
        ask(self.endpoint, "faults", faults)
        self._trust("bank-staging-02", "111111111111")
        # The name of the bucket is that of the trail with the account ID.
        self.client("s3", HEALTHY).create_bucket(Bucket="secrets-manager-trail-000000000506")
        organizations = self.client("organizations")
        content = json.dumps({"Statement": [{"Effect": "Deny", "Action": "logs:*", "Resource": "*"}]})
        policy = organizations.create_policy(
            Name="NoLogs", Description="", Content=content, Type="SERVICE_CONTROL_POLICY"
        )
        self._policy = policy["Policy"]["PolicySummary"]["Id"]
        organizations.attach_policy(PolicyId=self._policy, TargetId=ACCOUNTS["bank-staging-03"])

    def mend_accounts(self) -> None:
        """Remove every cause that can be removed: only AWS can reinstate a suspended account."""
        for host in BY_VARIABLES:
            (self.folder / f"host_vars/{host}.yml").unlink()
        ask(self.endpoint, "faults", [])
        self._trust("bank-staging-02", "123456789012")
        self.client("s3", HEALTHY).delete_bucket(Bucket="secrets-manager-trail-000000000506")
        self.client("organizations").detach_policy(PolicyId=self._policy, TargetId=ACCOUNTS["bank-staging-03"])

    def _trust(self, host: str, account: str) -> None:
        principal = {"AWS": f"arn:aws:iam::{account}:root"}
        document = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}],
        }
        # The role that AWS makes in each account of an organization trusts the management account too.
        iam = self.client("iam", host, "OrganizationAccountAccessRole")
        iam.update_assume_role_policy(RoleName=DEPLOYER, PolicyDocument=json.dumps(document))

    def client(self, service: str, host: str = "", role: str = DEPLOYER) -> Any:
        """Return a client of the management account, or of an account by host or ID."""
        keys = {"aws_access_key_id": KEYS["access_key"], "aws_secret_access_key": KEYS["secret_key"]}
        if host:
            arn = role_of(ACCOUNTS.get(host, host), role)
            session = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="tester")["Credentials"]
            keys = {
                "aws_access_key_id": session["AccessKeyId"],
                "aws_secret_access_key": session["SecretAccessKey"],
                "aws_session_token": session["SessionToken"],
            }
        return boto3.client(service, region_name="us-east-1", endpoint_url=self.endpoint, **keys)

    def start(self, playbook: str, *options: str, forks: int = 10, **settings: str) -> subprocess.Popen[str]:
        """Start a playbook with the callback rollout."""
        # The credentials are those of the inventory; this machine has none.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | {
            **dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), str(self.folder / "none")),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": self.endpoint,
            "ANSIBLE_STDOUT_CALLBACK": "secmon.aws.rollout",
            "SECMON_ROLLOUT_REPORT": str(self.folder.with_name("rollout.json")),
            "ANSIBLE_RETRY_FILES_ENABLED": "true",
            "ANSIBLE_RETRY_FILES_SAVE_PATH": str(self.folder.with_name("retry")),
            **settings,
        }
        command = ["ansible-playbook", "-i", self.folder, f"playbooks/{playbook}.yml", "--forks", str(forks), *options]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(command, cwd=REPOSITORY, env=environment, **pipes)

    def report(self) -> dict[str, Any]:
        """Return the report of the last run."""
        found: dict[str, Any] = json.loads(self.folder.with_name("rollout.json").read_text())
        return found

    def run(self, playbook: str, *options: str, forks: int = 10) -> Done:
        """Run a playbook to its end."""
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        with self.start(playbook, *options, forks=forks) as process:
            screen, _none = process.communicate()
        after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        peak = after.ru_maxrss / 1024
        figures = f"{playbook} {' '.join(options)[:60]}: wall {wall:.0f} s, CPU {cpu:.0f} s, peak {peak:.0f} MB"
        return Done(process.returncode, screen, self.report(), figures)
