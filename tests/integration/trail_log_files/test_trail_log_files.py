"""The module trail_log_files copies the files of some days, once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.module_runner import ModuleRunner

BUCKET = "trail-logs"
ROOT = "p/AWSLogs/123456789012/CloudTrail"
KEYS = {
    f"{ROOT}/{region}/2026/05/{day}/file.json.gz": f"{region} {day}"
    for region in ("us-east-1", "eu-central-1")
    for day in ("01", "02", "03")
}
DAYS = {"bucket": BUCKET, "prefix": "p", "first_day": "2026-05-02", "last_day": "2026-05-03"}


@pytest.fixture(autouse=True)
def bucket(aws_client: Callable[..., Any]) -> None:
    s3 = aws_client("s3")
    s3.create_bucket(Bucket=BUCKET)
    digest = f"{ROOT}-Digest/us-east-1/2026/05/02/digest.json.gz"
    for key, text in (KEYS | {digest: "digest"}).items():
        s3.put_object(Bucket=BUCKET, Key=key, Body=text.encode())


def copies(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_files_of_the_days_are_copied_once(run_module: ModuleRunner, tmp_path: Path) -> None:
    assert run_module.succeed(check=True, dest=str(tmp_path), **DAYS)["copied"] == 4 and not copies(tmp_path)
    first = run_module.succeed(dest=str(tmp_path), **DAYS)
    assert (first["changed"], first["files"], first["copied"]) == (True, 4, 4)
    assert copies(tmp_path) == {key: text for key, text in KEYS.items() if "/01/" not in key}
    again = run_module.succeed(dest=str(tmp_path), **DAYS)
    assert (again["changed"], again["files"], again["copied"]) == (False, 4, 0)


def test_one_region_of_an_account(run_module: ModuleRunner, tmp_path: Path) -> None:
    run_module.succeed(dest=str(tmp_path), regions=["us-east-1"], accounts=["123456789012"], **DAYS)
    assert len(copies(tmp_path)) == 2


def test_no_files_and_wrong_days_are_named(run_module: ModuleRunner, tmp_path: Path) -> None:
    missing = run_module.fail(dest=str(tmp_path), **(DAYS | {"first_day": "2027-01-01", "last_day": "2027-01-01"}))
    assert f"There are no log files in bucket {BUCKET}, accounts 123456789012, 2027-01-01 to 2027-01-01" in missing
    assert "Write a day as 2026-05-01" in run_module.fail(dest=str(tmp_path), **(DAYS | {"last_day": "May"}))
