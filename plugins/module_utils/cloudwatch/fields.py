# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Translate the settings of an alarm between the modules' options and CloudWatch's API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .grouped import from_query, to_query
from .kinds import AlarmKind, Setting

ACTION_LISTS = ("alarm_actions", "ok_actions", "insufficient_data_actions")
# These keep their value if the task omits them. All other settings decide whether the alarm fires, so that a manual
# change must be detected: an omitted one has CloudWatch's default.
_KEPT_IF_OMITTED = {"description", *ACTION_LISTS, "tags_in_notifications"}
# A Put call replaces everything, so the keys of the tags in notifications, which are not managed, are sent back.
_SENT_BACK = "ActionConfiguration"
_SETS = {*ACTION_LISTS, "group_by", "log_group_names"}


def alarm_type(alarm: Mapping[str, Any]) -> str:
    """Return the type of an alarm of DescribeAlarms."""
    if "ScheduledQueryConfiguration" in alarm:
        return "LogAlarm"
    return "CompositeAlarm" if "AlarmRule" in alarm else "MetricAlarm"


def alarm_settings(alarm: Mapping[str, Any], kind: AlarmKind) -> dict[str, Any]:
    """Return the settings of an alarm of DescribeAlarms by option.

    Settings without an option are in `other_settings`, which is only present if there are any.
    """
    alarm = from_query(alarm)
    found = {option: _normalize(option, _read(alarm, setting)) for option, setting in kind.settings.items()}
    others = {
        member: alarm[member]
        for member, without_effect in kind.without_option.items()
        if alarm.get(member) not in (None, [], without_effect)
    }
    return {**found, "other_settings": others} if others else found


def merge_settings(requested: Mapping[str, Any], found: Mapping[str, Any], kind: AlarmKind) -> dict[str, Any]:
    """Return all settings that an alarm should have.

    Args:
        requested: The settings that the task sets, by option.
        found: The settings of the existing alarm, empty if there is none.
        kind: The type of the alarm.
    """
    defaults = {option: setting.default for option, setting in kind.settings.items()}
    kept = {option: value for option, value in found.items() if option in _KEPT_IF_OMITTED}
    return {**defaults, **kept, **{option: _normalize(option, value) for option, value in requested.items()}}


def put_parameters(name: str, settings: Mapping[str, Any], found: Mapping[str, Any], kind: AlarmKind) -> dict[str, Any]:
    """Return the parameters of the Put call.

    Args:
        name: The alarm's name.
        settings: All settings by option.
        found: The alarm as returned by DescribeAlarms, empty if there is none.
        kind: The type of the alarm.
    """
    parameters: dict[str, Any] = {"AlarmName": name}
    if found.get(_SENT_BACK):
        parameters[_SENT_BACK] = {key: dict(value) for key, value in found[_SENT_BACK].items()}
    for option, setting in kind.settings.items():
        sent_back = setting.inside[:1] == (_SENT_BACK,) and _SENT_BACK in parameters
        if option in kind.always_written or settings[option] != setting.default or sent_back:
            inside = parameters
            for structure in setting.inside:
                inside = inside.setdefault(structure, {})
            inside[setting.member] = _to_api(option, settings[option])
    labels = parameters.pop("group_by", [])
    return to_query(parameters, labels) if labels else parameters


def _read(alarm: Mapping[str, Any], setting: Setting) -> Any:
    for structure in setting.inside:
        alarm = alarm.get(structure) or {}
    return alarm.get(setting.member, setting.default)


def _normalize(option: str, value: Any) -> Any:
    """Return a value of the task or of the API in the form in which they are compared."""
    if option == "log_group_names":
        # CloudWatch takes names and ARNs; which of them it returns is not documented.
        value = [name.removesuffix(":*").split(":log-group:", 1)[-1] for name in value]
    if option in _SETS:
        return sorted(set(value))
    if option == "dimensions":
        pairs = value.items() if isinstance(value, Mapping) else ((item["Name"], item["Value"]) for item in value)
        return dict(sorted((str(name), str(text)) for name, text in pairs))
    return value


def _to_api(option: str, value: Any) -> Any:
    return [{"Name": name, "Value": value[name]} for name in value] if option == "dimensions" else value
