"""Read and change the files of the guide's trail, and ask the AWS CLI about them."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support import guide_chain as chain

Aws = Callable[..., Any]
TRAIL_ARN = f"arn:aws:cloudtrail:{chain.REGION}:{chain.ACCOUNT}:trail/{chain.TRAIL}"


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


def rewrite(aws: Aws, key: str, change: Callable[[bytes], bytes]) -> None:
    found = aws("s3").get_object(Bucket=chain.BUCKET, Key=key)
    body = gzip.compress(change(gzip.decompress(found["Body"].read())))
    aws("s3").put_object(Bucket=chain.BUCKET, Key=key, Body=body, Metadata=found["Metadata"])
