# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The alarms that a task of metric_alarms or log_alarms describes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..core.problems import require
from ..core.tags import as_texts, is_managed, own_tags, tag_change, tag_problems
from .checks import name_problems
from .kinds import AlarmKind

Problems = Callable[[Mapping[str, Any], str], Iterator[str]]


@dataclass(frozen=True)
class DesiredAlarm:
    """One alarm of the task.

    Attributes:
        name: Its name.
        settings: The settings that the task sets, by option.
        tags: All tags that the task sets on it, or None if the task sets no tags.
    """

    name: str
    settings: Mapping[str, Any]
    tags: Mapping[str, str] | None


@dataclass(frozen=True)
class DesiredAlarms:
    """All alarms of the task.

    Attributes:
        alarms: The alarms in the task's order.
        present: Whether they should exist.
        adopt: Whether existing alarms without the collection's tag may be changed.
        purge_tags: Whether tags that the task does not set are removed.
        purge_tag: Delete the other managed alarms that have all of these tags; empty for none.
        region: The region.
        kind: Their type.
    """

    alarms: tuple[DesiredAlarm, ...]
    present: bool
    adopt: bool
    purge_tags: bool
    purge_tag: Mapping[str, str]
    region: str
    kind: AlarmKind

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the task's alarms."""
        return frozenset(alarm.name for alarm in self.alarms)

    def without(self, option: str) -> DesiredAlarms:
        """Return the alarms without a setting, which is then not managed."""
        kept = tuple(
            replace(each, settings={name: each.settings[name] for name in each.settings if name != option})
            for each in self.alarms
        )
        return replace(self, alarms=kept, kind=self.kind.without(option))

    def purges(self, name: str, tags: Mapping[str, str]) -> bool:
        """Return whether the task deletes an alarm with these tags although it does not name it."""
        matches = bool(self.purge_tag) and self.purge_tag.items() <= tags.items()
        return matches and name not in self.names and is_managed(tags)

    def deletes(self, name: str, tags: Mapping[str, str]) -> bool:
        """Return whether the task deletes an alarm with these tags."""
        return self.purges(name, tags) or (not self.present and name in self.names)

    def would_tag(self, name: str, tags: Mapping[str, str]) -> bool:
        """Return whether the task changes the tags of an alarm that has these."""
        alarm = next((alarm for alarm in self.alarms if alarm.name == name), None)
        if alarm is None or not self.present:
            return False
        return dict(tag_change(tags, alarm.tags, self.purge_tags).after) != own_tags(tags)


def desired_alarms(params: Mapping[str, Any], region: str, kind: AlarmKind, problems: Problems) -> DesiredAlarms:
    """Return the alarms that the module's parameters describe.

    Args:
        params: The module's parameters.
        region: The region.
        kind: The type of the alarms.
        problems: Yields what is wrong with the settings of an alarm, by option, in a region.

    Raises:
        RequestError: CloudWatch would reject something; all problems are reported together.
    """
    desired = DesiredAlarms(
        alarms=tuple(_alarms(params, kind)),
        present=params["state"] == "present",
        adopt=params["adopt"],
        purge_tags=params["purge_tags"],
        purge_tag=as_texts(params.get("purge_tag") or {}),
        region=region,
        kind=kind,
    )
    require((*_option_problems(desired, params), *_alarm_problems(desired, problems)))
    return desired


def _alarms(params: Mapping[str, Any], kind: AlarmKind) -> Iterator[DesiredAlarm]:
    for entry in params.get("alarms") or []:
        settings = {option: entry[option] for option in kind.settings if entry.get(option) is not None}
        yield DesiredAlarm(entry["name"], settings, _tags(params.get("tags"), entry.get("tags")))


def _tags(of_task: Mapping[str, Any] | None, of_alarm: Mapping[str, Any] | None) -> dict[str, str] | None:
    if of_task is None and of_alarm is None:
        return None
    return as_texts({**(of_task or {}), **(of_alarm or {})})


def _alarm_problems(desired: DesiredAlarms, wrong: Problems) -> Iterator[str]:
    names = [alarm.name for alarm in desired.alarms]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"The task lists the alarm {name!r} {names.count(name)} times. List each alarm once."
    for alarm in desired.alarms:
        problems = list(name_problems(alarm.name))
        if desired.present:
            problems += [*wrong(alarm.settings, desired.region), *tag_problems(alarm.tags)]
        for problem in problems:
            yield f"Alarm {alarm.name!r}: {problem}"


def _option_problems(desired: DesiredAlarms, params: Mapping[str, Any]) -> Iterator[str]:
    if params.get("alarms") is None:
        if desired.present:
            yield "The option alarms is missing. Set it; an empty list stands for no alarms."
        elif not desired.purge_tag:
            yield "The task does not select any alarms. Set alarms or purge_tag."
    if params.get("purge_tag") is not None and not desired.purge_tag:
        yield "purge_tag is empty, which would delete every other alarm of this collection. Omit it."
