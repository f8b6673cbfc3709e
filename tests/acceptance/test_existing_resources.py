"""The playbooks on an account with an existing bucket, log group, role, topic and key, created with boto3."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.account_snapshot import Snapshot, take_snapshot
from tests.support.embedded_control import ask
from tests.support.member_account import member_client
from tests.support.trail_prerequisites import open_bucket
from tests.support.trail_setup import document, group_arn, make_role
from tools.demo.playbooks import REPOSITORY, Run, run_playbook

# Each test runs a playbook several times.
pytestmark = pytest.mark.long

AwsClient = Callable[[str], Any]

ACCOUNT = "123456789012"
CONFIRM = {"secmon_teardown_confirm": ACCOUNT, "secmon_secret_recovery_window_days": 0}
SERVICES = ["cloudtrail.amazonaws.com", "cloudwatch.amazonaws.com", "logs.us-east-1.amazonaws.com"]
OURS = ("secrets", "trails", "alarms")


class Playbooks:
    """Runs the playbooks for the host guide with variables."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint

    def __call__(self, name: str, variables: dict[str, Any]) -> Run:
        return run_playbook(self.endpoint, name, "--limit", "guide", "-e", json.dumps(variables))

    def succeed(self, name: str, variables: dict[str, Any]) -> Run:
        done = self(name, variables)
        assert done.code == 0, messages(done)
        return done

    def rejected(self, folder: Path, variables: dict[str, dict[str, Any]]) -> dict[str, str]:
        """Return the messages with which site.yml fails on each host, with variables by host.

        AssertionError if one does not fail, or if something is written.
        """
        # A file of host_vars lies over those of inventory/embedded; what an inventory says itself lies below them.
        (folder / "host_vars").mkdir(exist_ok=True)
        for host, own in variables.items():
            (folder / "host_vars" / f"{host}.json").write_text(json.dumps(own))
        (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": dict.fromkeys(variables)}}))
        before = self.writes()
        done = run_playbook(self.endpoint, "site", "--limit", ",".join(variables), "-i", str(folder))
        assert done.code != 0
        assert self.writes() == before
        return {host: messages(done, host) for host in variables}

    def writes(self) -> list[str]:
        """Return the writing calls, without those that assume a role."""
        calls = ask(self.endpoint, "calls")
        return [call["action"] for call in calls if call["access"] == "write" and call["service"] != "sts"]


def messages(done: Run, host: str = "guide") -> str:
    """Return the messages of the failed tasks of a host."""
    found = [results[host] for results in done.results.values() if host in results]
    return "\n".join(str(result.get("msg")) for result in found if result.get("failed"))


def make_key(client: AwsClient) -> str:
    """Create a key that the account and the services may use."""
    allow = {
        "Effect": "Allow",
        "Principal": {"Service": SERVICES, "AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    made = client("kms").create_key(Policy=document(allow), Tags=[{"TagKey": "owner", "TagValue": "us"}])
    return str(made["KeyMetadata"]["Arn"])


def make_all(client: AwsClient) -> dict[str, Any]:
    """Create one tagged resource of each kind, and return the variables that name them."""
    s3, logs, sns = client("s3"), client("logs"), client("sns")
    open_bucket(s3, "our-own-logs")
    s3.put_bucket_tagging(Bucket="our-own-logs", Tagging={"TagSet": [{"Key": "owner", "Value": "us"}]})
    logs.create_log_group(logGroupName="our-own-events", tags={"owner": "us"})
    logs.put_metric_filter(
        logGroupName="our-own-events",
        filterName="OurOwn",
        filterPattern="ERROR",
        metricTransformations=[{"metricNamespace": "OurOwn", "metricName": "Errors", "metricValue": "1"}],
    )
    role = make_role(client, "our-own-role", "our-own-events")
    client("iam").tag_role(RoleName="our-own-role", Tags=[{"Key": "owner", "Value": "us"}])
    topic = sns.create_topic(Name="OurOwnTopic", Tags=[{"Key": "owner", "Value": "us"}])["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="us@example.com")
    return {
        "secmon_emails": [],
        "secmon_existing_log_bucket_name": "our-own-logs",
        "secmon_existing_log_group_name": "our-own-events",
        "secmon_existing_log_role_arn": role,
        "secmon_existing_topic_arn": topic,
        "secmon_existing_kms_key_arn": make_key(client),
    }


def theirs(snapshot: Snapshot) -> Snapshot:
    """Return the kinds of resources that the playbooks must not change, with the existing metric filters only."""
    kept = {kind: found for kind, found in snapshot.items() if kind not in OURS}
    for group in kept["log_groups"]:
        group["group"].pop("metricFilterCount", None)
        group["filters"] = [found for found in group["filters"] if found["filterName"] == "OurOwn"]
    return kept


@pytest.fixture
def playbook(embedded_aws: str) -> Playbooks:
    ask(embedded_aws, "reset", method="POST")
    return Playbooks(embedded_aws)


def test_existing_resources_are_used_and_neither_changed_nor_deleted(
    playbook: Playbooks, aws_client: AwsClient
) -> None:
    variables = make_all(aws_client)
    before = theirs(take_snapshot(aws_client))

    assert playbook.succeed("site", variables).stats["guide"]["changed"] == 4
    assert_used(aws_client, variables)
    assert theirs(take_snapshot(aws_client)) == before

    built = playbook.writes()
    assert playbook.succeed("site", variables).stats["guide"]["changed"] == 0
    assert playbook.writes() == built

    playbook.succeed("teardown", variables | CONFIRM)
    after = take_snapshot(aws_client)
    assert {kind: after[kind] for kind in OURS} == {kind: [] for kind in OURS}
    assert [found["filterName"] for found in after["log_groups"][0]["filters"]] == ["OurOwn"]
    assert theirs(after) == before


def assert_used(client: AwsClient, variables: dict[str, Any]) -> None:
    """Check that the new resources refer to the existing ones."""
    (trail,) = client("cloudtrail").describe_trails()["trailList"]
    assert trail["S3BucketName"] == "our-own-logs"
    assert trail["CloudWatchLogsLogGroupArn"] == group_arn("our-own-events")
    assert trail["CloudWatchLogsRoleArn"] == variables["secmon_existing_log_role_arn"]
    assert trail["KmsKeyId"] == variables["secmon_existing_kms_key_arn"]
    (alarm,) = client("cloudwatch").describe_alarms()["MetricAlarms"]
    assert alarm["AlarmActions"] == [variables["secmon_existing_topic_arn"]]
    filters = client("logs").describe_metric_filters(logGroupName="our-own-events")["metricFilters"]
    assert sorted(found["filterName"] for found in filters) == ["OurOwn", "TrackSecretAccess"]


ALARMS_ONLY = """
- hosts: all
  gather_facts: false
  module_defaults:
    group/secmon.aws.aws: "{{ secmon_connection }}"
  roles: [secmon.aws.account, secmon.aws.metric_alarm]
"""
GROUP_TAGS = {
    "guide": {},
    "production": {"secmon:managed-by": "another-tool"},
    "sandbox": {"secmon:managed-by": "secmon.aws"},
}
ACCOUNTS = {"guide": ACCOUNT, "production": "222222222222", "sandbox": "333333333333"}


def put_filters_of_others(logs: Any, tags: dict[str, str]) -> list[dict[str, Any]]:
    """Create the log group with two filters in the namespace of the rules, one with the name of a rule."""
    logs.create_log_group(logGroupName="/aws/cloudtrail/logs", **({"tags": tags} if tags else {}))
    for name in ("TrackSecretAccess", "OfAnotherTeam"):
        logs.put_metric_filter(
            logGroupName="/aws/cloudtrail/logs",
            filterName=name,
            filterPattern="THEIRS",
            metricTransformations=[{"metricNamespace": "SecurityMetrics", "metricName": name, "metricValue": "1"}],
        )
    return filters_of(logs)


def filters_of(logs: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = logs.describe_metric_filters(logGroupName="/aws/cloudtrail/logs")["metricFilters"]
    return found


def test_metric_filters_of_others_are_left_alone(playbook: Playbooks, aws_client: AwsClient, tmp_path: Path) -> None:
    """Try site, the role alone and the teardown in log groups of others, and with a filter of others in our own."""
    members = {host: account for host, account in ACCOUNTS.items() if account != ACCOUNT}
    clients = {host: member_client(playbook.endpoint, account, "logs") for host, account in members.items()}
    clients["guide"] = aws_client("logs")
    before = {host: put_filters_of_others(logs, GROUP_TAGS[host]) for host, logs in clients.items()}
    made = playbook.writes()
    (tmp_path / "alone.yml").write_text(ALARMS_ONLY)
    alone = os.path.relpath(tmp_path / "alone", REPOSITORY / "playbooks")
    here = {"secmon_region": "us-east-1", "secmon_log_group_name": "/aws/cloudtrail/logs"}
    confirmation = json.dumps({"secmon_teardown_confirm": ",".join(ACCOUNTS.values())})

    for name, *more in (["site", "--check"], ["site"], [alone], ["teardown", "-e", confirmation]):
        only = [] if name == alone else ["--tags", "alarms"]
        done = run_playbook(playbook.endpoint, name, *only, *more, "-e", json.dumps(here))
        assert done.code != 0
        for host in ("guide", "production"):
            assert "log group /aws/cloudtrail/logs is not managed by this collection" in messages(done, host)
        assert "metric filter TrackSecretAccess of log group /aws/cloudtrail/logs" in messages(done, "sandbox")
        assert playbook.writes() == made
        assert {host: filters_of(logs) for host, logs in clients.items()} == before


def fill(logs: Any, group: str) -> None:
    """Create a log group with as many metric filters as it can have."""
    logs.create_log_group(logGroupName=group)
    metric = {"metricNamespace": "Theirs", "metricName": "Errors", "metricValue": "1"}
    for number in range(100):
        logs.put_metric_filter(
            logGroupName=group, filterName=f"Their{number}", filterPattern="ERROR", metricTransformations=[metric]
        )


def test_missing_or_unsuitable_existing_resources_fail_the_run_before_any_write(
    playbook: Playbooks, aws_client: AwsClient, tmp_path: Path
) -> None:
    aws_client("s3").create_bucket(Bucket="closed-to-trails")
    key = aws_client("kms").create_key()["KeyMetadata"]["Arn"]
    topic = f"arn:aws:sns:us-east-1:{ACCOUNT}:Gone"
    role = "arn:aws:iam::222222222222:role/gone"

    missing = {
        "guide": {"secmon_emails": [], "secmon_existing_topic_arn": topic},
        "production": {"secmon_existing_log_role_arn": role},
        "sandbox": {"secmon_existing_log_group_name": "gone", "secmon_retention_days": 365},
    }
    found = playbook.rejected(tmp_path, missing)
    assert f"The topic {topic} cannot publish the alarms of account {ACCOUNT}, region us-east-1" in found["guide"]
    assert f"The role {role} cannot write the trail's events in account 222222222222" in found["production"]
    assert "The log group gone does not exist in account 333333333333, region us-east-1" in found["sandbox"]

    logs = member_client(playbook.endpoint, ACCOUNTS["production"], "logs")
    fill(logs, "full")
    unsuitable = {
        "guide": {"secmon_existing_kms_key_arn": key},
        "production": {
            "secmon_existing_log_group_name": "full",
            "secmon_region": "us-east-1",
            "secmon_log_group_name": "/aws/cloudtrail/logs",
            "secmon_retention_days": 365,
        },
        "sandbox": {"secmon_existing_log_bucket_name": "closed-to-trails", "secmon_purge_log_bucket": False},
    }
    found = playbook.rejected(tmp_path, unsuitable)
    for words in (
        "Log group full would have 1",
        "metric filters; AWS allows 100",
        "account 222222222222, region us-east-1",
    ):
        assert words in found["production"]
    assert "its policy does not allow cloudtrail.amazonaws.com" in found["guide"]
    # The bucket is in the account of the host guide.
    elsewhere = (
        "The bucket closed-to-trails cannot store the log files of account 333333333333: it does not exist in this"
    )
    assert elsewhere in found["sandbox"] and "its policy" not in found["sandbox"]


def test_encryption_is_idempotent_and_teardown_keeps_the_key_of_the_log_files_with_the_bucket(
    playbook: Playbooks, aws_client: AwsClient
) -> None:
    encrypt = {"secmon_encrypt": True}
    playbook.succeed("site", encrypt)
    keys = {
        alias["AliasName"].removeprefix("alias/secmon-security-monitoring-"): alias["TargetKeyId"]
        for alias in aws_client("kms").list_aliases()["Aliases"]
        if alias["AliasName"].startswith("alias/secmon-")
    }
    assert sorted(keys) == ["logs", "topic", "trail"]
    (trail,) = aws_client("cloudtrail").describe_trails()["trailList"]
    assert trail["KmsKeyId"].endswith(keys["trail"])
    (group,) = aws_client("logs").describe_log_groups()["logGroups"]
    assert group["kmsKeyId"].endswith(keys["logs"])
    (topic,) = aws_client("sns").list_topics()["Topics"]
    attributes = aws_client("sns").get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
    assert attributes["KmsMasterKeyId"].endswith(keys["topic"])

    built = playbook.writes()
    assert playbook.succeed("site", encrypt).stats["guide"]["changed"] == 0
    assert playbook.writes() == built

    def states() -> dict[str, str]:
        kms = aws_client("kms")
        return {name: kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] for name, key in keys.items()}

    s3, bucket = aws_client("s3"), f"secrets-manager-trail-{ACCOUNT}"
    playbook.succeed("teardown", encrypt | CONFIRM)
    assert states() == {"logs": "PendingDeletion", "topic": "PendingDeletion", "trail": "Enabled"}
    files = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"] if item["Size"]]
    assert s3.get_object(Bucket=bucket, Key=files[0])["Body"].read()

    playbook.succeed("teardown", encrypt | CONFIRM | {"secmon_purge_log_bucket": True})
    assert set(states().values()) == {"PendingDeletion"}
