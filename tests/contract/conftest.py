"""One set of assertions for two AWS: the embedded one, or with SECMON_CONTRACT=aws the account of your credentials.

On AWS the clients take profile, region and keys from your environment, as every AWS client does.
"""

from __future__ import annotations

import contextlib
import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from embedded_aws.process import embedded_aws_process

Client = Callable[[str], Any]

# TestMetricFilter takes five calls a second; CloudWatch Logs user guide, "CloudWatch Logs quotas".
_PATIENT = Config(retries={"mode": "adaptive", "max_attempts": 10})


@pytest.fixture(scope="session")
def target() -> str:
    """Return "aws" or "embedded"; refuse anything else, so that a slip does not go unnoticed."""
    name = os.environ.get("SECMON_CONTRACT", "embedded")
    if name not in ("aws", "embedded"):
        raise pytest.UsageError(f"SECMON_CONTRACT is {name!r}; it is aws or embedded")
    return name


@pytest.fixture(scope="session")
def client(target: str) -> Iterator[Client]:
    """Return plain boto3 clients of the target."""
    if target == "aws":
        session = boto3.Session()
        region = session.region_name or "us-east-1"
        yield lambda service: session.client(service, region_name=region, config=_PATIENT)
        return
    with embedded_aws_process() as endpoint:
        yield lambda service: boto3.client(
            service,
            endpoint_url=endpoint,
            region_name="us-east-1",
            aws_access_key_id="contract",
            aws_secret_access_key="contract",
        )


@pytest.fixture
def name() -> str:
    """Return a name that nobody else has."""
    return f"secmon-contract-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def cleanup() -> Iterator[contextlib.ExitStack]:
    """Return a stack of what to remove; all of it is removed at the end, also after a failure."""
    with contextlib.ExitStack() as stack:
        yield stack
