"""The module log_bucket with a bucket of another account, which it checks and never changes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.log_bucket.bucket_setup import NAME
from tests.support.member_account import member_client
from tests.support.module_runner import ModuleRunner
from tests.support.trail_setup import document

OWNER, THIRD = "333333333333", "222222222222"
ARN = f"arn:aws:s3:::{NAME}"


def make_bucket(endpoint: str, owner: str, *statements: dict[str, Any]) -> None:
    """Create the bucket in another account."""
    s3 = member_client(endpoint, owner, "s3")
    s3.create_bucket(Bucket=NAME)
    if statements:
        s3.delete_public_access_block(Bucket=NAME)
        s3.put_bucket_policy(Bucket=NAME, Policy=document(*statements))


def readable() -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:ListBucket", "Resource": ARN}


def test_a_bucket_of_the_named_account_is_accepted_unchanged(run_module: ModuleRunner) -> None:
    make_bucket(run_module.endpoint, OWNER, readable())
    found = run_module.predict(name=NAME, owner=OWNER)
    assert found == run_module.succeed(name=NAME, owner=OWNER)
    assert not found["changed"] and found["warnings"] == []
    assert found["log_bucket"] == {"name": NAME, "arn": ARN}


def test_a_bucket_that_the_caller_may_not_read_is_accepted_with_a_warning(run_module: ModuleRunner) -> None:
    make_bucket(run_module.endpoint, OWNER)
    (warning,) = run_module.succeed(name=NAME, owner=OWNER)["warnings"]
    assert f"Whether account {OWNER} owns the bucket {NAME} cannot be checked" in warning
    assert f"s3:ListBucket on {ARN}" in warning


def test_a_name_that_a_third_account_has_taken_is_rejected(run_module: ModuleRunner) -> None:
    make_bucket(run_module.endpoint, THIRD, {**readable(), "Principal": "*"})
    message = run_module.fail_before_writes(name=NAME, owner=OWNER)
    assert f"account {OWNER} does not own it" in message and "would receive the log files" in message


def test_a_bucket_that_does_not_exist_is_rejected(run_module: ModuleRunner) -> None:
    assert f"Bucket {NAME} does not exist" in run_module.fail_before_writes(name=NAME, owner=OWNER)


def test_the_bucket_of_another_account_is_never_deleted(run_module: ModuleRunner) -> None:
    make_bucket(run_module.endpoint, OWNER, {**readable(), "Action": "s3:*"})
    message = run_module.fail_before_writes(name=NAME, owner=OWNER, state="absent", purge=True, adopt=True)
    assert f"belongs to account {OWNER}, so it is never deleted" in message


@pytest.mark.parametrize("owner", ["1234", "\u0661" * 12], ids=["too short", "other digits"])
def test_an_owner_is_an_account_id(run_module: ModuleRunner, owner: str) -> None:
    assert "not an account ID of 12 digits" in run_module.fail_before_calls(name=NAME, owner=owner)


def test_the_own_account_manages_its_bucket(run_module: ModuleRunner) -> None:
    assert run_module.succeed(name=NAME, owner="123456789012")["changed"]
