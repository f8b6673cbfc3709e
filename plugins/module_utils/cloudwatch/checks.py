# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What CloudWatch would refuse in an alarm, found before it is asked.

Sources: CloudWatch API reference, PutMetricAlarm, PutCompositeAlarm and Dimension (limits; seven days at most for
periods of an hour and more, else one); CloudWatch user guide, "Using Amazon CloudWatch alarms".
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
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
from .composite_rule import rule_problems, rule_references
from .fields import ACTION_LISTS, COMPOSITE

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
_ENUMS: dict[str, Collection[str]] = {
    "statistic": STATISTICS,
    "comparison": tuple(COMPARISONS),
    "missing_data": MISSING_DATA,
    "unit": (*UNITS, ""),
}
_NOT_OF_COMPOSITES = ("automate", "swf", "autoscaling")


def name_problems(name: str) -> Iterator[str]:
    """Yield what is wrong with an alarm's name."""
    if not _NAME.fullmatch(name):
        yield f"its name has {len(name)} characters; it takes 1 to 255, and no control characters."


def alarm_problems(kind: str, asked: Mapping[str, Any], region: str) -> Iterator[str]:
    """Yield what is wrong with the settings of one alarm.

    Args:
        kind: `METRIC` or `COMPOSITE`.
        asked: The settings that the task mentions.
        region: Where the alarm is to be.
    """
    if len(asked.get("description", "")) > _MAX_DESCRIPTION_LENGTH:
        yield f"its description has {len(asked['description'])} characters; CloudWatch takes {_MAX_DESCRIPTION_LENGTH}."
    for option in ACTION_LISTS:
        yield from _action_problems(kind, option, asked.get(option, []), region)
    yield from (_composite_problems if kind == COMPOSITE else _metric_problems)(asked, region)


def _metric_problems(asked: Mapping[str, Any], _region: str) -> Iterator[str]:
    missing = [option for option in _REQUIRED if option not in asked]
    if missing:
        yield f"it lacks {', '.join(missing)}."
    for option, allowed in _ENUMS.items():
        value = asked.get(option, "")
        if value not in ("", *allowed) or (value == "" and option in asked and "" not in allowed):
            choices = ", ".join(choice for choice in allowed if choice)
            yield f"{option} is {value!r}; it is one of {choices}.{did_you_mean(str(value), allowed)}"
    yield from _statistic_problems(asked.get("statistic"), asked.get("extended_statistic"))
    yield from _metric_name_problems(asked)
    yield from _time_problems(asked)
    yield from _dimension_problems(asked.get("dimensions", {}))
    if not math.isfinite(asked.get("threshold", 0)):
        yield "threshold is no finite number."


def _statistic_problems(statistic: str | None, extended: str | None) -> Iterator[str]:
    if (statistic is None) == (extended is None):
        yield "give either statistic or extended_statistic, and not both."
    if extended is not None and not EXTENDED_STATISTIC_PATTERN.fullmatch(extended):
        yield f"extended_statistic is {extended!r}; it is such as p99, p99.9, tm90, wm90, IQM or TM(10%:90%)."


def _metric_name_problems(asked: Mapping[str, Any]) -> Iterator[str]:
    namespace, name = asked.get("metric_namespace"), asked.get("metric_name")
    if namespace is not None and not _NAMESPACE.fullmatch(namespace):
        yield f"metric_namespace is {namespace!r}; it takes 1 to 255 characters and does not begin with a colon."
    if name is not None and not 1 <= len(name) <= _MAX_METRIC_NAME_LENGTH:
        yield f"metric_name has {len(name)} characters; it takes 1 to {_MAX_METRIC_NAME_LENGTH}."


def _time_problems(asked: Mapping[str, Any]) -> Iterator[str]:
    period, periods = asked.get("period_seconds", 60), asked.get("evaluation_periods", 1)
    datapoints = asked.get("datapoints_to_alarm", 0)
    if period not in HIGH_RESOLUTION_PERIODS and (period < 1 or period % 60):
        yield f"period_seconds is {period}; it is 10, 20, 30 or a multiple of 60."
    if periods < 1:
        yield f"evaluation_periods is {periods}; it is 1 or more."
    elif not 0 <= datapoints <= periods:
        yield f"datapoints_to_alarm is {datapoints}; it is 1 to evaluation_periods ({periods}), or 0 for all of them."
    most = _MAX_SECONDS_OF_LONG_PERIODS if period >= _HOUR else _MAX_SECONDS
    if period * periods > most:
        yield (
            f"period_seconds x evaluation_periods is {period * periods} seconds; CloudWatch looks back"
            f" {_MAX_SECONDS} at most, or {_MAX_SECONDS_OF_LONG_PERIODS} if a period has an hour or more."
        )


def _dimension_problems(dimensions: Mapping[Any, Any]) -> Iterator[str]:
    if len(dimensions) > _MAX_DIMENSIONS:
        yield f"it has {len(dimensions)} dimensions; CloudWatch takes {_MAX_DIMENSIONS} at most."
    for name, value in as_texts(dimensions).items():
        if not 1 <= len(name) <= _MAX_DIMENSION_NAME_LENGTH or name.startswith(":") or not name.strip():
            yield f"the dimension {name!r} needs a name of 1 to {_MAX_DIMENSION_NAME_LENGTH} characters, not :."
        if not 1 <= len(value) <= _MAX_DIMENSION_VALUE_LENGTH or not value.strip():
            yield f"the dimension {name!r} needs a value of 1 to {_MAX_DIMENSION_VALUE_LENGTH} characters."
        if not (name + value).isascii() or not (name + value).isprintable():
            yield f"the dimension {name!r} takes printable ASCII characters only, in its name and its value."


def _action_problems(kind: str, option: str, actions: Collection[str], region: str) -> Iterator[str]:
    if len(set(actions)) > _MAX_ACTIONS:
        yield f"{option} has {len(set(actions))} entries; CloudWatch takes {_MAX_ACTIONS} at most."
    for action in actions:
        parts = action.split(":", 5)
        if len(parts) < 6 or parts[0] != "arn" or len(action) > _MAX_ACTION_LENGTH:
            yield f"{option} has {action!r}, which is no ARN. secmon.aws.alert_topic returns that of a topic."
        elif parts[1] != partition_of(region):
            yield f"{option} has {action}, but region {region} is in the partition {partition_of(region)}."
        elif parts[2] == "sns" and parts[3] != region:
            yield f"{option} has {action}, but an alarm tells topics of its own region only, which is {region}."
        elif kind == COMPOSITE and parts[2] in _NOT_OF_COMPOSITES:
            yield f"{option} has {action}, but composite alarms have no EC2 or Auto Scaling actions."


def _composite_problems(asked: Mapping[str, Any], region: str) -> Iterator[str]:
    if "rule" not in asked:
        yield "it lacks rule."
    else:
        rule = asked["rule"].strip()
        for problem in rule_problems(rule):
            yield f"its rule {problem}."
        for reference in rule_references(rule):
            yield from _reference_problems(reference, region)
    suppressor = asked.get("actions_suppressor")
    waits = ("actions_suppressor_wait_seconds", "actions_suppressor_extension_seconds")
    if suppressor:
        yield from _reference_problems(suppressor, region)
        missing = [option for option in waits if option not in asked]
        if missing:
            yield f"it has an actions_suppressor and lacks {', '.join(missing)}."
    for option in waits:
        if asked.get(option, 0) < 0:
            yield f"{option} is {asked[option]}; it is 0 or more."


def _reference_problems(reference: str, region: str) -> Iterator[str]:
    parts = reference.split(":", 6)
    if reference.startswith("arn:") and parts[1:4] != [partition_of(region), "cloudwatch", region]:
        yield f"it names {reference}; a composite alarm watches alarms of its own account and region ({region}) only."
