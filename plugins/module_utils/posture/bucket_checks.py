# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Checks of the log buckets of an account, which may be the log archive of a trail in another account."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Any

from ..core.policy_documents import statements_of
from ..core.problems import listed, sentence
from .outcome import FAIL, Check, Outcome, failed, not_applicable
from .snapshot import Snapshot, Trail, known

_SITE = "run site.yml --tags trail"
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_YEAR_DAYS = 365
# What the account that has the trail or its log group may do in a log archive, to validate the log files.
_READS = ("s3:get", "s3:list")


def _of_each_bucket(
    problems: Callable[[Snapshot, Trail], Iterator[str]], remedy: str, otherwise: str
) -> Callable[[Snapshot], Outcome]:
    """Return a check of each log bucket of the account; `problems` yields what is wrong with that of a trail."""

    def check(snapshot: Snapshot) -> Outcome:
        own = [trail for trail in snapshot.trails if trail.bucket_owner == snapshot.place.account]
        if own:
            return failed((text for trail in own for text in problems(snapshot, trail)), remedy, otherwise)
        for trail in snapshot.trails:
            return not_applicable(f"{_bucket(trail)} belongs to account {trail.bucket_owner}: judge it there.")
        return Outcome(FAIL, "No trail exists.", f"Create one: {_SITE}.")

    return check


def _of_settings(judge: Callable[[Trail], str], remedy: str, otherwise: str) -> Callable[[Snapshot], Outcome]:
    """Return a check of the settings of each log bucket; `judge` says what is wrong with those of a trail, if so."""

    def problems(_snapshot: Snapshot, trail: Trail) -> Iterator[str]:
        wrong = "does not exist" if known(trail.bucket) is None else judge(trail)
        if wrong:
            yield f"{_bucket(trail)} {wrong}."

    return _of_each_bucket(problems, remedy, otherwise)


def _bucket(trail: Trail) -> str:
    return f"The bucket {trail.described['S3BucketName']} of the trail {trail.name}"


def _setting(trail: Trail, operation: str) -> Mapping[str, Any]:
    return known((known(trail.bucket) or {})[operation])


def _access_log(trail: Trail) -> str:
    return "" if _setting(trail, "GetBucketLogging").get("LoggingEnabled") else "logs no access"


def _not_public(trail: Trail) -> str:
    configured = _setting(trail, "GetPublicAccessBlock").get("PublicAccessBlockConfiguration", {})
    if all(configured.get(name) for name in _BLOCKS):
        return ""
    if any(_is_public(each) for each in _allowing(trail)):
        return "has a policy that allows everyone"
    rules = _setting(trail, "GetBucketOwnershipControls").get("OwnershipControls", {}).get("Rules", [])
    if any(rule.get("ObjectOwnership") == "BucketOwnerEnforced" for rule in rules):
        return ""
    return "does not block public access, and its objects may have public ACLs"


def _allowing(trail: Trail) -> list[Mapping[str, Any]]:
    policy = _setting(trail, "GetBucketPolicy").get("Policy") or "{}"
    return [each for each in statements_of(json.loads(policy)) if each.get("Effect") == "Allow"]


def _is_public(statement: Mapping[str, Any]) -> bool:
    return not statement.get("Condition") and "*" in _principals(statement)


def _principals(statement: Mapping[str, Any]) -> list[str]:
    principal = statement.get("Principal", "*")
    values = [principal] if isinstance(principal, str) else [*principal.values()]
    return [one for value in values for one in _as_list(value)]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _closed(trail: Trail) -> str:
    strangers = listed(
        f"{who} ({each.get('Sid', 'no Sid')})" for each in _allowing(trail) for who in _open_to(each, trail)
    )
    return f"has a policy that also allows {strangers}" if strangers else ""


def _open_to(statement: Mapping[str, Any], trail: Trail) -> Iterator[str]:
    """Yield who a statement lets in, in addition to CloudTrail for a trail, S3's own logs and the account itself."""
    reads_only = all(action.lower().startswith(_READS) for action in _as_list(statement.get("Action", "*")))
    accounts = {trail.bucket_owner, *({trail.owner, trail.group_owner} if reads_only else ())}
    for who in _principals(statement):
        if who == "logging.s3.amazonaws.com" or any(who == each or f":{each}:" in who for each in accounts):
            continue
        if who == "cloudtrail.amazonaws.com":
            # Without a source, CloudTrail may write for a trail of any account (CloudTrail user guide, "Amazon S3
            # bucket policy for CloudTrail").
            if "aws:source" in json.dumps(statement.get("Condition", {})).lower():
                continue
            who = "CloudTrail for trails of every account"
        yield "everyone" if who == "*" else who


def _not_versioned(trail: Trail) -> str:
    return "" if _setting(trail, "GetBucketVersioning").get("Status") == "Enabled" else "keeps no deleted files"


def _expires(trail: Trail) -> str:
    """Return which lifecycle rules delete log files early. One that is limited to a tag spares them: they have none."""
    prefix = "/".join(filter(None, (trail.described.get("S3KeyPrefix"), "AWSLogs/")))
    early = []
    for rule in _setting(trail, "GetBucketLifecycleConfiguration").get("Rules", []):
        expiration, scope = rule.get("Expiration", {}), rule.get("Filter", {})
        scope = scope.get("And", scope)
        days = expiration.get("Days", 0 if "Date" in expiration else _YEAR_DAYS)
        reaches = _overlap(str(scope.get("Prefix", rule.get("Prefix", ""))), prefix) and not {"Tag", "Tags"} & {*scope}
        if rule["Status"] == "Enabled" and days < _YEAR_DAYS and reaches:
            when = f"on {expiration['Date']:%Y-%m-%d}" if "Date" in expiration else f"{days} days"
            early.append(f"{rule.get('ID', 'no ID')} ({when})")
    return f"has lifecycle rules that delete log files: {listed(early)}" if early else ""


def _overlap(first: str, second: str) -> bool:
    return first.startswith(second) or second.startswith(first)


def _digests(snapshot: Snapshot, trail: Trail) -> Iterator[str]:
    if not trail.described.get("LogFileValidationEnabled"):
        yield f"The trail {trail.name} writes no digests."
        return
    status, ends = known(trail.status), known(trail.digests)
    if status.get("LatestDigestDeliveryError"):
        yield f"The last delivery of a digest failed: {sentence(status['LatestDigestDeliveryError'])}"
    delivered = status.get("LatestDigestDeliveryTime")
    # A digest is delivered some time after its end; the same tolerance as in log_file_validation.
    missing = not ends or (delivered and ends[-1] < delivered - timedelta(hours=2))
    if delivered and missing and delivered > snapshot.now - timedelta(days=1):
        yield f"The bucket lacks the digest that CloudTrail delivered at {delivered:%Y-%m-%dT%H:%M:%SZ}."
    began = status.get("StartLoggingTime")
    since = [end for end in ends if not began or end >= began]
    for earlier, later in pairwise(since):
        if later - earlier > timedelta(hours=1):
            yield f"No digest ends between {earlier:%Y-%m-%dT%H:%M:%SZ} and {later:%Y-%m-%dT%H:%M:%SZ}."


BUCKET_CHECKS = (
    Check(
        "bucket-not-public",
        "The log bucket is not public",
        _of_settings(_not_public, f"{_SITE.capitalize()}, which blocks public access.", "No log bucket is public."),
    ),
    Check(
        "bucket-closed",
        "Only CloudTrail and the account itself reach the log bucket",
        _of_settings(
            _closed, f"{_SITE.capitalize()}, which writes the bucket policy again.", "No policy lets others in."
        ),
    ),
    Check(
        "bucket-access-log",
        "Access to the log bucket is logged",
        _of_settings(_access_log, f"Set secmon_access_log_bucket_name; {_SITE}.", "Each log bucket logs its access."),
        "access logs need a bucket of yours.",
    ),
    Check(
        "bucket-versioned",
        "The log bucket keeps deleted log files as versions",
        _of_settings(_not_versioned, f"{_SITE.capitalize()}, which enables versioning.", "Each log bucket keeps them."),
    ),
    Check(
        "bucket-retention",
        "No lifecycle rule deletes log files within a year",
        _of_settings(
            _expires, f"Set secmon_log_expiration_days: 365 or 0, remove rules of others; {_SITE}.", "None does."
        ),
    ),
    Check(
        "digests",
        "The digests of the last day are all there",
        _of_each_bucket(
            _digests,
            "Find out who removed them with verify.yml (module log_file_validation).",
            "No digest is missing.",
        ),
    ),
)
