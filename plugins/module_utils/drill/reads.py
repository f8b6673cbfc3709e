# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the detection drill reads of the chain before it makes an event."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..cloudtrail.reads import event_selectors, find_trail, find_trail_elsewhere, trail_status
from ..cloudwatch.reads import find_metric_alarm
from ..core.account import Account
from ..core.errors import AwsError
from ..iam.reads import find_role, role_policies
from ..kms.reads import find_key, key_policy
from ..logs.reads import find_log_group, list_metric_filters
from ..s3.reads import bucket_exists
from ..secretsmanager.reads import find_secret
from ..sns.reads import topic_attributes, topic_subscriptions
from .facts import Facts
from .timeline import Finding, Weight


def denial(stage: str, error: AwsError, weight: Weight = Weight.CERTAIN) -> Finding:
    """Return the finding that the caller lacks a permission."""
    subject = error.subject
    cause = f"The caller may not call {subject.iam_action} for the {subject.resource}: {error.code}"
    cause += f": {error.message}" if error.message else ""
    return Finding(
        stage, "caller_denied", cause.rstrip(".") + ".", error.hint or f"Allow {subject.iam_action}.", weight
    )


@dataclass
class Look:
    """Reads facts one by one, and keeps those that the caller may not read."""

    account: Account
    unread: dict[str, Finding] = field(default_factory=dict)

    def at(self, fact: str, hop: str, read: Callable[[], Any], otherwise: Any, weight: Weight = Weight.RISK) -> Any:
        """Return what `read` returns, or `otherwise` if the caller may not read it, which becomes a finding."""
        try:
            return read()
        except AwsError as error:
            if not error.is_denial:
                raise
            self.unread[fact] = denial(hop, error, weight)
            return otherwise


def read_facts(account: Account, params: Mapping[str, Any]) -> Facts:
    """Read the configuration of the whole chain."""
    caller = account.read("sts", "GetCallerIdentity", "caller's account")
    account.learn_place(caller["Arn"])
    look = Look(account)
    trail = look.at("trail", "log_file", lambda: find_trail(account, params["trail_name"]), None, Weight.CERTAIN)
    topic = look.at("topic", "notification", lambda: topic_attributes(account, params["topic_arn"]), None)
    return Facts(
        place=account.place,
        caller_arn=caller["Arn"],
        unread=look.unread,
        secret=look.at("secret", "call", lambda: find_secret(account, params["secret_id"]), None),
        log_group=look.at("log_group", "log_group", lambda: find_log_group(account, params["log_group_name"]), None),
        metric_filter=look.at("metric_filter", "metric", lambda: _metric_filter(account, params), None, Weight.CERTAIN),
        alarm=look.at("alarm", "alarm", lambda: find_metric_alarm(account, params["alarm_name"]), None, Weight.CERTAIN),
        **_of_trail(look, params, trail),
        **_of_topic(look, params, topic),
    )


def _of_trail(look: Look, params: Mapping[str, Any], trail: dict[str, Any] | None) -> dict[str, Any]:
    if trail is None:
        unknown = "trail" not in look.unread
        return {"trail_elsewhere": find_trail_elsewhere(look.account, params["trail_name"]) if unknown else None}
    account = look.account
    role = (trail.get("CloudWatchLogsRoleArn") or "").rsplit("/", 1)[-1]

    found = look.at("role", "log_group", lambda: find_role(account, role), None) if role else None
    return {
        "trail": trail,
        "status": look.at("status", "log_file", lambda: trail_status(account, trail), {}),
        "selectors": look.at("selectors", "log_file", lambda: event_selectors(account, trail), {}),
        "bucket_exists": look.at("bucket", "log_file", lambda: bucket_exists(account, trail["S3BucketName"]), True),
        "role": found,
        "role_policies": look.at("role_policies", "log_group", lambda: role_policies(account, role), ())
        if found
        else (),
    }


def _of_topic(look: Look, params: Mapping[str, Any], topic: dict[str, Any] | None) -> dict[str, Any]:
    if topic is None:
        return {}
    arn, key_id = params["topic_arn"], topic.get("KmsMasterKeyId", "")

    return {
        "topic": topic,
        "key": look.at("key", "notification", lambda: _key(look, key_id), None) if key_id else None,
        "subscriptions": look.at("subscriptions", "notification", lambda: topic_subscriptions(look.account, arn), []),
    }


def _metric_filter(account: Account, params: Mapping[str, Any]) -> dict[str, Any] | None:
    name = params["filter_name"]
    found = list_metric_filters(account, params["log_group_name"], prefix=name) or []
    return next((each for each in found if each["filterName"] == name), None)


def _key(look: Look, key_id: str) -> dict[str, Any] | None:
    """Return what is known about the topic's key, with its policy if the caller may read it."""
    key = find_key(look.account, key_id)
    if key is None:
        # AWS creates its own key when it is first used.
        return {"KeyManager": "AWS"} if "alias/aws/" in key_id else None
    if key.get("KeyManager") == "AWS":
        return key
    document = look.at("key_policy", "notification", lambda: key_policy(look.account, key), {})
    return {**key, "Policy": document} if document else key
