"""The module log_bucket deletes log files only with purge, and other objects only with a second word."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.log_bucket.bucket_setup import NAME, TASK, TRAIL, bucket
from tests.support.module_runner import ModuleRunner

LOG_FILE = "AWSLogs/123456789012/CloudTrail/us-east-1/2026/09/13/file.json.gz"


@pytest.mark.promise("ownership")
def test_deletes_log_files_only_with_purge(run_module: ModuleRunner, s3: Any) -> None:
    run_module.succeed(**TASK)
    for number in range(3):
        s3.put_object(Bucket=NAME, Key=LOG_FILE, Body=str(number).encode())
    s3.delete_object(Bucket=NAME, Key=LOG_FILE)
    assert "purge: true" in run_module.fail(name=NAME, state="absent")
    assert len(s3.list_object_versions(Bucket=NAME)["Versions"]) == 3
    assert run_module.succeed(name=NAME, state="absent", purge=True)["changed"]
    assert bucket(s3) == {}


@pytest.mark.promise("ownership")
def test_purges_several_pages_of_versions(run_module: ModuleRunner, s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ansible_collections.secmon.aws.plugins.module_utils.s3.reads.PAGE_SIZE", 10)
    run_module.succeed(**TASK)
    for number in range(15):
        s3.put_object(Bucket=NAME, Key=f"{LOG_FILE}{number}", Body=b"")
    calls = run_module.calls(lambda: run_module.succeed(name=NAME, state="absent", purge=True))
    assert [call["action"] for call in calls].count("DeleteObjects") == 2
    assert bucket(s3) == {}


@pytest.mark.promise("ownership")
@pytest.mark.parametrize(
    "key",
    [
        *("report.pdf", "AWSLogs/report.pdf", "prefix/report.pdf", "prefix/AWSLogs/123456789012/Config/file"),
        "prefix/AWSLogs/222222222222/CloudTrail/us-east-1/file",
    ],
)
def test_purges_objects_that_are_no_log_files_only_with_a_second_word(
    run_module: ModuleRunner, s3: Any, key: str
) -> None:
    task = {"name": NAME, "state": "absent", "purge": True, "key_prefix": "prefix"}
    run_module.succeed(name=NAME)
    for name in (key, f"prefix/{LOG_FILE}", "prefix/AWSLogs/123456789012/CloudTrail-Digest/file"):
        s3.put_object(Bucket=NAME, Key=name, Body=b"")
    # An old version of a deleted object is an object too.
    s3.delete_object(Bucket=NAME, Key=key)
    message = run_module.fail_before_writes(**task)
    assert "not log files of its trails" in message and "purge_others: true" in message
    assert key.startswith(message.split("trails: ")[1].split(". ")[0])
    s3.delete_objects(Bucket=NAME, Delete={"Objects": versions_of(s3, key)})
    assert run_module.predict(**task)["changed"]
    s3.put_object(Bucket=NAME, Key=key, Body=b"")
    assert run_module.succeed(**task, purge_others=True)["changed"]
    assert bucket(s3) == {}


def versions_of(s3: Any, key: str) -> list[dict[str, str]]:
    page = s3.list_object_versions(Bucket=NAME, Prefix=key)
    found = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
    return [{"Key": item["Key"], "VersionId": item["VersionId"]} for item in found]


@pytest.mark.promise("ownership")
def test_log_files_of_the_organization_and_its_trails_are_no_other_objects(run_module: ModuleRunner, s3: Any) -> None:
    run_module.succeed(name=NAME)
    for folder in ("o-exampleorgid/222222222222/CloudTrail", "333333333333/CloudTrail/us-east-1"):
        s3.put_object(Bucket=NAME, Key=f"AWSLogs/{folder}/file", Body=b"")
    arn = TRAIL.replace("123456789012", "333333333333")
    task = {"name": NAME, "state": "absent", "purge": True, "trail_arns": [arn], "organization_id": "o-exampleorgid"}
    assert run_module.succeed(**task)["changed"]


@pytest.mark.promise("ownership")
def test_a_locked_object_stops_the_deletion(run_module: ModuleRunner, s3: Any) -> None:
    s3.create_bucket(Bucket=NAME, ObjectLockEnabledForBucket=True)
    s3.put_bucket_tagging(Bucket=NAME, Tagging={"TagSet": [{"Key": "secmon:managed-by", "Value": "secmon.aws"}]})
    s3.put_object(Bucket=NAME, Key="locked", Body=b"", ObjectLockLegalHoldStatus="ON")
    assert "locked" in run_module.fail(name=NAME, state="absent", purge=True, purge_others=True)
    assert bucket(s3)
