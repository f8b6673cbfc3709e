# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read the monitoring of one account and region. Names are found from the trails, so that it may be built by others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from ..cloudtrail.digests import digest_end
from ..cloudtrail.reads import bucket_owner, describe_trails, event_selectors, log_folder, trail_status, trail_tags
from ..cloudwatch.grouped import from_query
from ..core.account import Account
from ..core.errors import AwsError
from ..core.problems import sentence
from ..drill.marks import STREAM
from ..iam.reads import find_role, role_policies
from ..kms.reads import find_key, key_policy
from ..logs.reads import find_log_group, list_metric_filters
from ..s3.reads import Bucket
from ..sns.reads import topic_attributes, topic_subscriptions
from .snapshot import Key, Part, Snapshot, T, Topic, Trail, Unread, topics_of

# What the checks need of a bucket.
_BUCKET = (
    *("GetBucketPolicy", "GetPublicAccessBlock", "GetBucketOwnershipControls", "GetBucketLogging"),
    *("GetBucketVersioning", "GetBucketLifecycleConfiguration"),
)
_DAY = timedelta(days=1)


def read_snapshot(account: Account, params: Mapping[str, Any]) -> Snapshot:
    """Read everything that the checks need, and change nothing.

    Args:
        account: The account.
        params: `bucket_name`, `bucket_owner`, `filters` and `alarms` of the module.
    """
    caller = account.read("sts", "GetCallerIdentity", "caller's account")
    account.learn_place(caller["Arn"])
    now = parsedate_to_datetime(caller["ResponseMetadata"]["HTTPHeaders"]["date"])
    trails = [_read_trail(account, each, params, now) for each in describe_trails(account, "of this region")]
    alarms = part(lambda: read_alarms(account))
    topics = _topics(account, trails, alarms)
    return Snapshot(
        place=account.place,
        now=now,
        trails=tuple(trails),
        alarms=alarms,
        muted=_mute_rules(account),
        topics=topics,
        keys=_keys(account, trails, topics.values()),
        filters=tuple(params.get("filters") or ()),
        desired_alarms=tuple(params.get("alarms") or ()),
    )


def part(read: Callable[[], T]) -> Part[T]:
    """Return what `read` returns, or why it could not be read."""
    try:
        return read()
    except AwsError as error:
        hint = error.hint or f"Allow {error.subject.iam_action} (docs/permissions.md)."
        return Unread(f"The {error.subject.resource} could not be read: {sentence(str(error))}", hint)


def _read_trail(account: Account, described: Mapping[str, Any], params: Mapping[str, Any], now: datetime) -> Trail:
    trail, home = Trail(described), account.in_region(described["HomeRegion"])
    own, bucket = trail.owner == account.place.account, _bucket_of(home, described, params)
    facts: dict[str, Any] = {
        "bucket_owner": bucket.owner,
        "status": part(lambda: trail_status(home, described)),
        "selectors": part(lambda: event_selectors(home, described)),
        "tags": part(lambda: trail_tags(home, described)) if own else {},
    }
    if bucket.owner == account.place.account:
        facts["bucket"] = part(lambda: _settings(bucket))
        facts["digests"] = part(lambda: _digests(home, described, bucket, now))
    if trail.group_name and (trail.group_owner, home.region) == (account.place.account, account.region):
        facts |= _group_facts(account, trail)
    return Trail(described, **facts)


def _bucket_of(account: Account, trail: Mapping[str, Any], params: Mapping[str, Any]) -> Bucket:
    name = trail["S3BucketName"]
    given = params.get("bucket_owner") if params.get("bucket_name") in (None, name) else None
    return Bucket(account, name, bucket_owner(trail, given))


def _settings(bucket: Bucket) -> dict[str, Any] | None:
    if not bucket.exists():
        return None
    return {operation: part(partial(bucket.setting, operation)) for operation in _BUCKET}


def _digests(account: Account, trail: Mapping[str, Any], bucket: Bucket, now: datetime) -> list[datetime]:
    """Return when the digests of the home region end that end today or yesterday, oldest first."""
    if not trail.get("LogFileValidationEnabled"):
        return []
    folder = f"{log_folder(account, trail)}CloudTrail-Digest/{account.region}"
    names = (account.place.account, account.region, trail["Name"], trail["HomeRegion"])
    keys = [key for day in (now - _DAY, now) for key in bucket.keys(f"{folder}/{day:%Y/%m/%d}/", "")]
    ends = (digest_end(key, *names) for key in keys)
    return sorted({end for end in ends if end})


def _group_facts(account: Account, trail: Trail) -> dict[str, Any]:
    name, arn = trail.group_name, str(trail.described.get("CloudWatchLogsRoleArn") or "")
    role = arn.rsplit("/", 1)[-1]
    found: Part[Any] = part(lambda: find_role(account, role)) if role else None
    readable = found is not None and not isinstance(found, Unread)
    return {
        "group": part(lambda: find_log_group(account, name)),
        "filters": part(lambda: list_metric_filters(account, name) or []),
        "role": found,
        "role_policies": part(lambda: role_policies(account, role)) if readable else (),
        "drilled": part(lambda: _last_drill(account, name)),
    }


def _last_drill(account: Account, group: str) -> datetime | None:
    """Return the time of the newest event in the streams of drills."""
    try:
        streams = account.read_all(
            "logs",
            "DescribeLogStreams",
            f"log streams of log group {group}",
            "logStreams",
            {"logGroupName": group, "logStreamNamePrefix": STREAM},
        )
    except AwsError as error:
        if error.code == "ResourceNotFoundException":
            return None
        raise
    times = [each.get("lastEventTimestamp") or each.get("creationTime", 0) for each in streams]
    return datetime.fromtimestamp(max(times) / 1000, UTC) if times else None


def read_alarms(account: Account) -> list[dict[str, Any]]:
    """Return the metric alarms of the region; those that tell accounts apart have the metric of their query."""
    asked = {"AlarmTypes": ["MetricAlarm"], "MaxRecords": 100}
    return [*map(from_query, account.read_all("cloudwatch", "DescribeAlarms", "alarms", "MetricAlarms", asked))]


def _mute_rules(account: Account) -> Part[dict[str, list[dict[str, Any]]]]:
    """Return the mute rules that are active or scheduled by alarm name."""
    try:
        return part(lambda: _rules_by_alarm(account))
    except AttributeError:
        # botocore has the calls since 2026.
        return Unread("The installed boto3 does not know the mute rules of alarms.", "Install a newer boto3.")


def _rules_by_alarm(account: Account) -> dict[str, list[dict[str, Any]]]:
    listed = account.read_all("cloudwatch", "ListAlarmMuteRules", "mute rules", "AlarmMuteRuleSummaries")
    found: dict[str, list[dict[str, Any]]] = {}
    for summary in listed:
        name = summary["AlarmMuteRuleArn"].partition(":alarm-mute-rule:")[2]
        if summary["Status"] == "EXPIRED" or not name:
            continue
        rule = account.read("cloudwatch", "GetAlarmMuteRule", f"mute rule {name}", {"AlarmMuteRuleName": name})
        for alarm in rule.get("MuteTargets", {}).get("AlarmNames", []):
            found.setdefault(alarm, []).append(rule)
    return found


def _topics(account: Account, trails: Iterable[Trail], alarms: Part[Sequence[Mapping[str, Any]]]) -> dict[str, Topic]:
    filters = [each for trail in trails if not isinstance(trail.filters, Unread) for each in trail.filters]
    metrics = {(one["metricNamespace"], one["metricName"]) for each in filters for one in each["metricTransformations"]}
    watching = [
        alarm
        for alarm in ([] if isinstance(alarms, Unread) else alarms)
        if (alarm.get("Namespace"), alarm.get("MetricName")) in metrics
    ]
    return {arn: _topic(account, arn) for arn in sorted({arn for alarm in watching for arn in topics_of(alarm)})}


def _topic(account: Account, arn: str) -> Topic:
    attributes = part(lambda: topic_attributes(account, arn))
    exists = attributes is not None and not isinstance(attributes, Unread)
    return Topic(arn, attributes, part(lambda: topic_subscriptions(account, arn)) if exists else [])


def _keys(account: Account, trails: Iterable[Trail], topics: Iterable[Topic]) -> dict[str, Part[Key]]:
    """Return the keys by the ARN, ID or alias that trails, groups and topics name."""
    names = {
        str(trail.described.get("KmsKeyId") or "")
        for trail in trails
        if account.place.account in (trail.owner, trail.group_owner) and trail.home == account.region
    }
    groups = [trail.group for trail in trails if trail.group and not isinstance(trail.group, Unread)]
    names |= {str(group.get("kmsKeyId") or "") for group in groups}
    attributes = [topic.attributes for topic in topics if topic.attributes and not isinstance(topic.attributes, Unread)]
    names |= {str(each.get("KmsMasterKeyId") or "") for each in attributes}
    return {name: part(partial(_key, account, name)) for name in sorted(names - {""})}


def _key(account: Account, name: str) -> Key:
    described = find_key(account, name)
    if described is None or described.get("KeyManager") == "AWS":
        # AWS creates an AWS managed key when it is first used.
        return Key(described or ({"KeyManager": "AWS"} if "alias/aws/" in name else None))
    arn = described["Arn"]
    return Key(
        described,
        part(lambda: key_policy(account, described)),
        part(lambda: bool(_rotation(account, arn).get("KeyRotationEnabled"))),
    )


def _rotation(account: Account, arn: str) -> dict[str, Any]:
    return account.read("kms", "GetKeyRotationStatus", f"key {arn}", {"KeyId": arn}, resource_arn=arn)
