"""The module log_bucket with transient errors, denied calls, missing prerequisites and interrupted runs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.log_bucket.bucket_setup import (
    NAME,
    TASK,
)
from tests.support.module_runner import ModuleRunner

# What S3 answers if the caller may not read the bucket.
DENIED = [
    {"service": "s3", "action": "GetBucketTagging", "error": "AccessDenied", "status": 403},
    {"service": "s3", "action": "HeadBucket", "error": "403", "status": 403},
]


@pytest.mark.promise("retry")
def test_retries_until_a_new_bucket_is_visible(run_module: ModuleRunner) -> None:
    run_module.faults({"service": "s3", "action": "PutBucketPolicy", "error": "NoSuchBucket", "times": 2})
    assert run_module.succeed(**TASK)["changed"]
    assert not run_module.succeed(**TASK)["changed"]


@pytest.mark.promise("prerequisite")
@pytest.mark.parametrize(
    "faults",
    [DENIED, [{"service": "s3", "action": "CreateBucket", "error": "BucketAlreadyExists", "status": 409}]],
    ids=["before the run", "during the run"],
)
def test_explains_a_bucket_name_that_another_account_owns(
    run_module: ModuleRunner, faults: list[dict[str, Any]]
) -> None:
    run_module.faults(*faults)
    message = run_module.fail(**TASK)
    for words in ("Another account owns", "global", "Choose another"):
        assert words in message


@pytest.mark.promise("denied")
def test_tells_a_missing_permission_from_a_bucket_of_another_account(run_module: ModuleRunner) -> None:
    run_module.succeed(name=NAME)
    run_module.faults(*DENIED)
    message = run_module.fail(**TASK)
    assert f"Account 123456789012 owns this bucket. Allow s3:ListBucket on arn:aws:s3:::{NAME}." in message
    assert "Another account" not in message


@pytest.mark.promise("prerequisite")
@pytest.mark.parametrize("exists", [True, False], ids=["existing", "new"])
def test_explains_an_unsuitable_access_log_bucket(run_module: ModuleRunner, s3: Any, exists: bool) -> None:
    if exists:
        s3.create_bucket(Bucket="access-logs")
    message = run_module.fail_before_writes(name=NAME, access_log_bucket="access-logs")
    assert "logging.s3.amazonaws.com" in message and "amazon.aws.s3_bucket" in message


@pytest.mark.promise("prerequisite")
@pytest.mark.parametrize("open_by", ["denied read", "access control list"])
def test_takes_an_access_log_bucket_that_may_be_suitable(run_module: ModuleRunner, s3: Any, open_by: str) -> None:
    s3.create_bucket(Bucket="access-logs")
    if open_by == "denied read":
        run_module.faults({"service": "s3", "action": "GetBucketPolicy", "error": "AccessDenied", "status": 403})
    else:
        rules = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        s3.put_bucket_ownership_controls(Bucket="access-logs", OwnershipControls=rules)
    assert run_module.succeed(name=NAME, access_log_bucket="access-logs")["changed"]
