# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find the resources of a deployment by tag, and by name those that the tagging API does not list.

Source: Resource Groups Tagging API reference, GetResources: it is eventually consistent and does not list IAM roles, so
every listed resource is read from its own service too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..cloudtrail.reads import describe_trails, trail_tags
from ..cloudwatch.reads import alarm_tags, find_alarms
from ..core.account import Account
from ..core.errors import AwsError
from ..core.tags import OWNER_KEY, OWNER_VALUE, as_mapping, is_managed
from ..iam.reads import find_role
from ..kms.reads import find_key, key_tags
from ..logs.ownership import Ownership, record_in
from ..logs.reads import find_log_group, list_metric_filters, log_group_tags
from ..s3.other_objects import other_objects
from ..s3.reads import Bucket, bucket_names
from ..secretsmanager.reads import find_secret
from ..sns.reads import topic_attributes, topic_tags
from . import resources as kinds
from .resources import Deployment, Resource, resource_of

_PENDING_SUBSCRIPTION = "pending without a topic: SNS deletes it within 48 hours"
_ORPHANED_SUBSCRIPTION = "its topic was deleted: SNS deletes it within hours"
_OF_ANOTHER_ACCOUNT = "existing bucket of account {} (secmon_existing_log_bucket_owner), which is never deleted"
_OTHER_OBJECTS = (
    "it contains objects that are not log files of the trail ({}); move them, or set secmon_purge_other_objects: true"
    " to delete them too"
)
_UNNAMED_FILTER = (
    "it publishes to a metric namespace of this deployment, but no rule has this name; delete it if it belonged to a"
    " former rule"
)


@dataclass(frozen=True)
class _Search:
    """One search.

    Attributes:
        account: The account.
        deployment: The deployment of the task.
        tagged: The names of the resources with the tag of this collection according to the tagging API, by type.
    """

    account: Account
    deployment: Deployment
    tagged: Mapping[str, frozenset[str]]

    def names(self, kind: str) -> list[str]:
        """Return the names of a type to search for."""
        return sorted(self.deployment.names(kind) | self.tagged.get(kind, frozenset()))

    def is_tagged(self, kind: str, name: str) -> bool:
        """Return whether the tagging API lists a resource, which makes another call unnecessary."""
        return name in self.tagged.get(kind, ())


def find_resources(account: Account, deployment: Deployment) -> list[Resource]:
    """Return the existing resources of the deployment, or of some of its parts, in the account and region.

    The resources that are found by their tag, without a name in the task, belong to no part.
    """
    listed = [] if deployment.parts else list(_tagged(account))
    tagged: dict[str, set[str]] = {}
    for kind, name in map(resource_of, listed):
        tagged.setdefault(kind, set()).add(name)
    search = _Search(account, deployment, {kind: frozenset(names) for kind, names in tagged.items()})
    found = (item for read, types in _READERS.items() if types & deployment.types for item in read(search))
    return [*filter(deployment.includes, found), *_other_types(listed)]


def _tagged(account: Account) -> Iterator[str]:
    """Yield the ARNs of the resources with the tag of this collection."""
    parameters = {"TagFilters": [{"Key": OWNER_KEY, "Values": [OWNER_VALUE]}], "ResourcesPerPage": 100}
    listed = account.read_all(
        "resourcegroupstaggingapi", "GetResources", "resources by tag", "ResourceTagMappingList", parameters
    )
    for entry in listed:
        yield entry["ResourceARN"]


def _other_types(listed: list[str]) -> Iterator[Resource]:
    """Yield resources of types that this collection does not create, which are not read from their service."""
    for arn in listed:
        kind, name = resource_of(arn)
        if name == arn:
            yield Resource(kind, name, arn, managed=True)


def _trails(search: _Search) -> Iterator[Resource]:
    account = search.account
    names = search.names(kinds.TRAIL)
    for trail in describe_trails(account, ", ".join(names) or "of this deployment"):
        name, arn = trail["Name"], trail["TrailARN"]
        if name not in names or trail["HomeRegion"] != account.region:
            continue
        # Member accounts can list an organization trail but are not allowed to read its tags.
        owned = arn.split(":")[4] == account.place.account
        managed = owned and (search.is_tagged(kinds.TRAIL, name) or is_managed(trail_tags(account, trail)))
        yield Resource(kinds.TRAIL, name, arn, managed=managed)


def _buckets(search: _Search) -> Iterator[Resource]:
    owner = search.deployment.bucket_owner
    elsewhere = search.deployment.existing.get(kinds.BUCKET, frozenset()) if owner else frozenset()
    # HeadBucket does not distinguish a bucket of another account from a missing permission; ListBuckets does. But it
    # lists a deleted bucket for a while (AWS Knowledge Center, "s3-listing-deleted-bucket"), so HeadBucket decides.
    listed = bucket_names(search.account)
    for name in search.names(kinds.BUCKET):
        if name not in elsewhere and name in listed and Bucket(search.account, name).exists():
            yield from _bucket(search, Bucket(search.account, name))
    for name in elsewhere:
        if _exists_elsewhere(Bucket(search.account, name, owner)):
            arn = Bucket(search.account, name).arn
            yield Resource(kinds.BUCKET, name, arn, managed=False, expected=_OF_ANOTHER_ACCOUNT.format(owner))


def _exists_elsewhere(bucket: Bucket) -> bool:
    """Return whether a bucket of another account exists, as far as the caller is allowed to know."""
    try:
        return bucket.exists()
    except AwsError as error:
        if error.is_denial:
            return True
        raise


def _bucket(search: _Search, bucket: Bucket) -> Iterator[Resource]:
    managed = search.is_tagged(kinds.BUCKET, bucket.name) or is_managed(
        as_mapping(bucket.setting("GetBucketTagging", "NoSuchBucket").get("TagSet", []))
    )
    deployment = search.deployment
    removable = managed and not deployment.keep_bucket
    folders = deployment.log_folders if removable else ()
    others = ", ".join(other_objects(bucket, folders)) if folders else ""
    obstacle = _object_lock(bucket) if removable else ""
    if others and not deployment.purge_others:
        obstacle = obstacle or _OTHER_OBJECTS.format(others)
    elif others:
        yield Resource(kinds.OBJECTS, others, bucket.arn, managed=False, container=f"the log bucket {bucket.name}")
    yield Resource(kinds.BUCKET, bucket.name, bucket.arn, managed=managed, obstacle=obstacle)


def _object_lock(bucket: Bucket) -> str:
    answer = bucket.setting("GetObjectLockConfiguration", "NoSuchBucket").get("ObjectLockConfiguration", {})
    if answer.get("ObjectLockEnabled") != "Enabled":
        return ""
    retention = answer.get("Rule", {}).get("DefaultRetention", {})
    period = f"{retention['Days']} days" if "Days" in retention else f"{retention.get('Years', 0)} years"
    terms = f" ({retention['Mode']}, {period})" if retention else ""
    return f"S3 Object Lock keeps its log files{terms}; run teardown again when the locks have expired"


def _log_groups(search: _Search) -> Iterator[Resource]:
    account = search.account
    for name in search.names(kinds.LOG_GROUP):
        group = find_log_group(account, name)
        if group is None:
            continue
        arn = group["arn"].removesuffix(":*")
        tags = log_group_tags(account, group)
        managed = search.is_tagged(kinds.LOG_GROUP, name) or is_managed(tags)
        protected = "it is protected from deletion; set deletion_protection: false in secmon.aws.log_group"
        obstacle = protected if group.get("deletionProtectionEnabled") else ""
        found = Resource(kinds.LOG_GROUP, name, arn, managed=managed, obstacle=obstacle)
        yield found
        yield from _filters(search, found, Ownership(record=record_in(tags)))


def _filters(search: _Search, group: Resource, ownership: Ownership) -> Iterator[Resource]:
    """Yield the filters that are or may be managed, and those of others that are deleted with a managed log group."""
    deployment = search.deployment
    for item in list_metric_filters(search.account, group.name) or []:
        name = item["filterName"]
        if ownership.record:
            managed = ownership.is_recorded(name)
        else:  # a log group of others, or one from before 0.4.0
            managed = any(feeds["metricNamespace"] in deployment.namespaces for feeds in item["metricTransformations"])
        if name in deployment.names(kinds.FILTER) | deployment.other_filters:
            yield Resource(kinds.FILTER, name, group.arn, managed=managed)
        elif not managed and group.managed and group.name in deployment.named.get(kinds.LOG_GROUP, ()):
            container = f"the log group {group.name}"
            yield Resource(kinds.FILTER, name, group.arn, managed=False, container=container)
        elif managed and not group.managed:
            yield Resource(kinds.FILTER, name, group.arn, managed=True, expected=_UNNAMED_FILTER)


def _alarms(search: _Search) -> Iterator[Resource]:
    for name, alarm in find_alarms(search.account, search.names(kinds.ALARM)).items():
        arn = alarm["AlarmArn"]
        managed = search.is_tagged(kinds.ALARM, name) or is_managed(alarm_tags(search.account, name, arn))
        yield Resource(kinds.ALARM, name, arn, managed=managed)


def _topics(search: _Search) -> Iterator[Resource]:
    account = search.account
    subscriptions = account.read_all("sns", "ListSubscriptions", "account's subscriptions", "Subscriptions")
    for name in search.names(kinds.TOPIC):
        arn = account.place.arn("sns", name)
        topic = _topic(search, name, arn)
        if topic:
            yield topic
        if topic is None or topic.managed:
            yield from (_subscription(item, topic) for item in subscriptions if item["TopicArn"] == arn)


def _topic(search: _Search, name: str, arn: str) -> Resource | None:
    if topic_attributes(search.account, arn) is None:
        return None
    managed = search.is_tagged(kinds.TOPIC, name) or is_managed(topic_tags(search.account, arn))
    return Resource(kinds.TOPIC, name, arn, managed=managed)


def _subscription(item: Mapping[str, str], topic: Resource | None) -> Resource:
    arn = item["SubscriptionArn"]
    pending = not arn.startswith("arn:")
    without_topic = _PENDING_SUBSCRIPTION if pending else _ORPHANED_SUBSCRIPTION
    expected = without_topic if topic is None else ""
    name = f"{item['Protocol']} {item['Endpoint']}"
    return Resource(kinds.SUBSCRIPTION, name, item["TopicArn"] if pending else arn, managed=True, expected=expected)


def _secrets(search: _Search) -> Iterator[Resource]:
    for name in search.names(kinds.SECRET):
        secret = find_secret(search.account, name)
        if secret:
            managed = is_managed(as_mapping(secret.get("Tags", [])))
            yield Resource(kinds.SECRET, name, secret["ARN"], managed=managed, until=secret.get("DeletedDate"))


def _roles(search: _Search) -> Iterator[Resource]:
    for name in search.names(kinds.ROLE):
        role = find_role(search.account, name)
        if role:
            yield Resource(kinds.ROLE, name, role["Arn"], managed=is_managed(as_mapping(role.get("Tags", []))))


def _keys(search: _Search) -> Iterator[Resource]:
    """Yield each key once although it has aliases and an ID."""
    seen: set[str] = set()
    # Aliases first, since they are more readable than IDs.
    for name in sorted(search.names(kinds.KEY), key=lambda name: (not name.startswith("alias/"), name)):
        key = find_key(search.account, name)
        if key and key["Arn"] not in seen:
            seen.add(key["Arn"])
            yield _key(search, name, key)


def _key(search: _Search, name: str, key: Mapping[str, Any]) -> Resource:
    arn = key["Arn"]
    managed = search.is_tagged(kinds.KEY, key["KeyId"]) or is_managed(key_tags(search.account, key))
    return Resource(kinds.KEY, name, arn, managed=managed, until=key.get("DeletionDate"))


_READERS = {
    _trails: {kinds.TRAIL},
    _buckets: {kinds.BUCKET, kinds.OBJECTS},
    _log_groups: {kinds.LOG_GROUP, kinds.FILTER},
    _alarms: {kinds.ALARM},
    _topics: {kinds.TOPIC, kinds.SUBSCRIPTION},
    _secrets: {kinds.SECRET},
    _roles: {kinds.ROLE},
    _keys: {kinds.KEY},
}
