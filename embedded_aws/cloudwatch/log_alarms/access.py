"""What a log alarm reads: log events, with the roles that CloudWatch Logs and CloudWatch assume for it.

Source: CloudWatch API reference, PutLogAlarm and LogAlarm (EvaluationState). Our reading, not seen on AWS: the query
needs logs:StartQuery on each log group and logs:GetQueryResults, the log lines need logs:GetLogEvents; the services
send the account and the ARN of the scheduled query or the alarm; the texts of the errors.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from moto.logs.models import LogGroup, logs_backends

from embedded_aws.iam.service_roles import role_error

Place = tuple[str, str]


def events_between(place: Place, parameters: Mapping[str, Any], first: datetime, last: datetime) -> list[str]:
    """Return the messages of the log groups of an alarm from `first` until before `last`, oldest first."""
    begin, end = int(first.timestamp() * 1000), int(last.timestamp() * 1000)
    found = [
        event
        for name in _group_names(parameters)
        for stream in list(logs_backends[place[0]][place[1]].groups[name].streams.values())
        for event in list(stream.events)
        if begin <= event.timestamp < end
    ]
    return [event.message for event in sorted(found, key=lambda event: (event.timestamp, event.event_id))]


def query_error(place: Place, parameters: Mapping[str, Any], query_arn: str) -> str | None:
    """Return why the scheduled query of an alarm cannot run, or None."""
    role = parameters["ScheduledQueryConfiguration"]["ScheduledQueryRoleARN"]
    for name in _group_names(parameters):
        group = logs_backends[place[0]][place[1]].groups.get(name)
        if group is None:
            return f"The log group {name} does not exist."
        error = role_error(place[0], role, "logs.amazonaws.com", query_arn, _of_query(group))
        if error:
            return error
    return None


def lines_error(place: Place, parameters: Mapping[str, Any], alarm_arn: str) -> str | None:
    """Return why CloudWatch cannot read the log lines of a notification, or None."""
    groups = [logs_backends[place[0]][place[1]].groups[name] for name in _group_names(parameters)]
    needs = [("logs:GetLogEvents", f"{group.arn}:log-stream:") for group in groups]
    return role_error(place[0], parameters["ActionLogLineRoleArn"], "cloudwatch.amazonaws.com", alarm_arn, needs)


def _of_query(group: LogGroup) -> list[tuple[str, str]]:
    return [("logs:StartQuery", f"{group.arn}:log-stream:"), ("logs:GetQueryResults", "*")]


def _group_names(parameters: Mapping[str, Any]) -> Iterator[str]:
    for name in parameters["ScheduledQueryConfiguration"].get("LogGroupIdentifiers") or ():
        yield name.removesuffix(":*").partition(":log-group:")[2] if name.startswith("arn:") else name
