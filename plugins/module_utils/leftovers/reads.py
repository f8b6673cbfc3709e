# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What is read to find out what is left of the system: by our tag, and by name what the tagging API does not know.

Source: Resource Groups Tagging API reference, GetResources: it lags behind, and knows no IAM roles. So what it lists
is looked for with its own service before it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..cloudtrail.reads import describe_trails, trail_tags
from ..cloudwatch.reads import alarm_tags, find_alarms
from ..core.account import Account
from ..core.aws_names import bucket_arn
from ..core.tags import OWNER_KEY, OWNER_VALUE, as_mapping, is_ours
from ..iam.reads import find_role
from ..kms.reads import find_key, key_tags
from ..logs.reads import find_log_group, list_metric_filters, log_group_tags
from ..s3.reads import bucket_names, bucket_setting
from ..secretsmanager.reads import find_secret
from ..sns.reads import topic_attributes, topic_tags
from . import classify as kinds
from .classify import Found, System


@dataclass(frozen=True)
class _Sweep:
    """One sweep.

    Attributes:
        account: Where.
        system: What the task says.
        tagged: What the tagging API says is ours: the names, by type.
    """

    account: Account
    system: System
    tagged: Mapping[str, frozenset[str]]

    def names(self, kind: str) -> list[str]:
        """Return the names of a type to look for."""
        return sorted(self.system.names(kind) | self.tagged.get(kind, frozenset()))

    def is_tagged(self, kind: str, name: str) -> bool:
        """Whether the tagging API says that it is ours, which spares a call."""
        return name in self.tagged.get(kind, ())


def find_leftovers(account: Account, system: System) -> list[Found]:
    """Return all that is there of the system, in the account and region."""
    listed = list(_tagged(account))
    tagged: dict[str, set[str]] = {}
    for kind, name in map(kinds.resource_of, listed):
        tagged.setdefault(kind, set()).add(name)
    sweep = _Sweep(account, system, {kind: frozenset(names) for kind, names in tagged.items()})
    return [*(found for read in _READERS for found in read(sweep)), *_unknown(listed)]


def _tagged(account: Account) -> Iterator[str]:
    """Yield the ARNs of what carries our mark."""
    parameters = {"TagFilters": [{"Key": OWNER_KEY, "Values": [OWNER_VALUE]}], "ResourcesPerPage": 100}
    listed = account.read_all(
        "resourcegroupstaggingapi", "GetResources", "resources with our tag", "ResourceTagMappingList", parameters
    )
    for entry in listed:
        yield entry["ResourceARN"]


def _unknown(listed: list[str]) -> Iterator[Found]:
    """Yield what is of a kind that this collection does not make: there is no call to look for it."""
    for arn in listed:
        kind, name = kinds.resource_of(arn)
        if name == arn:
            yield Found(kind, name, arn, ours=True)


def _trails(sweep: _Sweep) -> Iterator[Found]:
    account = sweep.account
    names = sweep.names(kinds.TRAIL)
    for trail in describe_trails(account, ", ".join(names) or "of ours"):
        name, arn = trail["Name"], trail["TrailARN"]
        if name not in names or trail["HomeRegion"] != account.region:
            continue
        # The trail of an organization shows in all its accounts, which may not ask for its tags.
        own = arn.split(":")[4] == account.place.account
        ours = own and (sweep.is_tagged(kinds.TRAIL, name) or is_ours(trail_tags(account, trail)))
        yield Found(kinds.TRAIL, name, arn, ours=ours)


def _buckets(sweep: _Sweep) -> Iterator[Found]:
    names = sweep.names(kinds.BUCKET)
    # HeadBucket cannot tell a bucket of somebody else's account from a lack of permission; this can.
    there = bucket_names(sweep.account)
    for name in names:
        if name in there:
            yield _bucket(sweep, name)


def _bucket(sweep: _Sweep, name: str) -> Found:
    arn = bucket_arn(sweep.account.place.partition, name)
    ours = sweep.is_tagged(kinds.BUCKET, name) or is_ours(
        as_mapping(bucket_setting(sweep.account, name, "GetBucketTagging", "NoSuchBucket").get("TagSet", []))
    )
    looked_for = ours and not sweep.system.keep_bucket
    return Found(kinds.BUCKET, name, arn, ours=ours, obstacle=_object_lock(sweep.account, name) if looked_for else "")


def _object_lock(account: Account, name: str) -> str:
    answer = bucket_setting(account, name, "GetObjectLockConfiguration", "NoSuchBucket").get(
        "ObjectLockConfiguration", {}
    )
    if answer.get("ObjectLockEnabled") != "Enabled":
        return ""
    retention = answer.get("Rule", {}).get("DefaultRetention", {})
    period = f"{retention['Days']} days" if "Days" in retention else f"{retention.get('Years', 0)} years"
    how_long = f" ({retention['Mode']}, {period})" if retention else ""
    return f"S3 Object Lock keeps its log files{how_long}; run teardown again when the locks are over"


def _log_groups(sweep: _Sweep) -> Iterator[Found]:
    account = sweep.account
    for name in sweep.names(kinds.LOG_GROUP):
        group = find_log_group(account, name)
        if group is None:
            continue
        arn = group["arn"].removesuffix(":*")
        ours = sweep.is_tagged(kinds.LOG_GROUP, name) or is_ours(log_group_tags(account, group))
        protected = "it is protected from deletion; lift that (deletion_protection: false of secmon.aws.log_group)"
        obstacle = protected if group.get("deletionProtectionEnabled") else ""
        found = Found(kinds.LOG_GROUP, name, arn, ours=ours, obstacle=obstacle)
        yield found
        yield from _filters(sweep, found)


def _filters(sweep: _Sweep, group: Found) -> Iterator[Found]:
    """Yield the filters that are or may be ours; those of other names in a group of ours go with the group."""
    system = sweep.system
    for item in list_metric_filters(sweep.account, group.name) or []:
        name = item["filterName"]
        ours = any(feeds["metricNamespace"] in system.namespaces for feeds in item["metricTransformations"])
        if name in system.names(kinds.FILTER) | system.other_filters:
            yield Found(kinds.FILTER, name, group.arn, ours=ours)
        elif ours and not group.ours:
            yield Found(kinds.FILTER, name, group.arn, ours=True, passing=kinds.UNNAMED_FILTER)


def _alarms(sweep: _Sweep) -> Iterator[Found]:
    for name, alarm in find_alarms(sweep.account, sweep.names(kinds.ALARM)).items():
        arn = alarm["AlarmArn"]
        ours = sweep.is_tagged(kinds.ALARM, name) or is_ours(alarm_tags(sweep.account, name, arn))
        yield Found(kinds.ALARM, name, arn, ours=ours)


def _topics(sweep: _Sweep) -> Iterator[Found]:
    account = sweep.account
    subscriptions = account.read_all("sns", "ListSubscriptions", "account's subscriptions", "Subscriptions")
    for name in sweep.names(kinds.TOPIC):
        arn = account.place.arn("sns", name)
        topic = _topic(sweep, name, arn)
        if topic:
            yield topic
        if topic is None or topic.ours:
            yield from (_subscription(item, topic) for item in subscriptions if item["TopicArn"] == arn)


def _topic(sweep: _Sweep, name: str, arn: str) -> Found | None:
    if topic_attributes(sweep.account, arn) is None:
        return None
    ours = sweep.is_tagged(kinds.TOPIC, name) or is_ours(topic_tags(sweep.account, arn))
    return Found(kinds.TOPIC, name, arn, ours=ours)


def _subscription(item: Mapping[str, str], topic: Found | None) -> Found:
    arn = item["SubscriptionArn"]
    pending = not arn.startswith("arn:")
    passing = kinds.PENDING_SUBSCRIPTION if pending and topic is None else ""
    name = f"{item['Protocol']} {item['Endpoint']}"
    return Found(kinds.SUBSCRIPTION, name, item["TopicArn"] if pending else arn, ours=True, passing=passing)


def _secrets(sweep: _Sweep) -> Iterator[Found]:
    for name in sweep.names(kinds.SECRET):
        secret = find_secret(sweep.account, name)
        if secret:
            ours = is_ours(as_mapping(secret.get("Tags", [])))
            yield Found(kinds.SECRET, name, secret["ARN"], ours=ours, until=secret.get("DeletedDate"))


def _roles(sweep: _Sweep) -> Iterator[Found]:
    for name in sweep.names(kinds.ROLE):
        role = find_role(sweep.account, name)
        if role:
            yield Found(kinds.ROLE, name, role["Arn"], ours=is_ours(as_mapping(role.get("Tags", []))))


def _keys(sweep: _Sweep) -> Iterator[Found]:
    """Yield keys, each once although it has an alias and an id."""
    seen: set[str] = set()
    # Aliases come before ids: a name says more.
    for name in sorted(sweep.names(kinds.KEY), key=lambda name: (not name.startswith("alias/"), name)):
        key = find_key(sweep.account, name)
        if key and key["Arn"] not in seen:
            seen.add(key["Arn"])
            yield _key(sweep, name, key)


def _key(sweep: _Sweep, name: str, key: Mapping[str, Any]) -> Found:
    arn = key["Arn"]
    ours = sweep.is_tagged(kinds.KEY, key["KeyId"]) or is_ours(key_tags(sweep.account, key))
    return Found(kinds.KEY, name, arn, ours=ours, until=key.get("DeletionDate"))


_READERS = (_trails, _buckets, _log_groups, _alarms, _topics, _secrets, _roles, _keys)
