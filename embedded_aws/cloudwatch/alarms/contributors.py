"""The contributors of an alarm on a Metrics Insights query: one for each time series of the query.

A contributor is in ALARM or in OK, and each of its changes runs the alarm's actions; the alarm is in ALARM as long as
one of them is. Sources: CloudWatch user guide, "Acting on alarm changes", "Limits" of alarms (the reason of the alarm)
and "Query components and syntax in CloudWatch Metrics Insights"; API reference, AlarmContributor. That the alarm itself
then runs no action of its own, and the form of the id, are our reading, not seen on AWS. Only queries of the form
``SELECT SUM(metric) FROM SCHEMA("namespace", label) GROUP BY label ORDER BY SUM() DESC`` are supported here: an alarm
on several time series must have both clauses (CloudWatch user guide, "Create a CloudWatch alarm based on a Metrics
Insights query").
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from embedded_aws.cloudwatch.alarms.criteria import ALARM, INSUFFICIENT_DATA, OK
from embedded_aws.cloudwatch.metrics import ANY_VALUE, MetricKey

MOST_IN_ALARM = 100
_STATISTICS = {"AVG": "Average", "COUNT": "SampleCount", "MAX": "Maximum", "MIN": "Minimum", "SUM": "Sum"}
_NAME = r'(?:"[^"]+"|[A-Za-z_]\w*)'
_QUERY = re.compile(
    rf"\s*SELECT\s+(?P<function>\w+)\s*\(\s*(?P<metric>{_NAME})\s*\)"
    rf"\s+FROM\s+SCHEMA\s*\(\s*(?P<namespace>{_NAME})(?P<labels>(?:\s*,\s*{_NAME})+)\s*\)"
    rf"\s+GROUP\s+BY\s+(?P<groups>{_NAME}(?:\s*,\s*{_NAME})*)"
    r"\s+ORDER\s+BY\s+(?P=function)\s*\(\s*\)(?:\s+(?:ASC|DESC))?\s*",
    re.IGNORECASE,
)


class QueryError(ValueError):
    """The embedded AWS does not know this query."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query that returns one time series for each combination of the values of its labels."""

    statistic: str
    namespace: str
    metric: str
    labels: tuple[str, ...]

    def group(self, account: str, region: str) -> MetricKey:
        """Return the key that stands for all time series of the query."""
        labels = tuple((label, ANY_VALUE) for label in self.labels)
        return account, region, self.namespace, self.metric, labels


@dataclass(frozen=True, slots=True)
class Contributor:
    """The state of one time series."""

    state: str
    reason: str
    at: datetime


def is_query(expression: str) -> bool:
    """Return whether an expression is a Metrics Insights query and not metric math."""
    return expression.lstrip()[:6].upper() == "SELECT"


def parse_query(text: str) -> Query:
    """Return the parsed query. Raise QueryError if it has a form that is not supported here."""
    found = _QUERY.fullmatch(text)
    if not found or found["function"].upper() not in _STATISTICS:
        raise QueryError("The embedded AWS does not support this Metrics Insights query.")
    labels, groups = (tuple(sorted(map(_unquoted, re.findall(_NAME, found[part])))) for part in ("labels", "groups"))
    if labels != groups:
        raise QueryError("The embedded AWS does not support a query that is not grouped by all labels of its schema.")
    statistic = _STATISTICS[found["function"].upper()]
    return Query(statistic, _unquoted(found["namespace"]), _unquoted(found["metric"]), labels)


def _unquoted(name: str) -> str:
    return name.strip('"')


def contributor_id(attributes: Mapping[str, str]) -> str:
    """Return the id of a contributor: 16 characters, the same for the same attributes."""
    return hashlib.sha256(repr(sorted(attributes.items())).encode()).hexdigest()[:16]


def state_of_all(contributors: Sequence[Contributor], treat_missing_data: str) -> str | None:
    """Return the state of the alarm, or None to keep it; without any time series it depends on the missing data."""
    if any(one.state == ALARM for one in contributors):
        return ALARM
    if contributors:
        return OK
    return {"missing": INSUFFICIENT_DATA, "ignore": None, "breaching": ALARM}.get(treat_missing_data, OK)


def reason_of_all(contributors: Sequence[Contributor]) -> str:
    """Return the reason of the alarm's state."""
    breaching = sum(one.state == ALARM for one in contributors)
    if breaching > MOST_IN_ALARM:
        return f"{MOST_IN_ALARM}+ time series evaluated to ALARM"
    return f"{breaching} out of {len(contributors)} time series evaluated to ALARM"
