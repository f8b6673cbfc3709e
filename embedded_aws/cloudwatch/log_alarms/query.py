"""The query, the aggregation and the schedule of a log alarm. Pure functions.

Source: CloudWatch API reference, ScheduledQueryConfiguration and ScheduleConfiguration. Of the aggregations, the
embedded AWS runs ``count(*)``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.engines.insights.query import Query, QueryError, compile_query
from ansible_collections.secmon.aws.plugins.module_utils.engines.insights.record import fields_of

MOST_FIELDS, MOST_CONTRIBUTORS = 5, 500
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_COUNT = re.compile(r"count\(\*\)(?: by ([^|]+?))?(?: *\| *sort(?: (?:asc|desc))?)?", re.IGNORECASE)

Group = tuple[tuple[str, str], ...]
"""The fields that a query groups by and their values; a field that an event lacks is left out."""


@dataclass(frozen=True)
class LogQuery:
    """A scheduled query.

    Attributes:
        query: the compiled filter.
        by: the fields that contributors differ in; none for a single number.
        every: the time between two runs.
        first, last: how long before a run its events begin and end.
    """

    query: Query
    by: tuple[str, ...]
    every: timedelta
    first: timedelta
    last: timedelta

    def groups(self, messages: Iterable[str]) -> dict[Group, list[str]]:
        """Return the matching messages of each contributor; without `by` there is always one."""
        found: dict[Group, list[str]] = {} if self.by else {(): []}
        for message in messages:
            fields = fields_of(message)
            if self.query.matches(fields):
                group = tuple((name, fields[name]) for name in self.by if name in fields)
                found.setdefault(group, []).append(message)
        largest = sorted(found.items(), key=lambda item: len(item[1]), reverse=True)
        return dict(largest[:MOST_CONTRIBUTORS])


def log_query(configuration: Mapping[str, Any]) -> LogQuery:
    """Return the query of a ScheduledQueryConfiguration. Raise ValueError with the reason if it is not valid here."""
    schedule = configuration["ScheduleConfiguration"]
    rate = _RATE.fullmatch(schedule["ScheduleExpression"])
    count = _COUNT.fullmatch(configuration["AggregationExpression"].strip())
    first, last = schedule["StartTimeOffset"], schedule.get("EndTimeOffset") or 0
    if not rate or int(rate[1]) < 1:
        raise ValueError("ScheduleExpression must be a rate, such as rate(5 minutes)")
    if not 0 <= last < first:
        raise ValueError("EndTimeOffset must not be negative, and less than StartTimeOffset")
    if not count:
        raise ValueError("the embedded AWS supports the aggregation count(*) only")
    by = tuple(name.strip().strip("`") for name in (count[1] or "").split(",") if name.strip())
    if len(by) > MOST_FIELDS:
        raise ValueError(f"AggregationExpression must not group by more than {MOST_FIELDS} fields")
    try:
        query = compile_query(configuration["QueryString"])
    except QueryError as error:
        raise ValueError(f"the embedded AWS does not know this query: {error}") from error
    every = timedelta(**{f"{rate[2]}s": int(rate[1])})
    return LogQuery(query, by, every, timedelta(seconds=first), timedelta(seconds=last))
