"""The Tagging API's GetResources finds trails and event rules; moto 5.2.5 leaves both out.

Source: Resource Groups Tagging API reference, "Services that support the Resource Groups Tagging API". IAM roles are
not among them on AWS either.
"""

from __future__ import annotations

from collections.abc import Iterator

from moto.cloudtrail.models import CloudTrailBackend, cloudtrail_backends
from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource
from moto.events.models import EventsBackend

_MOTO_ITERATES = EventsBackend.iter_tagged_resources


class _TaggableTrails(CloudTrailBackend, TaggableResourcesMixin):
    """moto's backend, as one that the Tagging API asks."""

    SERVICE_NAMESPACE = "cloudtrail"
    # moto finds a service's routes beside the module of its backend.
    __module__ = CloudTrailBackend.__module__

    def iter_tagged_resources(self) -> Iterator[TaggedResource]:
        """Yield the trails whose home is here."""
        for trail in self.trails.values():
            tags = self.tagging_service.get_tag_dict_for_resource(trail.arn)
            yield TaggedResource(arn=trail.arn, tags=tags, resource_type="cloudtrail:trail")

    def tag_resource(self, arn: str, tags: dict[str, str]) -> None:
        """Add tags to a trail."""
        self.tagging_service.tag_resource(arn, self.tagging_service.convert_dict_to_tags_input(tags))

    def untag_resource(self, arn: str, tag_keys: list[str]) -> None:
        """Take tags from a trail."""
        self.tagging_service.untag_resource_using_names(arn, tag_keys)


def _buses_and_rules(backend: EventsBackend) -> Iterator[TaggedResource]:
    yield from _MOTO_ITERATES(backend)
    for bus in backend.event_buses.values():
        for rule in bus.rules.values():
            tags = backend.tagger.get_tag_dict_for_resource(rule.arn)
            yield TaggedResource(arn=rule.arn, tags=tags, resource_type="events:rule")


def close() -> None:
    """Put our backend in the place of moto's, and add the rules; before the first call."""
    cloudtrail_backends.backend = _TaggableTrails
    EventsBackend.iter_tagged_resources = _buses_and_rules  # type: ignore[assignment, method-assign]
