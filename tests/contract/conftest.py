"""The same assertions for the embedded AWS and, with SECMON_CONTRACT=aws, for the account of your credentials.

On AWS, the clients use the profile, region and keys of the environment.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config

from embedded_aws.process import embedded_aws_process
from tests.support.embedded_control import advance, drain, now_of

Client = Callable[[str], Any]

# TestMetricFilter has a quota of five calls per second. Source: CloudWatch Logs user guide, "CloudWatch Logs quotas".
_CONFIG = Config(retries={"mode": "adaptive", "max_attempts": 10})


@pytest.fixture(scope="session")
def target() -> str:
    """Return "aws" or "embedded"; reject anything else, so that a typing error is noticed."""
    name = os.environ.get("SECMON_CONTRACT", "embedded")
    if name not in ("aws", "embedded"):
        raise pytest.UsageError(f"SECMON_CONTRACT is {name!r}; use aws or embedded")
    return name


@pytest.fixture(scope="session")
def endpoint(target: str) -> Iterator[str | None]:
    """Return the address of the embedded AWS; None on AWS."""
    if target == "aws":
        yield None
        return
    with embedded_aws_process() as address:
        yield address


@pytest.fixture(scope="session")
def client(endpoint: str | None) -> Client:
    """Return a function that creates boto3 clients of the target."""
    if endpoint is None:
        session = boto3.Session()
        region = session.region_name or "us-east-1"
        return lambda service: session.client(service, region_name=region, config=_CONFIG)
    return lambda service: boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="contract",
        aws_secret_access_key="contract",
    )


@pytest.fixture(scope="session")
def now(endpoint: str | None) -> Callable[[], datetime]:
    """Return a function that tells the target's time."""
    return lambda: datetime.now(UTC) if endpoint is None else now_of(endpoint)


@pytest.fixture(scope="session")
def wait(endpoint: str | None) -> Callable[[float], None]:
    """Return a function that waits; the embedded AWS advances its clock instead."""

    def seconds(number: float) -> None:
        if endpoint is None:
            time.sleep(number)
        else:
            advance(endpoint, number)
            drain(endpoint)

    return seconds


@pytest.fixture
def name() -> str:
    """Return a unique name."""
    return f"secmon-contract-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def cleanup() -> Iterator[contextlib.ExitStack]:
    """Return a stack of cleanup callbacks, which run at the end, also after a failure."""
    with contextlib.ExitStack() as stack:
        yield stack
