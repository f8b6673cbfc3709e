# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Remove alarms in an order that CloudWatch accepts.

Source: CloudWatch API reference, DeleteAlarms: 100 alarms in a call and at most one composite alarm among them; no
alarm that a composite alarm names; composite alarms in a circle only once the circle is broken by another rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..core.graph import layers
from ..core.plan import Write
from .composite_rule import alarm_name, rule_children
from .fields import METRIC, kind_of
from .writes import alarm_write

_ALARMS_PER_CALL = 100


def deletion_stages(alarms: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Write, ...]]:
    """Yield the calls that remove these alarms of DescribeAlarms, composite ones before those that they name."""
    arns = {alarm["AlarmName"]: alarm["AlarmArn"] for alarm in alarms}
    names = {alarm["AlarmName"] for alarm in alarms if kind_of(alarm) != METRIC}
    needs = {alarm["AlarmName"]: names & _references(alarm) for alarm in alarms if alarm["AlarmName"] in names}
    order, in_circle = layers(needs)
    yield tuple(_without_rule(name, arns[name]) for name in in_circle)
    for layer in (in_circle, *reversed(order)):
        yield tuple(_delete([name], f"composite alarm {name}", arns) for name in layer)
    metric = sorted(set(arns) - names)
    chunks = [metric[start : start + _ALARMS_PER_CALL] for start in range(0, len(metric), _ALARMS_PER_CALL)]
    yield tuple(_delete(chunk, f"metric alarms {', '.join(chunk)}", arns) for chunk in chunks)


def _references(alarm: Mapping[str, Any]) -> set[str]:
    suppressor = alarm.get("ActionsSuppressor")
    return {*rule_children(alarm["AlarmRule"]), *([alarm_name(suppressor)] if suppressor else [])}


def _without_rule(name: str, arn: str) -> Write:
    parameters = {"AlarmName": name, "AlarmRule": "FALSE", "ActionsEnabled": False}
    return alarm_write("PutCompositeAlarm", f"composite alarm {name}", parameters, arn)


def _delete(names: list[str], resource: str, arns: Mapping[str, str]) -> Write:
    resource_arn = arns[names[0]] if len(names) == 1 else "*"
    return alarm_write("DeleteAlarms", resource, {"AlarmNames": names}, resource_arn)
