"""What can be done to a monitored account, how it is undone, and the checks that turn red."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ansible_collections.secmon.aws.plugins.module_utils.posture.filters import FILTERS
from ansible_collections.secmon.aws.plugins.module_utils.posture.standards import STANDARDS

from tests.integration.posture.foreign_stack import (
    BUCKET,
    GROUP,
    GROUP_ARN,
    MAIL,
    ROLE,
    TOPIC,
    TRAIL,
    Stack,
    key_policy,
    trail_settings,
    wider_bucket_policy,
)
from tests.support.trail_setup import bucket_policy, keys
from tools.generate_docs.markdown import table as markdown_table

Act = Callable[[Stack], Any]
OWN = "secmon.aws"
SHOWN = ("CIS v1.4", "CIS v5", "CIS v7", "Security Hub", OWN)
EVERY_FILTER = frozenset(f"{control.name}{suffix}" for control in FILTERS for suffix in ("", "-exact"))
OF_ALARMS = frozenset({"alarm-action", "alarm-enabled", "alarm-not-muted", "alarm-at-one", "receiver", "topic-policy"})
OF_GROUP = OF_ALARMS | {"retention", "filter-alarm", "keys-usable", "files-delivered", "events-delivered"}
ROOT = ("root", "root-exact")
ROOT_NUMBER = [control.name for control in FILTERS].index("root")
ROUTES_NUMBER = [control.name for control in FILTERS].index("route-tables")
ROOT_PATTERN = FILTERS[ROOT_NUMBER].pattern


@dataclass(frozen=True)
class Sabotage:
    """One change, what undoes it, and the checks that must fail, no others."""

    name: str
    act: Act
    undo: Act
    red: frozenset[str]


def _sabotage(name: str, act: Act, undo: Act, *red: str | Iterable[str]) -> Sabotage:
    names = [one for each in red for one in ([each] if isinstance(each, str) else each)]
    return Sabotage(name, act, undo, frozenset(names))


def _call(service: str, operation: str, **parameters: Any) -> Act:
    return lambda stack: getattr(stack.client(service), operation)(**parameters)


def _trail(**changes: Any) -> Act:
    return lambda stack: stack.client("cloudtrail").update_trail(**trail_settings(stack.keys["cloudtrail"]) | changes)


def _select(**selector: Any) -> Act:
    default = {"ReadWriteType": "All", "IncludeManagementEvents": True}
    return _call("cloudtrail", "put_event_selectors", TrailName=TRAIL, EventSelectors=[default | selector])


def _key(operation: str, service: str, **parameters: Any) -> Act:
    return lambda stack: getattr(stack.client("kms"), operation)(KeyId=stack.keys[service], **parameters)


def _subscribe_only(stack: Stack) -> None:
    stack.unsubscribe()
    stack.client("sns").subscribe(TopicArn=TOPIC, Protocol="email", Endpoint=f"other-{MAIL}")


def _open_bucket(stack: Stack) -> None:
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    stack.client("s3").delete_public_access_block(Bucket=BUCKET)
    stack.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=wider_bucket_policy(everybody))


def _close_bucket(stack: Stack) -> None:
    stack.client("s3").put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(bucket_policy(BUCKET, TRAIL)))
    stack.block_public_access()


def _remove_digests(stack: Stack) -> None:
    stack.removed = [key for key in keys(stack.client, BUCKET) if "CloudTrail-Digest" in key]
    stack.objects = [stack.client("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in stack.removed]
    for key in stack.removed:
        stack.client("s3").delete_object(Bucket=BUCKET, Key=key)


def _restore_digests(stack: Stack) -> None:
    for key, body in zip(stack.removed, stack.objects, strict=True):
        stack.client("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def _another_group(stack: Stack) -> None:
    stack.client("logs").create_log_group(logGroupName="elsewhere")
    stack.put_role_policy("elsewhere")
    arn = GROUP_ARN.replace(GROUP, "elsewhere")
    _trail(CloudWatchLogsLogGroupArn=f"{arn}:*")(stack)


def _own_group(stack: Stack) -> None:
    stack.put_role_policy()
    _trail()(stack)
    stack.client("logs").delete_log_group(logGroupName="elsewhere")


def _mute(stack: Stack) -> None:
    schedule = {"Expression": f"at({stack.now():%Y-%m-%dT%H:%M})", "Duration": "P1D"}
    targets = {"AlarmNames": [f"tf-{ROOT_NUMBER}"]}
    stack.client("cloudwatch").put_alarm_mute_rule(Name="quiet", Rule={"Schedule": schedule}, MuteTargets=targets)
    stack.advance(120)


def _alarm(**changes: Any) -> Act:
    return lambda stack: stack.put_alarm(ROOT_NUMBER, **changes)


_OTHER_ACCOUNT = {
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::999999999999:root"},
    "Action": "s3:DeleteObject",
    "Resource": f"arn:aws:s3:::{BUCKET}/*",
}
_MONTH = {"ID": "month", "Status": "Enabled", "Filter": {"Prefix": "AWSLogs/"}, "Expiration": {"Days": 30}}


SABOTAGES = (
    _sabotage(
        "Stop the trail",
        _call("cloudtrail", "stop_logging", Name=TRAIL),
        _call("cloudtrail", "start_logging", Name=TRAIL),
        "trail-whole",
        EVERY_FILTER,
        "trail-logs",
        "files-delivered",
        "events-delivered",
    ),
    _sabotage("Record one region only", _trail(IsMultiRegionTrail=False), _trail(), "trail-whole", EVERY_FILTER),
    _sabotage(
        "Exclude the events of KMS",
        _select(ExcludeManagementEventSources=["kms.amazonaws.com"]),
        _select(),
        "trail-excludes-nothing",
        "keys",
        "keys-exact",
    ),
    _sabotage(
        "Mute one alarm by its flag",
        _call("cloudwatch", "disable_alarm_actions", AlarmNames=["tf-0"]),
        _call("cloudwatch", "enable_alarm_actions", AlarmNames=["tf-0"]),
        "alarm-enabled",
    ),
    _sabotage(
        "Mute one alarm by a rule",
        _mute,
        _call("cloudwatch", "delete_alarm_mute_rule", AlarmMuteRuleName="quiet"),
        "alarm-not-muted",
    ),
    _sabotage(
        "Delete one filter",
        _call("logs", "delete_metric_filter", logGroupName=GROUP, filterName=f"tf-{ROOT_NUMBER}"),
        lambda stack: stack.put_filter(ROOT_NUMBER, ROOT_PATTERN),
        ROOT,
    ),
    _sabotage(
        "Narrow one filter by a term",
        lambda stack: stack.put_filter(ROOT_NUMBER, f'{ROOT_PATTERN[:-1]} && $.awsRegion="eu-west-1"}}'),
        lambda stack: stack.put_filter(ROOT_NUMBER, ROOT_PATTERN),
        ROOT,
    ),
    _sabotage(
        "Write one filter as CIS does, not as Security Hub",
        lambda stack: stack.put_filter(ROUTES_NUMBER, FILTERS[ROUTES_NUMBER].others[0]),
        lambda stack: stack.put_filter(ROUTES_NUMBER, FILTERS[ROUTES_NUMBER].pattern),
        "route-tables-exact",
    ),
    _sabotage(
        "Delete one alarm",
        _call("cloudwatch", "delete_alarms", AlarmNames=[f"tf-{ROOT_NUMBER}"]),
        _alarm(),
        ROOT,
        "filter-alarm",
    ),
    _sabotage("Raise one threshold to 100", _alarm(Threshold=100.0), _alarm(), "alarm-at-one"),
    _sabotage("Point one alarm at another metric", _alarm(MetricName="other"), _alarm(), ROOT, "filter-alarm"),
    _sabotage("Take the action from one alarm", _alarm(AlarmActions=[]), _alarm(), ROOT, "alarm-action", "receiver"),
    _sabotage("Remove the subscription", Stack.unsubscribe, Stack.subscribe, EVERY_FILTER, "receiver"),
    _sabotage(
        "Leave only a subscription that is not confirmed", _subscribe_only, Stack.subscribe, EVERY_FILTER, "receiver"
    ),
    _sabotage(
        "Keep CloudWatch out of the topic",
        lambda stack: stack.put_topic_policy("events.amazonaws.com"),
        Stack.put_topic_policy,
        "topic-policy",
    ),
    _sabotage(
        "Let another account delete log files",
        _call("s3", "put_bucket_policy", Bucket=BUCKET, Policy=wider_bucket_policy(_OTHER_ACCOUNT)),
        _close_bucket,
        "bucket-closed",
    ),
    _sabotage("Open the log bucket to everyone", _open_bucket, _close_bucket, "bucket-closed", "bucket-not-public"),
    _sabotage(
        "Suspend the versions of the log bucket",
        _call("s3", "put_bucket_versioning", Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}),
        _call("s3", "put_bucket_versioning", Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"}),
        "bucket-versioned",
    ),
    _sabotage(
        "Delete log files after a month",
        _call("s3", "put_bucket_lifecycle_configuration", Bucket=BUCKET, LifecycleConfiguration={"Rules": [_MONTH]}),
        _call("s3", "delete_bucket_lifecycle", Bucket=BUCKET),
        "bucket-retention",
    ),
    _sabotage(
        "Delete the bucket policy",
        _call("s3", "delete_bucket_policy", Bucket=BUCKET),
        _close_bucket,
        "files-delivered",
    ),
    _sabotage(
        "Disable the key of the trail",
        _key("disable_key", "cloudtrail"),
        _key("enable_key", "cloudtrail"),
        "keys-usable",
        "files-delivered",
    ),
    _sabotage(
        "Schedule the deletion of the topic's key",
        _key("schedule_key_deletion", "cloudwatch"),
        lambda stack: [_key(name, "cloudwatch")(stack) for name in ("cancel_key_deletion", "enable_key")],
        "keys-usable",
        # KMS rotates no key that is pending deletion (KMS API reference, GetKeyRotationStatus).
        "key-rotation",
    ),
    _sabotage(
        "Keep CloudWatch Logs out of its key",
        _key("put_key_policy", "logs", PolicyName="default", Policy=key_policy()),
        _key("put_key_policy", "logs", PolicyName="default", Policy=key_policy("logs.us-east-1.amazonaws.com")),
        "keys-usable",
    ),
    _sabotage("Take the key from the trail", _trail(KmsKeyId=""), _trail(), "trail-key"),
    _sabotage("Remove the digests", _remove_digests, _restore_digests, "digests"),
    _sabotage("Write no more digests", _trail(EnableLogFileValidation=False), _trail(), "trail-validation", "digests"),
    _sabotage(
        "Detach the policy of the log role",
        _call("iam", "delete_role_policy", RoleName=ROLE, PolicyName="deliver"),
        Stack.put_role_policy,
        "log-role",
        "events-delivered",
    ),
    _sabotage("Point the trail at another log group", _another_group, _own_group, EVERY_FILTER, OF_ALARMS, "drill"),
    _sabotage(
        "Take the log group from the trail",
        _trail(CloudWatchLogsLogGroupArn="", CloudWatchLogsRoleArn=""),
        _trail(),
        EVERY_FILTER,
        OF_GROUP,
        "trail-log-group",
        "log-role",
        "rules-deployed",
        "drill",
    ),
    _sabotage(
        "Keep events for one day",
        _call("logs", "put_retention_policy", logGroupName=GROUP, retentionInDays=1),
        _call("logs", "put_retention_policy", logGroupName=GROUP, retentionInDays=365),
        "retention",
    ),
    _sabotage(
        "Run no drill",
        _call("logs", "delete_log_stream", logGroupName=GROUP, logStreamName="secmon-drill"),
        _call("logs", "create_log_stream", logGroupName=GROUP, logStreamName="secmon-drill"),
        "drill",
    ),
)


def table() -> str:
    """Return the sabotages with what each turns red, as Markdown."""
    head = ("sabotage", "checks that fail", *SHOWN[:-1], "own promises")
    return markdown_table(head, [_row(each) for each in SABOTAGES])


def _row(sabotage: Sabotage) -> list[str]:
    return [sabotage.name, _checks(sabotage.red), *(_controls(standard, sabotage.red) for standard in SHOWN)]


def _checks(red: frozenset[str]) -> str:
    every = ["the 15 filters, also exact"] if red >= EVERY_FILTER else []
    return ", ".join([*(f"`{name}`" for name in sorted(red - (EVERY_FILTER if every else set()))), *every])


def _controls(standard: str, red: frozenset[str]) -> str:
    """Return the controls that need a failing check, with runs shortened."""
    names = [control for control, checks in STANDARDS[standard].items() if red & {*checks}]
    if standard == OWN:
        return str(len(names)) if names else ""
    runs: list[list[str]] = []
    for name in names:
        head, _dot, number = name.rpartition(".")
        if runs and f"{head}.{int(number) - 1}" == runs[-1][-1]:
            runs[-1].append(name)
        else:
            runs.append([name])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs)
