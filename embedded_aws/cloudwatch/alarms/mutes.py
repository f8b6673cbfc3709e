"""Mute rules: they hold back the actions of their alarms during their windows.

Sources: CloudWatch API reference, PutAlarmMuteRule, GetAlarmMuteRule and DeleteAlarmMuteRule: a muted alarm changes its
state all the same; when a rule is deleted, the actions of an alarm in ALARM run. That they also run at the end of a
window is our reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.cloudwatch.mute_windows import MuteSchedule

from embedded_aws.cloudwatch.alarms.contributors import contributor_id
from embedded_aws.core.events import AlarmTransition

Place = tuple[str, str]


@dataclass(frozen=True)
class MuteRule:
    """A mute rule; `parameters` are those of PutAlarmMuteRule, with aware times."""

    arn: str
    parameters: Mapping[str, Any]
    schedule: MuteSchedule
    updated: datetime

    @property
    def targets(self) -> list[str]:
        """Return the names of the alarms."""
        return list((self.parameters.get("MuteTargets") or {}).get("AlarmNames", ()))

    def status(self, now: datetime) -> str:
        """Return SCHEDULED, ACTIVE or EXPIRED."""
        start, expiry = self.parameters.get("StartDate"), self.parameters.get("ExpireDate")
        if (expiry and expiry <= now) or self.schedule.is_over(now):
            return "EXPIRED"
        started = start is None or start <= now
        return "ACTIVE" if started and self.schedule.window(now) else "SCHEDULED"


class Mutes:
    """The mute rules of all accounts and regions, and what they hold back; hold the registry's lock."""

    def __init__(self) -> None:
        """Start empty."""
        self.rules: dict[Place, dict[str, MuteRule]] = {}
        self._held: dict[tuple[Place, str, str], AlarmTransition] = {}

    def muted(self, transition: AlarmTransition) -> AlarmTransition:
        """Return a transition without its actions if a rule mutes its alarm; they run later if the state stays."""
        place, name = (transition.account, transition.region), transition.alarm.name
        key = place, name, contributor_id(transition.contributor or {})
        self._held.pop(key, None)
        if not self._is_muted(place, name, transition.at):
            return transition
        self._held[key] = transition
        return replace(transition, actions=())

    def released(self, now: datetime) -> list[AlarmTransition]:
        """Return and forget the transitions whose actions no rule holds back any more."""
        over = [key for key in self._held if not self._is_muted(*key[:2], now)]
        return [self._held.pop(key) for key in over]

    def forget(self, place: Place, name: str) -> None:
        """Forget what is held back for an alarm that is deleted."""
        for key in [key for key in self._held if key[:2] == (place, name)]:
            del self._held[key]

    def _is_muted(self, place: Place, name: str, at: datetime) -> bool:
        rules = self.rules.get(place, {}).values()
        return any(name in rule.targets and rule.status(at) == "ACTIVE" for rule in rules)
