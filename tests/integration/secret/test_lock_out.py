"""A resource policy that would deny its writer to change it is refused before the first write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.secret.secret_setup import NAME, POLICY, state_of
from tests.support.module_runner import ModuleRunner

DENY = {"Sid": "Only", "Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*"}


@pytest.mark.promise("prerequisite")
def test_a_policy_that_locks_the_caller_out_is_refused(
    run_module: ModuleRunner, aws_client: Callable[..., Any]
) -> None:
    locking = {**POLICY, "Statement": [*POLICY["Statement"], DENY]}
    message = run_module.fail_before_writes(name=NAME, value="v", resource_policy=locking)
    assert f"The policy of secret {NAME} would deny secretsmanager:PutResourcePolicy to arn:aws" in message
    assert "(account 123456789012, region us-east-1)" in message
    assert state_of(aws_client) == {}


@pytest.mark.promise("prerequisite")
def test_a_policy_that_denies_others_is_written(run_module: ModuleRunner, aws_client: Callable[..., Any]) -> None:
    caller = aws_client("sts").get_caller_identity()["Arn"]
    others = {**DENY, "Condition": {"StringNotEquals": {"aws:PrincipalArn": caller}}}
    task = {"name": NAME, "value": "v", "resource_policy": {**POLICY, "Statement": [*POLICY["Statement"], others]}}
    assert run_module.succeed(**task)["changed"]
    assert not run_module.succeed(**task)["changed"]
