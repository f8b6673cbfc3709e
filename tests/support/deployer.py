"""The deployer of docs/deployer_policy.json on an embedded AWS with --iam."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from ansible_collections.secmon.aws.plugins.module_utils.core.policy_evaluation import Request, Verdict, evaluate

from tests.support.embedded_control import ask, link_in, mails
from tests.support.in_process import ADMINISTRATOR, GUIDE
from tools.demo.playbooks import run_playbook

DOCS = Path(__file__).resolve().parents[2] / "docs"
ROLE = "SecurityMonitoringDeployer"
ROLE_ARN = f"arn:aws:iam::{GUIDE}:role/{ROLE}"
BOUNDARY_ARN = f"arn:aws:iam::{GUIDE}:policy/SecurityMonitoringBoundary"
RECORDED = Path(__file__).parent / "deployer_questions.json"
END = ("-e", f"secmon_teardown_confirm={GUIDE}", "-e", "secmon_purge_log_bucket=true")
# Keys with values of one run, which no shipped policy names.
_NOT_IN_POLICIES = frozenset(
    {
        *("s3:TlsVersion", "s3:prefix", "s3:versionid", "kms:ResourceAliases"),
        *("aws:RequestTag/secmon:key-alias", "aws:ResourceTag/secmon:key-alias"),
        *("aws:RequestTag/secmon:metric-filters", "aws:ResourceTag/secmon:metric-filters"),
        *(f"aws:{of}Tag/secmon:{key}" for of in ("Request", "Resource") for key in ("rule", "runbook", "severity")),
    }
)


class Question(NamedTuple):
    """An action on a resource, with the condition keys of request and resource."""

    action: str
    resource: str
    context: tuple[tuple[str, str | tuple[str, ...]], ...]


def shipped(name: str) -> dict[str, Any]:
    """Return a policy in docs/ for the account of the guide."""
    policy: dict[str, Any] = json.loads((DOCS / name).read_text().replace("111122223333", GUIDE))
    return policy


def create_deployer(endpoint: str, policy: dict[str, Any] | None = None) -> tuple[str, ...]:
    """Create the deployer's role and boundary as docs/permissions.md describes, and return options of the playbooks."""
    keys = {"aws_access_key_id": ADMINISTRATOR, "aws_secret_access_key": "embedded"}
    iam = boto3.client("iam", endpoint_url=endpoint, region_name="us-east-1", **keys)
    edge = json.dumps(shipped("permissions_boundary.json"))
    iam.create_policy(PolicyName="SecurityMonitoringBoundary", PolicyDocument=edge)
    trust = {"Effect": "Allow", "Principal": {"AWS": GUIDE}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}))
    document = json.dumps(policy or shipped("deployer_policy.json"))
    iam.put_role_policy(RoleName=ROLE, PolicyName="SecurityMonitoring", PolicyDocument=document)
    options = {
        "secmon_access_key": ADMINISTRATOR,
        "secmon_secret_key": "embedded",
        "secmon_assume_role_arn": ROLE_ARN,
        "secmon_permissions_boundary_arn": BOUNDARY_ARN,
    }
    return tuple(word for name, value in options.items() for word in ("-e", f"{name}={value}"))


def play(endpoint: str, name: str, *arguments: str) -> None:
    """Run a playbook on the account of the guide, and require that it succeeds."""
    done = run_playbook(endpoint, name, "--limit", "guide", *arguments)
    failed = [result.get("msg") for found in done.results.values() for result in found.values() if result.get("failed")]
    assert done.code == 0, failed


def live(endpoint: str, options: Sequence[str], again: bool = False) -> set[Question]:
    """Build, confirm, rebuild, verify and remove the system. Return what IAM was asked of the deployer.

    Args:
        endpoint: The URL of the embedded AWS.
        options: Options of the playbooks.
        again: Whether the system is built and removed again while its secret and keys wait for deletion.
    """
    play(endpoint, "site", *options)
    received = mails(endpoint, "security@example.com")
    links = json.dumps({"secmon_confirmation_links": [link_in(mail, "ConfirmSubscription") for mail in received]})
    play(endpoint, "confirm", *options, "-e", links)
    play(endpoint, "site", *options)
    play(endpoint, "verify", *options)
    play(endpoint, "teardown", *options, *END)
    if again:
        play(endpoint, "site", *options, "-e", "secmon_cancel_deletion=true")
        play(endpoint, "teardown", *options, *END, "-e", "secmon_secret_recovery_window_days=0")
    return {question(asked) for asked in ask(endpoint, "permissions") if asked["caller"] == ROLE_ARN}


# A question with the random parts replaced, so that two lives ask the same.

_RANDOM = (
    (r"(?<=:key/)[0-9a-f-]{36}", "1234abcd-12ab-34cd-56ef-1234567890ab"),
    (r"(?<=:secret:MySampleSecret-)\w{6}$", "a1b2c3"),
    (r"(?<=:alarm:)[\w-]+$", "SecretIsAccessed"),
    (r"(?<=:rule/)secmon-[\w-]+$", "secmon-secret_access-done"),
    (rf"(?<=arn:aws:s3:::secrets-manager-trail-{GUIDE}/).+", "AWSLogs/file"),
)


def question(asked: Mapping[str, Any]) -> Question:
    """Return the question of an entry of /_embedded/permissions, without its random parts."""
    context = tuple(
        (key, tuple(sorted(value)) if isinstance(value, list) else _settled(value))
        for key, value in sorted(asked["context"].items())
        if key not in _NOT_IN_POLICIES
    )
    return Question(asked["action"], _settled(asked["resource"]), context)


def _settled(text: str) -> str:
    for pattern, replacement in _RANDOM:
        text = re.sub(pattern, replacement, text)
    return text


def record(asked: set[Question]) -> None:
    """Record questions, one on a line."""
    lines = ",\n".join(json.dumps(each) for each in sorted(asked))
    RECORDED.write_text(f"[\n{lines}\n]\n")


def recorded() -> set[Question]:
    """Return the questions of the recorded lives."""
    return {
        Question(
            action, resource, tuple((key, tuple(value) if isinstance(value, list) else value) for key, value in context)
        )
        for action, resource, context in json.loads(RECORDED.read_text())
    }


def allows(policy: Mapping[str, Any], asked: Question) -> bool:
    """Return whether a policy of the deployer answers a question with yes."""
    request = Request(asked.action, asked.resource, context=dict(asked.context))
    return evaluate([policy], request) is Verdict.ALLOWED
