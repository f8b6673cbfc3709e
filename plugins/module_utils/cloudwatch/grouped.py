# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate an alarm on each value of dimensions to the Metrics Insights query of CloudWatch's API, and back.

The schema of the query is the exact set of dimensions, so that the metric without dimensions is not part of it. An
alarm on several time series must have GROUP BY and ORDER BY, which decides what is left out if they are more than 500.
Source: CloudWatch user guide, "Query components and syntax in CloudWatch Metrics Insights" and "Create a CloudWatch
alarm based on a Metrics Insights query".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..rules.limits import LONGEST_GROUPED_SECONDS

FUNCTIONS = {"Sum": "SUM", "Average": "AVG", "Minimum": "MIN", "Maximum": "MAX", "SampleCount": "COUNT"}
_STATISTICS = {function: statistic for statistic, function in FUNCTIONS.items()}
_ID = "grouped"
_QUOTED = r'"([^"]+)"'
_QUERY = re.compile(
    rf"SELECT (\w+)\({_QUOTED}\) FROM SCHEMA\({_QUOTED}, ([^)]+)\) GROUP BY (.+) ORDER BY \1\(\) (?:ASC|DESC)"  # noqa: S608
)
# What the query replaces in PutMetricAlarm.
_REPLACED = ("Namespace", "MetricName", "Statistic", "Period", "Dimensions")


def grouped_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield why CloudWatch cannot evaluate an alarm for each value of its dimensions."""
    if settings.get("dimensions") or settings.get("unit"):
        yield "group_by excludes dimensions and unit. Remove one of them."
    if settings.get("extended_statistic"):
        yield f"group_by needs one of the statistics {', '.join(FUNCTIONS)}."
    seconds = settings.get("period_seconds", 60) * settings.get("evaluation_periods", 1)
    if seconds > LONGEST_GROUPED_SECONDS:
        yield f"group_by evaluates up to {LONGEST_GROUPED_SECONDS} seconds, and these periods cover {seconds}."
    names = (settings.get("metric_namespace", ""), settings.get("metric_name", ""), *settings["group_by"])
    for name in (name for name in names if '"' in name):
        yield f"group_by does not allow the quotation mark in {name!r}."


def to_query(parameters: Mapping[str, Any], labels: list[str]) -> dict[str, Any]:
    """Return the parameters of PutMetricAlarm with a query in place of the metric."""
    rest = {member: value for member, value in parameters.items() if member not in _REPLACED}
    quoted = ", ".join(f'"{label}"' for label in labels)
    function, metric = FUNCTIONS[parameters["Statistic"]], parameters["MetricName"]
    query = f'SELECT {function}("{metric}") FROM SCHEMA("{parameters["Namespace"]}", {quoted}) GROUP BY {quoted}'  # noqa: S608
    query += f" ORDER BY {function}() {'ASC' if parameters['ComparisonOperator'].startswith('Less') else 'DESC'}"
    metrics = [{"Id": _ID, "Expression": query, "Period": parameters["Period"], "ReturnData": True}]
    return {**rest, "Metrics": metrics}


def from_query(alarm: Mapping[str, Any]) -> dict[str, Any]:
    """Return an alarm of DescribeAlarms with the metric in place of a query of this collection, and `group_by`."""
    queries = alarm.get("Metrics") or []
    found = _QUERY.fullmatch(queries[0].get("Expression") or "") if len(queries) == 1 else None
    if not found or found[4] != found[5] or found[1] not in _STATISTICS:
        return dict(alarm)
    rest = {member: value for member, value in alarm.items() if member != "Metrics"}
    return {
        **rest,
        "Statistic": _STATISTICS[found[1]],
        "MetricName": found[2],
        "Namespace": found[3],
        "Period": queries[0].get("Period"),
        "group_by": re.findall(_QUOTED, found[4]),
    }
