# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the calls that create, change and delete rules of the default event bus.

A rule that is exactly what the task describes counts as made by this collection, so its tags are not read: it needs no
change, and an earlier run may have made it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core.aws_names import partition_of
from ..core.event_forwarding import RULES as FORWARDING_RULES
from ..core.plan import Plan, Write
from ..core.problems import require
from ..core.tags import OWNER_MARK, as_list, is_managed, not_managed_problem
from ..engines.eventbridge.limits import bus_problems
from .settings import (
    changes_rule,
    changes_target,
    found_settings,
    rule_parameters,
    target_parameters,
    wanted_settings,
)

Params = Mapping[str, Any]
Rules = Mapping[str, Mapping[str, Any]]
Targets = Mapping[str, Sequence[Mapping[str, Any]]]
Tags = Mapping[str, Mapping[str, str]]

_QUOTA = (
    "The account has reached a quota of EventBridge: rules of the event bus, rules with wildcards, or the size of a"
    " pattern. Choose fewer rules, or request an increase in Service Quotas (EventBridge)."
)
_REMEDIES = {"LimitExceededException": _QUOTA}
# EventBridge does not know a new role at once; the text is of public reports (2016 to 2021).
_NEW_ROLE = (("ValidationException", "cannot be assumed by principal"),)


@dataclass(frozen=True)
class Work:
    """What a task is about to do with the rules that exist.

    Attributes:
        before: The settings of each rule of the task that exists.
        after: The settings that each rule of the task should have; empty with `state: absent`.
        purged: The names of other rules that are deleted if this collection made them.
    """

    before: Mapping[str, Mapping[str, Any]]
    after: Mapping[str, Mapping[str, Any]]
    purged: frozenset[str]

    @property
    def doubtful(self) -> set[str]:
        """Return the names of existing rules that the task changes or deletes, whose owner matters."""
        return {name for name, found in self.before.items() if self.after.get(name) != found} | self.purged


def purge_candidates(params: Params, rules: Collection[str]) -> frozenset[str]:
    """Return the names of existing rules that the task does not name and that have its prefix."""
    named = {rule["name"] for rule in params["rules"] or []}
    prefix = params["purge_prefix"]
    # A rule that forwards events to another region belongs to the event alerts there.
    return frozenset(
        name
        for name in rules
        if prefix and name.startswith(prefix) and name not in named and not name.startswith(FORWARDING_RULES)
    )


def work_of(params: Params, rules: Rules, targets: Targets) -> Work:
    """Return what the task is about to do."""
    items = params["rules"] or []
    before = {
        item["name"]: found_settings(rules[item["name"]], targets[item["name"]])
        for item in items
        if item["name"] in rules
    }
    present = params["state"] == "present"
    after = {item["name"]: wanted_settings(item, before.get(item["name"], {})) for item in items} if present else {}
    return Work(before, after, purge_candidates(params, rules))


def trusted_targets(params: Params, rules: Rules, with_target: Mapping[str, Collection[str]]) -> dict[str, Any]:
    """Return the targets of the rules that need no call to read them, by name.

    Such a rule is as the task describes it, description included, and has its target.

    Args:
        params: The module's checked parameters.
        rules: The rules of the bus, by name.
        with_target: The names of the rules that have a target, by its ARN.
    """
    found: dict[str, Any] = {}
    for item in params["rules"] or []:
        name = item["name"]
        if name not in with_target.get(item["target_arn"], ()) or item["input_template"] is None:
            continue
        listed = found_settings(rules[name], ())
        wanted = wanted_settings(item, listed)
        if not changes_rule(listed, wanted):
            found[name] = target_parameters(name, wanted)["Targets"]
    return found


def plan_rules(params: Params, region: str, rules: Rules, targets: Targets, tags: Tags) -> Plan:
    """Plan the writes of a task.

    Args:
        params: The module's checked parameters.
        region: The region.
        rules: The rules of the bus, by name.
        targets: The targets of the rules that the task names or may delete, by name.
        tags: The tags of the rules whose owner matters, by name.

    Raises:
        RequestError: A rule is not managed by this collection, or the rules do not fit on the bus.
    """
    work = work_of(params, rules, targets)
    require(_conflicts(params, work, tags))
    deleted = sorted(name for name in work.purged if is_managed(tags[name]))
    if params["state"] == "absent":
        deleted = sorted({*deleted, *work.before})
    others = len(rules.keys() - work.after.keys()) - len(deleted)
    if work.after:
        require(bus_problems([each["pattern"] for each in work.after.values()], region, others))
    changed = {name: after for name, after in work.after.items() if after != work.before.get(name)}
    gone = {name: found_settings(rules[name], targets[name]) for name in deleted}
    return Plan(
        before=_shown({**{name: _differing(work.before.get(name, {}), changed[name]) for name in changed}, **gone}),
        after=_shown({name: _differing(after, work.before.get(name, {})) for name, after in changed.items()}),
        stages=_stages(_Writes(region, rules), work, changed, tags, {name: targets[name] for name in deleted}),
        results={
            "rules": [{"name": name, **_public(after)} for name, after in work.after.items()],
            "removed": deleted,
        },
    )


def _stages(
    writes: _Writes, work: Work, changed: Mapping[str, Mapping[str, Any]], tags: Tags, deleted: Targets
) -> tuple[tuple[Write, ...], ...]:
    """Order the writes: a target needs its rule, and a rule is deleted without targets."""
    untagged = [name for name in changed if name in work.before and not is_managed(tags[name])]
    puts = [name for name in changed if writes.needs_put(work, name)]
    stages = (
        tuple(writes.put_rule(name, changed[name]) for name in puts if name not in work.before),
        tuple(writes.tag(name) for name in untagged),
        tuple(writes.cleaned(changed, work, deleted)),
        tuple(writes.put_target(name, after) for name, after in changed.items() if writes.needs_target(work, name)),
        # Last, because the description tells the next run that the target is up to date.
        tuple(writes.put_rule(name, changed[name]) for name in puts if name in work.before),
        tuple(writes.delete(name) for name in deleted),
    )
    return tuple(stage for stage in stages if stage)


def _shown(by_name: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    shown = {name: settings for name, settings in by_name.items() if settings}
    return {"rules": shown} if shown else {}


def _differing(settings: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in other or value != other[name]}


def _public(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in settings.items()
        if name not in ("role_arn", "schedule", "other_targets", "other_input")
    }


def _conflicts(params: Params, work: Work, tags: Tags) -> Iterator[str]:
    for name in sorted(work.doubtful - work.purged):
        if not (params["adopt"] or is_managed(tags[name])):
            yield not_managed_problem(f"event rule {name}", tags[name])


class _Writes:
    """The API calls for the rules of one region."""

    def __init__(self, region: str, rules: Rules) -> None:
        self._region, self._rules = region, rules

    def needs_put(self, work: Work, name: str) -> bool:
        return name not in work.before or changes_rule(work.before[name], work.after[name])

    def needs_target(self, work: Work, name: str) -> bool:
        return name not in work.before or changes_target(work.before[name], work.after[name])

    def put_rule(self, name: str, settings: Mapping[str, Any]) -> Write:
        # PutRule ignores the tags of a rule that exists.
        tags = {} if name in self._rules else {"Tags": as_list(OWNER_MARK)}
        return self._write("PutRule", name, {**rule_parameters(name, settings), **tags})

    def tag(self, name: str) -> Write:
        parameters = {"ResourceARN": self._arn(name), "Tags": as_list(OWNER_MARK)}
        return self._write("TagResource", name, parameters)

    def put_target(self, name: str, settings: Mapping[str, Any]) -> Write:
        parameters = target_parameters(name, settings)
        return self._write("PutTargets", name, parameters, partial_errors="FailedEntries", propagating=_NEW_ROLE)

    def cleaned(self, changed: Mapping[str, Mapping[str, Any]], work: Work, deleted: Targets) -> Iterator[Write]:
        """Yield the removal of targets of others, and of all targets of a rule that is to be deleted."""
        for name in changed:
            others = work.before.get(name, {}).get("other_targets", [])
            if others:
                yield self._remove(name, others)
        for name, targets in deleted.items():
            if targets:
                yield self._remove(name, [target["Id"] for target in targets])

    def _remove(self, name: str, ids: Sequence[str]) -> Write:
        missing = frozenset({"ResourceNotFoundException"})
        return self._write(
            "RemoveTargets", name, {"Rule": name, "Ids": list(ids)}, partial_errors="FailedEntries", done_if=missing
        )

    def delete(self, name: str) -> Write:
        return self._write("DeleteRule", name, {"Name": name}, done_if=frozenset({"ResourceNotFoundException"}))

    def _arn(self, name: str) -> str:
        by_name = f"arn:{partition_of(self._region)}:events:{self._region}:*:rule/{name}"
        return str(self._rules.get(name, {}).get("Arn", by_name))

    def _write(self, operation: str, name: str, parameters: Mapping[str, Any], **more: Any) -> Write:
        return Write(
            service="events",
            operation=operation,
            parameters=parameters,
            resource=f"event rule {name}",
            resource_arn=self._arn(name),
            remedies=_REMEDIES,
            **more,
        )
