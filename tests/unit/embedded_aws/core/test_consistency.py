"""The delays of AWS: their length, and when delayed changes happen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from embedded_aws.core.clock import Clock
from embedded_aws.core.consistency import DELAYS, EVENT_HISTORY, IAM_CHANGE, KMS_KEY, Consistency, Delay


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("delay", DELAYS, ids=lambda delay: delay.name)
def test_every_delay_is_within_its_range_and_names_its_source(clock: Clock, delay: Delay) -> None:
    consistency, since = Consistency(clock, "aws"), clock.now()
    lengths = {(consistency.visible_at(delay, since, key) - since).total_seconds() for key in range(50)}
    assert delay.least <= min(lengths) and max(lengths) <= delay.most
    assert delay.effect and delay.source and delay.length


def test_a_delay_depends_on_the_seed_and_the_key_only(clock: Clock) -> None:
    since = clock.now()
    lengths = [
        [Consistency(clock, "aws", seed).visible_at(EVENT_HISTORY, since, key) - since for key in range(20)]
        for seed in (1, 1, 2)
    ]
    assert lengths[0] == lengths[1] != lengths[2]
    assert len(set(lengths[0])) > 1


def test_a_change_is_visible_at_once_with_strong_consistency(clock: Clock) -> None:
    done: list[str] = []
    consistency = Consistency(clock)
    consistency.later(IAM_CHANGE, lambda: done.append("role"), "role")
    assert done == ["role"]
    assert consistency.is_visible(EVENT_HISTORY, clock.now())
    assert consistency.next_due() is None


def test_delayed_changes_happen_in_the_order_of_their_times(clock: Clock) -> None:
    done: list[str] = []
    consistency = Consistency(clock, "aws")
    consistency.later(EVENT_HISTORY, lambda: done.append("late"))
    consistency.later(KMS_KEY, lambda: done.append("early"))
    consistency.run_due()
    assert done == []
    clock.advance(KMS_KEY.most)
    consistency.run_due()
    assert done == ["early"]
    clock.advance(EVENT_HISTORY.most)
    consistency.run_due()
    assert done == ["early", "late"]


def test_the_clock_runs_faster_and_never_jumps(clock: Clock) -> None:
    before = clock.now()
    clock.run_at(3600)
    assert clock.now() - before < timedelta(minutes=5)
    clock.advance(60)
    assert clock.now() - before >= timedelta(seconds=60)
