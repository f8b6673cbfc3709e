# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the API calls that create, change or delete the metric filters of one log group.

A filter that this collection did not make is neither changed nor deleted, see `ownership`. A filter that is exactly
what the task describes counts as made by this collection: it needs no change, and an earlier run may have made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..core.plan import Plan, Write
from ..core.problems import require
from ..rules.limits import MAX_FILTERS_PER_LOG_GROUP, MAX_REGEX_FILTERS_PER_LOG_GROUP
from ..rules.metric_selectors import is_number, selector_warning
from .checks import quota_problems
from .metric_filter import MetricFilter, desired_filter, filter_of
from .ownership import Ownership, Scope, filter_problem, kept_warning, record_of

Found = Mapping[str, MetricFilter]
_ONLY_NAMED = {"pattern": "", "metric_namespace": "", "metric_name": "", "metric_value": ""}
_CREATE_GROUP = "Create it first with secmon.aws.log_group."


def scope_of(params: Mapping[str, Any], found: Sequence[Mapping[str, Any]] | None) -> Scope:
    """Return what a task is about to do, so that owners are read only where they matter."""
    before, desired = _by_name(found), _desired(params, found)
    absent = params["state"] == "absent"
    named = {name: own for name, own in desired.items() if name in before and (absent or before[name] != own)}
    claimed = {} if params["adopt"] else {name: own for name, own in named.items() if before[name] != own}
    purged = [own for own in before.values() if _is_purged(own, params, desired)]
    metrics = {own.metric for own in desired.values()}
    return Scope(
        writes=bool(named or purged or not (absent or desired.keys() <= before.keys())),
        claimed={name: own.metric or before[name].metric for name, own in claimed.items()},
        purged={own.name: None if own.metric in metrics else own.metric for own in purged},
    )


def plan_present(
    params: Mapping[str, Any], found: Sequence[Mapping[str, Any]] | None, log_group_arn: str, ownership: Ownership
) -> Plan:
    """Plan the creation, the changes and the purge of filters.

    Args:
        params: The module's checked parameters.
        found: The group's filters in the form of DescribeMetricFilters, or None if the group does not exist.
        log_group_arn: The resource of the IAM permissions for writes.
        ownership: Who made the group and the doubtful filters.
    """
    before, desired = _by_name(found), _desired(params, found)
    require(_foreign(params, found, ownership))
    doubtful = [own for own in before.values() if _is_purged(own, params, desired)]
    purged = [own.name for own in doubtful if ownership.made(own.name)]
    after = {name: own for name, own in {**before, **desired}.items() if name not in purged}
    require(quota_problems(params["log_group_name"], list(after.values())))
    changed = [own for own in desired.values() if own != before.get(own.name)]
    writes = _Writes(params["log_group_name"], log_group_arn, ownership)
    stages = _stages([writes.put(own) for own in changed], [writes.delete(name) for name in purged], before, desired)
    return Plan(
        before=_differing(before, [*desired, *purged], after),
        after=_differing(after, [*desired, *purged], before),
        stages=writes.recorded(stages, before, desired, purged),
        results={
            "filters": [own.described() for own in desired.values()],
            "created": [own.name for own in changed if own.name not in before],
            "updated": [own.name for own in changed if own.name in before],
            "removed": purged,
        },
        warnings=(
            *_group_warnings(params, found, changed),
            *_pattern_warnings(changed, before),
            *(kept_warning(params["log_group_name"], own) for own in doubtful if own.name not in purged),
        ),
    )


def plan_absent(
    params: Mapping[str, Any], found: Sequence[Mapping[str, Any]] | None, log_group_arn: str, ownership: Ownership
) -> Plan:
    """Plan the deletion of exactly the filters of the task; the arguments are those of `plan_present`."""
    before = _by_name(found)
    require(_foreign(params, found, ownership))
    removed = [item["name"] for item in params["filters"] if item["name"] in before]
    writes = _Writes(params["log_group_name"], log_group_arn, ownership)
    deletions = tuple(writes.delete(name) for name in removed)
    return Plan(
        before=_differing(before, removed, {}),
        after={},
        stages=writes.recorded((deletions,), before, {}, removed),
        results={"filters": [], "created": [], "updated": [], "removed": removed},
    )


def _desired(params: Mapping[str, Any], found: Sequence[Mapping[str, Any]] | None) -> dict[str, MetricFilter]:
    """Return the filters that the task describes. With ``state: absent`` it may give no more than their names."""
    before = _by_name(found)
    return {
        item["name"]: desired_filter(
            {**_ONLY_NAMED, **{key: value for key, value in item.items() if value is not None}},
            before.get(item["name"]),
        )
        for item in params["filters"]
    }


def _by_name(found: Sequence[Mapping[str, Any]] | None) -> dict[str, MetricFilter]:
    filters = map(filter_of, found or ())
    return {own.name: own for own in sorted(filters, key=lambda own: own.name)}


def _differing(filters: Found, names: Iterable[str], others: Found) -> dict[str, Any]:
    """Return the named filters that differ from those in `others`."""
    return {name: filters[name].described() for name in names if name in filters and filters[name] != others.get(name)}


def _is_purged(own: MetricFilter, params: Mapping[str, Any], desired: Found) -> bool:
    """Return whether a filter is to be purged if this collection made it."""
    purges = params["state"] == "present" and own.name not in desired
    return purges and not own.namespaces.isdisjoint(params.get("purge_namespace") or [])


def _foreign(
    params: Mapping[str, Any], found: Sequence[Mapping[str, Any]] | None, ownership: Ownership
) -> Iterator[str]:
    """Yield the filters of the task that others made, unless the task adopts them."""
    before = _by_name(found)
    for name in scope_of(params, found).claimed:
        if not ownership.made(name):
            yield filter_problem(params["log_group_name"], before[name])


def _stages(
    puts: Sequence[Write], deletions: Sequence[Write], before: Found, desired: Found
) -> tuple[tuple[Write, ...], ...]:
    """Order the writes: new filters come before deletions, so that no event is missed, unless a quota is reached."""
    with_regex = {own.name for own in (*before.values(), *desired.values()) if own.has_regex}
    if len({*before, *desired}) <= MAX_FILTERS_PER_LOG_GROUP and len(with_regex) <= MAX_REGEX_FILTERS_PER_LOG_GROUP:
        return tuple(puts), tuple(deletions)
    uses_quota = {own.name for own in desired.values() if own.has_regex}
    first = tuple(write for write in puts if write.parameters["filterName"] not in uses_quota)
    return tuple(deletions), first, tuple(write for write in puts if write not in first)


def _group_warnings(params: Mapping[str, Any], found: object, changed: Sequence[MetricFilter]) -> Iterator[str]:
    if found is None and changed and not params["validate_only"]:
        # In check mode an earlier task may create the group; in a real run the first write reports that it is missing.
        yield (
            f"Log group {params['log_group_name']} does not exist yet. This is expected in check mode if an earlier"
            " task creates it; otherwise create it with secmon.aws.log_group."
        )


def _pattern_warnings(changed: Sequence[MetricFilter], before: Found) -> Iterator[str]:
    """Yield warnings about new and changed patterns."""
    for own in changed:
        compiled = own.compiled()
        if compiled is None or (own.name in before and before[own.name].pattern == own.pattern):
            continue
        values = [*([] if is_number(own.metric_value) else [own.metric_value]), *own.dimensions.values()]
        doubts = [doubt for value in values if (doubt := selector_warning(value, compiled.tree))]
        for reason in dict.fromkeys([*(warning.reason for warning in compiled.warnings), *doubts]):
            yield f"Metric filter {own.name}: {reason}"


class _Writes:
    """The API calls for one log group."""

    def __init__(self, log_group_name: str, log_group_arn: str, ownership: Ownership) -> None:
        self._group = log_group_name
        self._arn = log_group_arn
        self._ownership = ownership

    def recorded(
        self, stages: tuple[tuple[Write, ...], ...], before: Found, desired: Found, removed: Sequence[str]
    ) -> tuple[tuple[Write, ...], ...]:
        """Add the writes of the record: of new filters before they exist, of deleted ones afterwards."""
        if not self._ownership.group_arn or not any(stages):
            return stages
        made = {name for name in before if self._ownership.made(name)} | {*desired}
        start = dict(self._ownership.record)
        first = record_of(made, start) if any(not self._ownership.is_recorded(name) for name in desired) else start
        last = record_of(made - {*removed}, first) if removed else first
        return (
            *([(self._record(first),)] if first != start else []),
            *stages,
            *([(self._record(last),)] if last != first else []),
        )

    def _record(self, tags: Mapping[str, str]) -> Write:
        return Write(
            service="logs",
            operation="TagResource",
            parameters={"resourceArn": self._ownership.group_arn, "tags": dict(tags)},
            resource=f"record of the metric filters of log group {self._group}",
            resource_arn=self._ownership.group_arn,
        )

    def put(self, own: MetricFilter) -> Write:
        return Write(
            service="logs",
            operation="PutMetricFilter",
            parameters=own.parameters(self._group),
            resource=self._resource(own.name),
            resource_arn=self._arn,
            remedies={
                "ResourceNotFoundException": f"Log group {self._group} does not exist. {_CREATE_GROUP}",
                "LimitExceededException": "A log group can have 100 metric filters, 5 with regular expressions.",
                "InvalidOperationException": "Metric filters require a log group of the class STANDARD.",
            },
        )

    def delete(self, name: str) -> Write:
        return Write(
            service="logs",
            operation="DeleteMetricFilter",
            parameters={"logGroupName": self._group, "filterName": name},
            resource=self._resource(name),
            resource_arn=self._arn,
            done_if=frozenset({"ResourceNotFoundException"}),
        )

    def _resource(self, name: str) -> str:
        return f"metric filter {name} of log group {self._group}"
