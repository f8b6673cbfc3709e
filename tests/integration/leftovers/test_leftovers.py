"""Leftovers finds what is left of the system on the embedded AWS, and says why."""

from __future__ import annotations

import pytest

from tests.integration.leftovers.leftovers_setup import (
    ACCOUNT,
    ALIAS,
    BUCKET,
    GROUP,
    MAKERS,
    MANAGED_TAGS,
    SYSTEM,
    TOPIC_ARN,
    Client,
    leftover_reasons,
    make_bucket,
    make_filter,
    make_key,
    make_log_group,
    make_role,
    make_secret,
    make_topic,
    make_trail,
)
from tests.support.module_runner import ModuleRunner


@pytest.mark.promise("calls")
def test_finds_nothing_in_an_empty_account_with_few_calls(run_module: ModuleRunner) -> None:
    assert sorted(run_module.actions(**SYSTEM, keep_bucket=False)) == [
        "DescribeAlarms",
        "DescribeKey",
        "DescribeLogGroups",
        "DescribeSecret",
        "DescribeTrails",
        "GetCallerIdentity",
        "GetResources",
        "GetRole",
        "GetTopicAttributes",
        "ListBuckets",
        "ListRoles",
        "ListRules",
        "ListSubscriptions",
    ]
    result = run_module.succeed(**SYSTEM)
    assert (result["leftovers"], result["unexpected"], result["removed"]) == ([], 0, [])
    assert result["lines"] == [
        f"Account {ACCOUNT}, us-east-1:",
        "Removed: nothing",
        "Left: nothing",
        "Nothing unexpected is left.",
    ]


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("kind", MAKERS)
def test_a_managed_resource_is_unexpected(run_module: ModuleRunner, aws_client: Client, kind: str) -> None:
    make, name = MAKERS[kind]
    make(aws_client, MANAGED_TAGS)
    found = leftover_reasons(run_module)
    assert list(found) == [(kind, name)]
    assert found[kind, name].startswith("UNEXPECTED")


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("kind", MAKERS)
def test_a_named_resource_without_the_tag_is_not_managed(
    run_module: ModuleRunner, aws_client: Client, kind: str
) -> None:
    make, name = MAKERS[kind]
    make(aws_client, [{"Key": "owner", "Value": "other"}])
    assert leftover_reasons(run_module) == {(kind, name): "not managed by this collection"}


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("kind", [kind for kind in MAKERS if kind != "role"])
def test_finds_a_managed_resource_with_another_name_by_its_tag(
    run_module: ModuleRunner, aws_client: Client, kind: str
) -> None:
    make, name = MAKERS[kind]
    make(aws_client, MANAGED_TAGS)
    result = run_module.succeed(dry_run=True)
    (item,) = result["leftovers"]
    assert item["type"] == kind and (item["name"] == name or kind == "key")
    assert "no variable names it" in item["why"] and result["unexpected"] == 1


@pytest.mark.promise("ownership")
def test_reports_a_tagged_resource_of_another_type(run_module: ModuleRunner, aws_client: Client) -> None:
    aws_client("sqs").create_queue(QueueName="q", tags={"secmon:managed-by": "secmon.aws"})
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"
    assert leftover_reasons(run_module)["resource of sqs", arn].startswith("UNEXPECTED")


@pytest.mark.promise("ownership")
@pytest.mark.parametrize("group", ["log_group_name", "existing_log_group_name"])
def test_finds_managed_filters_in_an_unmanaged_log_group(
    run_module: ModuleRunner, aws_client: Client, group: str
) -> None:
    make_log_group(aws_client, [])
    make_filter(aws_client)
    make_filter(aws_client, "OtherPackFilter")
    make_filter(aws_client, "OldRuleFilter")
    make_filter(aws_client, "Unmanaged", "OtherMetrics")
    found = leftover_reasons(
        run_module, **{"log_group_name": None, group: GROUP, "other_filter_names": ["OtherPackFilter"]}
    )
    group_why = (
        "not managed by this collection" if group == "log_group_name" else "existing resource (secmon_existing_*)"
    )
    assert found.pop(("log group", GROUP)) == group_why
    assert {name: why.split()[0] for (_type, name), why in found.items()} == {
        "TrackSecretAccess": "UNEXPECTED:",
        "OtherPackFilter": "UNEXPECTED:",
        "OldRuleFilter": "it",
    }


@pytest.mark.promise("ownership")
def test_a_filter_that_the_teardown_does_not_remove_is_unexpected(run_module: ModuleRunner, aws_client: Client) -> None:
    make_log_group(aws_client, [])
    make_filter(aws_client)
    make_filter(aws_client, "OtherPackFilter")
    found = leftover_reasons(run_module, other_filter_names=["OtherPackFilter"], dry_run=True)
    assert found["metric filter", "TrackSecretAccess"] == "to be removed"
    assert "no variable names it" in found["metric filter", "OtherPackFilter"]


@pytest.mark.promise("ownership")
def test_ignores_other_filters_in_a_managed_log_group(run_module: ModuleRunner, aws_client: Client) -> None:
    make_log_group(aws_client, MANAGED_TAGS)
    make_filter(aws_client, "OldRuleFilter")
    assert list(leftover_reasons(run_module)) == [("log group", GROUP)]


@pytest.mark.promise("ownership")
def test_a_named_filter_with_another_namespace_is_not_managed(run_module: ModuleRunner, aws_client: Client) -> None:
    make_log_group(aws_client, [])
    make_filter(aws_client, namespace="OtherMetrics")
    assert leftover_reasons(run_module)["metric filter", "TrackSecretAccess"] == "not managed by this collection"


@pytest.mark.promise("unset_options")
def test_existing_resources_are_expected(run_module: ModuleRunner, aws_client: Client) -> None:
    make_bucket(aws_client, [])
    make_log_group(aws_client, [])
    make_topic(aws_client, [])
    make_secret(aws_client, [])
    make_role(aws_client, [])
    key_arn = make_key(aws_client, [], alias="")
    result = run_module.succeed(
        existing_bucket_name=BUCKET,
        existing_log_group_name=GROUP,
        existing_topic_arn=TOPIC_ARN,
        existing_secret_name="MySampleSecret",
        existing_role_arn=f"arn:aws:iam::{ACCOUNT}:role/CloudTrailToCloudWatchLogs",
        existing_key_arn=key_arn,
    )
    assert {item["type"]: item["why"] for item in result["leftovers"]} == {
        **dict.fromkeys(("key", "log bucket", "log group", "role", "topic"), "existing resource (secmon_existing_*)"),
        "secret": "existing secret (secmon_create_secret is false)",
    }
    assert result["unexpected"] == 0


@pytest.mark.promise("unset_options")
def test_ignores_unmanaged_resources_with_other_names(run_module: ModuleRunner, aws_client: Client) -> None:
    make_bucket(aws_client, [], name="other-logs")
    make_trail(aws_client, [], name="other-trail")
    aws_client("sns").create_topic(Name="OtherTopic")
    aws_client("sns").subscribe(
        TopicArn=TOPIC_ARN.replace("SecurityAlarms", "OtherTopic"), Protocol="email", Endpoint="a@example.com"
    )
    assert leftover_reasons(run_module) == {}


@pytest.mark.promise("changed")
def test_reports_the_recovery_window_of_a_secret(run_module: ModuleRunner, aws_client: Client) -> None:
    make_secret(aws_client, MANAGED_TAGS)
    response = aws_client("secretsmanager").delete_secret(SecretId="MySampleSecret", RecoveryWindowInDays=7)
    day = f"{response['DeletionDate']:%Y-%m-%d}"
    assert leftover_reasons(run_module) == {("secret", "MySampleSecret"): f"in its recovery window until {day}"}


@pytest.mark.promise("changed")
@pytest.mark.parametrize("alias", [ALIAS, "", "alias/old-name"])
def test_reports_the_scheduled_deletion_of_a_key(run_module: ModuleRunner, aws_client: Client, alias: str) -> None:
    arn = make_key(aws_client, MANAGED_TAGS, alias)
    response = aws_client("kms").schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)
    day = f"{response['DeletionDate']:%Y-%m-%d}"
    name = ALIAS if alias == ALIAS else arn.rpartition("/")[2]
    assert leftover_reasons(run_module) == {("key", name): f"in its recovery window until {day}"}


@pytest.mark.promise("changed")
def test_the_log_bucket_is_expected_with_keep_bucket(run_module: ModuleRunner, aws_client: Client) -> None:
    make_bucket(aws_client, MANAGED_TAGS)
    kept = "kept: log bucket, secmon_purge_log_bucket is false"
    assert leftover_reasons(run_module, keep_bucket=True) == {("log bucket", BUCKET): kept}
    assert leftover_reasons(run_module)["log bucket", BUCKET].startswith("UNEXPECTED")


@pytest.mark.promise("changed")
def test_the_key_of_the_log_files_is_kept_with_the_log_bucket(run_module: ModuleRunner, aws_client: Client) -> None:
    make_bucket(aws_client, MANAGED_TAGS)
    arn = make_key(aws_client, MANAGED_TAGS)
    options = {"keep_bucket": True, "bucket_key_alias": ALIAS}
    assert leftover_reasons(run_module, **options)["key", ALIAS].startswith("kept: it decrypts the log files")
    aws_client("kms").schedule_key_deletion(KeyId=arn)
    assert "the log files of the bucket, which is kept, cannot" in leftover_reasons(run_module, **options)["key", ALIAS]
    assert leftover_reasons(run_module, bucket_key_alias=ALIAS)["key", ALIAS].startswith("in its recovery window")


@pytest.mark.promise("changed")
def test_reports_that_object_lock_prevents_the_deletion(run_module: ModuleRunner, aws_client: Client) -> None:
    make_bucket(aws_client, MANAGED_TAGS, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 90}}
    aws_client("s3").put_object_lock_configuration(
        Bucket=BUCKET, ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule}
    )
    why = leftover_reasons(run_module)["log bucket", BUCKET]
    assert why.startswith("UNEXPECTED: S3 Object Lock keeps its log files (COMPLIANCE, 90 days)")


@pytest.mark.promise("changed")
def test_reports_that_deletion_protection_prevents_the_deletion(run_module: ModuleRunner, aws_client: Client) -> None:
    make_log_group(aws_client, MANAGED_TAGS)
    aws_client("logs").put_log_group_deletion_protection(logGroupIdentifier=GROUP, deletionProtectionEnabled=True)
    assert "protected from deletion" in leftover_reasons(run_module)["log group", GROUP]


@pytest.mark.promise("changed")
def test_lists_the_subscriptions_of_a_managed_topic(run_module: ModuleRunner, aws_client: Client) -> None:
    make_topic(aws_client, MANAGED_TAGS)
    aws_client("sns").subscribe(TopicArn=TOPIC_ARN, Protocol="email", Endpoint="a@example.com")
    assert set(leftover_reasons(run_module)) == {("topic", "SecurityAlarms"), ("subscription", "email a@example.com")}


@pytest.mark.promise("changed")
def test_distinguishes_removed_and_left_resources(run_module: ModuleRunner, aws_client: Client) -> None:
    make_secret(aws_client, MANAGED_TAGS)
    make_topic(aws_client, MANAGED_TAGS)
    make_role(aws_client, [])
    before = run_module.succeed(**SYSTEM, dry_run=True)
    assert before["unexpected"] == 0
    assert "Would be removed (2):" in before["lines"]
    aws_client("sns").delete_topic(TopicArn=TOPIC_ARN)
    aws_client("secretsmanager").delete_secret(SecretId="MySampleSecret")
    after = run_module.succeed(**SYSTEM, before=before["leftovers"])
    assert [item["name"] for item in after["removed"]] == ["MySampleSecret", "SecurityAlarms"]
    assert [item["type"] for item in after["leftovers"]] == ["role", "secret"]
    again = run_module.succeed(**SYSTEM, before=after["leftovers"])
    assert again["removed"] == []
