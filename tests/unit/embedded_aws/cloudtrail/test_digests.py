"""Digest files are delivered by the hour, and the AWS CLI finds changed and deleted files with them."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.embedded_control import advance, drain, reset
from tests.support.trail_setup import REGION, keys, log_keys, make_trail


@pytest.fixture(autouse=True)
def fresh(embedded_aws: str) -> None:
    """Begin each test with an embedded AWS without trails, since a Region can have five."""
    reset(embedded_aws)


def validate_logs(endpoint: str, arn: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the AWS CLI over the whole life of a trail; its clock is behind the embedded one."""
    start = f"{datetime.now() - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}"
    end = f"{datetime.now() + timedelta(days=30):%Y-%m-%dT%H:%M:%SZ}"
    environment = {
        "PYTHONPATH": str(Path(sys.prefix) / "awscli"),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "tester",
        "AWS_SECRET_ACCESS_KEY": "tester",
        "AWS_DEFAULT_REGION": REGION,
    }
    command = [sys.executable, "-m", "awscli", "cloudtrail", "validate-logs", "--verbose", "--trail-arn", arn]
    return subprocess.run(
        [*command, "--start-time", start, "--end-time", end, *options],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def digests(client: Callable[[str], Any], bucket: str) -> list[dict[str, Any]]:
    s3 = client("s3")
    bodies = [s3.get_object(Bucket=bucket, Key=key)["Body"].read() for key in keys(client, bucket) if "-Digest/" in key]
    return [json.loads(gzip.decompress(body)) for body in bodies]


def test_the_cli_validates_delivered_files_and_finds_changed_and_deleted_ones(
    embedded_aws: str, aws_client: Callable[[str], Any]
) -> None:
    arn = make_trail(aws_client, "judged", EnableLogFileValidation=True)
    s3 = aws_client("s3")
    for _turn in range(2):
        aws_client("sts").get_caller_identity()
        advance(embedded_aws, 3600)
    files = log_keys(aws_client, "judged")
    accepted = validate_logs(embedded_aws, arn)
    assert accepted.returncode == 0, accepted.stderr
    assert "3/3 digest files valid" in accepted.stdout
    assert f"{len(files)}/{len(files)} log files valid" in accepted.stdout

    s3.put_object(Bucket="judged", Key=files[0], Body=gzip.compress(b'{"Records":[]}'))
    s3.delete_object(Bucket="judged", Key=files[1])
    digest = next(key for key in keys(aws_client, "judged") if "-Digest/" in key)
    s3.delete_object(Bucket="judged", Key=digest)
    rejected = validate_logs(embedded_aws, arn)
    assert rejected.returncode == 1
    assert f"Log file\ts3://judged/{files[0]}\tINVALID: hash value doesn't match" in rejected.stderr
    assert f"Log file\ts3://judged/{files[1]}\tINVALID: not found" in rejected.stderr
    assert f"Digest file\ts3://judged/{digest}\tINVALID: not found" in rejected.stderr


def test_a_chain_starts_with_the_preceding_hour_and_includes_empty_hours(
    embedded_aws: str, aws_client: Callable[[str], Any]
) -> None:
    make_trail(aws_client, "quiet", EnableLogFileValidation=True)
    advance(embedded_aws, 3 * 3600)
    first, second, third, fourth = digests(aws_client, "quiet")
    assert {name: value for name, value in first.items() if name.startswith("previous")} == {
        "previousDigestS3Bucket": None,
        "previousDigestS3Object": None,
        "previousDigestHashValue": None,
        "previousDigestHashAlgorithm": None,
        "previousDigestSignature": None,
    }
    hours = [
        datetime.fromisoformat(one["digestEndTime"]) - datetime.fromisoformat(one["digestStartTime"])
        for one in (first, second, third, fourth)
    ]
    assert hours == [timedelta(hours=1)] * 4
    started = aws_client("cloudtrail").get_trail_status(Name="quiet")["StartLoggingTime"]
    assert first["digestEndTime"] == f"{started.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert (first["logFiles"], fourth["logFiles"], fourth["newestEventTime"]) == ([], [], None)
    named = [file["s3Object"] for file in second["logFiles"]]
    assert named
    assert set(named) <= set(log_keys(aws_client, "quiet"))
    assert fourth["previousDigestS3Object"] == third["digestS3Object"]


def test_stop_logging_ends_a_chain_and_start_logging_starts_another(
    embedded_aws: str, aws_client: Callable[[str], Any]
) -> None:
    arn = make_trail(aws_client, "paused", EnableLogFileValidation=True)
    cloudtrail = aws_client("cloudtrail")
    advance(embedded_aws, 1800)
    cloudtrail.stop_logging(Name="paused")
    advance(embedded_aws, 4 * 3600)
    assert len(digests(aws_client, "paused")) == 2, "none for the hours without logging"
    cloudtrail.start_logging(Name="paused")
    advance(embedded_aws, 3600)
    beginnings = [one for one in digests(aws_client, "paused") if one["previousDigestSignature"] is None]
    assert len(beginnings) == 2
    accepted = validate_logs(embedded_aws, arn)
    assert accepted.returncode == 0, accepted.stderr
    assert "4/4 digest files valid" in accepted.stdout
    # Files that came meanwhile are in no digest yet.
    named = sum(len(one["logFiles"]) for one in digests(aws_client, "paused"))
    assert named and f"{named}/{named} log files valid" in accepted.stdout


def test_enabling_and_disabling_validation_starts_and_ends_a_chain(
    embedded_aws: str, aws_client: Callable[[str], Any]
) -> None:
    make_trail(aws_client, "switched")
    cloudtrail = aws_client("cloudtrail")
    advance(embedded_aws, 7200)
    assert digests(aws_client, "switched") == []
    cloudtrail.update_trail(Name="switched", EnableLogFileValidation=True)
    advance(embedded_aws, 3600)
    assert len(digests(aws_client, "switched")) == 2
    advance(embedded_aws, 60)
    cloudtrail.update_trail(Name="switched", EnableLogFileValidation=False)
    advance(embedded_aws, 7200)
    assert len(digests(aws_client, "switched")) == 3


def test_each_region_of_a_trail_has_its_own_chain_and_key(embedded_aws: str, aws_client: Callable[[str], Any]) -> None:
    arn = make_trail(aws_client, "wide", EnableLogFileValidation=True, IsMultiRegionTrail=True)
    aws_client("secretsmanager", "eu-west-1").list_secrets()
    advance(embedded_aws, 3600)
    fingerprints = {one["digestS3Object"].split("/")[3]: one for one in digests(aws_client, "wide")}
    assert set(fingerprints) == {REGION, "eu-west-1"}
    assert len({one["digestPublicKeyFingerprint"] for one in fingerprints.values()}) == 2
    accepted = validate_logs(embedded_aws, arn, "--region", "eu-west-1")
    assert accepted.returncode == 0, accepted.stderr
    assert "2/2 digest files valid" in accepted.stdout
    assert "1/1 log files valid" in accepted.stdout


def test_a_rejected_digest_is_reported_and_delivered_later(embedded_aws: str, aws_client: Callable[[str], Any]) -> None:
    make_trail(aws_client, "late", EnableLogFileValidation=True)
    drain(embedded_aws)
    policy = aws_client("s3").get_bucket_policy(Bucket="late")["Policy"]
    aws_client("s3").delete_bucket_policy(Bucket="late")
    advance(embedded_aws, 3600)
    status = aws_client("cloudtrail").get_trail_status(Name="late")
    assert status["LatestDigestDeliveryError"] == "AccessDenied"
    aws_client("s3").put_bucket_policy(Bucket="late", Policy=policy)
    drain(embedded_aws)
    status = aws_client("cloudtrail").get_trail_status(Name="late")
    assert "LatestDigestDeliveryError" not in status
    assert len(digests(aws_client, "late")) == 2
