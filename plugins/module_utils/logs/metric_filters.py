# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What it takes to make the metric filters of one log group what they should be.

Filters have no tags. A filter is ours if it feeds a namespace that the task names: that is the mark. One whose name,
pattern and metric are those of the task was moved to another namespace by hand, and is ours as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ..core.plan import Plan, Write
from ..core.problems import require
from ..rules.limits import MAX_FILTERS_PER_LOG_GROUP, MAX_REGEX_FILTERS_PER_LOG_GROUP
from ..rules.metric_selectors import is_number, selector_doubt
from .metric_filter import MetricFilter, filter_found, filter_wanted
from .metric_filter_checks import quota_problems

Found = Mapping[str, MetricFilter]
_LOG_GROUP_TASK = "Make it first: a task with secmon.aws.log_group, before this one."


def plan_present(params: Mapping[str, Any], found: Sequence[Mapping[str, Any]] | None, log_group_arn: str) -> Plan:
    """Plan the filters that the task asks for.

    Args:
        params: The module's parameters, checked.
        found: The group's filters as DescribeMetricFilters gives them, or None if there is no such group.
        log_group_arn: What IAM has to grant a write on.
    """
    before = _by_name(found)
    require(_foreign(params, before))
    wanted = {item["name"]: filter_wanted(item, before.get(item["name"])) for item in params["filters"]}
    purged = [own.name for own in before.values() if _is_purged(own, params, wanted)]
    after = {name: own for name, own in {**before, **wanted}.items() if name not in purged}
    require(quota_problems(params["log_group_name"], list(after.values())))
    changed = [own for own in wanted.values() if own != before.get(own.name)]
    writes = _Writes(params["log_group_name"], log_group_arn)
    return Plan(
        before=_shown(before, [*wanted, *purged], after),
        after=_shown(after, [*wanted, *purged], before),
        stages=_stages([writes.put(own) for own in changed], [writes.delete(name) for name in purged], before, wanted),
        results={
            "filters": [own.shown() for own in wanted.values()],
            "created": [own.name for own in changed if own.name not in before],
            "updated": [own.name for own in changed if own.name in before],
            "removed": purged,
        },
        warnings=(*_group_warnings(params, found, changed), *_pattern_warnings(changed, before)),
    )


def plan_absent(params: Mapping[str, Any], found: Sequence[Mapping[str, Any]] | None, log_group_arn: str) -> Plan:
    """Plan the removal of exactly the filters that the task names; the arguments are those of `plan_present`."""
    before = _by_name(found)
    require(_foreign(params, before))
    removed = [item["name"] for item in params["filters"] if item["name"] in before]
    writes = _Writes(params["log_group_name"], log_group_arn)
    return Plan(
        before=_shown(before, removed, {}),
        after={},
        stages=(tuple(writes.delete(name) for name in removed),),
        results={"filters": [], "created": [], "updated": [], "removed": removed},
    )


def _by_name(found: Sequence[Mapping[str, Any]] | None) -> dict[str, MetricFilter]:
    filters = map(filter_found, found or ())
    return {own.name: own for own in sorted(filters, key=lambda own: own.name)}


def _shown(filters: Found, names: Iterable[str], others: Found) -> dict[str, Any]:
    """Return those of the named filters that are not the same among the others."""
    return {name: filters[name].shown() for name in names if name in filters and filters[name] != others.get(name)}


def _is_purged(own: MetricFilter, params: Mapping[str, Any], wanted: Found) -> bool:
    return own.name not in wanted and not own.namespaces.isdisjoint(params.get("purge_namespace") or [])


def _foreign(params: Mapping[str, Any], before: Found) -> Iterator[str]:
    """Yield which of the filters are somebody else's, unless the user said that they should become ours."""
    if params["adopt"]:
        return
    named = {item.get("metric_namespace") for item in params["filters"]} | {*(params.get("purge_namespace") or [])}
    ours = {namespace for namespace in named if namespace}
    for item in params["filters"]:
        own = before.get(item["name"])
        # A task that only names a filter to remove says of no namespace that it is its own.
        if own and ours and not own.namespaces & ours and not _was_moved(own, item):
            yield (
                f"The metric filter {own.name} of log group {params['log_group_name']} exists already and feeds the"
                f" namespace {', '.join(sorted(own.namespaces))}, which this task does not name, so it was not made by"
                " this collection. Nothing was changed. Choose another name, or take it over with adopt: true."
            )


def _was_moved(own: MetricFilter, item: Mapping[str, Any]) -> bool:
    return (own.pattern, own.metric_name) == (item.get("pattern"), item.get("metric_name"))


def _stages(
    puts: Sequence[Write], deletions: Sequence[Write], before: Found, wanted: Found
) -> tuple[tuple[Write, ...], ...]:
    """Order the writes: what is new comes first, so that nothing goes unseen meanwhile, unless there is no room."""
    with_regex = {own.name for own in (*before.values(), *wanted.values()) if own.has_regex}
    if len({*before, *wanted}) <= MAX_FILTERS_PER_LOG_GROUP and len(with_regex) <= MAX_REGEX_FILTERS_PER_LOG_GROUP:
        return tuple(puts), tuple(deletions)
    takes_room = {own.name for own in wanted.values() if own.has_regex}
    first = tuple(write for write in puts if write.parameters["filterName"] not in takes_room)
    return tuple(deletions), first, tuple(write for write in puts if write not in first)


def _group_warnings(params: Mapping[str, Any], found: object, changed: Sequence[MetricFilter]) -> Iterator[str]:
    if found is None and changed:
        # In check mode an earlier task would have made the group; otherwise the first write says that it is missing.
        yield (
            f"Log group {params['log_group_name']} does not exist yet, which is as it should be in check mode if a task"
            " before this one makes it. Otherwise add one with secmon.aws.log_group."
        )


def _pattern_warnings(changed: Sequence[MetricFilter], before: Found) -> Iterator[str]:
    """Yield what the author should know, when it is written and not in every run."""
    for own in changed:
        compiled = own.compiled()
        if compiled is None or (own.name in before and before[own.name].pattern == own.pattern):
            continue
        values = [*([] if is_number(own.metric_value) else [own.metric_value]), *own.dimensions.values()]
        doubts = [doubt for value in values if (doubt := selector_doubt(value, compiled.tree))]
        for reason in dict.fromkeys([*(warning.reason for warning in compiled.warnings), *doubts]):
            yield f"Metric filter {own.name}: {reason}"


class _Writes:
    """Makes the writes about one log group."""

    def __init__(self, log_group_name: str, log_group_arn: str) -> None:
        self._group = log_group_name
        self._arn = log_group_arn

    def put(self, own: MetricFilter) -> Write:
        return Write(
            service="logs",
            operation="PutMetricFilter",
            parameters=own.parameters(self._group),
            resource=self._resource(own.name),
            resource_arn=self._arn,
            remedies={
                "ResourceNotFoundException": f"There is no log group {self._group}. {_LOG_GROUP_TASK}",
                "LimitExceededException": "A log group takes 100 metric filters, 5 of them with regular expressions.",
                "InvalidOperationException": "Metric filters need a log group of the class STANDARD.",
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
