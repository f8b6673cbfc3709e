"""The module log_group on the embedded AWS, checked with plain boto3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner
from tools.generate_docs.modules import documented_actions

NAME = "/aws/cloudtrail/logs"
ARN = f"arn:aws:logs:us-east-1:123456789012:log-group:{NAME}"
TASK = {"name": NAME, "retention_days": 2192, "deletion_protection": False, "tags": {"team": "security"}}

MISSING_KEY = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
OTHER_REGION_KEY = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"

Change = Callable[[Any], Any]


def group(logs: Any) -> dict[str, Any]:
    """Return all settings of the group; empty if it does not exist."""
    found = [group for group in logs.describe_log_groups()["logGroups"] if group["logGroupName"] == NAME]
    if not found:
        return {}
    settings = {key: value for key, value in found[0].items() if key not in ("creationTime", "storedBytes")}
    return settings | {"tags": logs.list_tags_for_resource(resourceArn=ARN)["tags"]}


def make_key(kms: Any) -> str:
    """Create a key that CloudWatch Logs may use, and return its ARN."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logs.us-east-1.amazonaws.com", "AWS": "*"},
        "Action": "kms:*",
        "Resource": "*",
    }
    document = f'{{"Version": "2012-10-17", "Statement": [{str(statement).replace(chr(39), chr(34))}]}}'
    return str(kms.create_key(Policy=document)["KeyMetadata"]["Arn"])


MANUAL_CHANGES: dict[str, Change] = {
    "retention_days": lambda logs: logs.put_retention_policy(logGroupName=NAME, retentionInDays=7),
    "retention removed": lambda logs: logs.delete_retention_policy(logGroupName=NAME),
    "deletion_protection": lambda logs: logs.put_log_group_deletion_protection(
        logGroupIdentifier=NAME, deletionProtectionEnabled=True
    ),
    "tag changed": lambda logs: logs.tag_resource(resourceArn=ARN, tags={"team": "sales"}),
    "tag added": lambda logs: logs.tag_resource(resourceArn=ARN, tags={"surplus": "yes"}),
    "tag removed": lambda logs: logs.untag_resource(resourceArn=ARN, tagKeys=["team"]),
}


@pytest.mark.promise("drift")
@pytest.mark.parametrize("change_manually", MANUAL_CHANGES.values(), ids=list(MANUAL_CHANGES))
def test_detects_and_repairs_a_manual_change(run_module: ModuleRunner, logs: Any, change_manually: Change) -> None:
    run_module.repair(lambda: change_manually(logs), lambda: group(logs), **TASK)


@pytest.mark.promise("drift")
def test_sets_and_clears_the_key_of_an_existing_group(
    run_module: ModuleRunner, logs: Any, aws_client: Callable[..., Any]
) -> None:
    key = make_key(aws_client("kms"))
    run_module.succeed(name=NAME)
    assert run_module.succeed(name=NAME, kms_key_arn=key)["changed"]
    assert group(logs)["kmsKeyId"] == key
    assert not run_module.succeed(name=NAME, kms_key_arn=key)["changed"]
    assert run_module.succeed(name=NAME, kms_key_arn="")["changed"]
    assert "kmsKeyId" not in group(logs)


@pytest.mark.promise("unset_options")
def test_keeps_omitted_settings(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(**TASK)
    before = group(logs)
    assert not run_module.succeed(name=NAME)["changed"]
    assert group(logs) == before


@pytest.mark.promise("unset_options")
def test_a_retention_of_zero_days_keeps_events_forever(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(**TASK)
    assert run_module.succeed(name=NAME, retention_days=0)["changed"]
    assert "retentionInDays" not in group(logs)


@pytest.mark.promise("diff")
def test_the_diff_shows_before_and_after(run_module: ModuleRunner) -> None:
    run_module.succeed(name=NAME, retention_days=30)
    diff = run_module.succeed(name=NAME, retention_days=90)["diff"]
    assert (diff["before"]["retention_days"], diff["after"]["retention_days"]) == (30, 90)


@pytest.mark.promise("prerequisite")
def test_explains_a_missing_key(run_module: ModuleRunner, logs: Any) -> None:
    message = run_module.fail(name=NAME, kms_key_arn=MISSING_KEY)
    assert "The key must exist" in message and "role encryption_key" in message
    assert group(logs) == {}


@pytest.mark.promise("calls")
def test_a_second_run_only_reads(run_module: ModuleRunner) -> None:
    first = run_module.actions(**TASK)
    again = run_module.actions(**TASK)
    assert first == ["DescribeLogGroups", "GetCallerIdentity", "CreateLogGroup", "PutRetentionPolicy"]
    assert again == ["DescribeLogGroups", "ListTagsForResource"]


@pytest.mark.promise("ownership")
def test_keeps_the_record_of_the_metric_filters(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(**TASK)
    record = {"secmon:metric-filters": "abcdef", "secmon:metric-filters-2": "ghijkl"}
    logs.tag_resource(resourceArn=ARN, tags=record)
    result = run_module.succeed(**TASK)
    assert not result["changed"] and not record.keys() & result["log_group"]["tags"].keys()
    assert run_module.succeed(**{**TASK, "tags": {"other": "1"}}, purge_tags=True)["changed"]
    assert record.items() <= logs.list_tags_for_resource(resourceArn=ARN)["tags"].items()


@pytest.mark.promise("partition")
@pytest.mark.parametrize(
    ("invalid", "expected"),
    [
        ({"retention_days": 8}, "3653"),
        ({"name": "with space"}, "not a valid log group name"),
        ({"name": "aws/reserved"}, "starting with aws/"),
        ({"kms_key_arn": "alias/aws/logs"}, "not of an alias"),
        ({"kms_key_arn": OTHER_REGION_KEY}, "not in region us-east-1"),
        ({"kms_key_arn": OTHER_REGION_KEY.replace("aws", "aws-cn")}, "not in region us-east-1"),
        ({"tags": {"aws:owner": "x"}}, "aws:"),
    ],
)
def test_rejects_invalid_options_before_the_first_call(
    run_module: ModuleRunner, invalid: dict[str, Any], expected: str
) -> None:
    assert expected in run_module.fail_before_calls(**{**TASK, **invalid})


@pytest.mark.promise("changed")
def test_a_tag_without_a_value_becomes_empty(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(name=NAME, tags={"team": None})
    assert group(logs)["tags"]["team"] == ""
    assert not run_module.succeed(name=NAME, tags={"team": ""})["changed"]


@pytest.mark.promise("changed")
def test_deletes_a_protected_group_only_if_the_protection_is_disabled(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(name=NAME, deletion_protection=True)
    assert "deletion_protection: false" in run_module.fail(name=NAME, state="absent")
    assert group(logs)
    run_module.succeed(name=NAME, state="absent", deletion_protection=False)
    assert group(logs) == {}


@pytest.mark.promise("changed")
def test_a_deletion_reports_the_lost_events(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(**TASK)
    logs.create_log_stream(logGroupName=NAME, logStreamName="s")
    now = logs.describe_log_groups()["logGroups"][0]["creationTime"]
    logs.put_log_events(logGroupName=NAME, logStreamName="s", logEvents=[{"timestamp": now, "message": "x" * 1000}])
    result = run_module.succeed(name=NAME, state="absent", check=True)
    assert result["lost"]["retention_days"] == 2192
    assert result["lost"]["stored_bytes"] >= 1000
    assert "2192 days" in result["warnings"][0]


@pytest.mark.promise("iam")
def test_documents_every_iam_action(run_module: ModuleRunner, aws_client: Callable[..., Any]) -> None:
    key = make_key(aws_client("kms"))

    def use_every_action() -> None:
        run_module.succeed(**TASK)
        run_module.succeed(name=NAME, retention_days=0, kms_key_arn=key, deletion_protection=True, tags={"other": "1"})
        run_module.succeed(name=NAME, kms_key_arn="")
        run_module.succeed(name=NAME, state="absent", deletion_protection=False)

    assert run_module.iam_actions(use_every_action) == documented_actions("log_group")


@pytest.mark.promise("upstream")
def test_upstream_deletes_a_group_for_an_unknown_retention(run_module: ModuleRunner, logs: Any) -> None:
    logs.create_log_group(logGroupName=NAME)
    run_module.upstream("amazon.aws.cloudwatchlogs_log_group", log_group_name=NAME, retention=2192)
    assert group(logs) == {}


@pytest.mark.promise("upstream")
def test_upstream_writes_in_check_mode(run_module: ModuleRunner, logs: Any) -> None:
    logs.create_log_group(logGroupName=NAME)
    run_module.upstream("amazon.aws.cloudwatchlogs_log_group", check=True, log_group_name=NAME, retention=7)
    assert group(logs)["retentionInDays"] == 7


@pytest.mark.promise("upstream")
def test_upstream_ignores_the_key_of_an_existing_group(
    run_module: ModuleRunner, logs: Any, aws_client: Callable[..., Any]
) -> None:
    logs.create_log_group(logGroupName=NAME)
    key = make_key(aws_client("kms"))
    run_module.upstream("amazon.aws.cloudwatchlogs_log_group", log_group_name=NAME, kms_key_id=key)
    assert "kmsKeyId" not in group(logs)


def test_a_listing_saves_a_call_and_nothing_is_written_because_of_it(run_module: ModuleRunner, logs: Any) -> None:
    run_module.succeed(**TASK)
    tags = group(logs)["tags"]
    unchanged, calls = run_module.recorded(**TASK, listed={ARN: tags})
    assert not unchanged["changed"]
    assert "ListTagsForResource" not in [call["action"] for call in calls]
    # The tagging API shows a tag that is gone already: its removal would be a write without need.
    assert not run_module.succeed(**TASK, listed={ARN: {**tags, "former": "tag"}})["changed"]
    # It still shows the tag of this collection: another deployment has taken the group over.
    logs.untag_resource(resourceArn=ARN, tagKeys=["secmon:managed-by"])
    message = run_module.fail_before_writes(**{**TASK, "retention_days": 7}, listed={ARN: tags})
    assert "is not managed by this collection" in message
