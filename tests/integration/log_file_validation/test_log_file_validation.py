"""The module log_file_validation finds altered and removed files, as validate-logs of the AWS CLI does."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support import guide_chain as chain
from tests.support.embedded_control import advance, ask
from tests.support.module_runner import ModuleRunner
from tests.support.trail_prerequisites import make_organization_trail
from tools.generate_docs.modules import documented_actions

Aws = Callable[..., Any]
TRAIL_ARN = f"arn:aws:cloudtrail:{chain.REGION}:{chain.ACCOUNT}:trail/{chain.TRAIL}"


@pytest.fixture
def trail(run_module: ModuleRunner) -> ModuleRunner:
    """Return the module on the guide's chain, before the first digest."""
    for step in chain.chain_steps():
        assert chain.with_boto3(run_module.endpoint, step) is None
    return run_module


@pytest.fixture
def digested(trail: ModuleRunner) -> ModuleRunner:
    """Return the module after three hours with events."""
    for _hour in range(3):
        chain.with_boto3(trail.endpoint, chain.Step("secretsmanager", "ListSecrets", {}))
        advance(trail.endpoint, 3600)
    return trail


def keys(aws: Aws, part: str) -> list[str]:
    return [item["Key"] for item in aws("s3").list_objects_v2(Bucket=chain.BUCKET)["Contents"] if part in item["Key"]]


def cli_accepts(endpoint: str) -> bool:
    """Return whether the AWS CLI finds no invalid file since the trail was created."""
    now = datetime.now(UTC)
    times = (f"{now + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}" for days in (-2, 2))
    start, end = times
    command = [sys.executable, "-m", "awscli", "cloudtrail", "validate-logs", "--trail-arn", TRAIL_ARN]
    result = subprocess.run(
        [*command, "--start-time", start, "--end-time", end],
        env=os.environ
        | {
            "PYTHONPATH": str(Path(sys.prefix) / "awscli"),
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "tester",
            "AWS_SECRET_ACCESS_KEY": "tester",
            "AWS_DEFAULT_REGION": chain.REGION,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return result.returncode == 0


def test_validates_unchanged_files_like_the_cli(digested: ModuleRunner) -> None:
    result = digested.succeed(trail_name=chain.TRAIL)
    assert result["state"] == "validated" and result["problems"] == [] and not result["changed"]
    assert result["digests"] >= 3 and result["log_files"] >= 3
    assert cli_accepts(digested.endpoint)


def alter_log_file(aws: Aws) -> str:
    key = keys(aws, "/CloudTrail/us-east-1/")[0]
    aws("s3").put_object(Bucket=chain.BUCKET, Key=key, Body=gzip.compress(b'{"Records":[]}'))
    return f"The log file {key} was altered."


def cut_log_file(aws: Aws) -> str:
    key = keys(aws, "/CloudTrail/us-east-1/")[0]
    body = aws("s3").get_object(Bucket=chain.BUCKET, Key=key)["Body"].read()
    aws("s3").put_object(Bucket=chain.BUCKET, Key=key, Body=body[:-9])
    return f"The log file {key} was altered."


def remove_log_file(aws: Aws) -> str:
    key = keys(aws, "/CloudTrail/us-east-1/")[0]
    aws("s3").delete_object(Bucket=chain.BUCKET, Key=key)
    return f"The log file {key} was removed."


def remove_digest(aws: Aws) -> str:
    key = keys(aws, "CloudTrail-Digest")[-2]
    aws("s3").delete_object(Bucket=chain.BUCKET, Key=key)
    return f"The digest {key} was removed."


def _rewrite(aws: Aws, key: str, change: Callable[[bytes], bytes]) -> None:
    found = aws("s3").get_object(Bucket=chain.BUCKET, Key=key)
    body = gzip.compress(change(gzip.decompress(found["Body"].read())))
    aws("s3").put_object(Bucket=chain.BUCKET, Key=key, Body=body, Metadata=found["Metadata"])


def alter_newest_digest(aws: Aws) -> str:
    key = keys(aws, "CloudTrail-Digest")[-1]
    _rewrite(aws, key, lambda text: text.replace(b'"logFiles":[', b'"logFiles": ['))
    return f"The digest {key} was altered: its signature"


def alter_older_digest(aws: Aws) -> str:
    key = keys(aws, "CloudTrail-Digest")[-2]
    _rewrite(aws, key, lambda text: text.replace(b'"logFiles":[', b'"logFiles": ['))
    return f"The digest {key} was altered: its hash"


def break_digest(aws: Aws) -> str:
    key = keys(aws, "CloudTrail-Digest")[-1]
    aws("s3").put_object(Bucket=chain.BUCKET, Key=key, Body=b"no gzip")
    return f"The digest {key} lacks"


CHANGES = [alter_log_file, cut_log_file, remove_log_file, remove_digest, alter_newest_digest, alter_older_digest]


@pytest.mark.parametrize("alter", [*CHANGES, break_digest])
def test_finds_altered_and_removed_files(digested: ModuleRunner, aws_client: Aws, alter: Callable[[Aws], str]) -> None:
    expected = alter(aws_client)
    result = digested(trail_name=chain.TRAIL)
    assert result["failed"] and result["state"] == "invalid"
    assert expected in result["msg"] and f"account {chain.ACCOUNT}" in result["msg"]


def test_the_cli_finds_an_altered_file(digested: ModuleRunner, aws_client: Aws) -> None:
    alter_log_file(aws_client)
    assert not cli_accepts(digested.endpoint)


def test_is_due_until_a_digest_covers_the_time(trail: ModuleRunner) -> None:
    now = datetime.fromisoformat(ask(trail.endpoint, "health")["time"])
    # The first digest ends when the trail begins to log, which may be in the current second.
    request = {"trail_name": chain.TRAIL, "end_time": f"{now + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"}
    due = trail.succeed(**request)
    assert due["state"] == "due"
    assert now < datetime.fromisoformat(due["due_at"]) <= now + timedelta(hours=1, minutes=1)
    advance(trail.endpoint, 3700)
    assert trail.succeed(**request)["state"] == "validated"


def test_explains_invalid_options_and_trails(trail: ModuleRunner, aws_client: Aws) -> None:
    assert "2026-09-13T10:00:00Z" in trail.fail(trail_name=chain.TRAIL, start_time="yesterday")
    assert "secmon.aws.trail" in trail.fail(trail_name="unknown")
    aws_client("cloudtrail").update_trail(Name=chain.TRAIL, EnableLogFileValidation=False)
    assert "log_file_validation: true" in trail.fail(trail_name=chain.TRAIL)


def test_validates_an_organization_trail(trail: ModuleRunner, aws_client: Aws) -> None:
    make_organization_trail(aws_client, chain.TRAIL, chain.BUCKET)
    advance(trail.endpoint, 7200)
    (key, *_others) = keys(aws_client, "CloudTrail-Digest/us-east-1/")[-1:]
    assert key.startswith("AWSLogs/o-")
    result = trail.succeed(trail_name=chain.TRAIL)
    assert result["state"] == "validated" and result["digests"] >= 1


def test_documents_every_iam_action(trail: ModuleRunner, aws_client: Aws) -> None:
    used = trail.iam_actions(lambda: trail.succeed(trail_name=chain.TRAIL, end_time="2100-01-01T00:00:00Z"))
    make_organization_trail(aws_client, chain.TRAIL, chain.BUCKET)
    advance(trail.endpoint, 7200)
    used |= trail.iam_actions(lambda: trail.succeed(trail_name=chain.TRAIL))
    named = {"s3:ListObjectsV2": "s3:ListBucket"}
    assert {named.get(action, action) for action in used} == documented_actions("log_file_validation")
