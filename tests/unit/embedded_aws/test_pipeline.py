"""The queue of the pipeline is bounded: who calls beyond that waits, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from embedded_aws import pipeline as module
from embedded_aws.stages.happened import Happened
from embedded_aws.world import World
from tests.unit.embedded_aws.in_process import InProcess, aws

__all__ = ["aws"]

QUEUE_SIZE = 2
BEYOND = 3
"""Calls that find the queue full."""


def test_a_call_waits_while_the_queue_is_full(aws: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUE_SIZE", QUEUE_SIZE)
    taken, go_on, seen = threading.Event(), threading.Event(), []
    pipeline = module.Pipeline(aws.world)

    def held(happened: Sequence[Happened]) -> None:
        taken.set()
        assert go_on.wait(60)
        seen.extend(item.call.id for item in happened)

    monkeypatch.setattr(pipeline.chain, "run", held)
    monkeypatch.setattr(aws.world, "pipeline", pipeline)
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
    assert len(seen) == len(set(seen)) == 1 + QUEUE_SIZE + BEYOND
    pipeline.close()


def test_a_stage_that_fails_is_told_by_the_next_drain_only(aws: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    world: World = aws.world

    def fail(_happened: object) -> None:
        raise ValueError("a stage broke")

    monkeypatch.setattr(world.pipeline.chain, "run", fail)
    aws.client("sts").get_caller_identity()
    assert world.pipeline.drain() == ["ValueError: a stage broke"]
    assert world.pipeline.drain() == []
