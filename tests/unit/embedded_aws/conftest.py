"""Clients of plain moto, to check whether it still needs an override."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws


@pytest.fixture
def moto_client() -> Iterator[Callable[[str], Any]]:
    """Return clients of moto without the embedded AWS."""

    def client(service: str) -> Any:
        return boto3.client(service, region_name="us-east-1", aws_access_key_id="test", aws_secret_access_key="test")

    with mock_aws():
        yield client
