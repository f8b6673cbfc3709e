"""Log streams are refused in AWS's words; recorded answers of AWS, 2025."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.support.alarm_setup import Client, make_group


@pytest.mark.parametrize(
    ("action", "parameters", "code", "message"),
    [
        (
            "create_log_stream",
            {"logStreamName": "stream"},
            "ResourceAlreadyExistsException",
            "The specified log stream already exists",
        ),
        (
            "get_log_events",
            {"logStreamName": "none"},
            "ResourceNotFoundException",
            "The specified log stream does not exist.",
        ),
        (
            "describe_log_streams",
            {"logGroupIdentifier": "streams"},
            "ValidationException",
            "LogGroup name and LogGroup ARN are mutually exclusive parameters.",
        ),
    ],
)
def test_the_error_names_the_stream(
    aws_client: Client, action: str, parameters: dict[str, Any], code: str, message: str
) -> None:
    logs = aws_client("logs")
    if not logs.describe_log_groups(logGroupNamePrefix="streams")["logGroups"]:
        make_group(aws_client, "streams")
    with pytest.raises(ClientError) as caught:
        getattr(logs, action)(logGroupName="streams", **parameters)
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == (code, message)


def test_moto_still_needs_the_overrides(moto_client: Client) -> None:
    logs = moto_client("logs")
    make_group(moto_client, "g")
    with pytest.raises(ClientError, match="log group already exists"):
        logs.create_log_stream(logGroupName="g", logStreamName="stream")
    with pytest.raises(ClientError, match="log group does not exist"):
        logs.get_log_events(logGroupName="g", logStreamName="none")
    logs.describe_log_streams(logGroupName="g", logGroupIdentifier="g")
