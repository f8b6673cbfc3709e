# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find what CloudWatch would reject about a log alarm before any call.

Source: CloudWatch API reference, PutLogAlarm, ScheduledQueryConfiguration, ScheduleConfiguration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.aws_names import LOG_GROUP_NAME, ROLE_ARN
from .checks import common_problems

_RATE = re.compile(r"rate\((?:1 (?:minute|hour|day)|[1-9][0-9]* (?:minutes|hours|days))\)")
_MOST = {"query": 10_000, "aggregation": 2_048}
_MOST_GROUPS = 50
_MOST_RESULTS = 100
_MOST_LINES = 50
_MOST_SECONDS = 2_592_000
_REQUIRED = ("query", "aggregation", "log_group_names", "query_role_arn", "schedule", "start_seconds", "threshold")


def log_alarm_problems(settings: Mapping[str, Any], region: str) -> Iterator[str]:
    """Yield what is wrong with the settings of a log alarm, by option, in a region."""
    yield from common_problems(settings, region, (*_REQUIRED, "comparison", "results_to_evaluate", "results_to_alarm"))
    for option, most in _MOST.items():
        if not 1 <= len(settings.get(option, "-")) <= most:
            yield f"{option} has {len(settings[option]):,} characters; CloudWatch takes 1 to {most:,}."
    yield from _group_problems(settings.get("log_group_names", ["-"]))
    for option in ("query_role_arn", "log_lines_role_arn"):
        if settings.get(option) and not re.fullmatch(ROLE_ARN, settings[option]):
            yield f"{option} is {settings[option]!r}, which is not the ARN of a role."
    yield from _schedule_problems(settings)
    needed, evaluated = settings.get("results_to_alarm", 1), settings.get("results_to_evaluate", 1)
    if not 1 <= needed <= evaluated <= _MOST_RESULTS:
        yield (
            f"results_to_alarm is {needed} and results_to_evaluate {evaluated}; use 1 <= results_to_alarm <="
            f" results_to_evaluate <= {_MOST_RESULTS}."
        )
    lines = settings.get("log_lines", 0)
    if not 0 <= lines <= _MOST_LINES:
        yield f"log_lines is {lines}; use 0 to {_MOST_LINES}."
    if lines and not settings.get("log_lines_role_arn"):
        yield "log_lines needs log_lines_role_arn, a role that cloudwatch.amazonaws.com may assume."


def _group_problems(names: list[str]) -> Iterator[str]:
    if not 1 <= len(names) <= _MOST_GROUPS:
        yield f"log_group_names has {len(names)} entries; CloudWatch takes 1 to {_MOST_GROUPS}."
    for name in names:
        if not re.fullmatch(LOG_GROUP_NAME, name.removesuffix(":*").split(":log-group:", 1)[-1]):
            yield f"log_group_names contains {name!r}, which is neither the name nor the ARN of a log group."


def _schedule_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    schedule = settings.get("schedule", "rate(1 minute)")
    if not _RATE.fullmatch(schedule):
        yield f"schedule is {schedule!r}; use, for example, rate(5 minutes)."
    start, end = settings.get("start_seconds", 1), settings.get("end_seconds", 0)
    if not 0 <= end < start <= _MOST_SECONDS:
        yield (
            f"start_seconds is {start} and end_seconds {end}; use 0 <= end_seconds < start_seconds <= {_MOST_SECONDS}."
        )
