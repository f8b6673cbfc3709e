"""Overrides of PutLogAlarm and ListScheduledQueries, which moto 5.2.5 lacks.

Sources: CloudWatch API reference, PutLogAlarm; CloudWatch Logs API reference,
ListScheduledQueries. The embedded AWS has no scheduled queries except those of log alarms.
"""

from __future__ import annotations

from typing import Any

from embedded_aws.cloudwatch.overrides.alarm_checks import check_log_alarm
from embedded_aws.cloudwatch.overrides.alarms import place_and_parameters, put
from embedded_aws.core.call import Call
from embedded_aws.core.overrides import override
from embedded_aws.core.state import State


@override("cloudwatch", "PutLogAlarm")
def put_log_alarm(state: State, call: Call) -> dict[str, Any]:
    """Create or replace a log alarm; a metric alarm of the same name is replaced too."""
    _place, parameters = place_and_parameters(call)
    check_log_alarm(parameters)
    query = {key: value for key, value in parameters["ScheduledQueryConfiguration"].items() if key != "Tags"}
    put(state, call, parameters | {"ScheduledQueryConfiguration": query})
    return {}


@override("logs", "ListScheduledQueries")
def list_scheduled_queries(state: State, call: Call) -> dict[str, Any]:
    """List the scheduled queries of log alarms, on one page."""
    with state.cloudwatch.registry.lock:
        return {
            "scheduledQueries": [
                {
                    "scheduledQueryArn": watch.query_arn,
                    "name": watch.alarm.name,
                    "state": "ENABLED",
                    "scheduleExpression": watch.parameters["ScheduledQueryConfiguration"]["ScheduleConfiguration"][
                        "ScheduleExpression"
                    ],
                }
                for (place, _name), watch in sorted(state.cloudwatch.log_alarms.by_name.items())
                if place == (call.account, call.region)
            ]
        }
