# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find the resources of a deployment by tag, and by name those that the tagging API does not list.

The tagging API lists late, so every listed resource is read from its own service too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..cloudtrail.reads import trail_tags
from ..core.account import Account
from ..core.aws_names import ACCOUNT_ID
from ..core.errors import AwsError
from ..core.event_forwarding import RULES as FORWARDING_RULES
from ..core.tags import Listed, as_mapping, is_managed
from ..kms.reads import find_key, key_tags
from ..logs.ownership import Ownership, record_in
from ..logs.reads import find_log_group, list_metric_filters, log_group_tags
from ..s3.other_objects import other_objects
from ..s3.reads import Bucket, bucket_names
from ..secretsmanager.reads import find_secret
from ..sns.reads import topic_attributes, topic_tags
from ..tagging.reads import managed_resources
from . import resources as kinds
from .alarms import alarms
from .event_rules import event_rules, forwarder
from .orphans import orphaned_keys, orphaned_roles
from .resources import Deployment, Resource, resource_of
from .search import Search
from .uses import guarded

_PENDING_SUBSCRIPTION = "pending without a topic: SNS deletes it within 48 hours"
_ORPHANED_SUBSCRIPTION = "its topic was deleted: SNS deletes it within hours"
_REPLICA = "replica of the secret in {}, whose deployment manages it"
_OF_ANOTHER_ACCOUNT = "existing bucket of account {} (secmon_existing_log_bucket_owner), which is never deleted"
_OTHER_OBJECTS = (
    "it contains objects that are not log files of the trail ({}); move them, or set secmon_purge_other_objects: true"
    " to delete them too"
)
_LOG_FILES = "it contains log files; set secmon_purge_log_bucket: true to delete them too"
_UNNAMED_FILTER = (
    "it publishes to a metric namespace of this deployment, but no rule has this name; delete it if it belonged to a"
    " former rule"
)


def find_resources(account: Account, deployment: Deployment, known: Listed | None = None) -> list[Resource]:
    """Return the existing resources of the deployment in the account and region, or what it no longer names.

    The resources that are found by their tag, without a name in the task, belong to no part of a teardown.

    Args:
        account: The account.
        deployment: The deployment.
        known: What the tagging API lists, if the task knows it.
    """
    tags_by_arn = {} if deployment.parts else managed_resources(account) if known is None else known
    # A rule here that forwards events to another region belongs to the deployment there.
    listed = {
        arn: tags
        for arn, tags in tags_by_arn.items()
        if arn not in deployment.kept and f":rule/{FORWARDING_RULES}" not in arn
    }
    tagged: dict[str, dict[str, Mapping[str, str]]] = {}
    for arn, tags in listed.items():
        kind, name = resource_of(arn)
        tagged.setdefault(kind, {})[name] = tags
    search = Search(account, deployment, tagged)
    if not deployment.orphans:
        readers = [read for kind, read in _READERS.items() if {kind, _ALONG.get(kind)} & deployment.types]
        found = [item for read in readers for item in read(search) if deployment.includes(item)]
        return [*found, *_other_types(listed)]
    of_account = [arn for arn in listed if re.fullmatch(ACCOUNT_ID, arn.split(":")[4])]
    if of_account:
        account.learn_place(of_account[0])
    arns = {resource_of(arn): arn for arn in listed}
    found = [item for kind in _READERS if kind != kinds.KEY for item in _orphans(search, kind, arns)]
    return guarded(search, [*found, *orphaned_roles(search), *orphaned_keys(search), *_other_types(listed)])


def _orphans(search: Search, kind: str, arns: Mapping[tuple[str, str], str]) -> Iterator[Resource]:
    """Yield the resources of one type that are not named, also those that the caller may not read."""
    names = search.names(kind)
    for some in [names] if kind in _LISTED_AT_ONCE and names else [[name] for name in names]:
        try:
            tagged = {kind: {name: search.tagged[kind][name] for name in some}}
            yield from _READERS[kind](replace(search, tagged=tagged))
        except AwsError as error:
            if not error.is_denial:
                raise
            obstacle = f"it may not be read. {error.hint}"
            yield from (Resource(kind, name, arns[kind, name], managed=True, obstacle=obstacle) for name in some)


def _other_types(listed: Iterable[str]) -> Iterator[Resource]:
    """Yield resources of types that this collection does not create, which are not read from their service."""
    for arn in listed:
        kind, name = resource_of(arn)
        if name == arn:
            yield Resource(kind, name, arn, managed=True)


def _trails(search: Search) -> Iterator[Resource]:
    account = search.account
    names = search.names(kinds.TRAIL)
    for trail in search.trails:
        name, arn = trail["Name"], trail["TrailARN"]
        if name not in names or trail["HomeRegion"] != account.region:
            continue
        # Member accounts can list an organization trail but are not allowed to read its tags.
        owned = arn.split(":")[4] == account.place.account
        managed = owned and (search.is_tagged(kinds.TRAIL, name) or is_managed(trail_tags(account, trail)))
        group = trail.get("CloudWatchLogsLogGroupArn", "").removesuffix(":*").partition(":log-group:")[2]
        doubles = group if group in search.deployment.names(kinds.LOG_GROUP) else ""
        yield Resource(kinds.TRAIL, name, arn, managed=managed, doubles=doubles)


def _buckets(search: Search) -> Iterator[Resource]:
    owner = search.deployment.bucket_owner
    existing = search.deployment.existing.get(kinds.BUCKET, frozenset())
    elsewhere = existing if owner and not search.deployment.orphans else frozenset()
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


def _bucket(search: Search, bucket: Bucket) -> Iterator[Resource]:
    managed = search.is_tagged(kinds.BUCKET, bucket.name) or is_managed(
        as_mapping(bucket.setting("GetBucketTagging", "NoSuchBucket").get("TagSet", []))
    )
    deployment = search.deployment
    removable = managed and not deployment.keep_bucket
    kept = managed and deployment.orphans and deployment.keep_bucket and not bucket.is_empty()
    folders = deployment.log_folders if removable else ()
    others = ", ".join(other_objects(bucket, folders)) if folders else ""
    obstacle = _object_lock(bucket) if removable else _LOG_FILES if kept else ""
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


def _log_groups(search: Search) -> Iterator[Resource]:
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


def _filters(search: Search, group: Resource, ownership: Ownership) -> Iterator[Resource]:
    """Yield the filters that are or may be managed, and those of others that are deleted with a managed log group."""
    deployment = search.deployment
    named = deployment.named.get(kinds.LOG_GROUP, frozenset())
    for item in list_metric_filters(search.account, group.name) or []:
        name = item["filterName"]
        if ownership.record:
            managed = ownership.is_recorded(name)
        else:  # a log group of others, or one from before 0.4.0
            managed = any(feeds["metricNamespace"] in deployment.namespaces for feeds in item["metricTransformations"])
        if name in deployment.names(kinds.FILTER) | deployment.other_filters and not deployment.orphans:
            yield Resource(kinds.FILTER, name, group.arn, managed=managed)
        elif not managed and group.managed and (deployment.orphans or group.name in named):
            container = f"the log group {group.name}"
            yield Resource(kinds.FILTER, name, group.arn, managed=False, container=container)
        elif managed and not group.managed:
            yield Resource(kinds.FILTER, name, group.arn, managed=True, expected=_UNNAMED_FILTER)


def _topics(search: Search) -> Iterator[Resource]:
    account = search.account
    subscriptions = account.read_all("sns", "ListSubscriptions", "account's subscriptions", "Subscriptions")
    for name in search.names(kinds.TOPIC):
        arn = account.place.arn("sns", name)
        topic = _topic(search, name, arn)
        if topic:
            yield topic
        if topic is None or topic.managed:
            yield from (_subscription(item, topic) for item in subscriptions if item["TopicArn"] == arn)


def _topic(search: Search, name: str, arn: str) -> Resource | None:
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


def _secrets(search: Search) -> Iterator[Resource]:
    for name in search.names(kinds.SECRET):
        secret = find_secret(search.account, name)
        if secret:
            managed = is_managed(as_mapping(secret.get("Tags", [])))
            primary = secret.get("PrimaryRegion", search.account.region)
            replica = _REPLICA.format(primary) if primary != search.account.region else ""
            until = secret.get("DeletedDate")
            yield Resource(kinds.SECRET, name, secret["ARN"], managed=managed, until=until, expected=replica)


def _roles(search: Search) -> Iterator[Resource]:
    for name in search.names(kinds.ROLE):
        role = forwarder(search, name)
        if role:
            yield Resource(kinds.ROLE, name, role["Arn"], managed=is_managed(as_mapping(role.get("Tags", []))))
    if not search.deployment.parts:
        yield from orphaned_roles(search)


def _keys(search: Search) -> Iterator[Resource]:
    """Yield each key once although it has aliases and an ID."""
    seen: set[str] = set()
    # Aliases first, since they are more readable than IDs.
    for name in sorted(search.names(kinds.KEY), key=lambda name: (not name.startswith("alias/"), name)):
        key = find_key(search.account, name)
        if key and key["Arn"] not in seen:
            seen.add(key["Arn"])
            yield _key(search, name, key)


def _key(search: Search, name: str, key: Mapping[str, Any]) -> Resource:
    arn = key["Arn"]
    managed = search.is_tagged(kinds.KEY, key["KeyId"]) or is_managed(key_tags(search.account, arn))
    return Resource(kinds.KEY, name, arn, managed=managed, until=key.get("DeletionDate"))


_READERS = {
    kinds.TRAIL: _trails,
    kinds.BUCKET: _buckets,
    kinds.LOG_GROUP: _log_groups,
    kinds.ALARM: alarms,
    kinds.EVENT_RULE: event_rules,
    kinds.TOPIC: _topics,
    kinds.SECRET: _secrets,
    kinds.ROLE: _roles,
    kinds.KEY: _keys,
}
# What one call lists.
_LISTED_AT_ONCE = frozenset({kinds.ALARM, kinds.EVENT_RULE})
# What is read with a type.
_ALONG = {kinds.BUCKET: kinds.OBJECTS, kinds.LOG_GROUP: kinds.FILTER, kinds.TOPIC: kinds.SUBSCRIPTION}
