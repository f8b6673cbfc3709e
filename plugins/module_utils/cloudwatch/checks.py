# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find what CloudWatch would reject about an alarm before any call.

Sources: CloudWatch API reference, PutMetricAlarm and Dimension (limits; the evaluation covers seven days at most for
periods of an hour or more, otherwise one day); CloudWatch user guide, "Using Amazon CloudWatch alarms".
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from ..core.aws_names import partition_of
from ..core.problems import did_you_mean
from ..core.tags import as_texts
from ..rules.limits import (
    COMPARISONS,
    EXTENDED_STATISTIC_PATTERN,
    HIGH_RESOLUTION_PERIODS,
    MISSING_DATA,
    STATISTICS,
    UNITS,
)
from .fields import ACTION_LISTS
from .grouped import grouped_problems

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
_NAMESPACE = re.compile(r"[^:].{0,254}", re.DOTALL)
_MAX_DESCRIPTION_LENGTH = 1024
_MAX_METRIC_NAME_LENGTH = 255
_MAX_ACTIONS = 5
_MAX_ACTION_LENGTH = 1024
_MAX_DIMENSIONS = 30
_MAX_DIMENSION_NAME_LENGTH = 255
_MAX_DIMENSION_VALUE_LENGTH = 1024
_HOUR = 3600
_MAX_SECONDS = 86_400
_MAX_SECONDS_OF_LONG_PERIODS = 604_800
_REQUIRED = ("metric_namespace", "metric_name", "period_seconds", "evaluation_periods", "threshold", "comparison")
_CHOICES: dict[str, Collection[str]] = {
    "statistic": STATISTICS,
    "comparison": tuple(COMPARISONS),
    "missing_data": MISSING_DATA,
    "unit": (*UNITS, ""),
}


def name_problems(name: str) -> Iterator[str]:
    """Yield what is wrong with the name of an alarm."""
    if not _NAME.fullmatch(name):
        yield f"the name has {len(name)} characters; use 1-255 characters without control characters."


def alarm_problems(settings: Mapping[str, Any], region: str) -> Iterator[str]:
    """Yield what is wrong with the settings of a metric alarm, by option, in a region."""
    yield from common_problems(settings, region, _REQUIRED)
    yield from _statistic_problems(settings.get("statistic"), settings.get("extended_statistic"))
    yield from _metric_name_problems(settings)
    yield from _period_problems(settings)
    yield from _dimension_problems(settings.get("dimensions", {}))
    if settings.get("group_by"):
        yield from grouped_problems(settings)


def common_problems(settings: Mapping[str, Any], region: str, required: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with the settings that alarms of any type have.

    Args:
        settings: The settings that the task sets, by option.
        region: The region of the alarm.
        required: The options that the task must set.
    """
    if len(settings.get("description", "")) > _MAX_DESCRIPTION_LENGTH:
        yield (
            f"description has {len(settings['description'])} characters; CloudWatch allows up to"
            f" {_MAX_DESCRIPTION_LENGTH}."
        )
    for option in ACTION_LISTS:
        yield from _action_problems(option, settings.get(option, []), region)
    missing = [option for option in required if option not in settings]
    if missing:
        yield f"missing: {', '.join(missing)}."
    yield from _choice_problems(settings)
    if not math.isfinite(settings.get("threshold", 0)):
        yield "threshold must be a finite number."


def _choice_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    for option, allowed in _CHOICES.items():
        value = settings.get(option, "")
        if value not in ("", *allowed) or (value == "" and option in settings and "" not in allowed):
            choices = ", ".join(choice for choice in allowed if choice)
            yield f"{option} is {value!r}; use one of {choices}.{did_you_mean(str(value), allowed)}"


def _statistic_problems(statistic: str | None, extended: str | None) -> Iterator[str]:
    if (statistic is None) == (extended is None):
        yield "set either statistic or extended_statistic, not both."
    if extended is not None and not EXTENDED_STATISTIC_PATTERN.fullmatch(extended):
        yield f"extended_statistic is {extended!r}; use, for example, p99, p99.9, tm90, wm90, IQM or TM(10%:90%)."


def _metric_name_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    namespace, name = settings.get("metric_namespace"), settings.get("metric_name")
    if namespace is not None and not _NAMESPACE.fullmatch(namespace):
        yield f"metric_namespace is {namespace!r}; use 1-255 characters, the first not a colon."
    if name is not None and not 1 <= len(name) <= _MAX_METRIC_NAME_LENGTH:
        yield f"metric_name has {len(name)} characters; use 1-{_MAX_METRIC_NAME_LENGTH}."


def _period_problems(settings: Mapping[str, Any]) -> Iterator[str]:
    period, periods = settings.get("period_seconds", 60), settings.get("evaluation_periods", 1)
    datapoints = settings.get("datapoints_to_alarm", 0)
    if period not in HIGH_RESOLUTION_PERIODS and (period < 1 or period % 60):
        yield f"period_seconds is {period}; use 10, 20, 30 or a multiple of 60."
    if periods < 1:
        yield f"evaluation_periods is {periods}; use 1 or more."
    elif not 0 <= datapoints <= periods:
        yield f"datapoints_to_alarm is {datapoints}; use 1 to evaluation_periods ({periods}), or 0 for all."
    most = _MAX_SECONDS_OF_LONG_PERIODS if period >= _HOUR else _MAX_SECONDS
    if period * periods > most:
        yield (
            f"period_seconds x evaluation_periods is {period * periods} seconds; CloudWatch allows"
            f" {_MAX_SECONDS}, or {_MAX_SECONDS_OF_LONG_PERIODS} if a period is an hour or longer."
        )


def _dimension_problems(dimensions: Mapping[Any, Any]) -> Iterator[str]:
    if len(dimensions) > _MAX_DIMENSIONS:
        yield f"{len(dimensions)} dimensions; CloudWatch allows up to {_MAX_DIMENSIONS}."
    for name, value in as_texts(dimensions).items():
        if not 1 <= len(name) <= _MAX_DIMENSION_NAME_LENGTH or name.startswith(":") or not name.strip():
            yield f"the dimension {name!r} needs a name of 1-{_MAX_DIMENSION_NAME_LENGTH} characters, no colon first."
        if not 1 <= len(value) <= _MAX_DIMENSION_VALUE_LENGTH or not value.strip():
            yield f"the dimension {name!r} needs a value of 1-{_MAX_DIMENSION_VALUE_LENGTH} characters."
        if not (name + value).isascii() or not (name + value).isprintable():
            yield f"the dimension {name!r} may contain only printable ASCII characters in its name and value."


def _action_problems(option: str, actions: Collection[str], region: str) -> Iterator[str]:
    if len(set(actions)) > _MAX_ACTIONS:
        yield f"{option} has {len(set(actions))} entries; CloudWatch allows up to {_MAX_ACTIONS}."
    for action in actions:
        parts = action.split(":", 5)
        if len(parts) < 6 or parts[0] != "arn" or len(action) > _MAX_ACTION_LENGTH:
            yield f"{option} contains {action!r}, which is not an ARN; secmon.aws.alert_topic returns that of a topic."
        elif parts[1] != partition_of(region):
            yield f"{option} contains {action}, but region {region} is in partition {partition_of(region)}."
        elif parts[2] == "sns" and parts[3] != region:
            yield f"{option} contains {action}, but an alarm can only notify topics in its own region, {region}."
