"""Overrides of the Resource Groups Tagging API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from moto.cloudtrail.models import CloudTrailBackend, cloudtrail_backends
from moto.core.resource_tagging import (
    TaggableResourcesMixin,
    TaggedResource,
    iter_taggable_backends,
    make_tag_matcher,
    match_resource_type,
)
from moto.events.models import EventsBackend
from moto.s3.models import FakeBucket, S3Backend

from embedded_aws.cloudtrail.records.operations import is_read_only
from embedded_aws.core.call import Answer, Call
from embedded_aws.core.consistency import TAGGING_API
from embedded_aws.core.errors import AwsError
from embedded_aws.core.overrides import EVERY, after, override, patch
from embedded_aws.core.pages import page
from embedded_aws.core.state import State

# GetResources returns pages of 100, AWS's resource types, and a bucket in its Region only.
#
# moto 5.2.5 has pages of 50 resources and at most 100 tags, the type `logs:loggroup` for a log group, lists every
# bucket in every Region, accepts a token only once, and accepts filters with a list of ARNs. Source: Resource
# Groups Tagging API reference, GetResources. Resources whose tags were removed are left out; AWS lists them.

RESOURCES_PER_PAGE = 100

_INVALID = "InvalidParameterException"
_RESOURCES_PER_PAGE = range(1, RESOURCES_PER_PAGE + 1)
_TAGS_PER_PAGE = range(100, 501)
_NOT_WITH_ARNS = ("TagFilters", "ResourceTypeFilters", "ResourcesPerPage", "TagsPerPage", "PaginationToken")
_NOT_SUPPORTED = ("IncludeComplianceDetails", "ExcludeCompliantResources")
# AWS's resource types where moto's differ.
_TYPES = {"logs:loggroup": "logs:log-group"}


@override("resourcegroupstaggingapi", "GetResources")
def get_resources(state: State, call: Call) -> dict[str, Any]:
    """List the tagged resources of an account and Region by their ARNs."""
    parameters = call.parameters
    _check(parameters)
    found = sorted(_requested(state, call, parameters), key=lambda resource: resource.arn)
    pages = list(_pages(found, parameters.get("ResourcesPerPage", RESOURCES_PER_PAGE), parameters.get("TagsPerPage")))
    question = (call.account, call.region, {**parameters, "PaginationToken": None})
    rejection = AwsError("PaginationTokenExpiredException", "The pagination token is not valid.", 400)
    shown, token = page(pages, 1, parameters.get("PaginationToken"), question, rejection)
    mappings = [_mapping(resource) for resources in shown for resource in resources]
    return {"PaginationToken": token or "", "ResourceTagMappingList": mappings}


def _check(parameters: dict[str, Any]) -> None:
    unknown = [name for name in _NOT_SUPPORTED if parameters.get(name)]
    if unknown:
        raise AwsError(_INVALID, f"The embedded AWS does not support {unknown[0]}.", 400)
    both = [name for name in _NOT_WITH_ARNS if parameters.get(name)]
    if parameters.get("ResourceARNList") and both:
        raise AwsError(_INVALID, f"ResourceARNList and {both[0]} cannot both be specified.", 400)
    for name, allowed in (("ResourcesPerPage", _RESOURCES_PER_PAGE), ("TagsPerPage", _TAGS_PER_PAGE)):
        if parameters.get(name, allowed[0]) not in allowed:
            raise AwsError(_INVALID, f"{name} must be between {allowed[0]} and {allowed[-1]}.", 400)
    if any(not tag_filter.get("Key") for tag_filter in parameters.get("TagFilters") or ()):
        raise AwsError(_INVALID, "Every tag filter needs a key.", 400)


def _requested(state: State, call: Call, parameters: dict[str, Any]) -> Iterator[TaggedResource]:
    arns = parameters.get("ResourceARNList")
    has_tags = make_tag_matcher(parameters.get("TagFilters"))
    shown = state.tagged_resources.get((call.account, call.region), [])
    for resource in shown if state.consistency.lags else _resources(call):
        resource_type = _TYPES.get(resource.resource_type, resource.resource_type)
        if (
            resource.tags
            and (not arns or resource.arn in arns)
            and match_resource_type(resource_type, parameters.get("ResourceTypeFilters"))
            and has_tags(resource.tags)
        ):
            yield resource


def _resources(call: Call) -> Iterator[TaggedResource]:
    """Yield the resources of moto's backends, including those without tags."""
    for backend in iter_taggable_backends(call.account, call.region):
        buckets = backend.buckets if isinstance(backend, S3Backend) else {}
        for resource in backend.iter_tagged_resources():
            bucket: FakeBucket | None = buckets.get(resource.arn.rpartition(":")[2])
            if bucket is None or bucket.region_name == call.region:
                yield resource


def _snapshot(call: Call) -> list[TaggedResource]:
    """Return a copy of the resources, which other calls may change meanwhile."""
    while True:
        try:
            return [TaggedResource(item.arn, dict(item.tags), item.resource_type) for item in _resources(call)]
        except RuntimeError:  # another call has changed the size of a dictionary of moto
            continue


@after(EVERY, EVERY)
def delay_tags(state: State, call: Call, _answer: Answer) -> None:
    """Show the resources and tags of an account and Region as they are after a write, at a later time."""
    if not state.consistency.lags or is_read_only(call.service, call.action):
        return
    key = (call.account, call.region)
    now = _snapshot(call)
    state.consistency.later(TAGGING_API, lambda: state.tagged_resources.update({key: now}), *key)


def _pages(found: Sequence[TaggedResource], most: int, most_tags: int | None) -> Iterator[list[TaggedResource]]:
    """Yield pages with a maximum number of resources and tags, but at least one resource."""
    start = 0
    while start < len(found):
        end, tags = start + 1, len(found[start].tags)
        while end < min(start + most, len(found)):
            tags += len(found[end].tags)
            if most_tags is not None and tags > most_tags:
                break
            end += 1
        yield list(found[start:end])
        start = end


def _mapping(resource: TaggedResource) -> dict[str, Any]:
    return {
        "ResourceARN": resource.arn,
        "Tags": [{"Key": key, "Value": value} for key, value in resource.tags.items()],
    }


# GetResources finds trails and event rules; moto 5.2.5 lists neither.
#
# Source: Resource Groups Tagging API reference, "Services that support the Resource Groups Tagging API". IAM roles are
# not among them on AWS either.

_MOTO_ITERATES = EventsBackend.iter_tagged_resources


@patch(cloudtrail_backends, "backend")
class _TaggableTrails(CloudTrailBackend, TaggableResourcesMixin):
    """moto's backend of CloudTrail with the interface of the Tagging API."""

    SERVICE_NAMESPACE = "cloudtrail"
    # moto finds a service's routes by the module of its backend.
    __module__ = CloudTrailBackend.__module__

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the trails of this home Region."""
        for trail in self.trails.values():
            tags = self.tagging_service.get_tag_dict_for_resource(trail.arn)
            yield TaggedResource(arn=trail.arn, tags=tags, resource_type="cloudtrail:trail")

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """Add tags to a trail."""
        self.tagging_service.tag_resource(arn, self.tagging_service.convert_dict_to_tags_input(tags))

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """Remove tags from a trail."""
        self.tagging_service.untag_resource_using_names(arn, tag_keys)


@patch(EventsBackend, "iter_tagged_resources")
def _buses_and_rules(backend: EventsBackend) -> Iterator[TaggedResource]:
    yield from _MOTO_ITERATES(backend)
    for bus in backend.event_buses.values():
        for rule in bus.rules.values():
            tags = backend.tagger.get_tag_dict_for_resource(rule.arn)
            yield TaggedResource(arn=rule.arn, tags=tags, resource_type="events:rule")
