"""Errors within overrides reach the client as AWS errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core.exceptions import JsonRESTError, ServiceException

from tests.support.in_process import InProcess, aws

__all__ = ["aws"]

Raise = Callable[[Exception], None]


class RejectedError(JsonRESTError):
    """As moto's services define their errors."""

    code = 409

    def __init__(self) -> None:
        super().__init__("com.amazonaws#ResourceInUseException", "It is in use.")


@pytest.fixture
def raised(aws: InProcess) -> Raise:
    """Let an override of DescribeAlarms raise, and have no other override."""

    def raising(error: Exception) -> None:
        def refuse(_state: Any, _call: Any) -> None:
            raise error

        aws.app.overrides = {("cloudwatch", "DescribeAlarms"): (refuse,)}

    return raising


@pytest.mark.parametrize(
    ("error", "code", "message", "status"),
    [
        (ServiceException("ResourceNotFound", "It is gone."), "ResourceNotFound", "It is gone.", 404),
        (RejectedError(), "ResourceInUseException", "It is in use.", 409),
        (KeyError("gone"), "InternalFailure", "The embedded AWS failed at cloudwatch:DescribeAlarms: KeyError", 500),
        (NotImplementedError(), "NotImplemented", "The embedded AWS does not have cloudwatch:DescribeAlarms.", 501),
    ],
)
def test_an_error_within_an_override_is_answered_and_recorded(
    aws: InProcess,
    raised: Raise,
    error: Exception,
    code: str,
    message: str,
    status: int,
) -> None:
    raised(error)
    with pytest.raises(ClientError, match=message) as caught:
        aws.client("cloudwatch").describe_alarms()
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert aws.record()["errorCode"] == code


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("secretsmanager", "list_secrets", "UnknownOperationException"),
        ("sns", "list_topics", "InvalidAction"),
        ("ec2", "describe_vpcs", "InvalidAction"),
    ],
)
def test_rejects_an_unknown_operation(aws: InProcess, service: str, call: str, code: str) -> None:
    def misspell(params: dict[str, Any], **_rest: Any) -> None:
        if "X-Amz-Target" in params["headers"]:
            params["headers"]["X-Amz-Target"] += "x"
        else:
            params["body"]["Action"] += "x"

    client = aws.own_client(service)
    client.meta.events.register("before-call", misspell)
    with pytest.raises(ClientError) as caught:
        getattr(client, call)()
    assert caught.value.response["Error"]["Code"] == code
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    "attributes", [{"FilterPolicy": "no JSON"}, {"FilterPolicy": '{"a": "no list"}'}, {"Unknown": "x"}]
)
def test_motos_errors_on_subscriptions_are_those_of_aws(
    aws_client: Callable[[str], Any], attributes: dict[str, str]
) -> None:
    sns = aws_client("sns")
    topic = sns.create_topic(Name="filtered")["TopicArn"]
    subscription = {"TopicArn": topic, "Protocol": "email", "Endpoint": "ops@example.com"}
    with pytest.raises(sns.exceptions.InvalidParameterException) as caught:
        sns.subscribe(**subscription, Attributes=attributes)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert sns.list_subscriptions()["Subscriptions"] == []
