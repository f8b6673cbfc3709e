"""Why something is left, as plain data."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.core.problems import RequestError
from ansible_collections.secmon.aws.plugins.module_utils.leftovers.classify import (
    ALARM,
    BUCKET,
    FILTER,
    KEPT_BUCKET,
    KEY,
    LOG_GROUP,
    NOT_OURS,
    PENDING_SUBSCRIPTION,
    ROLE,
    SECRET,
    SUBSCRIPTION,
    TO_BE_REMOVED,
    TOPIC,
    TRAIL,
    Found,
    System,
    as_result,
    judge,
    removed_since,
    resource_of,
    system_of,
    told,
)

KEY_ID = "11111111-2222-3333-4444-555555555555"
ACCOUNT = "123456789012"
KINDS = (TRAIL, BUCKET, LOG_GROUP, FILTER, ALARM, TOPIC, SUBSCRIPTION, SECRET, ROLE, KEY)
UNTIL = datetime(2026, 12, 23, 23, 30, tzinfo=timezone(timedelta(hours=-5)))
NOTHING: dict[str, Any] = {
    **dict.fromkeys(("trail_name", "bucket_name", "log_group_name", "topic_name", "secret_name", "role_name")),
    **dict.fromkeys(("alarm_names", "filter_names", "other_filter_names", "key_aliases", "metric_namespaces")),
    **dict.fromkeys(("existing_bucket_name", "existing_log_group_name", "existing_secret_name")),
    **dict.fromkeys(("existing_role_arn", "existing_topic_arn", "existing_key_arn")),
    "keep_bucket": False,
    "dry_run": False,
}


def system(**said: Any) -> System:
    return replace(System({}, {}, frozenset(), frozenset(), keep_bucket=False, dry_run=False), **said)


def found(kind: str, **said: Any) -> Found:
    return replace(Found(kind, "it", f"arn:{kind}", ours=True), **said)


def named(kind: str) -> dict[str, frozenset[str]]:
    return {kind: frozenset({"it"})}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_ours_and_still_there_is_unexpected(kind: str) -> None:
    (left,) = judge([found(kind)], system(named=named(kind)))
    assert left.unexpected
    assert left.why.startswith("UNEXPECTED: ")


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_to_be_removed_is_expected_before_the_teardown(kind: str) -> None:
    (left,) = judge([found(kind)], system(named=named(kind), dry_run=True))
    assert (left.why, left.unexpected) == (TO_BE_REMOVED, False)


@pytest.mark.parametrize("dry_run", [True, False])
def test_what_is_ours_and_has_another_name_is_unexpected_before_and_after(dry_run: bool) -> None:
    (left,) = judge([found(TRAIL)], system(named={TRAIL: frozenset({"other"})}, dry_run=dry_run))
    assert left.unexpected
    assert "no variable names it" in left.why


@pytest.mark.parametrize("kind", KINDS)
def test_what_somebody_else_made_stays(kind: str) -> None:
    (left,) = judge([found(kind, ours=False)], system(named=named(kind)))
    assert (left.why, left.unexpected) == (NOT_OURS, False)


@pytest.mark.parametrize("kind", [BUCKET, LOG_GROUP, TOPIC, ROLE, KEY])
def test_what_was_there_before_is_yours(kind: str) -> None:
    (left,) = judge([found(kind, ours=False)], system(yours=named(kind)))
    assert (left.why, left.unexpected) == ("yours (secmon_existing_*)", False)


def test_a_secret_that_is_only_watched_is_yours() -> None:
    (left,) = judge([found(SECRET, ours=False)], system(yours=named(SECRET)))
    assert (left.why, left.unexpected) == ("yours (secmon_create_secret is false)", False)


@pytest.mark.parametrize("kind", [SECRET, KEY])
def test_what_is_being_deleted_says_when_in_utc(kind: str) -> None:
    (left,) = judge([found(kind, until=UNTIL)], system(named=named(kind)))
    assert (left.why, left.until, left.unexpected) == (
        "in its recovery window until 2026-12-24",
        "2026-12-24T04:30:00+00:00",
        False,
    )


def test_the_log_bucket_is_kept_unless_told_otherwise() -> None:
    bucket = found(BUCKET)
    (kept,) = judge([bucket], system(named=named(BUCKET), keep_bucket=True))
    assert (kept.why, kept.unexpected) == (KEPT_BUCKET, False)
    (left,) = judge([bucket], system(named=named(BUCKET)))
    assert left.unexpected


def test_a_bucket_of_ours_by_another_name_is_not_kept_silently() -> None:
    (left,) = judge([found(BUCKET)], system(named={BUCKET: frozenset({"other"})}, keep_bucket=True))
    assert left.unexpected


def test_an_obstacle_is_unexpected_and_told_before_the_teardown_already() -> None:
    (left,) = judge([found(BUCKET, obstacle="it is locked")], system(named=named(BUCKET), dry_run=True))
    assert (left.why, left.unexpected) == ("UNEXPECTED: it is locked", True)


def test_a_subscription_that_passes_by_itself_is_expected() -> None:
    (left,) = judge([found(SUBSCRIPTION, passing=PENDING_SUBSCRIPTION)], system())
    assert (left.why, left.unexpected) == (PENDING_SUBSCRIPTION, False)


def test_the_unexpected_comes_first_and_nothing_twice() -> None:
    things = [found(ROLE, ours=False), found(TRAIL), found(ALARM), found(TRAIL)]
    left = judge(things, system())
    assert [item.type for item in left] == [ALARM, TRAIL, ROLE]
    assert left == judge(reversed(things), system())


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
        (
            f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/{KEY_ID}",
            KEY,
            KEY_ID,
        ),
    ],
)
def test_an_arn_says_what_it_names(arn: str, kind: str, name: str) -> None:
    assert resource_of(arn) == (kind, name)


def test_an_arn_of_another_kind_is_its_own_name() -> None:
    arn = f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/r"
    assert resource_of(arn) == ("resource of events", arn)
    (left,) = judge([Found("resource of events", arn, arn, ours=True)], system())
    assert left.unexpected


def test_the_parameters_are_names_by_type() -> None:
    said = NOTHING | {
        "trail_name": "t",
        "secret_name": "",
        "alarm_names": ["a", "b"],
        "existing_role_arn": f"arn:aws:iam::{ACCOUNT}:role/service/r",
    }
    read = system_of(said)
    assert read.names(TRAIL) == {"t"}
    assert read.names(SECRET) == frozenset()
    assert read.names(ALARM) == {"a", "b"}
    assert read.yours[ROLE] == {"r"}


def test_every_wrong_arn_is_told_at_once() -> None:
    wrong = {"existing_role_arn": "r", "existing_topic_arn": "t", "existing_key_arn": "alias/k"}
    with pytest.raises(RequestError) as caught:
        system_of(NOTHING | wrong)
    assert [problem.split()[0] for problem in caught.value.problems] == list(wrong)


def test_removed_is_what_was_there_and_is_gone_or_going() -> None:
    here = system(named={kind: frozenset({"it"}) for kind in KINDS}, dry_run=True)
    before = as_result(judge([found(TRAIL), found(SECRET), found(ROLE, ours=False)], here))
    left = judge([found(SECRET, until=UNTIL), found(ROLE, ours=False)], here)
    assert [item["type"] for item in removed_since(before, left)] == [SECRET, TRAIL]
    assert removed_since(as_result(left), left) == []


def test_the_screen_says_what_was_removed_and_what_is_left() -> None:
    here = system(named={kind: frozenset({"it"}) for kind in KINDS})
    left = judge([found(SECRET, until=UNTIL), found(ROLE)], here)
    removed = as_result(judge([found(TRAIL)], here))
    assert told(left, removed, "Account 1, here", dry_run=False) == [
        "Account 1, here:",
        "Removed (1):",
        "  trail  it",
        "Left (2):",
        "  role    it  UNEXPECTED: it should have been removed; run teardown again, or remove it by hand",
        "  secret  it  in its recovery window until 2026-12-24",
        "Unexpected: 1.",
    ]


def test_the_screen_of_a_dry_run_says_what_would_happen() -> None:
    here = system(named={kind: frozenset({"it"}) for kind in KINDS}, dry_run=True, keep_bucket=True)
    left = judge([found(BUCKET), found(TRAIL)], here)
    assert told(left, [], "Account 1, here", dry_run=True) == [
        "Account 1, here:",
        "To be removed (1):",
        "  trail  it",
        "Would be left (1):",
        f"  log bucket  it  {KEPT_BUCKET}",
        "Nothing unexpected is left.",
    ]
