"""Requests per second of the embedded AWS with its pipeline, compared with moto's server, in alternating rounds."""

from __future__ import annotations

import contextlib
import json
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3

from embedded_aws.process import embedded_aws_process
from tests.benchmark.table import Row

ROUNDS = 7
CALLS = 100
CLIENTS = 8
GROUP = "bench"


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


def _client(endpoint: str, service: str = "secretsmanager") -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",
    )


def _drain(endpoint: str) -> None:
    """Wait until the pipeline is idle, so that it does not disturb the other measurement."""
    request = urllib.request.Request(f"{endpoint}/_embedded/drain", data=b"", method="POST")
    with urllib.request.urlopen(request) as response:
        response.read()


def _create_trail_with_filter(endpoint: str) -> None:
    """Create a trail that delivers every call to a bucket and to a log group with a filter."""
    account = _client(endpoint, "sts").get_caller_identity()["Account"]
    _client(endpoint, "s3").create_bucket(Bucket="bench")
    statement = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:*"}
    _put_policy(endpoint, statement | {"Resource": ["arn:aws:s3:::bench", "arn:aws:s3:::bench/*"]})
    _client(endpoint, "logs").create_log_group(logGroupName=GROUP)
    _client(endpoint, "logs").put_metric_filter(
        logGroupName=GROUP,
        filterName="reads",
        filterPattern='{ $.eventName = "GetSecretValue" }',
        metricTransformations=[{"metricNamespace": "Bench", "metricName": "Reads", "metricValue": "1"}],
    )
    _client(endpoint, "cloudtrail").create_trail(
        Name="bench",
        S3BucketName="bench",
        CloudWatchLogsLogGroupArn=f"arn:aws:logs:us-east-1:{account}:log-group:{GROUP}:*",
        CloudWatchLogsRoleArn=_create_trail_role(endpoint),
    )
    _client(endpoint, "cloudtrail").start_logging(Name="bench")


def _put_policy(endpoint: str, statement: dict[str, Any]) -> None:
    _client(endpoint, "s3").put_bucket_policy(Bucket="bench", Policy=_document(statement))


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _create_trail_role(endpoint: str) -> str:
    iam = _client(endpoint, "iam")
    trust = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="bench", AssumeRolePolicyDocument=_document(trust))["Role"]
    allowed = {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}
    iam.put_role_policy(RoleName="bench", PolicyName="bench", PolicyDocument=_document(allowed))
    return str(role["Arn"])


def _requests_per_second(clients: list[Any]) -> float:
    """Return the total rate of all clients, one thread each."""

    def read(client: Any) -> None:
        for _turn in range(CALLS):
            client.get_secret_value(SecretId="bench")

    threads = [threading.Thread(target=read, args=(client,)) for client in clients]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return CALLS * len(clients) / (time.perf_counter() - started)


def _compare(ours: str, peer: str, clients: int) -> Row:
    sides = [[_client(endpoint) for _turn in range(clients)] for endpoint in (ours, peer)]
    for side in sides:
        _requests_per_second(side[:1])
    rates = []
    for _turn in range(ROUNDS):
        our_rate = _requests_per_second(sides[0])
        _drain(ours)
        rates.append((our_rate, _requests_per_second(sides[1])))
    our_median, peer_median = (statistics.median(column) for column in zip(*rates, strict=True))
    name = f"embedded AWS, GetSecretValue, pipeline on, {clients} client{'s' if clients > 1 else ''}"
    return Row(name, our_median, "requests/s", peer_median, "moto's own server")


def run() -> list[Row]:
    """Return one row for one client and one for eight."""
    with embedded_aws_process() as ours, _plain_moto() as peer:
        for endpoint in (ours, peer):
            _client(endpoint).create_secret(Name="bench", SecretString="bench")
        _create_trail_with_filter(ours)
        return [_compare(ours, peer, clients) for clients in (1, CLIENTS)]
