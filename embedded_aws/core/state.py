"""The state of one embedded AWS beyond what moto keeps."""

from __future__ import annotations

import itertools
import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from moto.core.resource_tagging import TaggedResource
from moto.moto_api._internal.models import moto_api_backend
from moto.organizations.models import organizations_backends

from embedded_aws.cloudtrail.state import CloudTrailState
from embedded_aws.cloudwatch.state import CloudWatchState
from embedded_aws.core.clock import Clock
from embedded_aws.core.consistency import Consistency, Mode
from embedded_aws.core.faults import Faults
from embedded_aws.seeds.apply import apply_seed
from embedded_aws.seeds.seed import Seed
from embedded_aws.sns.mailbox import Mailbox
from embedded_aws.sns.state import SnsState

CALLS_KEPT = 10_000
"""How many calls ``GET /_embedded/calls`` lists at most; older ones are dropped."""


@dataclass(frozen=True, slots=True)
class SeenCall:
    """A call as ``GET /_embedded/calls`` lists it; `connection`: the number of the connection that it came on."""

    id: int
    at: datetime
    account: str
    region: str
    service: str
    action: str
    access: str
    error: str | None
    connection: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What IAM was asked, as ``GET /_embedded/permissions`` lists it; `context`: keys of request and resource."""

    caller: str
    action: str
    resource: str
    context: tuple[tuple[str, str | tuple[str, ...]], ...]


class State:
    """The clock, delays, calls, faults and mailbox, and the state of each service.

    Attributes:
        cloudtrail, cloudwatch, sns: what the overrides and the pipeline parts of a service keep; replaced by a reset.
        tagged_resources: by account and Region, what the tagging API shows with the delays of AWS.
        disabled_regions: the pairs of account and Region that are not enabled.
        lock: held while a part of the state changes that several threads change.
    """

    tagged_resources: dict[tuple[str, str], list[TaggedResource]]
    cloudtrail: CloudTrailState
    cloudwatch: CloudWatchState
    sns: SnsState

    def __init__(
        self,
        seed: Seed | None = None,
        data: Path | None = None,
        smtp: tuple[str, int] | None = None,
        consistency: Mode = "strong",
    ) -> None:
        """Start with the accounts of the seed, if there is one.

        Args:
            data: the directory that gets a copy of every log file and e-mail; None for no copies.
            smtp: host and port of the SMTP server for e-mails; None for the embedded mailbox.
            consistency: whether changes are visible at once, or with AWS's delays.
        """
        self.seed = seed
        self.data = data
        self.clock = Clock()
        self.consistency = Consistency(self.clock, consistency)
        self.faults = Faults()
        self.mailbox = Mailbox(smtp, data / "mails" if data else None)
        self.calls: deque[SeenCall] = deque(maxlen=CALLS_KEPT)
        self.asked: dict[Asked, None] = {}
        self.ids = itertools.count(1)
        accounts = seed.accounts if seed else ()
        self.disabled_regions = frozenset((each.id, region) for each in accounts for region in each.disabled_regions)
        self.lock = threading.RLock()
        self._start()

    def reset(self) -> None:
        """Drop everything, moto's resources included, and apply the seed again."""
        with self.lock:
            self.clock.reset()
            self.consistency.clear()
            self.faults.clear()
            self.mailbox.clear()
            self.calls.clear()
            self.asked.clear()
            self._start()

    def _start(self) -> None:
        self.tagged_resources = {}
        self.cloudtrail = CloudTrailState()
        self.cloudwatch = CloudWatchState()
        self.sns = SnsState()
        moto_api_backend.reset()
        # moto's reset keeps the members of organizations.
        organizations_backends.master_accounts.clear()
        if self.seed:
            apply_seed(self.seed)
