"""Digest files: keys, signed text and schedule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.secmon.aws.plugins.module_utils.cloudtrail.digests import (
    digest_end,
    digest_problem,
    next_digest,
    parse_time,
    signed_text,
)

NAME = "123456789012_CloudTrail-Digest_us-east-1_audit_us-east-1_20260913T162923Z.json.gz"
BEGAN = datetime(2026, 9, 13, 15, 29, 23, tzinfo=UTC)


def test_reads_the_end_time_from_the_key() -> None:
    assert digest_end(f"any/{NAME}", "123456789012", "us-east-1", "audit", "us-east-1") == BEGAN + timedelta(hours=1)


@pytest.mark.parametrize("other", [{"trail": "other"}, {"home": "eu-west-1"}, {"account": "210987654321"}])
def test_ignores_digests_of_other_trails(other: dict[str, str]) -> None:
    own = {"account": "123456789012", "region": "us-east-1", "trail": "audit", "home": "us-east-1"}
    assert digest_end(NAME, **own | other) is None


def test_a_digest_is_due_every_hour_since_logging_started() -> None:
    assert next_digest(BEGAN, BEGAN + timedelta(minutes=5)) == BEGAN + timedelta(hours=1)
    assert next_digest(BEGAN, BEGAN + timedelta(hours=7, seconds=1)) == BEGAN + timedelta(hours=8)


def test_a_starting_digest_signs_the_word_null() -> None:
    digest = {"digestEndTime": "E", "digestS3Bucket": "b", "digestS3Object": "k", "previousDigestSignature": None}
    assert signed_text(digest, "hash") == b"E\nb/k\nhash\nnull"
    assert signed_text(digest | {"previousDigestSignature": "abc"}, "hash") == b"E\nb/k\nhash\nabc"


def test_reports_a_malformed_digest() -> None:
    problem = digest_problem({"digestStartTime": 5, "logFiles": "none"}, "b", "k")
    assert problem and problem.kind == "malformed"
    assert "lacks a valid digestEndTime" in problem.text and "logFiles" in problem.text


def test_parses_times_with_and_without_an_offset() -> None:
    assert parse_time("2026-09-13T15:29:23Z") == parse_time("2026-09-13T15:29:23") == BEGAN
    assert parse_time("2026-09-13T17:29:23+02:00") == BEGAN
    with pytest.raises(ValueError, match="yesterday"):
        parse_time("yesterday")
