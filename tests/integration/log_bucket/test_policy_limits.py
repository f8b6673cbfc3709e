"""A bucket policy that would be too large is refused before the first write."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.log_bucket.bucket_setup import NAME, TASK
from tests.support.module_runner import ModuleRunner


@pytest.mark.promise("prerequisite")
def test_a_policy_that_has_no_room_for_the_trail_is_refused(run_module: ModuleRunner, s3: Any) -> None:
    s3.create_bucket(Bucket=NAME)
    reader = {"Sid": "", "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "s3:GetObject"}
    statement = {**reader, "Resource": f"arn:aws:s3:::{NAME}/*", "Sid": "x" * 20_000}
    s3.put_bucket_policy(Bucket=NAME, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    message = run_module.fail_before_writes(**TASK, adopt=True)
    assert f"The policy of bucket {NAME} would have" in message
    assert "AWS allows 20480" in message and "(account 123456789012, region us-east-1)" in message
