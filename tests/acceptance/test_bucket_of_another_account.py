"""The playbooks with a log bucket of another account, made by plain boto3: first unreadable, then readable."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.embedded_control import ask, follow, link_in, mails
from tests.support.member_account import member_client
from tests.support.trail_setup import bucket_policy
from tools.demo.playbooks import Run, run_playbook

# Each test runs a playbook several times.
pytestmark = pytest.mark.long

AwsClient = Callable[[str], Any]

ACCOUNT, OWNER, BUCKET = "123456789012", "333333333333", "log-archive-of-the-organization"
ARN = f"arn:aws:s3:::{BUCKET}"
VARIABLES = {"secmon_existing_log_bucket_name": BUCKET, "secmon_existing_log_bucket_owner": OWNER}
POLICY = bucket_policy(BUCKET, "secrets-manager-trail")
READER = {
    "Effect": "Allow",
    "Principal": {"AWS": ACCOUNT},
    "Action": ["s3:ListBucket", "s3:GetObject"],
    "Resource": [ARN, f"{ARN}/*"],
}
CONFIRM = {"secmon_teardown_confirm": ACCOUNT, "secmon_secret_recovery_window_days": 0}


@pytest.fixture
def owner(embedded_aws: str) -> Any:
    """Return S3 in the account that owns the bucket, whose policy admits the trail and no reader."""
    ask(embedded_aws, "reset", method="POST")
    s3 = member_client(embedded_aws, OWNER, "s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(POLICY))
    return s3


def run(endpoint: str, name: str, *arguments: str, **variables: Any) -> Run:
    extra = json.dumps(VARIABLES | variables)
    done = run_playbook(endpoint, name, "--limit", "guide", "-e", extra, *arguments)
    assert done.code == 0, [results["guide"].get("msg") for results in done.results.values() if "guide" in results]
    return done


def timeline(done: Run) -> dict[str, str]:
    found = done.result("Read the secret and follow the event")["guide"]
    return {step["hop"]: step["status"] for step in found["timeline"]}


def keys(s3: Any) -> list[str]:
    return [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", []) if item["Size"]]


def test_a_trail_lives_with_the_bucket_of_another_account(embedded_aws: str, owner: Any, aws_client: AwsClient) -> None:
    run(embedded_aws, "site", "--check")
    assert aws_client("cloudtrail").describe_trails()["trailList"] == []
    run(embedded_aws, "site")
    (trail,) = aws_client("cloudtrail").describe_trails()["trailList"]
    assert trail["S3BucketName"] == BUCKET
    assert aws_client("s3").list_buckets()["Buckets"] == []
    assert run(embedded_aws, "site").stats["guide"]["changed"] == 0

    follow(link_in(mails(embedded_aws, "security@example.com")[0], "ConfirmSubscription"))
    unread = run(embedded_aws, "verify")
    # The alarm is the proof. Its notification has a warning of its own, since the link was followed.
    assert timeline(unread)["log_file"] == "warning" and timeline(unread)["alarm"] == "ok"
    warning = unread.result("Report the proof")["guide"]["msg"][-1]
    assert warning.startswith("Warning: ") and f"not allowed to read the bucket {BUCKET} of account {OWNER}" in warning

    owner.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps({**POLICY, "Statement": [*POLICY["Statement"], READER]}))
    read = run(embedded_aws, "verify")
    assert timeline(read)["log_file"] == "ok"
    assert read.result("Report the proof")["guide"]["msg"][-1].startswith("Log files: ")

    before = keys(owner)
    removed = run(embedded_aws, "teardown", **CONFIRM)
    (kept,) = [
        line for line in removed.result("Report what was removed and what is left")["guide"]["msg"] if BUCKET in line
    ]
    assert f"existing bucket of account {OWNER}" in kept and "never deleted" in kept
    assert aws_client("cloudtrail").describe_trails()["trailList"] == []
    assert set(before) <= set(keys(owner))
