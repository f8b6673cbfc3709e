"""Leftovers lists what is not ours, but goes along with a teardown or stays with its owner."""

from __future__ import annotations

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.logs.ownership import record_of

from tests.integration.leftovers.leftovers_setup import (
    ACCOUNT,
    BUCKET,
    GROUP,
    MANAGED_TAGS,
    SYSTEM,
    Client,
    make_bucket,
    make_filter,
    make_log_group,
    make_topic,
)
from tests.support.member_account import member_client
from tests.support.module_runner import ModuleRunner
from tests.support.trail_setup import document


@pytest.mark.promise("ownership")
def test_a_dry_run_lists_the_filters_of_others_that_go_along_with_the_log_group(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    make_log_group(aws_client, MANAGED_TAGS)
    make_filter(aws_client, "OfAnotherTeam", "OtherMetrics")
    found = run_module.succeed(**SYSTEM, dry_run=True)
    why = f"not managed by this collection, but deleted with the log group {GROUP}"
    assert {item["name"]: item["why"] for item in found["leftovers"]} == {GROUP: "to be removed", "OfAnotherTeam": why}
    assert "Would be removed (2):" in found["lines"] and found["unexpected"] == 0
    assert any(why in line for line in found["lines"])


@pytest.mark.promise("ownership")
def test_a_filter_that_the_log_group_does_not_record_is_of_others_though_it_has_our_namespace(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    record = [{"Key": key, "Value": value} for key, value in record_of(["TrackSecretAccess"]).items()]
    make_log_group(aws_client, [*MANAGED_TAGS, *record])
    make_filter(aws_client)
    make_filter(aws_client, "OfAnotherTeam")
    found = {item["name"]: item["why"] for item in run_module.succeed(**SYSTEM, dry_run=True)["leftovers"]}
    assert found["TrackSecretAccess"] == "to be removed"
    assert found["OfAnotherTeam"] == f"not managed by this collection, but deleted with the log group {GROUP}"


@pytest.mark.promise("ownership")
def test_other_objects_in_the_log_bucket_need_a_second_word_and_are_listed(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    make_bucket(aws_client, MANAGED_TAGS)
    for key in (f"AWSLogs/{ACCOUNT}/CloudTrail/file", "reports/2026.pdf"):
        aws_client("s3").put_object(Bucket=BUCKET, Key=key, Body=b"")
    task = {**SYSTEM, "keep_bucket": False, "log_folders": [f"AWSLogs/{ACCOUNT}/CloudTrail"]}
    refused = run_module.succeed(**task, dry_run=True)
    (bucket,) = refused["leftovers"]
    assert "objects that are not log files of the trail (reports/)" in bucket["why"] and refused["unexpected"] == 1
    agreed = run_module.succeed(**task, dry_run=True, purge_others=True)
    assert {item["type"]: item["name"] for item in agreed["leftovers"]} == {
        "log bucket": BUCKET,
        "other objects": "reports/",
    }
    assert "Would be removed (2):" in agreed["lines"] and agreed["unexpected"] == 0
    assert run_module.succeed(**{**task, "keep_bucket": True})["unexpected"] == 0


def test_the_list_of_a_part_has_what_it_removes_and_reads_nothing_else(
    run_module: ModuleRunner, aws_client: Client
) -> None:
    make_log_group(aws_client, MANAGED_TAGS)
    make_filter(aws_client, "OfAnotherTeam", "OtherMetrics")
    make_topic(aws_client, MANAGED_TAGS)
    for part, names in {"logs": {GROUP, "OfAnotherTeam"}, "alarms": set()}.items():
        found, calls = run_module.recorded(**SYSTEM, dry_run=True, parts=[part])
        assert ({item["name"] for item in found["leftovers"]}, found["unexpected"]) == (names, 0)
        assert not {call["service"] for call in calls} & {"sns", "cloudtrail", "secretsmanager", "tagging"}


@pytest.mark.promise("unset_options")
@pytest.mark.parametrize("readable", [True, False], ids=["readable", "unreadable"])
def test_an_existing_bucket_of_another_account_is_expected_with_its_owner(
    run_module: ModuleRunner, readable: bool
) -> None:
    s3, owner = member_client(run_module.endpoint, "333333333333", "s3"), "333333333333"
    assert run_module.succeed(existing_bucket_name="archive", existing_bucket_owner=owner)["leftovers"] == []
    s3.create_bucket(Bucket="archive")
    allow = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "s3:ListBucket", "Resource": "*"}
    if readable:
        s3.put_bucket_policy(Bucket="archive", Policy=document(allow))
    found = run_module.succeed(existing_bucket_name="archive", existing_bucket_owner=owner)
    (bucket,) = found["leftovers"]
    assert (bucket["type"], bucket["name"], bucket["unexpected"]) == ("log bucket", "archive", False)
    assert bucket["why"].startswith(f"existing bucket of account {owner} ")
