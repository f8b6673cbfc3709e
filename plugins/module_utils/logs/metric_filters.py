# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Plan the API calls that create, change or delete the metric filters of one log group.

Metric filters have no tags. A filter is managed if its metric is in a namespace of the task. A filter with the name,
pattern and metric name of the task is managed as well: its namespace was changed manually.
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

Found = Mapping[str, MetricFilter]
_CREATE_GROUP = "Create it first with secmon.aws.log_group."


def plan_present(params: Mapping[str, Any], found: Sequence[Mapping[str, Any]] | None, log_group_arn: str) -> Plan:
    """Plan the creation, the changes and the purge of filters.

    Args:
        params: The module's checked parameters.
        found: The group's filters in the form of DescribeMetricFilters, or None if the group does not exist.
        log_group_arn: The resource of the IAM permissions for writes.
    """
    before = _by_name(found)
    require(_unmanaged(params, before))
    desired = {item["name"]: desired_filter(item, before.get(item["name"])) for item in params["filters"]}
    purged = [own.name for own in before.values() if _is_purged(own, params, desired)]
    after = {name: own for name, own in {**before, **desired}.items() if name not in purged}
    require(quota_problems(params["log_group_name"], list(after.values())))
    changed = [own for own in desired.values() if own != before.get(own.name)]
    writes = _Writes(params["log_group_name"], log_group_arn)
    return Plan(
        before=_differing(before, [*desired, *purged], after),
        after=_differing(after, [*desired, *purged], before),
        stages=_stages([writes.put(own) for own in changed], [writes.delete(name) for name in purged], before, desired),
        results={
            "filters": [own.described() for own in desired.values()],
            "created": [own.name for own in changed if own.name not in before],
            "updated": [own.name for own in changed if own.name in before],
            "removed": purged,
        },
        warnings=(*_group_warnings(params, found, changed), *_pattern_warnings(changed, before)),
    )


def plan_absent(params: Mapping[str, Any], found: Sequence[Mapping[str, Any]] | None, log_group_arn: str) -> Plan:
    """Plan the deletion of exactly the filters of the task; the arguments are those of `plan_present`."""
    before = _by_name(found)
    require(_unmanaged(params, before))
    removed = [item["name"] for item in params["filters"] if item["name"] in before]
    writes = _Writes(params["log_group_name"], log_group_arn)
    return Plan(
        before=_differing(before, removed, {}),
        after={},
        stages=(tuple(writes.delete(name) for name in removed),),
        results={"filters": [], "created": [], "updated": [], "removed": removed},
    )


def _by_name(found: Sequence[Mapping[str, Any]] | None) -> dict[str, MetricFilter]:
    filters = map(filter_of, found or ())
    return {own.name: own for own in sorted(filters, key=lambda own: own.name)}


def _differing(filters: Found, names: Iterable[str], others: Found) -> dict[str, Any]:
    """Return the named filters that differ from those in `others`."""
    return {name: filters[name].described() for name in names if name in filters and filters[name] != others.get(name)}


def _is_purged(own: MetricFilter, params: Mapping[str, Any], desired: Found) -> bool:
    return own.name not in desired and not own.namespaces.isdisjoint(params.get("purge_namespace") or [])


def _unmanaged(params: Mapping[str, Any], before: Found) -> Iterator[str]:
    """Yield the filters that are not managed by this collection, unless the task adopts them."""
    if params["adopt"]:
        return
    named = {item.get("metric_namespace") for item in params["filters"]} | {*(params.get("purge_namespace") or [])}
    managed = {namespace for namespace in named if namespace}
    for item in params["filters"]:
        own = before.get(item["name"])
        # A task that deletes by name alone claims no namespace.
        if own and managed and not own.namespaces & managed and not _was_moved(own, item):
            yield (
                f"The metric filter {own.name} of log group {params['log_group_name']} exists and is not managed by"
                f" this collection: its metric is in namespace {', '.join(sorted(own.namespaces))}, which the task does"
                " not mention. Nothing was changed. Choose another name, or take the filter over with adopt: true."
            )


def _was_moved(own: MetricFilter, item: Mapping[str, Any]) -> bool:
    return (own.pattern, own.metric_name) == (item.get("pattern"), item.get("metric_name"))


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
    if found is None and changed:
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
