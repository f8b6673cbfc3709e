"""A warm interpreter for each test file, and one for each test that ends it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ansible_collections.secmon.aws.plugins.plugin_utils.warm.client import SERVER


@contextmanager
def running_server(controller: int, directory: Path, *roots: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, SERVER, str(controller), directory, *roots]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def path_of(server: subprocess.Popen[str]) -> str:
    """Return the path of the socket, once the interpreter is ready."""
    assert server.stdout is not None
    return server.stdout.readline().strip()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the socket of an interpreter that the tests of a file share, since each start takes a second."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as controller:
        with running_server(controller.pid, tmp_path_factory.mktemp("run")) as server:
            yield path_of(server)
        controller.kill()


@pytest.fixture
def controller() -> Iterator[subprocess.Popen[bytes]]:
    """Return a process in the place of Ansible, for a test that ends it."""
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as process:
        yield process


@pytest.fixture
def server(controller: subprocess.Popen[bytes], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Return an interpreter for a test that ends it."""
    with running_server(controller.pid, tmp_path) as process:
        yield process


@pytest.fixture
def own_path(server: subprocess.Popen[str]) -> str:
    return path_of(server)
