"""Each kind of resource as others would make it, the task that names it, and how boto3 sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.logs.ownership import record_of

from tests.support.trail_prerequisites import open_bucket
from tests.support.trail_setup import ACCOUNT, SERVICE, document

Aws = Callable[[str], Any]
Tags = Mapping[str, str]

NAME = "audit"
GROUP = "/aws/audit"
ALIAS = "alias/audit"
BUCKET, TRAIL_BUCKET = "audit-logs", "trail-logs"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:{NAME}"
TRUST = document({"Effect": "Allow", "Principal": SERVICE, "Action": "sts:AssumeRole"})
FILTER = {"name": NAME, "pattern": "ERROR", "metric_namespace": "SecurityMetrics", "metric_name": "Reads"}
ALARM = {
    "metric_namespace": "SecurityMetrics",
    "metric_name": "Reads",
    "statistic": "Sum",
    "period_seconds": 60,
    "evaluation_periods": 1,
    "threshold": 1,
    "comparison": "GreaterThanOrEqualToThreshold",
}


@dataclass(frozen=True)
class Kind:
    """One kind of resource.

    Attributes:
        module: The module that manages it.
        make: Creates it with tags, as another tool would.
        task: The module's arguments; what they set differs from what `make` creates.
        read: Returns its settings; something empty if it does not exist or is to be deleted.
        removal: Further arguments for its removal, and arguments that it does not take.
        pruned: The type in the list of prune.yml, and for a part the module that removes what it is deleted with.
    """

    module: str
    make: Callable[[Aws, Tags], Any]
    task: Mapping[str, Any]
    read: Callable[[Aws], Any]
    removal: Mapping[str, Any]
    pruned: tuple[str, str] = ("", "")

    def arguments(self, state: str) -> dict[str, Any]:
        """Return the arguments of the module for a state."""
        chosen = {**self.task, **(self.removal if state == "absent" else {}), "state": state}
        return {name: value for name, value in chosen.items() if value is not None}


def _listed(tags: Tags) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _of_keys(tags: Tags) -> list[dict[str, str]]:
    return [{"TagKey": key, "TagValue": value} for key, value in tags.items()]


def _without(answer: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key not in (*names, "ResponseMetadata")}


# The secret.


def _make_secret(aws: Aws, tags: Tags) -> None:
    aws("secretsmanager").create_secret(Name=NAME, SecretString="value", Tags=_listed(tags))


def _read_secret(aws: Aws) -> Any:
    found = aws("secretsmanager").list_secrets(IncludePlannedDeletion=True)["SecretList"]
    return [item for item in found if "DeletedDate" not in item]


# The topic and its subscriptions.


def _make_topic(aws: Aws, tags: Tags) -> None:
    aws("sns").create_topic(Name=NAME, Tags=_listed(tags))
    aws("sns").subscribe(TopicArn=TOPIC, Protocol="email", Endpoint="other-team@example.com")


def _read_topic(aws: Aws) -> Any:
    if TOPIC not in [topic["TopicArn"] for topic in aws("sns").list_topics()["Topics"]]:
        return {}
    attributes = aws("sns").get_topic_attributes(TopicArn=TOPIC)["Attributes"]
    return attributes, aws("sns").list_tags_for_resource(ResourceArn=TOPIC)["Tags"], _read_subscriptions(aws)


def _read_subscriptions(aws: Aws) -> Any:
    return [item["Endpoint"] for item in aws("sns").list_subscriptions()["Subscriptions"]]


# The log group and its metric filters.


def _make_group(aws: Aws, tags: Tags) -> None:
    aws("logs").create_log_group(logGroupName=GROUP, **({"tags": dict(tags)} if tags else {}))


def _read_group(aws: Aws) -> Any:
    logs = aws("logs")
    return [
        (_without(group, "storedBytes"), logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"])
        for group in logs.describe_log_groups()["logGroups"]
    ]


def _make_filter(aws: Aws, tags: Tags) -> None:
    _make_group(aws, {**tags, **(record_of([NAME]) if tags.get("secmon:managed-by") == "secmon.aws" else {})})
    metric = {"metricName": "Theirs", "metricNamespace": "Theirs", "metricValue": "1"}
    aws("logs").put_metric_filter(
        logGroupName=GROUP, filterName=NAME, filterPattern="ERROR", metricTransformations=[metric]
    )


def _read_filter(aws: Aws) -> Any:
    return [_without(found, "creationTime") for found in aws("logs").describe_metric_filters()["metricFilters"]]


# The role of the trail.


def _make_role(aws: Aws, tags: Tags) -> None:
    aws("iam").create_role(RoleName=NAME, AssumeRolePolicyDocument=TRUST, Tags=_listed(tags))
    streams = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{GROUP}:log-stream:*"
    write = document({"Effect": "Allow", "Action": "logs:PutLogEvents", "Resource": streams})
    aws("iam").put_role_policy(RoleName=NAME, PolicyName="WriteTrailEvents", PolicyDocument=write)


def _read_role(aws: Aws) -> Any:
    iam = aws("iam")
    names = [role["RoleName"] for role in iam.list_roles()["Roles"]]
    return iam.get_role(RoleName=NAME)["Role"] if NAME in names else {}


# The log bucket. One that is empty and has no tags is taken for the remainder of an interrupted run.


def _make_bucket(aws: Aws, tags: Tags) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key=f"AWSLogs/{ACCOUNT}/CloudTrail/file", Body=b"x")
    if tags:
        s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": _listed(tags)})


def _read_bucket(aws: Aws) -> Any:
    s3 = aws("s3")
    if BUCKET not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        return {}
    versioning = _without(s3.get_bucket_versioning(Bucket=BUCKET))
    return versioning, [item["Key"] for item in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


# The trail.


def _make_trail(aws: Aws, tags: Tags) -> None:
    open_bucket(aws("s3"), TRAIL_BUCKET)
    arn = aws("cloudtrail").create_trail(Name=NAME, S3BucketName=TRAIL_BUCKET)["TrailARN"]
    if tags:
        aws("cloudtrail").add_tags(ResourceId=arn, TagsList=_listed(tags))


def _read_trail(aws: Aws) -> Any:
    cloudtrail = aws("cloudtrail")
    return [
        (trail, cloudtrail.list_tags(ResourceIdList=[trail["TrailARN"]])["ResourceTagList"])
        for trail in cloudtrail.describe_trails()["trailList"]
    ]


# The alarm.


def _make_alarm(aws: Aws, tags: Tags) -> None:
    aws("cloudwatch").put_metric_alarm(
        AlarmName=NAME,
        Namespace="Theirs",
        MetricName="Theirs",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanThreshold",
        Tags=_listed(tags),
    )


def _read_alarm(aws: Aws) -> Any:
    state = ("StateValue", "StateReason", "StateReasonData", "StateUpdatedTimestamp", "StateTransitionedTimestamp")
    return [_without(alarm, *state) for alarm in aws("cloudwatch").describe_alarms()["MetricAlarms"]]


# The event rule.


def _make_event_rule(aws: Aws, tags: Tags) -> None:
    aws("events").put_rule(Name=NAME, EventPattern='{"source": ["theirs"]}', Tags=_listed(tags))


def _read_event_rule(aws: Aws) -> Any:
    rules = aws("events").list_rules()["Rules"]
    return [(rule, aws("events").list_tags_for_resource(ResourceARN=rule["Arn"])["Tags"]) for rule in rules]


# The key.


def _make_key(aws: Aws, tags: Tags) -> None:
    key = aws("kms").create_key(Tags=_of_keys(tags))["KeyMetadata"]["KeyId"]
    aws("kms").create_alias(AliasName=ALIAS, TargetKeyId=key)


def _read_key(aws: Aws) -> Any:
    described = aws("kms").describe_key(KeyId=ALIAS)["KeyMetadata"]
    tags = aws("kms").list_resource_tags(KeyId=described["KeyId"])["Tags"]
    return (described, tags) if described["KeyState"] != "PendingDeletion" else ()


KINDS = {
    "secret": Kind("secret", _make_secret, {"name": NAME, "description": "Ours"}, _read_secret, {}),
    "topic": Kind("alert_topic", _make_topic, {"name": NAME, "display_name": "Ours"}, _read_topic, {}),
    "subscription": Kind(
        "alert_topic",
        _make_topic,
        {"name": NAME, "subscriptions": [{"protocol": "email", "endpoint": "security@example.com"}]},
        _read_subscriptions,
        {"subscriptions": None},
    ),
    "metric filter, by its log group": Kind(
        "metric_filters",
        _make_filter,
        {"log_group_name": GROUP, "filters": [FILTER]},
        _read_filter,
        {"log_group_name": GROUP, "filters": [{"name": NAME}]},
        ("log group", "log_group"),
    ),
    "log group": Kind("log_group", _make_group, {"name": GROUP, "retention_days": 7}, _read_group, {}),
    "log role": Kind("trail_role", _make_role, {"name": NAME, "description": "Ours"}, _read_role, {}),
    "log bucket": Kind("log_bucket", _make_bucket, {"name": BUCKET}, _read_bucket, {"purge": True}),
    "trail": Kind(
        "trail",
        _make_trail,
        {"name": NAME, "s3_bucket_name": TRAIL_BUCKET, "multi_region": True},
        _read_trail,
        {"s3_bucket_name": None, "multi_region": None},
    ),
    "alarm": Kind(
        "metric_alarms", _make_alarm, {"alarms": [{"name": NAME, **ALARM}]}, _read_alarm, {"alarms": [{"name": NAME}]}
    ),
    "event rule": Kind(
        "event_rules",
        _make_event_rule,
        {"rules": [{"name": NAME, "pattern": '{"source": ["ours"]}', "target_arn": TOPIC}]},
        _read_event_rule,
        {"rules": [{"name": NAME}]},
    ),
    "key": Kind("encryption_key", _make_key, {"alias": ALIAS, "description": "Ours"}, _read_key, {}),
}
