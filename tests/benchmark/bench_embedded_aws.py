"""Requests per second of the embedded AWS beside plain moto's own server, the same calls in turns."""

from __future__ import annotations

import contextlib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import boto3

from embedded_aws.process import embedded_aws_process
from tests.benchmark.table import Row

ROUNDS = 7
CALLS = 100


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def _plain_moto() -> Iterator[str]:
    port = _free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)


def _client(endpoint: str) -> Any:
    return boto3.client(
        "secretsmanager",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",
    )


def _requests_per_second(client: Any) -> float:
    started = time.perf_counter()
    for _turn in range(CALLS):
        client.get_secret_value(SecretId="bench")
    return CALLS / (time.perf_counter() - started)


def run() -> list[Row]:
    """Return one row: GetSecretValue from one client."""
    with embedded_aws_process() as ours, _plain_moto() as peer:
        clients = _client(ours), _client(peer)
        for client in clients:
            client.create_secret(Name="bench", SecretString="bench")
            _requests_per_second(client)
        rounds = [[_requests_per_second(client) for client in clients] for _turn in range(ROUNDS)]
    ours_rate, peer_rate = (statistics.median(column) for column in zip(*rounds, strict=True))
    return [Row("embedded AWS, GetSecretValue, 1 client", ours_rate, "requests/s", peer_rate, "moto's own server")]
