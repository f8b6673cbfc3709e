"""The log alarms that are evaluated, and what is known of their contributors."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from embedded_aws.cloudwatch.alarms.contributors import Contributor
from embedded_aws.cloudwatch.alarms.registry import Place, StoredAlarm
from embedded_aws.cloudwatch.log_alarms.query import Group, LogQuery


@dataclass(slots=True)
class Known:
    """What is known of one contributor: its state, and the latest results, oldest first; None where one is missing."""

    results: deque[bool | None]
    now: Contributor


@dataclass(slots=True)
class LogWatch:
    """A log alarm that is evaluated; `due` is the next run of its query."""

    place: Place
    alarm: StoredAlarm
    query: LogQuery
    due: datetime
    contributors: dict[Group, Known] = field(default_factory=dict)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """Return the parameters of PutLogAlarm."""
        return self.alarm.configuration

    @property
    def query_arn(self) -> str:
        """Return the ARN of the scheduled query, which comes and goes with the alarm."""
        partition, region, account = self.alarm.alarm_arn.split(":")[1], self.place[1], self.place[0]
        mark = hashlib.sha256(self.alarm.alarm_arn.encode()).hexdigest()
        return f"arn:{partition}:logs:{region}:{account}:scheduled-query:{mark[:8]}-{mark[8:12]}-{mark[12:16]}"


class LogWatches:
    """The log alarms of all accounts and regions by place and name; hold the registry's lock."""

    def __init__(self) -> None:
        """Start empty."""
        self.by_name: dict[tuple[Place, str], LogWatch] = {}

    def all(self) -> list[LogWatch]:
        """Return all of them."""
        return list(self.by_name.values())

    def watch(self, place: Place, alarm: StoredAlarm, query: LogQuery, at: datetime) -> None:
        """Start to run the query of an alarm."""
        self.by_name[place, alarm.name] = LogWatch(place, alarm, query, at + query.every)

    def unwatch(self, place: Place, name: str) -> None:
        """Delete the scheduled query of an alarm, if it has one."""
        self.by_name.pop((place, name), None)

    def contributors(self, place: Place, name: str) -> dict[Group, Contributor]:
        """Return the contributors of an alarm by their attributes; none if it is not a log alarm."""
        watch = self.by_name.get((place, name))
        return {group: known.now for group, known in watch.contributors.items()} if watch else {}
