# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What a task of metric_alarms asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.graph import layers
from ..core.problems import require
from ..core.tags import as_texts, is_ours, tag_problems
from .checks import alarm_problems, name_problems
from .composite_rule import alarm_name, rule_children
from .fields import COMPOSITE, METRIC, SETTINGS

_MAX_NAME_LENGTH = 255


@dataclass(frozen=True)
class WantedAlarm:
    """One alarm that the task names.

    Attributes:
        kind: `METRIC` or `COMPOSITE`.
        name: Its name.
        asked: The settings that the task mentions, by their option.
        tags: All tags that the task gives it, or None if it says nothing of tags.
    """

    kind: str
    name: str
    asked: Mapping[str, Any]
    tags: Mapping[str, str] | None

    @property
    def resource(self) -> str:
        """Say in words what it is."""
        return f"{self.kind} alarm {self.name}"

    @property
    def references(self) -> tuple[str, ...]:
        """Return the names of the alarms that a composite alarm depends on."""
        suppressor = self.asked.get("actions_suppressor")
        return (*rule_children(self.asked.get("rule") or ""), *([alarm_name(suppressor)] if suppressor else []))


@dataclass(frozen=True)
class Request:
    """A whole task.

    Attributes:
        alarms: The alarms in the task's order, metric alarms first.
        present: Whether they should exist.
        adopt: Whether somebody else's become ours.
        purge_tags: Whether tags that the task does not name are removed.
        purge_prefix: Remove our other alarms whose name begins so; empty for none.
        purge_tag: Remove our other alarms that have all of these tags; empty for none.
        region: Where.
    """

    alarms: tuple[WantedAlarm, ...]
    present: bool
    adopt: bool
    purge_tags: bool
    purge_prefix: str
    purge_tag: Mapping[str, str]
    region: str

    @property
    def names(self) -> frozenset[str]:
        """Return the names of the alarms that the task is about."""
        return frozenset(alarm.name for alarm in self.alarms)

    @property
    def references(self) -> frozenset[str]:
        """Return the names of alarms that are not the task's own but must exist."""
        if not self.present:
            return frozenset()
        return frozenset(name for alarm in self.alarms for name in alarm.references) - self.names

    def concerns(self, name: str) -> bool:
        """Tell whether the task may change an alarm, going by its name."""
        return name in self.names or bool(self.purge_prefix and name.startswith(self.purge_prefix))

    def purges(self, name: str, tags: Mapping[str, str]) -> bool:
        """Tell whether an alarm with these tags is one of ours that the task does not name but would remove."""
        return (
            bool(self.purge_prefix or self.purge_tag)
            and name not in self.names
            and name.startswith(self.purge_prefix)
            and self.purge_tag.items() <= tags.items()
            and is_ours(tags)
        )


def read_request(params: Mapping[str, Any], region: str) -> Request:
    """Return what the module's parameters ask for; RequestError names all that CloudWatch would refuse of it."""
    request = Request(
        alarms=(*_alarms(METRIC, "alarms", params), *_alarms(COMPOSITE, "composite_alarms", params)),
        present=params["state"] == "present",
        adopt=params["adopt"],
        purge_tags=params["purge_tags"],
        purge_prefix=params.get("purge_prefix") or "",
        purge_tag=as_texts(params.get("purge_tag") or {}),
        region=region,
    )
    require(_problems(request, params))
    return request


def _alarms(kind: str, option: str, params: Mapping[str, Any]) -> Iterator[WantedAlarm]:
    for entry in params.get(option) or []:
        asked = {name: entry[name] for name in SETTINGS[kind] if entry.get(name) is not None}
        yield WantedAlarm(kind, entry["name"], asked, _tags(params.get("tags"), entry.get("tags")))


def _tags(of_task: Mapping[str, Any] | None, of_alarm: Mapping[str, Any] | None) -> dict[str, str] | None:
    if of_task is None and of_alarm is None:
        return None
    return as_texts({**(of_task or {}), **(of_alarm or {})})


def _problems(request: Request, params: Mapping[str, Any]) -> Iterator[str]:
    yield from _option_problems(request, params)
    names = [alarm.name for alarm in request.alarms]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"The task names the alarm {name!r} {names.count(name)} times. Name each once, metric or composite."
    for alarm in request.alarms:
        problems = alarm_problems(alarm.kind, alarm.asked, request.region) if request.present else iter(())
        tags = tag_problems(alarm.tags) if request.present else iter(())
        for problem in (*name_problems(alarm.name), *problems, *tags):
            yield f"The {alarm.kind} alarm {alarm.name!r}: {problem}"
    circle = layers(references_among(request.alarms))[1] if request.present else []
    if circle:
        yield (
            f"The composite alarms {', '.join(circle)} depend on each other in a circle, which CloudWatch never"
            " evaluates. Take one reference out."
        )


def _option_problems(request: Request, params: Mapping[str, Any]) -> Iterator[str]:
    named = params.get("alarms") is not None or params.get("composite_alarms") is not None
    if request.present and not named:
        yield "The task names no alarms. Give alarms or composite_alarms; an empty list says that there are none."
    if not named and not (request.purge_prefix or request.purge_tag):
        yield "Nothing says which alarms are meant. Give alarms, composite_alarms, purge_prefix or purge_tag."
    if params.get("purge_prefix") == "":
        yield "purge_prefix is empty, which would remove every other alarm of this collection. Leave it out."
    if len(request.purge_prefix) > _MAX_NAME_LENGTH:
        yield f"purge_prefix has {len(request.purge_prefix)} characters; an alarm's name has up to {_MAX_NAME_LENGTH}."
    if params.get("purge_tag") is not None and not request.purge_tag:
        yield "purge_tag is empty, which would remove every other alarm of this collection. Leave it out."


def references_among(alarms: tuple[WantedAlarm, ...]) -> dict[str, set[str]]:
    """Return for each composite alarm the composite alarms among them that must be there before it."""
    names = {alarm.name for alarm in alarms if alarm.kind == COMPOSITE}
    return {alarm.name: names & set(alarm.references) for alarm in alarms if alarm.kind == COMPOSITE}
