"""Time of 10,000 events from delivery to evaluation, and the peak memory of many events."""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID as ACCOUNT

from embedded_aws.cloudtrail.selection import logging_trails
from embedded_aws.core.chain import Chain
from embedded_aws.core.events import Record, TrailRef
from embedded_aws.core.services import apply_patches
from embedded_aws.core.state import State
from tests.benchmark.table import Row

EVENTS = 10_000
FILTERS = 20
BATCH = 200
ROUNDS = 3
MEMORY_EVENTS = (100_000, 200_000)
REGION = "us-east-1"
GROUP = "bench"
_REPOSITORY = Path(__file__).resolve().parent.parent.parent


def _allow(principal: dict[str, str] | None, action: str, resource: str | list[str] | None) -> str:
    statement: dict[str, Any] = {"Effect": "Allow", "Action": action}
    statement |= {"Principal": principal} if principal else {}
    statement |= {"Resource": resource} if resource else {}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def build_chain() -> TrailRef:
    """Create the pipeline in moto's backends with 20 filters, and return the trail."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    s3 = get_backend("s3")[ACCOUNT]["aws"]
    s3.create_bucket("bench", REGION)
    s3.put_bucket_policy("bench", _allow(service, "s3:*", ["arn:aws:s3:::bench", "arn:aws:s3:::bench/*"]).encode())
    iam = get_backend("iam")[ACCOUNT]["aws"]
    role = iam.create_role("bench", _allow(service, "sts:AssumeRole", None), "/", None, "", [], "3600")
    iam.put_role_policy("bench", "bench", _allow(None, "logs:*", "*"))
    logs = get_backend("logs")[ACCOUNT][REGION]
    group = logs.create_log_group(GROUP, {})
    for number in range(FILTERS):
        _watch(logs, number)
    cloudtrail = get_backend("cloudtrail")[ACCOUNT][REGION]
    options = (True, True, False, False, f"{group.arn}:*", role.arn, "", [])
    trail = cloudtrail.create_trail("bench", "bench", None, None, *options)
    trail.start_logging()
    return logging_trails()[0].ref


def _watch(logs: Any, number: int) -> None:
    pattern = f'{{ ($.eventSource = "service{number}.amazonaws.com") && ($.eventName = "Get*") }}'
    transformation = {"metricNamespace": "Bench", "metricName": f"m{number}", "metricValue": "1", "defaultValue": 0}
    logs.put_metric_filter(f"f{number}", pattern, GROUP, [transformation])


def make_records(count: int) -> list[Record]:
    """Return records like those of reads of secrets."""
    at = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return [_record(number, at) for number in range(count)]


def _record(number: int, at: str) -> Record:
    return {
        "eventVersion": "1.09",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/bench",
            "accountId": ACCOUNT,
            "accessKeyId": "AKIAEXAMPLE",
            "userName": "bench",
        },
        "eventTime": at,
        "eventSource": f"service{number % 40}.amazonaws.com",
        "eventName": "GetSecretValue",
        "awsRegion": REGION,
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "Boto3/1.43.0 md/Botocore#1.43.0 ua/2.1 os/linux lang/python",
        "requestParameters": {"secretId": f"secret{number % 100}"},
        "responseElements": None,
        "requestID": f"00000000-0000-0000-0000-{number:012d}",
        "eventID": f"11111111-0000-0000-0000-{number:012d}",
        "readOnly": True,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": "secretsmanager.us-east-1.amazonaws.com",
        },
    }


def _through_the_chain(chain: Chain, trail: TrailRef, records: list[Record]) -> float:
    started = time.perf_counter()
    for first in range(0, len(records), BATCH):
        chain.carry([(record, (trail,)) for record in records[first : first + BATCH]])
    chain.tick()
    return time.perf_counter() - started


def _by_moto(texts: list[str], stream: str) -> float:
    logs = get_backend("logs")[ACCOUNT][REGION]
    logs.create_log_group("peer", {}) if "peer" not in logs.groups else None
    logs.create_log_stream("peer", stream)
    at = int(time.time() * 1000)
    started = time.perf_counter()
    for first in range(0, len(texts), BATCH):
        messages = [json.dumps(json.loads(text)) for text in texts[first : first + BATCH]]
        logs.put_log_events("peer", stream, [{"timestamp": at, "message": message} for message in messages])
    return time.perf_counter() - started


@contextlib.contextmanager
def _state() -> Iterator[State]:
    apply_patches()
    state = State()
    try:
        yield state
    finally:
        state.mailbox.close()


def _time_row() -> Row:
    with _state() as state:
        trail = build_chain()
        chain, rounds = Chain(state), []
        for number in range(ROUNDS):
            records = make_records(EVENTS)
            texts = [json.dumps(record) for record in records]
            rounds.append((_through_the_chain(chain, trail, records), _by_moto(texts, f"round{number}")))
    ours, peer = (statistics.median(column) for column in zip(*rounds, strict=True))
    return Row(f"{EVENTS:,} events, {FILTERS} filters", ours, "s", peer, "json both ways and moto's put_log_events")


def peak_megabytes(events: int) -> float:
    """Return the peak memory of a process that sends this many events through the pipeline."""
    code = f"from tests.benchmark.bench_pipeline import carry_many; carry_many({events})"
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=_REPOSITORY, capture_output=True, text=True, check=True)
    return float(result.stdout)


def carry_many(events: int) -> None:
    """Send events through the pipeline in this process and print its peak memory in megabytes."""
    import resource

    with _state() as state:
        trail, chain = build_chain(), Chain(state)
        for _turn in range(0, events, EVENTS):
            _through_the_chain(chain, trail, make_records(EVENTS))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def run() -> list[Row]:
    """Return the time row and the memory row."""
    few, many = MEMORY_EVENTS
    name = f"peak memory after {many:,} events"
    return [_time_row(), Row(name, peak_megabytes(many), "MB", peak_megabytes(few), f"after {few:,} events")]
