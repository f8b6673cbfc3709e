# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Find variables of one account that contradict each other."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ..core.aws_names import Arn, builds_chain, log_bucket_name, partition_of
from ..core.problems import did_you_mean
from ..core.tags import tag_problems
from ..rules.parameter_types import bucket_name_problem
from ..sns.endpoints import endpoint_problem, identity, label
from ..sns.topic_policy import CLOUDWATCH
from ..validation.document import Document
from ..validation.problems import quote_value
from .checks import InvalidVariableError, Settings
from .organization import organization_conflicts
from .trail_selectors import trail_selector_problems
from .variables import VARIABLES

MOST_SECRET_BYTES = 65_536
MOST_POLICY_CHARACTERS = 20_480

# Variables that have no effect with an existing resource, since they describe the resource that would be created.
REPLACED = {
    "secmon_existing_topic_arn": (
        *("secmon_topic_name", "secmon_topic_display_name", "secmon_topic_publishers", "secmon_emails"),
        *("secmon_subscriptions", "secmon_remove_subscriptions", "secmon_confirmation_tokens"),
    ),
    "secmon_existing_log_bucket_name": (
        *("secmon_log_bucket_name", "secmon_log_archive_days", "secmon_log_expiration_days"),
        *("secmon_access_log_bucket_name", "secmon_log_archive_account"),
    ),
    "secmon_existing_log_group_name": (
        *("secmon_log_group_name", "secmon_retention_days", "secmon_log_group_deletion_protection"),
    ),
    "secmon_existing_log_role_arn": ("secmon_log_role_name",),
    "secmon_existing_kms_key_arn": ("secmon_kms_alias",),
}
_IN_THIS_REGION = ("secmon_existing_topic_arn", "secmon_existing_kms_key_arn")
_IN_THIS_ACCOUNT = ("secmon_existing_log_role_arn", "secmon_assume_role_arn", "secmon_permissions_boundary_arn")
_OF_THE_CHAIN = ("secmon_existing_log_role_arn", "secmon_permissions_boundary_arn")
_REMOVE_ONE = "remove one of the two"


def report_conflicts(settings: Settings, document: Document) -> None:
    """Report variables that contradict each other; a check ends at the first variable that is invalid by itself."""
    for check in _CHECKS:
        with suppress(InvalidVariableError):
            check(settings, document)


def _existing(settings: Settings, document: Document) -> None:
    for existing, replaced in REPLACED.items():
        for name in replaced if existing in settings.values else ():
            if settings.values.get(name, VARIABLES[name].default) != VARIABLES[name].default:
                document.add((name,), f"has no effect, since {existing} is set", _REMOVE_ONE)


def _places(settings: Settings, document: Document) -> None:
    region, account = settings["secmon_region"], settings["secmon_account_id"]
    for name in (*_IN_THIS_REGION, *_IN_THIS_ACCOUNT):
        if name not in settings.values or (name in _OF_THE_CHAIN and not builds_chain(settings)):
            continue
        arn = Arn.parse(settings.values[name])
        if arn.partition != partition_of(region):
            message = f"is in the partition {arn.partition}, but {region} is in the partition {partition_of(region)}"
            document.add((name,), message)
        elif name in _IN_THIS_REGION and arn.region != region:
            hint = "use a resource in the same region"
            document.add((name,), f"is in {arn.region}, but the account's region is {region}", hint)
        elif name in _IN_THIS_ACCOUNT and arn.account != account:
            document.add((name,), f"is in account {arn.account}, but this host is account {account}")


def _encryption(settings: Settings, document: Document) -> None:
    if settings.is_set("secmon_existing_kms_key_arn") and settings.values.get("secmon_encrypt") is False:
        document.add(("secmon_encrypt",), "is false, but secmon_existing_kms_key_arn is set", _REMOVE_ONE)


def _bucket(settings: Settings, document: Document) -> None:
    bucket = log_bucket_name(settings)
    if problem := bucket_name_problem(bucket):
        document.add(("secmon_log_bucket_name",), f"is not set, and its default {problem[0]}", "Set it.")
    if settings.is_set("secmon_existing_log_bucket_owner") and not settings.is_set("secmon_existing_log_bucket_name"):
        message = "has no effect without secmon_existing_log_bucket_name"
        document.add(("secmon_existing_log_bucket_owner",), message, "set the bucket, or remove it")
    if settings["secmon_access_log_bucket_name"] == bucket:
        message = "is the log bucket itself, so that access logs would create access logs endlessly"
        document.add(("secmon_access_log_bucket_name",), message, "use another bucket")


def _purge(settings: Settings, document: Document) -> None:
    if settings["secmon_purge_log_bucket"] and settings.is_set("secmon_existing_log_bucket_name"):
        message = "is true, but secmon_existing_log_bucket_name names an existing bucket, which is never deleted"
        document.add(("secmon_purge_log_bucket",), message, _REMOVE_ONE)
    if settings["secmon_purge_other_objects"] and not settings["secmon_purge_log_bucket"]:
        message = "has no effect without secmon_purge_log_bucket"
        document.add(("secmon_purge_other_objects",), message, "set both, or remove it")


def _lifecycle(settings: Settings, document: Document) -> None:
    archived, deleted = settings["secmon_log_archive_days"], settings["secmon_log_expiration_days"]
    if archived and deleted and archived >= deleted:
        message = f"is {archived}, but log files are deleted after {deleted} days (secmon_log_expiration_days)"
        document.add(("secmon_log_archive_days",), message, "lower it, or set it to 0")


def _secret_value(settings: Settings, document: Document) -> None:
    if settings["secmon_secret_update_value"] == "always":
        for name, reason in (
            ("secmon_secret_value_hmac_key", "compares the value without reading it"),
            ("secmon_secret_value", "would otherwise be generated again at each run"),
        ):
            if not settings.is_set(name):
                document.add((name,), f"is missing: secmon_secret_update_value is always, and this variable {reason}")


def _secret_size(settings: Settings, document: Document) -> None:
    value = settings["secmon_secret_value"]
    if value is not None and len(_as_json(value).encode("utf-8", "replace")) > MOST_SECRET_BYTES:
        message = f"has more than {MOST_SECRET_BYTES} bytes, which Secrets Manager rejects"
        document.add(("secmon_secret_value",), message, "shorten it")
    if len(_as_json(settings["secmon_secret_resource_policy"])) > MOST_POLICY_CHARACTERS:
        message = f"has more than {MOST_POLICY_CHARACTERS} characters, which Secrets Manager rejects"
        document.add(("secmon_secret_resource_policy",), message, "shorten it")


def _as_json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, skipkeys=True)


def _further_regions(settings: Settings, document: Document) -> None:
    region = settings["secmon_region"]
    for name, own, done in (
        ("secmon_secret_replica_regions", "the region of the secret itself", "secrets are replicated"),
        ("secmon_regions", "which is secmon_region: its events need no forwarding", "events are forwarded"),
    ):
        for index, further in enumerate(settings[name]):
            if further == region:
                document.add((name, index), f"names {region}, {own}", "remove it")
            elif partition_of(further) != partition_of(region):
                message = f"{further} and {region} are in different partitions, and {done} only within one"
                document.add((name, index), message, "remove it")


def _credentials(settings: Settings, document: Document) -> None:
    profile, key_id, key, token = (
        settings.is_set(f"secmon_{name}") for name in ("aws_profile", "access_key", "secret_key", "session_token")
    )
    if profile and (key_id or key):
        hint = "remove it, or secmon_access_key and the others"
        document.add(("secmon_aws_profile",), "is set together with static credentials", hint)
    if key_id != key:
        missing = "secmon_secret_key" if key_id else "secmon_access_key"
        document.add((missing,), "is missing", "set both secmon_access_key and secmon_secret_key, or neither")
    if token and not (key_id or key):
        hint = "set secmon_access_key and secmon_secret_key, too"
        document.add(("secmon_session_token",), "is set without an access key", hint)


def _role(settings: Settings, document: Document) -> None:
    if settings.is_set("secmon_assume_role_external_id") and not settings.is_set("secmon_assume_role_arn"):
        message = "has no effect without secmon_assume_role_arn"
        document.add(("secmon_assume_role_external_id",), message, "set the role, or remove it")


def _tags(settings: Settings, document: Document) -> None:
    for problem in tag_problems(settings["secmon_tags"]):
        document.add(("secmon_tags",), problem)


def _emails(settings: Settings, document: Document) -> None:
    folded = [address.lower() for address in settings["secmon_emails"]]
    for address in sorted({address for address in folded if folded.count(address) > 1}):
        message = f"{quote_value(address)} is listed twice and would receive each email twice"
        document.add(("secmon_emails",), message, "remove one")


def _alarm_names(settings: Settings, document: Document) -> None:
    names = list(settings["secmon_alarm_names"].values())
    for name in sorted({name for name in names if names.count(name) > 1}):
        message = f"{quote_value(name)} is the name of two alarms, so that the second would replace the first"
        document.add(("secmon_alarm_names",), message, "use another name")


def _selectors(settings: Settings, document: Document) -> None:
    for name, problem in trail_selector_problems(settings):
        document.add((name,), problem)


def _subscriptions(settings: Settings, document: Document) -> None:
    emails = [{"protocol": "email", "endpoint": address} for address in settings["secmon_emails"]]
    added, removed = settings["secmon_subscriptions"], settings["secmon_remove_subscriptions"]
    for index, entry in enumerate(added):
        if problem := endpoint_problem(entry, partition_of(settings["secmon_region"])):
            document.add(("secmon_subscriptions", index), problem)
    kept = {identity(**entry) for entry in (*emails, *added)}
    if removed is True and not kept:
        message = "is true, but secmon_emails and secmon_subscriptions are empty, so that no recipient would be left"
        document.add(("secmon_remove_subscriptions",), message, "name those that stay")
    for index, entry in enumerate(() if isinstance(removed, bool) else removed):
        if identity(**entry) in kept:
            message = f"{label(**entry)} is also in secmon_emails or secmon_subscriptions"
            document.add(("secmon_remove_subscriptions", index), message, _REMOVE_ONE)
    endpoints = {entry["endpoint"] for entry in (*emails, *added)}
    for endpoint in sorted(set(settings["secmon_confirmation_tokens"]) - endpoints):
        message = f"contains a token for {quote_value(endpoint)}, which is not in secmon_emails or secmon_subscriptions"
        document.add(("secmon_confirmation_tokens",), message, did_you_mean(endpoint, endpoints).strip())


def _publishers(settings: Settings, document: Document) -> None:
    if CLOUDWATCH not in settings["secmon_topic_publishers"]:
        message = f"does not contain {CLOUDWATCH}, without which no alarm can publish"
        document.add(("secmon_topic_publishers",), message, "add it")


_CHECKS: tuple[Callable[[Settings, Document], None], ...] = (
    *(_existing, _places, _credentials, _role, _tags, _alarm_names, _secret_value, _secret_size, _further_regions),
    *(
        organization_conflicts,
        _emails,
        _bucket,
        _purge,
        _lifecycle,
        _encryption,
        _selectors,
        _subscriptions,
        _publishers,
    ),
)
