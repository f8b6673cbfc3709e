# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What variables of one account cannot say together."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from ..core.aws_names import Arn, bucket_name_problem, log_bucket_name, partition_of
from ..core.problems import did_you_mean
from ..core.tags import tag_problems
from ..sns.endpoints import endpoint_problem, identity, label
from ..sns.topic_policy import CLOUDWATCH
from ..validation.types import shown
from .checks import NotSoundError, Problem, Settings
from .trail_selectors import trail_selector_problems
from .variables import VARIABLES

MOST_SECRET_BYTES = 65_536
MOST_POLICY_CHARACTERS = 20_480

# What a variable of ours makes void: the existing resource takes the place of the one that these describe.
_REPLACED = {
    "secmon_existing_topic_arn": (
        *("secmon_topic_name", "secmon_topic_display_name", "secmon_topic_publishers", "secmon_emails"),
        *("secmon_subscriptions", "secmon_remove_subscriptions", "secmon_confirmation_tokens"),
    ),
    "secmon_existing_log_bucket_name": (
        *("secmon_log_bucket_name", "secmon_log_archive_days", "secmon_log_expiration_days"),
        "secmon_access_log_bucket_name",
    ),
    "secmon_existing_log_group_name": (
        *("secmon_log_group_name", "secmon_retention_days", "secmon_log_group_deletion_protection"),
    ),
    "secmon_existing_log_role_arn": ("secmon_log_role_name",),
    "secmon_existing_kms_key_arn": ("secmon_kms_alias",),
}
_WHAT = {
    "secmon_existing_topic_arn": "topic",
    "secmon_existing_log_bucket_name": "bucket",
    "secmon_existing_log_group_name": "log group",
    "secmon_existing_log_role_arn": "role",
    "secmon_existing_kms_key_arn": "key",
}
_IN_THIS_REGION = ("secmon_existing_topic_arn", "secmon_existing_kms_key_arn")
_IN_THIS_ACCOUNT = ("secmon_existing_log_role_arn", "secmon_assume_role_arn")

Check = Callable[[Settings], Iterator[Problem]]


def conflicts(settings: Settings) -> tuple[Problem, ...]:
    """Return what contradicts what; a check ends at the first variable that is wrong by itself."""
    found: list[Problem] = []
    for check in _CHECKS:
        try:
            found += check(settings)
        except NotSoundError:
            continue
    return tuple(found)


def _existing(settings: Settings) -> Iterator[Problem]:
    for existing, replaced in _REPLACED.items():
        if existing in settings.given:
            for name in replaced:
                if settings.given.get(name, VARIABLES[name].default) != VARIABLES[name].default:
                    yield Problem(
                        name,
                        f"has no effect, since {existing} names a {_WHAT[existing]} of yours. Remove one of the two.",
                    )


def _places(settings: Settings) -> Iterator[Problem]:
    region, account = settings["secmon_region"], settings["secmon_account_id"]
    for name in (*_IN_THIS_REGION, *_IN_THIS_ACCOUNT):
        if name not in settings.given:
            continue
        arn = Arn.parse(settings.given[name])
        if arn.partition != partition_of(region):
            yield Problem(name, f"is in the partition {arn.partition}, but {region} belongs to {partition_of(region)}.")
        elif name in _IN_THIS_REGION and arn.region != region:
            yield Problem(
                name, f"is in {arn.region}, but the account's region is {region}. It must be in the same region."
            )
        elif name in _IN_THIS_ACCOUNT and arn.account != account:
            yield Problem(name, f"is in account {arn.account}, but this host is account {account}.")


def _encryption(settings: Settings) -> Iterator[Problem]:
    if settings.says("secmon_existing_kms_key_arn") and settings.given.get("secmon_encrypt") is False:
        yield Problem(
            "secmon_encrypt",
            "is false, but secmon_existing_kms_key_arn names a key to encrypt with. Remove one of the two.",
        )


def _bucket(settings: Settings) -> Iterator[Problem]:
    problem = bucket_name_problem(log_bucket_name(settings))
    if problem:
        told = f"is not set, and its default {shown(log_bucket_name(settings))} {problem} Name the bucket."
        yield Problem("secmon_log_bucket_name", told)
    if settings["secmon_access_log_bucket_name"] == log_bucket_name(settings):
        told = "is the log bucket itself, whose access logs would make access logs for ever. Name another bucket."
        yield Problem("secmon_access_log_bucket_name", told)


def _purge(settings: Settings) -> Iterator[Problem]:
    if settings["secmon_purge_log_bucket"] and settings.says("secmon_existing_log_bucket_name"):
        told = "is true, but secmon_existing_log_bucket_name names a bucket of yours, which is never torn down."
        yield Problem("secmon_purge_log_bucket", f"{told} Remove one of the two.")


def _lifecycle(settings: Settings) -> Iterator[Problem]:
    archived, deleted = settings["secmon_log_archive_days"], settings["secmon_log_expiration_days"]
    if archived and deleted and archived >= deleted:
        told = f"is {archived}, but log files are deleted after {deleted} days already (secmon_log_expiration_days)."
        yield Problem("secmon_log_archive_days", told)


def _secret_value(settings: Settings) -> Iterator[Problem]:
    if settings["secmon_secret_update_value"] == "always":
        for name, why in (
            ("secmon_secret_value_hmac_key", "by which the value is compared without being read"),
            ("secmon_secret_value", "since a generated one would be another at each run"),
        ):
            if not settings.says(name):
                yield Problem(name, f"is missing: secmon_secret_update_value is always, which needs it, {why}.")


def _secret_size(settings: Settings) -> Iterator[Problem]:
    value = settings["secmon_secret_value"]
    if value is not None and len(_as_json(value).encode("utf-8", "replace")) > MOST_SECRET_BYTES:
        yield Problem("secmon_secret_value", f"has more than {MOST_SECRET_BYTES} bytes, which Secrets Manager refuses.")
    if len(_as_json(settings["secmon_secret_resource_policy"])) > MOST_POLICY_CHARACTERS:
        told = f"has more than {MOST_POLICY_CHARACTERS} characters, which Secrets Manager refuses."
        yield Problem("secmon_secret_resource_policy", told)


def _as_json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, skipkeys=True)


def _replicas(settings: Settings) -> Iterator[Problem]:
    region = settings["secmon_region"]
    for replica in settings["secmon_secret_replica_regions"]:
        if replica == region:
            told = f"names {region}, where the secret itself is. Remove it."
            yield Problem("secmon_secret_replica_regions", told)
        elif partition_of(replica) != partition_of(region):
            told = f"{replica} and {region} belong to different partitions, between which nothing is copied."
            yield Problem("secmon_secret_replica_regions", told)


def _credentials(settings: Settings) -> Iterator[Problem]:
    profile, key_id, key, token = (
        settings.says(f"secmon_{name}") for name in ("aws_profile", "access_key", "secret_key", "session_token")
    )
    if profile and (key_id or key):
        yield Problem(
            "secmon_aws_profile", "stands beside static credentials. Remove it, or secmon_access_key and the others."
        )
    if key_id != key:
        missing = "secmon_secret_key" if key_id else "secmon_access_key"
        yield Problem(missing, "is missing: secmon_access_key and secmon_secret_key are given together or not at all.")
    if token and not (key_id or key):
        yield Problem("secmon_session_token", "stands alone. Give secmon_access_key and secmon_secret_key with it.")


def _role(settings: Settings) -> Iterator[Problem]:
    if settings.says("secmon_assume_role_external_id") and not settings.says("secmon_assume_role_arn"):
        told = "has no effect without secmon_assume_role_arn. Give the role, or remove it."
        yield Problem("secmon_assume_role_external_id", told)


def _tags(settings: Settings) -> Iterator[Problem]:
    for problem in tag_problems(settings["secmon_tags"]):
        yield Problem("secmon_tags", problem)


def _mails(settings: Settings) -> Iterator[Problem]:
    folded = [address.lower() for address in settings["secmon_emails"]]
    for address in sorted({address for address in folded if folded.count(address) > 1}):
        told = f"{shown(address)} stands there twice, and would get each mail twice. Remove one of them."
        yield Problem("secmon_emails", told)


def _subscriptions(settings: Settings) -> Iterator[Problem]:
    emails = [{"protocol": "email", "endpoint": address} for address in settings["secmon_emails"]]
    # An empty mapping is a valid value of this kind.
    added, removed = (
        [entry for entry in settings[name] if entry] for name in ("secmon_subscriptions", "secmon_remove_subscriptions")
    )
    for entry in added:
        problem = endpoint_problem(entry, partition_of(settings["secmon_region"]))
        if problem:
            yield Problem("secmon_subscriptions", f"contains an invalid endpoint: {problem}")
    kept = {identity(**entry) for entry in (*emails, *added)}
    for entry in removed:
        if identity(**entry) in kept:
            told = f"contains {label(**entry)}, which secmon_emails or secmon_subscriptions contains too. Remove one."
            yield Problem("secmon_remove_subscriptions", told)
    endpoints = {entry["endpoint"] for entry in (*emails, *added)}
    for endpoint in sorted(set(settings["secmon_confirmation_tokens"]) - endpoints):
        told = f"contains a token for {shown(endpoint)}, which is not in secmon_emails or secmon_subscriptions."
        yield Problem("secmon_confirmation_tokens", f"{told}{did_you_mean(endpoint, endpoints)}")


def _publishers(settings: Settings) -> Iterator[Problem]:
    if CLOUDWATCH not in settings["secmon_topic_publishers"]:
        told = f"does not contain {CLOUDWATCH}, without which no alarm can publish. Add it."
        yield Problem("secmon_topic_publishers", told)


def _alarm_names(settings: Settings) -> Iterator[Problem]:
    names = list(settings["secmon_alarm_names"].values())
    for name in sorted({name for name in names if names.count(name) > 1}):
        told = f"{shown(name)} is the name of two alarms; the second would replace the first. Choose another."
        yield Problem("secmon_alarm_names", told)


def _selectors(settings: Settings) -> Iterator[Problem]:
    yield from (Problem(name, problem) for name, problem in trail_selector_problems(settings))


_CHECKS: tuple[Check, ...] = (
    *(_existing, _places, _credentials, _role, _tags, _alarm_names, _secret_value, _secret_size, _replicas, _mails),
    *(_bucket, _purge, _lifecycle, _encryption, _selectors, _subscriptions, _publishers),
)
