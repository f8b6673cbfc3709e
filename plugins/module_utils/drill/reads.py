# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What the detection drill reads of the chain before it makes an event."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..cloudtrail.reads import find_trail
from ..core.account import Account
from ..core.aws_names import bucket_arn
from ..core.errors import AwsError
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
    topic = look.at("topic", "notification", lambda: _topic(account, params["topic_arn"]), None)
    return Facts(
        place=account.place,
        caller_arn=caller["Arn"],
        unread=look.unread,
        secret=look.at("secret", "call", lambda: _secret(account, params["secret_id"]), None),
        log_group=look.at("log_group", "log_group", lambda: _log_group(account, params["log_group_name"]), None),
        metric_filter=look.at("metric_filter", "metric", lambda: _metric_filter(account, params), None, Weight.CERTAIN),
        alarm=look.at("alarm", "alarm", lambda: read_alarm(account, params["alarm_name"]), None, Weight.CERTAIN),
        **_of_trail(look, params, trail),
        **_of_topic(look, params, topic),
    )


def _of_trail(look: Look, params: Mapping[str, Any], trail: dict[str, Any] | None) -> dict[str, Any]:
    if trail is None:
        unknown = "trail" not in look.unread
        return {"trail_elsewhere": _trail_elsewhere(look.account, params["trail_name"]) if unknown else None}
    arn, account = trail["TrailARN"], look.account
    role = (trail.get("CloudWatchLogsRoleArn") or "").rsplit("/", 1)[-1]

    def about_trail(operation: str) -> dict[str, Any]:
        name = {"GetTrailStatus": "Name", "GetEventSelectors": "TrailName"}[operation]
        return account.read("cloudtrail", operation, f"trail {trail['Name']}", {name: arn}, resource_arn=arn)

    found = look.at("role", "log_group", lambda: _role(account, role), None) if role else None
    return {
        "trail": trail,
        "status": look.at("status", "log_file", lambda: about_trail("GetTrailStatus"), {}),
        "selectors": look.at("selectors", "log_file", lambda: about_trail("GetEventSelectors"), {}),
        "bucket_exists": look.at("bucket", "log_file", lambda: _bucket_exists(account, trail["S3BucketName"]), True),
        "role": found,
        "role_policies": look.at("role_policies", "log_group", lambda: _role_policies(account, role), ())
        if found
        else (),
    }


def _of_topic(look: Look, params: Mapping[str, Any], topic: dict[str, Any] | None) -> dict[str, Any]:
    if topic is None:
        return {}
    arn, key_id = params["topic_arn"], topic.get("KmsMasterKeyId", "")

    def subscriptions() -> list[dict[str, Any]]:
        listing = ("ListSubscriptionsByTopic", f"topic {arn}", "Subscriptions", {"TopicArn": arn})
        return look.account.read_all("sns", *listing)

    return {
        "topic": topic,
        "key": look.at("key", "notification", lambda: _key(look, key_id), None) if key_id else None,
        "subscriptions": look.at("subscriptions", "notification", subscriptions, []),
    }


def _secret(account: Account, name: str) -> dict[str, Any] | None:
    missing = "ResourceNotFoundException"
    answer = account.read_if_any(
        "secretsmanager", "DescribeSecret", f"secret {name}", missing, parameters={"SecretId": name}
    )
    return answer or None


def _trail_elsewhere(account: Account, name: str) -> dict[str, Any] | None:
    trails = account.read_all("cloudtrail", "ListTrails", "trails", "Trails")
    found = next((trail for trail in trails if name in (trail["Name"], trail["TrailARN"])), None)
    return found and (find_trail(account, found["TrailARN"]) or found)


def _bucket_exists(account: Account, name: str) -> bool:
    arn = bucket_arn(account.place.partition, name)
    try:
        account.read("s3", "HeadBucket", f"bucket {name}", {"Bucket": name}, resource_arn=arn)
    except AwsError as error:
        if error.code not in ("404", "NoSuchBucket"):
            raise
        return False
    return True


def _role(account: Account, name: str) -> dict[str, Any] | None:
    parameters = {"RoleName": name}
    answer = account.read_if_any("iam", "GetRole", f"role {name}", "NoSuchEntity", parameters=parameters)
    role: dict[str, Any] | None = answer.get("Role")
    return role


def _role_policies(account: Account, role: str) -> list[dict[str, Any]]:
    what, of_role = f"role {role}", {"RoleName": role}
    documents: list[dict[str, Any]] = []
    for page in account.read_pages("iam", "ListRolePolicies", what, of_role):
        for name in page["PolicyNames"]:
            answer = account.read("iam", "GetRolePolicy", what, {**of_role, "PolicyName": name})
            documents.append(answer["PolicyDocument"])
    for attached in account.read_all("iam", "ListAttachedRolePolicies", what, "AttachedPolicies", of_role):
        arn = attached["PolicyArn"]
        version = account.read("iam", "GetPolicy", f"policy {arn}", {"PolicyArn": arn})["Policy"]["DefaultVersionId"]
        parameters = {"PolicyArn": arn, "VersionId": version}
        answer = account.read("iam", "GetPolicyVersion", f"policy {arn}", parameters)
        documents.append(answer["PolicyVersion"]["Document"])
    return documents


def _log_group(account: Account, name: str) -> dict[str, Any] | None:
    page = account.read("logs", "DescribeLogGroups", f"log group {name}", {"logGroupNamePrefix": name})
    return next((group for group in page["logGroups"] if group["logGroupName"] == name), None)


def _metric_filter(account: Account, params: Mapping[str, Any]) -> dict[str, Any] | None:
    name, group = params["filter_name"], params["log_group_name"]
    parameters = {"logGroupName": group, "filterNamePrefix": name}
    answer = account.read_if_any(
        "logs", "DescribeMetricFilters", f"metric filter {name}", "ResourceNotFoundException", parameters=parameters
    )
    return next((each for each in answer.get("metricFilters", []) if each["filterName"] == name), None)


def read_alarm(account: Account, name: str) -> dict[str, Any] | None:
    """Return the metric alarm of this name, or None."""
    answer = account.read("cloudwatch", "DescribeAlarms", f"alarm {name}", {"AlarmNames": [name]})
    return next(iter(answer.get("MetricAlarms", [])), None)


def _topic(account: Account, arn: str) -> dict[str, Any] | None:
    # An ARN of another region is InvalidParameter.
    missing = ("NotFound", "NotFoundException", "InvalidParameter")
    answer = account.read_if_any(
        "sns", "GetTopicAttributes", f"topic {arn}", *missing, parameters={"TopicArn": arn}, resource_arn=arn
    )
    attributes: dict[str, Any] | None = answer.get("Attributes")
    return attributes


def _key(look: Look, key_id: str) -> dict[str, Any] | None:
    """Return what is known of the topic's key; its policy only if we may read it, which another account's is not."""
    missing, what = ("NotFoundException", "InvalidArnException"), f"key {key_id}"
    parameters = {"KeyId": key_id}
    answer = look.account.read_if_any("kms", "DescribeKey", what, *missing, parameters=parameters)
    if not answer:
        # AWS makes its own key when it is first used.
        return {"KeyManager": "AWS"} if "alias/aws/" in key_id else None
    key: dict[str, Any] = answer["KeyMetadata"]
    if key.get("KeyManager") == "AWS":
        return key

    def policy() -> dict[str, Any]:
        asked = {"KeyId": key["KeyId"], "PolicyName": "default"}
        text = look.account.read("kms", "GetKeyPolicy", what, asked, resource_arn=key["Arn"])["Policy"]
        document: dict[str, Any] = json.loads(text)
        return document

    document = look.at("key_policy", "notification", policy, {})
    return {**key, "Policy": document} if document else key
