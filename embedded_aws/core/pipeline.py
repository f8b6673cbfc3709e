"""The queue of recorded calls and the worker that runs the stages over them, in order."""

from __future__ import annotations

import queue
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from embedded_aws.cloudtrail.selection import TrailView, logging_trails
from embedded_aws.core.call import Answer, Call
from embedded_aws.core.chain import Chain, RecordedCall, RecordedEvent
from embedded_aws.core.events import Record
from embedded_aws.core.state import State
from embedded_aws.iam.identity import Identities

QUEUE_SIZE = 5_000
"""How many calls are queued; a call beyond that waits until the queue has space."""
_BATCH = 200
_FAILURES_KEPT = 100
_TICK_SECONDS = 1.0

Views = tuple[TrailView, ...]


class Before(NamedTuple):
    """The state before a call was carried out.

    Attributes:
        identity: the caller; a call may delete its own key or user.
        views: the logging trails, for a call that may change trails; empty for other calls.
    """

    identity: dict[str, Any]
    views: Views


class _Barrier(threading.Event):
    """Set when everything before it in the queue is carried out.

    Attributes:
        bucket: the bucket in which the log files land that are on their way; empty for none.
    """

    bucket = ""


class Pipeline:
    """The queue between the threads that answer calls and the worker that runs the stages."""

    def __init__(self, state: State) -> None:
        """Start the worker."""
        self.state = state
        self.chain = Chain(state)
        self.failures: deque[str] = deque(maxlen=_FAILURES_KEPT)
        self._identities = Identities()
        self._views: Views | None = None
        self._queue: queue.Queue[RecordedCall | RecordedEvent | _Barrier | None] = queue.Queue(QUEUE_SIZE)
        self._ticked = time.monotonic()
        # A lookup in moto during another thread's change must not overwrite the newer cache entry.
        self._remembering = threading.RLock()
        self._worker = threading.Thread(target=self._work, name="pipeline", daemon=True)
        self._worker.start()

    def before(self, call: Call) -> Before:
        """Return what the record needs from before the call."""
        if (call.service, call.action) == ("cloudtrail", "LookupEvents"):
            # LookupEvents reads what the pipeline writes. Errors are kept for the next drain.
            self._wait()
        if (call.service, call.action) == ("s3", "DeleteBucket") and self.state.consistency.lags:
            # The worst that AWS does: a log file lands after the client has emptied the bucket.
            self._wait(landing_in=str(call.parameters.get("Bucket")))
        with self._remembering:
            return Before(self._identities.of(call), self._logging() if call.service == "cloudtrail" else ())

    def submit(self, call: Call, answer: Answer, before: Before) -> None:
        """Queue a call; wait while the queue is full. A trail also logs the call that stops it."""
        with self._remembering:
            if call.service in ("cloudtrail", "organizations"):
                self._views = None
            if call.service in ("iam", "organizations"):
                self._identities.invalidate()
            views = self._logging()
        views += tuple(view for view in before.views if all(view.ref != now.ref for now in views))
        self._queue.put(RecordedCall(call, answer, before.identity, views))

    def submit_event(self, record: Record, host: str) -> None:
        """Queue the record of what is no call."""
        with self._remembering:
            views = self._logging()
        self._queue.put(RecordedEvent(record, host, views))

    def drain(self) -> list[str]:
        """Wait until everything submitted is delivered, filtered, evaluated and e-mailed.

        Returns the errors since the last drain.
        """
        self._wait()
        failures = list(self.failures)
        self.failures.clear()
        return failures

    def invalidate(self) -> None:
        """Drop the cached trails and identities, after a change in moto that was no API call."""
        with self._remembering:
            self._views = None
            self._identities.invalidate()

    def reset(self) -> None:
        """Carry out what is queued, then reset the state and start with new stages."""
        self.drain()
        with self.state.lock:
            self.state.reset()
            self.invalidate()
            self.chain = Chain(self.state)

    def close(self) -> None:
        """Process the queue and stop the worker."""
        self._queue.put(None)
        self._worker.join()

    def next_due(self) -> datetime | None:
        """Return the time of the next delayed change or delivery, or None."""
        times = (self.state.consistency.next_due(), self.chain.schedule.next_due())
        return min((time for time in times if time is not None), default=None)

    def _wait(self, *, landing_in: str = "") -> None:
        if not self._worker.is_alive():
            raise RuntimeError("the worker of the pipeline has stopped")
        done = _Barrier()
        done.bucket = landing_in
        self._queue.put(done)
        done.wait()

    def _logging(self) -> Views:
        views = self._views
        if views is None:
            views = self._views = logging_trails()
        return views

    def _work(self) -> None:
        while True:
            batch, stop = self._next_batch()
            recorded = [item for item in batch if isinstance(item, RecordedCall | RecordedEvent)]
            barriers = [item for item in batch if isinstance(item, _Barrier)]
            if recorded:
                self._guarded(self.chain.run, recorded)
            for barrier in barriers:
                if barrier.bucket:
                    self._guarded(self.chain.land_files, barrier.bucket)
            if barriers or time.monotonic() - self._ticked > _TICK_SECONDS:
                self._guarded(self.chain.tick)
                self._ticked = time.monotonic()
            for barrier in barriers:
                barrier.set()
            if stop:
                return

    def _next_batch(self) -> tuple[list[RecordedCall | RecordedEvent | _Barrier], bool]:
        """Wait for the first item; return the queued items up to a barrier, and whether to stop the worker."""
        batch: list[RecordedCall | RecordedEvent | _Barrier] = []
        while len(batch) < _BATCH:
            try:
                item = self._queue.get_nowait() if batch else self._queue.get(timeout=_TICK_SECONDS)
            except queue.Empty:
                return batch, False
            if item is None:
                return batch, True
            batch.append(item)
            if isinstance(item, _Barrier):
                return batch, False
        return batch, False

    def _guarded(self, step: Callable[..., None], *arguments: object) -> None:
        """Run a step; print its exception and keep it for the next drain."""
        try:
            step(*arguments)
        except Exception as error:
            # No error of a stage may stop the worker.
            self.failures.append(f"{type(error).__name__}: {error}")
            traceback.print_exc(file=sys.stderr)
