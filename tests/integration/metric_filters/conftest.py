"""Fixtures of the tests of metric_filters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.integration.metric_filters.metric_filter_setup import make_group


@pytest.fixture
def logs(aws_client: Callable[..., Any]) -> Any:
    """Return a client of CloudWatch Logs after the creation of a log group of this collection."""
    client = aws_client("logs")
    make_group(client)
    return client
