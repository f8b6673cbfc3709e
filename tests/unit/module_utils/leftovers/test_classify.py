"""Test the classification of leftovers and its report."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.leftovers.classify import (
    KEPT_BUCKET,
    KEPT_KEY,
    NOT_MANAGED,
    TO_BE_REMOVED,
    classify,
    removed_since,
    report_lines,
    results,
)
from ansible_collections.secmon.aws.plugins.module_utils.leftovers.resources import (
    ALARM,
    BUCKET,
    EVENT_RULE,
    FILTER,
    KEY,
    LOG_GROUP,
    ROLE,
    SECRET,
    SUBSCRIPTION,
    TOPIC,
    TRAIL,
    Deployment,
    Resource,
    deployment_of,
    resource_of,
)

KEY_ID = "11111111-2222-3333-4444-555555555555"
ACCOUNT = "123456789012"
KINDS = (EVENT_RULE, TRAIL, BUCKET, LOG_GROUP, FILTER, ALARM, TOPIC, SUBSCRIPTION, SECRET, ROLE, KEY)
UNTIL = datetime(2026, 12, 23, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
NOTHING: dict[str, Any] = {
    **dict.fromkeys(("trail_name", "bucket_name", "log_group_name", "topic_name", "secret_name", "role_name")),
    **dict.fromkeys(("alarm_names", "filter_names", "other_filter_names", "key_aliases", "metric_namespaces")),
    **dict.fromkeys(
        (
            "event_topic_name",
            "event_rule_names",
            "event_role_name",
            "event_regions",
            "log_alarm_names",
            "log_alarm_role_names",
        )
    ),
    **dict.fromkeys(
        ("existing_bucket_name", "existing_bucket_owner", "existing_log_group_name", "existing_secret_name")
    ),
    "bucket_key_alias": None,
    **dict.fromkeys(("existing_role_arn", "existing_topic_arn", "existing_key_arn")),
    "log_folders": None,
    "kept_arns": None,
    "purpose": "teardown",
    "purge_keys": False,
    "purge_others": False,
    "keep_bucket": False,
    "dry_run": False,
}


def deployment(**values: Any) -> Deployment:
    return replace(Deployment({}, {}, frozenset(), frozenset(), keep_bucket=False, dry_run=False), **values)


def found(kind: str, **values: Any) -> Resource:
    return replace(Resource(kind, "it", f"arn:{kind}", managed=True), **values)


def named(kind: str) -> dict[str, frozenset[str]]:
    return {kind: frozenset({"it"})}


@pytest.mark.parametrize("kind", KINDS)
def test_a_managed_resource_is_unexpected_after_the_teardown(kind: str) -> None:
    (left,) = classify([found(kind)], deployment(named=named(kind)))
    assert left.unexpected
    assert left.why.startswith("UNEXPECTED: ")


@pytest.mark.parametrize("kind", KINDS)
def test_a_managed_resource_is_expected_before_the_teardown(kind: str) -> None:
    (left,) = classify([found(kind)], deployment(named=named(kind), dry_run=True))
    assert (left.why, left.unexpected) == (TO_BE_REMOVED, False)


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_managed_resource_with_another_name_is_always_unexpected(dry_run: bool) -> None:
    (left,) = classify([found(TRAIL)], deployment(named={TRAIL: frozenset({"other"})}, dry_run=dry_run))
    assert left.unexpected
    assert "no variable names it" in left.why


@pytest.mark.parametrize("kind", KINDS)
def test_an_unmanaged_resource_is_expected(kind: str) -> None:
    (left,) = classify([found(kind, managed=False)], deployment(named=named(kind)))
    assert (left.why, left.unexpected) == (NOT_MANAGED, False)


@pytest.mark.parametrize("kind", [BUCKET, LOG_GROUP, TOPIC, ROLE, KEY])
def test_an_existing_resource_is_expected(kind: str) -> None:
    (left,) = classify([found(kind, managed=False)], deployment(existing=named(kind)))
    assert (left.why, left.unexpected) == ("existing resource (secmon_existing_*)", False)


def test_an_existing_secret_is_expected() -> None:
    (left,) = classify([found(SECRET, managed=False)], deployment(existing=named(SECRET)))
    assert (left.why, left.unexpected) == ("existing secret (secmon_create_secret is false)", False)


@pytest.mark.parametrize("kind", [SECRET, KEY])
def test_a_scheduled_deletion_is_reported_in_utc(kind: str) -> None:
    (left,) = classify([found(kind, until=UNTIL)], deployment(named=named(kind)))
    assert (left.why, left.until, left.unexpected) == (
        "in its recovery window until 2026-12-24",
        "2026-12-24T04:30:00+00:00",
        False,
    )


def test_the_log_bucket_is_expected_with_keep_bucket() -> None:
    bucket = found(BUCKET)
    (kept,) = classify([bucket], deployment(named=named(BUCKET), keep_bucket=True))
    assert (kept.why, kept.unexpected) == (KEPT_BUCKET, False)
    (left,) = classify([bucket], deployment(named=named(BUCKET)))
    assert left.unexpected


@pytest.mark.parametrize("place", ["kept", "existing"])
def test_the_key_of_the_log_files_is_expected_as_long_as_they_are_kept(place: str) -> None:
    key = found(KEY)
    names = {"named": {KEY: frozenset({"it"})}, "bucket_key": "it"}
    names |= {"keep_bucket": True} if place == "kept" else {"existing": {BUCKET: frozenset({"other"})}}
    (kept,) = classify([key], deployment(**names))
    assert (kept.why, kept.unexpected) == (KEPT_KEY, False)
    (kept,) = classify([key], deployment(**names, dry_run=True))
    assert kept.why == KEPT_KEY
    (left,) = classify([key], deployment(named=named(KEY), bucket_key="it"))
    assert left.unexpected


def test_the_key_of_kept_log_files_must_not_be_pending_deletion() -> None:
    key = found(KEY, until=UNTIL)
    kept = deployment(named=named(KEY) | named(BUCKET), bucket_key="it", keep_bucket=True)
    _bucket, lost = sorted(classify([found(BUCKET), key], kept), key=lambda item: item.unexpected)
    assert lost.unexpected
    assert "cannot be read, and are lost after 2026-12-24; run site.yml" in lost.why
    (without_bucket,) = classify([key], kept)
    assert not without_bucket.unexpected


def test_a_managed_bucket_with_another_name_is_unexpected() -> None:
    (left,) = classify([found(BUCKET)], deployment(named={BUCKET: frozenset({"other"})}, keep_bucket=True))
    assert left.unexpected


def test_an_obstacle_is_unexpected_before_the_teardown_too() -> None:
    (left,) = classify([found(BUCKET, obstacle="it is locked")], deployment(named=named(BUCKET), dry_run=True))
    assert (left.why, left.unexpected) == ("UNEXPECTED: it is locked", True)


def test_a_resource_with_an_expected_reason_is_expected() -> None:
    (left,) = classify([found(SUBSCRIPTION, expected="deleted soon")], deployment())
    assert (left.why, left.unexpected) == ("deleted soon", False)


def test_sorts_unexpected_resources_first_without_duplicates() -> None:
    things = [found(ROLE, managed=False), found(TRAIL), found(ALARM), found(TRAIL)]
    left = classify(things, deployment())
    assert [item.type for item in left] == [ALARM, TRAIL, ROLE]
    assert left == classify(reversed(things), deployment())


@pytest.mark.parametrize(
    ("arn", "kind", "name"),
    [
        (f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/t", TRAIL, "t"),
        ("arn:aws-cn:s3:::bucket", BUCKET, "bucket"),
        (f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/a/b:*", LOG_GROUP, "/a/b"),
        (f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/a/b", LOG_GROUP, "/a/b"),
        (f"arn:aws:cloudwatch:eu-west-1:{ACCOUNT}:alarm:a: b", ALARM, "a: b"),
        (f"arn:aws-us-gov:sns:us-gov-west-1:{ACCOUNT}:topic", TOPIC, "topic"),
        (f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:a/b-c-a1B2c3", SECRET, "a/b-c"),
        (f"arn:aws:iam::{ACCOUNT}:role/path/to/role", ROLE, "role"),
        (f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/r", EVENT_RULE, "r"),
        (
            f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{KEY_ID}",
            KEY,
            KEY_ID,
        ),
    ],
)
def test_parses_type_and_name_from_an_arn(arn: str, kind: str, name: str) -> None:
    assert resource_of(arn) == (kind, name)


def test_an_arn_of_another_type_is_reported_as_it_is() -> None:
    arn = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"
    assert resource_of(arn) == ("resource of sqs", arn)
    (left,) = classify([Resource("resource of events", arn, arn, managed=True)], deployment())
    assert left.unexpected


def test_reads_names_by_type_from_the_parameters() -> None:
    params = NOTHING | {
        "trail_name": "t",
        "secret_name": "",
        "alarm_names": ["a", "b"],
        "existing_role_arn": f"arn:aws:iam::{ACCOUNT}:role/service/r",
    }
    read = deployment_of(params)
    assert read.names(TRAIL) == {"t"}
    assert read.names(SECRET) == frozenset()
    assert read.names(ALARM) == {"a", "b"}
    assert read.existing[ROLE] == {"r"}


def test_reports_all_invalid_arns_together() -> None:
    wrong = {"existing_role_arn": "r", "existing_topic_arn": "t", "existing_key_arn": "alias/k"}
    with pytest.raises(RequestError) as caught:
        deployment_of(NOTHING | wrong)
    assert [problem.split()[0] for problem in caught.value.problems] == list(wrong)


def test_reports_deleted_and_scheduled_resources_as_removed() -> None:
    here = deployment(named={kind: frozenset({"it"}) for kind in KINDS}, dry_run=True)
    before = results(classify([found(TRAIL), found(SECRET), found(ROLE, managed=False)], here))
    left = classify([found(SECRET, until=UNTIL), found(ROLE, managed=False)], here)
    assert [item["type"] for item in removed_since(before, left)] == [SECRET, TRAIL]
    assert removed_since(results(left), left) == []


def test_the_report_lists_removed_and_left_resources() -> None:
    here = deployment(named={kind: frozenset({"it"}) for kind in KINDS})
    left = classify([found(SECRET, until=UNTIL), found(ROLE)], here)
    removed = results(classify([found(TRAIL)], here))
    assert report_lines(left, removed, "Account 1, here", dry_run=False) == [
        "Account 1, here:",
        "Removed (1):",
        "  trail  it",
        "Left (2):",
        "  role    it  UNEXPECTED: it should have been removed; run teardown again, or delete it manually",
        "  secret  it  in its recovery window until 2026-12-24",
        "Unexpected: 1.",
    ]


def test_the_report_of_a_dry_run_lists_what_would_happen() -> None:
    here = deployment(named={kind: frozenset({"it"}) for kind in KINDS}, dry_run=True, keep_bucket=True)
    left = classify([found(BUCKET), found(TRAIL)], here)
    assert report_lines(left, [], "Account 1, here", dry_run=True) == [
        "Account 1, here:",
        "Would be removed (1):",
        "  trail  it",
        "Would be left (1):",
        f"  log bucket  it  {KEPT_BUCKET}",
        "Nothing unexpected would be left.",
    ]
