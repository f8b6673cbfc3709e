"""Constraints of service models, whose patterns are Java regular expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

AwsClient = Callable[[str], Any]


@pytest.mark.parametrize("key", ["Team", "secmon:managed-by", "Équipe 1"])
def test_accepts_a_tag_key_of_letters_numbers_and_spaces(aws_client: AwsClient, key: str) -> None:
    aws_client("logs").create_log_group(logGroupName=f"group-{len(key)}", tags={key: "x"})


def test_rejects_a_tag_key_with_another_character(aws_client: AwsClient) -> None:
    with pytest.raises(ClientError, match="regular expression"):
        aws_client("logs").create_log_group(logGroupName="other", tags={"a*": "x"})


def test_the_identifier_of_a_log_group_is_not_repeated(aws_client: AwsClient) -> None:
    logs = aws_client("logs")
    logs.create_log_group(logGroupName="named")
    arn = logs.describe_log_groups(logGroupNamePrefix="named")["logGroups"][0]["arn"]
    with pytest.raises(ClientError, match="validation error detected: Value at 'logGroupIdentifier' failed to satisfy"):
        logs.describe_log_streams(logGroupIdentifier=arn)
