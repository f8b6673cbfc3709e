"""Test leftovers on resources that plain boto3 created on the embedded AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner, hidden_in
from tools.generate_docs.modules import documented_actions

ACCOUNT = "123456789012"
MANAGED_TAGS = [{"Key": "secmon:managed-by", "Value": "secmon.aws"}]
GROUP = "/aws/cloudtrail/logs"
BUCKET = f"secrets-manager-trail-{ACCOUNT}"
TOPIC_ARN = f"arn:aws:sns:us-east-1:{ACCOUNT}:SecurityAlarms"
ALIAS = "alias/secmon-security-monitoring-trail"
SYSTEM: dict[str, Any] = {
    "trail_name": "secrets-manager-trail",
    "bucket_name": BUCKET,
    "log_group_name": GROUP,
    "role_name": "CloudTrailToCloudWatchLogs",
    "topic_name": "SecurityAlarms",
    "secret_name": "MySampleSecret",
    "key_aliases": [ALIAS],
    "alarm_names": ["SecretIsAccessed"],
    "filter_names": ["TrackSecretAccess"],
    "metric_namespaces": ["SecurityMetrics"],
}

Client = Callable[..., Any]


def make_bucket(client: Client, tags: list[dict[str, str]], name: str = BUCKET, **options: Any) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket=name, **options)
    if tags:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})


def make_trail(client: Client, tags: list[dict[str, str]], name: str = "secrets-manager-trail") -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="other-bucket")
    arn = f"arn:aws:cloudtrail:us-east-1:{ACCOUNT}:trail/{name}"
    allow = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    put = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": arn}}
    statements = [
        {**allow, "Action": "s3:GetBucketAcl", "Resource": "arn:aws:s3:::other-bucket"},
        {**allow, "Action": "s3:PutObject", "Resource": "arn:aws:s3:::other-bucket/AWSLogs/*", "Condition": put},
    ]
    s3.put_bucket_policy(Bucket="other-bucket", Policy=json.dumps({"Version": "2012-10-17", "Statement": statements}))
    client("cloudtrail").create_trail(Name=name, S3BucketName="other-bucket", TagsList=tags)


def make_log_group(client: Client, tags: list[dict[str, str]]) -> None:
    converted = {tag["Key"]: tag["Value"] for tag in tags}
    client("logs").create_log_group(logGroupName=GROUP, **({"tags": converted} if converted else {}))


def make_filter(client: Client, name: str = "TrackSecretAccess", namespace: str = "SecurityMetrics") -> None:
    transformation = {"metricName": "SecretAccessCount", "metricNamespace": namespace, "metricValue": "1"}
    client("logs").put_metric_filter(
        logGroupName=GROUP, filterName=name, filterPattern="x", metricTransformations=[transformation]
    )


def make_alarm(client: Client, tags: list[dict[str, str]]) -> None:
    client("cloudwatch").put_metric_alarm(
        AlarmName="SecretIsAccessed",
        Namespace="SecurityMetrics",
        MetricName="SecretAccessCount",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        Tags=tags,
    )


def make_topic(client: Client, tags: list[dict[str, str]]) -> None:
    client("sns").create_topic(Name="SecurityAlarms", Tags=tags)


def make_secret(client: Client, tags: list[dict[str, str]]) -> None:
    client("secretsmanager").create_secret(Name="MySampleSecret", SecretString="canary-value", Tags=tags)


def make_role(client: Client, tags: list[dict[str, str]]) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam = client("iam")
    iam.create_role(RoleName="CloudTrailToCloudWatchLogs", AssumeRolePolicyDocument=document, Tags=tags)
    write = {"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": "*"}
    iam.put_role_policy(
        RoleName="CloudTrailToCloudWatchLogs",
        PolicyName="WriteTrailEvents",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [write]}),
    )


def make_key(client: Client, tags: list[dict[str, str]], alias: str = ALIAS) -> str:
    kms = client("kms")
    converted = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags]
    key = kms.create_key(Tags=converted)["KeyMetadata"]
    if alias:
        kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
    return str(key["Arn"])


MAKERS: dict[str, tuple[Callable[..., Any], str]] = {
    "trail": (make_trail, "secrets-manager-trail"),
    "log bucket": (make_bucket, BUCKET),
    "log group": (make_log_group, GROUP),
    "alarm": (make_alarm, "SecretIsAccessed"),
    "topic": (make_topic, "SecurityAlarms"),
    "secret": (make_secret, "MySampleSecret"),
    "role": (make_role, "CloudTrailToCloudWatchLogs"),
    "key": (make_key, ALIAS),
}


def leftover_reasons(run_module: ModuleRunner, **options: Any) -> dict[tuple[str, str], str]:
    """Return the reason for each leftover by type and name, and check the counts."""
    result = run_module.succeed(**{"keep_bucket": False, **SYSTEM, **options})
    assert not result["changed"]
    assert result["unexpected"] == sum(item["unexpected"] for item in result["leftovers"])
    assert all(item["unexpected"] == item["why"].startswith("UNEXPECTED") for item in result["leftovers"])
    return {(item["type"], item["name"]): item["why"] for item in result["leftovers"]}


@pytest.mark.promise("calls")
def test_finds_nothing_in_an_empty_account_with_few_calls(run_module: ModuleRunner) -> None:
    calls = [call["action"] for call in run_module.calls(lambda: leftover_reasons(run_module))]
    assert sorted(calls) == [
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
    aws_client("events").put_rule(Name="r", EventPattern="{}", Tags=MANAGED_TAGS)
    arn = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/r"
    assert leftover_reasons(run_module)["resource of events", arn].startswith("UNEXPECTED")


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
    assert "To be removed (2):" in before["lines"]
    aws_client("sns").delete_topic(TopicArn=TOPIC_ARN)
    aws_client("secretsmanager").delete_secret(SecretId="MySampleSecret")
    after = run_module.succeed(**SYSTEM, before=before["leftovers"])
    assert [item["name"] for item in after["removed"]] == ["MySampleSecret", "SecurityAlarms"]
    assert [item["type"] for item in after["leftovers"]] == ["role", "secret"]
    again = run_module.succeed(**SYSTEM, before=after["leftovers"])
    assert again["removed"] == []


@pytest.mark.promise("check")
def test_only_reads_and_check_mode_is_the_same(run_module: ModuleRunner, aws_client: Client) -> None:
    for make, _name in MAKERS.values():
        make(aws_client, MANAGED_TAGS)
    results: list[Any] = []
    calls = run_module.calls(
        lambda: results.extend(run_module.succeed(check=check, **SYSTEM) for check in (True, False))
    )
    assert [call["action"] for call in calls if call["access"] == "write"] == []
    assert "GetSecretValue" not in [call["action"] for call in calls]
    assert results[0]["leftovers"] == results[1]["leftovers"] != []


@pytest.mark.promise("secrets")
def test_never_prints_the_secret_value_or_the_secret_access_key(run_module: ModuleRunner, aws_client: Client) -> None:
    make_secret(aws_client, MANAGED_TAGS)
    run_module.secret_key = "canary/secret+key"
    outputs = [run_module(**SYSTEM)]
    run_module.faults({"service": "iam", "action": "GetRole", "error": "AccessDenied", "status": 403})
    outputs.append(run_module(**SYSTEM))
    assert [output.get("failed", False) for output in outputs] == [False, True]
    assert hidden_in(outputs, "canary/secret+key") == []
    assert hidden_in(outputs, "canary-value") == []


@pytest.mark.promise("retry")
@pytest.mark.parametrize(
    "fault",
    [{"error": "ThrottlingException", "times": 3}, {"error": "InternalFailure", "status": 500}, {"mode": "reset"}],
    ids=["throttled", "failure", "reset"],
)
@pytest.mark.parametrize(
    ("service", "action"),
    [("resourcegroupstaggingapi", "GetResources"), ("iam", "GetRole"), ("sns", "ListSubscriptions")],
)
def test_retries_transient_failures(
    run_module: ModuleRunner, aws_client: Client, service: str, action: str, fault: dict[str, Any]
) -> None:
    make_role(aws_client, MANAGED_TAGS)
    run_module.faults({"service": service, "action": action, **fault})
    assert list(leftover_reasons(run_module)) == [("role", "CloudTrailToCloudWatchLogs")]


@pytest.mark.promise("budget")
def test_gives_up_after_timeout_seconds(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "iam", "action": "GetRole", "error": "ThrottlingException", "times": 500})
    message = run_module.fail(**SYSTEM, timeout_seconds=60)
    assert "ThrottlingException" in message and "timeout_seconds" in message


@pytest.mark.promise("denied")
@pytest.mark.parametrize(
    ("service", "action", "iam_action"),
    [
        ("resourcegroupstaggingapi", "GetResources", "tag:GetResources"),
        ("s3", "ListBuckets", "s3:ListAllMyBuckets"),
        ("kms", "DescribeKey", "kms:DescribeKey"),
        ("iam", "GetRole", "iam:GetRole"),
    ],
)
def test_denial_names_the_action_to_allow(run_module: ModuleRunner, service: str, action: str, iam_action: str) -> None:
    run_module.faults({"service": service, "action": action, "error": "AccessDenied", "status": 403})
    message = run_module.fail(**SYSTEM)
    for word in (f"Allow {iam_action} on", f"account {ACCOUNT}", "region us-east-1"):
        assert word in message


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("region", "partition"), [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")]
)
def test_uses_the_partition_of_the_region(
    run_module: ModuleRunner, aws_client: Client, region: str, partition: str
) -> None:
    run_module.region = region
    topic = aws_client("sns", region).create_topic(Name="SecurityAlarms", Tags=MANAGED_TAGS)
    (item,) = run_module.succeed(**SYSTEM)["leftovers"]
    assert item["arn"] == topic["TopicArn"] == f"arn:{partition}:sns:{region}:{ACCOUNT}:SecurityAlarms"


@pytest.mark.promise("partition")
def test_rejects_invalid_arns_before_the_first_call(run_module: ModuleRunner) -> None:
    messages: list[str] = []
    invalid = {"existing_topic_arn": "SecurityAlarms", "existing_key_arn": "alias/k"}
    calls = run_module.calls(lambda: messages.append(run_module.fail(**invalid)))
    assert calls == []
    assert "existing_topic_arn" in messages[0] and "existing_key_arn" in messages[0]


@pytest.mark.promise("iam")
def test_calls_exactly_the_documented_iam_actions(run_module: ModuleRunner, aws_client: Client) -> None:
    for make, _name in MAKERS.values():
        make(aws_client, [])
    s3 = aws_client("s3")
    s3.create_bucket(Bucket="managed")
    s3.put_bucket_tagging(Bucket="managed", Tagging={"TagSet": MANAGED_TAGS})
    assert run_module.iam_actions(lambda: leftover_reasons(run_module)) == documented_actions("leftovers")
