"""Injected faults apply to calls as configured."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import botocore.exceptions
import pytest
from botocore.config import Config

from embedded_aws.core.faults import read_faults
from tests.unit.embedded_aws.core.test_control import ask

Arm = Callable[..., None]


@pytest.fixture
def arm(embedded_aws: str) -> Iterator[Arm]:
    import json

    def armed(**fault: Any) -> None:
        status, answer = ask(embedded_aws, "faults", json.dumps([fault]).encode())
        assert status == 200, answer

    yield armed
    ask(embedded_aws, "faults", b"[]")


def once(endpoint: str, service: str) -> Any:
    """Return a client that does not retry."""
    keys = {"aws_access_key_id": "tester", "aws_secret_access_key": "tester"}
    config = Config(retries={"total_max_attempts": 1})
    return boto3.client(service, endpoint_url=endpoint, region_name="us-east-1", config=config, **keys)


@pytest.fixture
def iam(embedded_aws: str) -> Any:
    return once(embedded_aws, "iam")


def error_code(call: Callable[..., Any], **parameters: Any) -> str | None:
    try:
        call(**parameters)
    except botocore.exceptions.ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def test_a_fault_applies_to_the_given_number_of_calls(arm: Arm, iam: Any) -> None:
    arm(service="iam", action="ListUsers", error="Throttling", message="Rate exceeded", status=429, times=2)
    assert error_code(iam.list_roles) is None
    assert [error_code(iam.list_users) for _turn in range(3)] == ["Throttling", "Throttling", None]


def test_status_and_message_reach_the_client(arm: Arm, iam: Any) -> None:
    arm(service="iam", action="*", error="ServiceUnavailable", message="Come back later", status=503)
    with pytest.raises(botocore.exceptions.ClientError, match="Come back later") as caught:
        iam.list_users()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503


@pytest.mark.parametrize("code", ["InsufficientS3BucketPolicyException", "ThrottlingException"])
def test_an_error_comes_in_the_protocol_of_the_service(arm: Arm, embedded_aws: str, code: str) -> None:
    arm(service="cloudtrail", action="CreateTrail", error=code)
    assert error_code(once(embedded_aws, "cloudtrail").create_trail, Name="trail", S3BucketName="bucket") == code


def test_a_fault_does_not_apply_to_another_account_or_region(arm: Arm, iam: Any) -> None:
    arm(service="iam", action="ListUsers", account="222222222222", error="Throttling")
    arm(service="iam", action="ListUsers", region="eu-west-1", error="Throttling")
    assert error_code(iam.list_users) is None


def test_a_reset_call_was_never_carried_out(arm: Arm, iam: Any) -> None:
    arm(service="iam", action="CreateUser", mode="reset")
    with pytest.raises((botocore.exceptions.ConnectionClosedError, botocore.exceptions.EndpointConnectionError)):
        iam.create_user(UserName="reset")
    assert error_code(iam.get_user, UserName="reset") == "NoSuchEntity"


def test_a_call_killed_after_was_carried_out(arm: Arm, iam: Any) -> None:
    arm(service="iam", action="CreateUser", mode="kill_after")
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        iam.create_user(UserName="killed")
    assert error_code(iam.get_user, UserName="killed") is None


def test_a_delay_alone_makes_a_call_slow(arm: Arm, iam: Any) -> None:
    arm(service="iam", action="ListUsers", delay=0.3)
    started = time.monotonic()
    assert error_code(iam.list_users) is None
    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("x", "must be a mapping"),
        ({"service": "iam"}, "is missing"),
        ({"service": "iam", "action": "ListUsers", "eror": "x"}, 'Did you mean "error"?'),
        ({"service": "aim", "action": "ListUsers", "error": "x"}, '"aim" is not a service'),
        ({"service": "iam", "action": "ListUser", "error": "x"}, '"ListUser" is not an operation of iam'),
        ({"service": "iam", "action": "*"}, "mode error needs an error or a delay"),
        ({"service": "iam", "action": "*", "error": "x", "times": 0}, "use 1 or more"),
        ({"service": "iam", "action": "*", "error": "x", "times": "3"}, "must be an integer"),
        ({"service": "iam", "action": "*", "error": "x", "times": True}, "must be an integer"),
        ({"service": "iam", "action": "*", "error": "x", "status": 200}, "use 400 to 599"),
        ({"service": "iam", "action": "*", "error": "x", "account": "1"}, "use 12 digits"),
        ({"service": "iam", "action": "*", "mode": "explode"}, "use error, reset, kill_after"),
        ({"service": "iam", "action": "*", "mode": "reset", "error": "x"}, "cannot be set with mode reset"),
        ({"service": "iam", "action": "*", "delay": -1}, "use 0 to 300"),
    ],
)
def test_rejects_a_fault_that_can_never_apply(fault: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=r"\[0\]") as caught:
        read_faults([fault])
    assert reason in str(caught.value)
