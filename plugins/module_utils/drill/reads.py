# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Read the configuration of the chain before the secret is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..cloudtrail.reads import bucket_owner, event_selectors, find_trail, find_trail_elsewhere, trail_status
from ..cloudwatch.grouped import from_query
from ..cloudwatch.kinds import LOG
from ..cloudwatch.mute_rules import mute_rules
from ..cloudwatch.reads import find_alarms, find_metric_alarm
from ..core.account import Account
from ..core.errors import AwsError
from ..iam.reads import find_role, role_policies
from ..kms.reads import find_key, key_policy
from ..logs.reads import find_log_group, list_metric_filters
from ..s3.reads import Bucket
from ..secretsmanager.reads import find_secret
from ..sns.reads import open_addresses, topic_attributes, topic_subscriptions
from .central import central_account
from .facts import Facts
from .timeline import Finding, Weight


def denial(stage: str, error: AwsError, weight: Weight = Weight.CERTAIN) -> Finding:
    """Return the finding that the caller lacks a permission."""
    subject = error.subject
    cause = f"The caller is not allowed to call {subject.iam_action} for the {subject.resource}: {error.code}"
    cause += f": {error.message}" if error.message else ""
    return Finding(
        stage, "caller_denied", cause.rstrip(".") + ".", error.hint or f"Allow {subject.iam_action}.", weight
    )


@dataclass
class ConfigReader:
    """Reads one part of the configuration at a time, and turns denials into findings.

    Attributes:
        account: The account.
        unread: The findings about parts that the caller is not allowed to read, by attribute of `Facts`.
    """

    account: Account
    unread: dict[str, Finding] = field(default_factory=dict)

    def get(self, part: str, stage: str, read: Callable[[], Any], default: Any, weight: Weight = Weight.RISK) -> Any:
        """Return the result of `read`, or `default` if the caller lacks a permission."""
        try:
            return read()
        except AwsError as error:
            if not error.is_denial:
                raise
            self.unread[part] = denial(stage, error, weight)
            return default


def read_facts(account: Account, params: Mapping[str, Any]) -> Facts:
    """Read the configuration of the whole chain."""
    caller = account.read("sts", "GetCallerIdentity", "caller's account")
    account.learn_place(caller["Arn"])
    center = central_account(account, params)
    reader = ConfigReader(center)
    trail = reader.get("trail", "log_file", lambda: find_trail(center, params["trail_name"]), None, Weight.CERTAIN)
    return Facts(
        place=account.place,
        center=center.place,
        caller_arn=caller["Arn"],
        unread=reader.unread,
        secret=reader.get("secret", "call", lambda: find_secret(account, params["secret_id"]), None),
        log_group=reader.get("log_group", "log_group", lambda: find_log_group(center, params["log_group_name"]), None),
        metric_filter=reader.get(
            "metric_filter", "metric", lambda: _metric_filter(center, params), None, Weight.CERTAIN
        ),
        alarm=reader.get("alarm", "alarm", lambda: find_alarm(center, params["alarm_name"]), None, Weight.CERTAIN),
        **_mute_facts(reader, center, params),
        **_trail_facts(reader, params, trail),
        **topic_facts(reader, params),
    )


def _mute_facts(reader: ConfigReader, account: Account, params: Mapping[str, Any]) -> dict[str, Any]:
    name, log_alarm = params["alarm_name"], params["log_alarm_name"]
    now = datetime.now(UTC)
    found = {"mute_rules": reader.get("mute_rules", "notification", lambda: mute_rules(account, name, now), ())}
    if log_alarm:
        found["log_alarm"] = reader.get(
            "log_alarm", "notification", lambda: find_alarms(account, [log_alarm], [LOG.type]).get(log_alarm), None
        )
        found["log_alarm_mute_rules"] = reader.get(
            "log_alarm_mute_rules", "notification", lambda: mute_rules(account, log_alarm, now), ()
        )
    return found


def _trail_facts(reader: ConfigReader, params: Mapping[str, Any], trail: dict[str, Any] | None) -> dict[str, Any]:
    if trail is None:
        unknown = "trail" not in reader.unread
        return {"trail_elsewhere": find_trail_elsewhere(reader.account, params["trail_name"]) if unknown else None}
    account = reader.account
    role = (trail.get("CloudWatchLogsRoleArn") or "").rsplit("/", 1)[-1]

    bucket = Bucket(account, trail["S3BucketName"], bucket_owner(trail, params["bucket_owner"]))
    found = reader.get("role", "log_group", lambda: find_role(account, role), None) if role else None
    return {
        "trail": trail,
        "status": reader.get("status", "log_file", lambda: trail_status(account, trail), {}),
        "selectors": reader.get("selectors", "log_file", lambda: event_selectors(account, trail), {}),
        "bucket_exists": reader.get("bucket", "log_file", bucket.exists, True),
        "role": found,
        "role_policies": reader.get("role_policies", "log_group", lambda: role_policies(account, role), ())
        if found
        else (),
    }


def topic_facts(reader: ConfigReader, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes of `Facts` about the topic."""
    arn = params["topic_arn"]
    topic = reader.get("topic", "notification", lambda: topic_attributes(reader.account, arn), None)
    if topic is None:
        return {}
    key_id = topic.get("KmsMasterKeyId", "")

    subscriptions = reader.get("subscriptions", "notification", lambda: topic_subscriptions(reader.account, arn), [])
    return {
        "topic": topic,
        "key": reader.get("key", "notification", lambda: _key(reader, key_id), None) if key_id else None,
        "subscriptions": subscriptions,
        "open_subscriptions": reader.get(
            "open_subscriptions", "notification", lambda: open_addresses(reader.account, subscriptions), []
        ),
    }


def find_alarm(account: Account, name: str) -> dict[str, Any] | None:
    """Return the metric alarm with this name, or None; one on a query of this collection has `group_by`."""
    alarm = find_metric_alarm(account, name)
    return from_query(alarm) if alarm else None


def _metric_filter(account: Account, params: Mapping[str, Any]) -> dict[str, Any] | None:
    name = params["filter_name"]
    found = list_metric_filters(account, params["log_group_name"], prefix=name) or []
    return next((each for each in found if each["filterName"] == name), None)


def _key(reader: ConfigReader, key_id: str) -> dict[str, Any] | None:
    """Return the topic's key, with its policy if the caller is allowed to read it."""
    key = find_key(reader.account, key_id)
    if key is None:
        # AWS creates an AWS managed key when it is first used.
        return {"KeyManager": "AWS"} if "alias/aws/" in key_id else None
    if key.get("KeyManager") == "AWS":
        return key
    document = reader.get("key_policy", "notification", lambda: key_policy(reader.account, key), {})
    return {**key, "Policy": document} if document else key
