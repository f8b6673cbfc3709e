"""The delays of AWS: what was written is not visible everywhere at once.

`DELAYS` is the one table of them; docs/consistency.md is generated from it. They apply with the option
``--consistency aws`` only; with ``strong``, the default, a change is visible at once. The length of a delay depends on
the seed and the key of what is delayed, so it is the same in every run; when it is over depends on the embedded clock.

A service asks in one of two ways, and both need no check of the mode:

    # Is this visible yet? For something whose time is known, such as a record.
    state.consistency.is_visible(EVENT_HISTORY, record_time, account, region)

    # Do this when it becomes visible (at once with ``strong``). For a change, such as that of a role.
    state.consistency.later(IAM_CHANGE, lambda: show(role), role.arn)

`lags` says whether there are delays at all, for a service that must keep the earlier value meanwhile.

The embedded clock moves with that of the machine, by ``POST /_embedded/clock`` with ``{"advance_seconds": 300}``, or
faster for as long as a client waits, with ``{"speed": 60}``. Delayed changes happen before the next call is answered,
and an advance stops at each of them on its way, so that every delivery has its own time.
"""

from __future__ import annotations

import hashlib
import heapq
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from embedded_aws.core.clock import Clock

Mode = Literal["strong", "aws"]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class Delay:
    """A documented delay.

    Attributes:
        name: its name in docs/consistency.md.
        least, most: the range of its length in seconds.
        effect: what a client sees meanwhile.
        source: who says so.
        length: who says how long, if the source does not.
    """

    name: str
    least: int
    most: int
    effect: str
    source: str
    length: str = "the source"


_OURS = "our choice; AWS names no time"

SNS_SUBSCRIPTIONS = Delay(
    "SNS subscriptions of a deleted topic",
    2 * 3600,
    6 * 3600,
    "After DeleteTopic, confirmed subscriptions stay in ListSubscriptions; Unsubscribe removes them.",
    "SNS developer guide, deletion of a topic: its subscriptions are deleted asynchronously; boto3 issue 2244",
    "our choice; reports speak of hours",
)
S3_BUCKET_LIST = Delay(
    "S3 list of buckets",
    300,
    1800,
    "ListBuckets still lists a deleted bucket; HeadBucket and every other call answer that it does not exist.",
    "S3 user guide, data consistency model; AWS Knowledge Center, s3-listing-deleted-bucket",
    _OURS,
)
TAGGING_API = Delay(
    "Tagging API",
    60,
    300,
    "GetResources returns the resources and tags of some minutes ago.",
    "aws-cli issue 4173 (AWS: eventual consistency) and boto3 issue 3341",
    "our choice; the issues speak of 20 minutes and of hours",
)
IAM_CHANGE = Delay(
    "IAM roles and policies",
    5,
    15,
    "CloudTrail sees a role and its policies as they were: CreateTrail and UpdateTrail refuse a new role.",
    "IAM user guide, troubleshooting: changes are not always immediately visible",
    _OURS,
)
KMS_KEY = Delay(
    "New KMS keys",
    2,
    6,
    "CloudTrail and CloudWatch Logs refuse a new key as one that does not exist.",
    "KMS developer guide, eventual consistency: usually a few seconds, in some cases minutes",
)
LOGS_STORED_BYTES = Delay(
    "Size of a log group",
    1800,
    3600,
    "storedBytes of DescribeLogGroups is that of up to two such periods ago; 0 for a new log group.",
    "our reading, not seen on AWS, of the API reference, LogStream: lastEventTimestamp is eventually consistent",
    "the same page, of lastEventTimestamp: typically less than an hour",
)
TO_LOGS = Delay(
    "CloudTrail to CloudWatch Logs",
    180,
    420,
    "A record reaches the log group, and with it filter, metric and alarm, minutes after its call.",
    "CloudTrail user guide: on average about 5 minutes after the call, not guaranteed",
)
TO_S3 = Delay(
    "CloudTrail to S3",
    180,
    420,
    "A log file arrives in the bucket minutes after the calls that it records. A file may land between the deletion of"
    " the last object and DeleteBucket, which then answers BucketNotEmpty.",
    "CloudTrail user guide: on average about 5 minutes after the call, not guaranteed",
)
EVENT_HISTORY = Delay(
    "CloudTrail event history",
    300,
    900,
    "LookupEvents finds an event minutes after its call.",
    "CloudTrail API reference and user guide, event history: within 15 minutes",
)
DIGESTS = Delay(
    "CloudTrail digest files",
    3600,
    3600,
    "The digest file that covers a log file arrives at the end of the hour. This one applies with strong as well.",
    "CloudTrail user guide, digest files: every hour",
)
DELAYS = (
    SNS_SUBSCRIPTIONS,
    S3_BUCKET_LIST,
    TAGGING_API,
    IAM_CHANGE,
    KMS_KEY,
    LOGS_STORED_BYTES,
    TO_LOGS,
    TO_S3,
    EVENT_HISTORY,
    DIGESTS,
)


class Consistency:
    """Says when a change becomes visible, and carries out delayed changes.

    Attributes:
        lags: whether there are delays.
        seed: another seed draws other lengths from the same ranges.
    """

    def __init__(self, clock: Clock, mode: Mode = "strong", seed: int = 0) -> None:
        """Start with nothing delayed."""
        self.lags = mode == "aws"
        self._clock = clock
        self.seed = seed
        self._lock = threading.RLock()
        self._order = itertools.count()
        self._delayed: list[tuple[datetime, int, Callable[[], object]]] = []

    def visible_at(self, delay: Delay, since: datetime, *key: object) -> datetime:
        """Return when something becomes visible that was written at `since`; the key identifies it."""
        return since + timedelta(seconds=self._seconds(delay, key)) if self.lags else since

    def is_visible(self, delay: Delay, since: datetime, *key: object) -> bool:
        """Return whether something that was written at `since` is visible now."""
        return self.visible_at(delay, since, *key) <= self._clock.now()

    def later(self, delay: Delay, act: Callable[[], object], *key: object) -> None:
        """Carry out a change when it becomes visible; `act` must not call this object."""
        if not self.lags:
            act()
            return
        self.at(self.visible_at(delay, self._clock.now(), *key), act)

    def at(self, due: datetime, act: Callable[[], object]) -> None:
        """Carry out a change at a time that is certain, with and without delays; `act` must not call this object."""
        with self._lock:
            heapq.heappush(self._delayed, (due, next(self._order), act))

    def run_due(self) -> None:
        """Carry out the delayed changes whose time has come."""
        with self._lock:
            now = self._clock.now()
            while self._delayed and self._delayed[0][0] <= now:
                heapq.heappop(self._delayed)[2]()

    def next_due(self) -> datetime | None:
        """Return the time of the next delayed change, or None."""
        with self._lock:
            return self._delayed[0][0] if self._delayed else None

    def clear(self) -> None:
        """Drop what is delayed."""
        with self._lock:
            self._delayed.clear()

    def _seconds(self, delay: Delay, key: tuple[object, ...]) -> int:
        text = "/".join(map(str, (self.seed, delay.name, *key)))
        drawn = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
        return delay.least + drawn % (delay.most - delay.least + 1)
