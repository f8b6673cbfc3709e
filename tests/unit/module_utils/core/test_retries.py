from __future__ import annotations

from ansible_collections.secmon.aws.plugins.module_utils.core.retries import Budget


class Clock:
    def __init__(self) -> None:
        self.time = 100.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


def budget(clock: Clock, seconds: float, draw: float = 1.0) -> Budget:
    return Budget(seconds, now=clock.now, sleep=clock.sleep, draw=lambda: draw)


def test_the_delays_double_up_to_a_limit() -> None:
    clock = Clock()
    shared = budget(clock, 1000)
    assert all(shared.wait(attempt) for attempt in range(1, 9))
    assert clock.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]


def test_jitter_takes_up_to_half_of_a_delay() -> None:
    clock = Clock()
    assert budget(clock, 1000, draw=0.0).wait(3)
    assert clock.slept == [1.0]


def test_no_wait_exceeds_the_budget() -> None:
    clock = Clock()
    shared = budget(clock, 3.0)
    assert [shared.wait(attempt) for attempt in range(1, 4)] == [True, True, False]
    assert sum(clock.slept) <= 3.0


def test_an_empty_budget_allows_no_second_attempt() -> None:
    assert not budget(Clock(), 0).wait(1)
