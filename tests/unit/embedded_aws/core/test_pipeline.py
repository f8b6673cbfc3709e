"""The queue of the pipeline is bounded: further callers wait, and nothing is lost."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from embedded_aws.core import pipeline as module
from embedded_aws.core.chain import RecordedCall
from tests.support.in_process import InProcess, aws
from tests.support.trail_setup import make_trail

__all__ = ["aws"]

QUEUE_SIZE = 2
BEYOND = 3
"""Calls that find the queue full."""


def test_a_call_waits_while_the_queue_is_full(aws: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE_SIZE", QUEUE_SIZE)
    taken, go_on, seen = threading.Event(), threading.Event(), []
    pipeline = module.Pipeline(aws.state)

    def held(recorded: Sequence[RecordedCall]) -> None:
        taken.set()
        assert go_on.wait(60)
        seen.extend(recorded)

    monkeypatch.setattr(pipeline.chain, "run", held)
    monkeypatch.setattr(aws.app, "pipeline", pipeline)
    answered = threading.Semaphore(0)

    def call() -> None:
        aws.client("sts").get_caller_identity()
        answered.release()

    call()
    assert taken.wait(60), "the worker holds the first call"
    callers = [threading.Thread(target=call, daemon=True) for _caller in range(QUEUE_SIZE + BEYOND)]
    for caller in callers:
        caller.start()
    for _answer in range(1 + QUEUE_SIZE):
        assert answered.acquire(timeout=60)
    # A caller that did not wait would be answered within this time.
    assert not answered.acquire(timeout=0.5)
    assert sum(caller.is_alive() for caller in callers) == BEYOND

    go_on.set()
    for caller in callers:
        caller.join(60)
    assert pipeline.drain() == []
    assert len(seen) == len(set(map(id, seen))) == 1 + QUEUE_SIZE + BEYOND
    pipeline.close()


def test_the_next_drain_reports_a_failed_stage_once(aws: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_recorded: object) -> None:
        raise ValueError("a stage broke")

    monkeypatch.setattr(aws.pipeline.chain, "run", fail)
    aws.client("sts").get_caller_identity()
    assert aws.pipeline.drain() == ["ValueError: a stage broke"]
    assert aws.pipeline.drain() == []


@pytest.mark.parametrize(
    ("service", "region", "call", "parameters"),
    [
        ("sts", "us-east-1", "assume_role", {"RoleArn": "no-arn-of-any-role-at-all", "RoleSessionName": "tester"}),
        ("kms", "us-east-1", "describe_key", {"KeyId": "arn:key/x"}),
        ("sqs", "mars-north-1", "list_queues", {}),
    ],
)
def test_calls_with_invalid_arns_or_regions_are_recorded(
    aws: InProcess, service: str, region: str, call: str, parameters: dict[str, str]
) -> None:
    make_trail(aws.client, "trail", IsMultiRegionTrail=True)
    with contextlib.suppress(ClientError):
        getattr(aws.client(service, region), call)(**parameters)
    assert aws.pipeline.drain() == []
    assert aws.state.cloudtrail.history[-1]["eventSource"] == f"{service}.amazonaws.com"


def test_a_call_that_cannot_be_recorded_does_not_affect_others(aws: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    selected = aws.pipeline.chain._selected

    def fail_once(recorded: RecordedCall) -> Any:
        if recorded.call.service == "sqs":
            raise ValueError("no record")
        return selected(recorded)

    monkeypatch.setattr(aws.pipeline.chain, "_selected", fail_once)
    batch: list[RecordedCall] = []
    monkeypatch.setattr(aws.pipeline._queue, "put", batch.append)
    aws.client("sqs").list_queues()
    aws.client("sts").get_caller_identity()
    with pytest.raises(ValueError, match="no record"):
        aws.pipeline.chain.run(batch)
    monkeypatch.undo()
    assert [record["eventName"] for record in aws.state.cloudtrail.history] == ["GetCallerIdentity"]
