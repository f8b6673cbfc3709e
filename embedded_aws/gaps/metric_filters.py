"""Metric filters belong to a log group and are replaced by name; moto 5.2.5 appends duplicates to any name.

Sources: CloudWatch Logs API reference, PutMetricFilter, DescribeMetricFilters, DeleteMetricFilter; observed on AWS,
2026-09: a replaced filter keeps its creationTime, a refused replacement leaves the old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_aws.errors import AwsError
from embedded_aws.gaps.log_group_lookup import INVALID, backend_and_parameters, log_group, not_found
from embedded_aws.gaps.metric_filter_rules import check_filter, check_limits
from embedded_aws.overrides import override
from embedded_aws.pages import page

if TYPE_CHECKING:
    from embedded_aws.call import Call
    from embedded_aws.world import World

PAGE_SIZE = 50


@override("logs", "PutMetricFilter")
def put_metric_filter(_world: World, call: Call) -> dict[str, Any]:
    """Create or replace a filter of an existing group."""
    backend, parameters = backend_and_parameters(call)
    group = log_group(backend, parameters["logGroupName"])
    check_filter(parameters, getattr(group, "log_group_class", "STANDARD"))
    filters = backend.filters.metric_filters
    place = _place(filters, group.name, parameters["filterName"])
    check_limits([own for own in filters if own["logGroupName"] == group.name], parameters)
    definition = {
        "filterName": parameters["filterName"],
        "filterPattern": parameters["filterPattern"],
        "metricTransformations": parameters["metricTransformations"],
        "creationTime": int(call.at.timestamp() * 1000),
        "logGroupName": group.name,
        "applyOnTransformedLogs": bool(parameters.get("applyOnTransformedLogs")),
    }
    if place is None:
        filters.append(definition)
    else:
        definition["creationTime"] = filters[place]["creationTime"]
        filters[place] = definition
    return {}


@override("logs", "DescribeMetricFilters")
def describe_metric_filters(_world: World, call: Call) -> dict[str, Any]:
    """List filters by name, in pages of 50 at most."""
    backend, parameters = backend_and_parameters(call)
    group, prefix = parameters.get("logGroupName"), parameters.get("filterNamePrefix", "")
    metric = parameters.get("metricName"), parameters.get("metricNamespace")
    if prefix and not group:
        raise AwsError(INVALID, "filterNamePrefix can only be used together with logGroupName.")
    if (metric[0] is None) != (metric[1] is None):
        raise AwsError(INVALID, "metricName and metricNamespace must be specified together.")
    if group:
        log_group(backend, group)
    found = [
        own
        for own in backend.filters.metric_filters
        if group in (None, own["logGroupName"])
        and own["filterName"].startswith(prefix)
        and (metric[0] is None or metric == _metric(own))
    ]
    found.sort(key=lambda own: (own["filterName"], own["logGroupName"]))
    refusal = AwsError(INVALID, "The specified nextToken is invalid.")
    question = (call.account, call.region, group, prefix, metric)
    own_page, token = page(found, parameters.get("limit", PAGE_SIZE), parameters.get("nextToken"), question, refusal)
    return {"metricFilters": own_page} | ({"nextToken": token} if token else {})


@override("logs", "DeleteMetricFilter")
def delete_metric_filter(_world: World, call: Call) -> dict[str, Any]:
    """Delete a filter; the metric stays, as on AWS."""
    backend, parameters = backend_and_parameters(call)
    group = log_group(backend, parameters["logGroupName"])
    place = _place(backend.filters.metric_filters, group.name, parameters["filterName"])
    if place is None:
        raise not_found("metric filter")
    del backend.filters.metric_filters[place]
    return {}


def _place(filters: list[dict[str, Any]], group: str, name: str) -> int | None:
    same = (at for at, own in enumerate(filters) if (own["logGroupName"], own["filterName"]) == (group, name))
    return next(same, None)


def _metric(definition: dict[str, Any]) -> tuple[str, str]:
    (transformation,) = definition["metricTransformations"]
    return transformation["metricName"], transformation["metricNamespace"]
