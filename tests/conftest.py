"""Fixtures of all tests: the repository, an embedded AWS and its clients."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import boto3
import hypothesis
import pytest

from embedded_aws.process import embedded_aws_process
from tests.support.embedded_control import ask

# A test must not fail because the machine is busy.
_BUSY = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("usual", _BUSY, max_examples=60)
hypothesis.settings.register_profile("few", _BUSY, max_examples=15)
hypothesis.settings.load_profile("usual")

REPOSITORY = Path(__file__).resolve().parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the tests that run playbooks: each file occupies a worker for minutes.

    `--no-loadscope-reorder` keeps this order. By default, xdist would start with the files that have the most tests.
    """
    items.sort(key=lambda item: item.path.parent != REPOSITORY / "tests/acceptance")


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def running_embedded_aws() -> Iterator[str]:
    """Return the endpoint of the embedded AWS of this process."""
    with embedded_aws_process() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def embedded_aws(running_embedded_aws: str) -> str:
    """Return the endpoint of an embedded AWS that is reset for each test file, which is faster than a start."""
    ask(running_embedded_aws, "reset", method="POST")
    return running_embedded_aws


@cache
def shared_client(endpoint: str, service: str, region: str = "us-east-1") -> Any:
    """Return a boto3 client, which all tests of this process share: to create one takes longer than a call."""
    keys = {"aws_access_key_id": "tester", "aws_secret_access_key": "tester"}
    return boto3.client(service, endpoint_url=endpoint, region_name=region, **keys)


@pytest.fixture(scope="module")
def aws_client(embedded_aws: str) -> Callable[..., Any]:
    """Return a function that makes boto3 clients of the embedded AWS."""
    return partial(shared_client, embedded_aws)


# The output of each task, whatever the ansible.cfg of the repository shows.
_PLAIN = {
    "ANSIBLE_DEPRECATION_WARNINGS": "false",
    "ANSIBLE_NOCOLOR": "1",
    "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default",
}


def run(
    *command: str | Path, cwd: Path = REPOSITORY, timeout: float = 300, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and return its output, without raising."""
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | _PLAIN | environment,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
