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
