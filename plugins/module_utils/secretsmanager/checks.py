# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Validate the parameters of a secret before any API call.

Sources: Secrets Manager API reference, CreateSecret, PutResourcePolicy, RotationRulesType, ReplicaRegionType and
DeleteSecret (lengths, patterns, ranges).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.aws_names import (
    KEY_ALIAS,
    KEY_ALIAS_ARN,
    KEY_ARN,
    KEY_ID,
    LAMBDA_ARN,
    REGION,
    SECRET_NAME,
    is_of_region,
    partition_of,
)
from ..core.policy_limits import SECRET_POLICY_CHARACTERS
from ..core.problems import did_you_mean, require
from ..core.tags import tag_problems
from .state import desired_policy, replica_entry
from .value import value_problems

_LIKE_AN_ARN = re.compile(r".*-[A-Za-z0-9]{6}")
_KEY = re.compile(f"{KEY_ARN}|{KEY_ALIAS_ARN}|{KEY_ALIAS}|{KEY_ID}")
_SCHEDULE = re.compile(r"(?:rate|cron)\([0-9A-Za-z()#?*/, -]+\)")
_MAX_DESCRIPTION = 2048
_MAX_SCHEDULE = 256
_ROTATION_DAYS = range(1, 1001)
_IMMEDIATELY = 0
_RECOVERY_DAYS = range(7, 31)
_REPLICA_KEYS = ("region", "kms_key_id")


def check_secret(params: Mapping[str, Any], region: str) -> None:
    """Raise RequestError with all parameters that Secrets Manager would reject."""
    require(_problems(params, region))


def name_warnings(name: str) -> tuple[str, ...]:
    """Return warnings about a valid name, such as one that looks like the end of an ARN."""
    if not _LIKE_AN_ARN.fullmatch(name):
        return ()
    return (
        f"The name of secret {name} ends with a hyphen and six characters, like the end of an ARN. A lookup by partial"
        " ARN may return another secret. Choose another name.",
    )


def _problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    name, days = params["name"], params["recovery_window_days"]
    if not re.fullmatch(SECRET_NAME, name):
        yield f"{name!r} is not a valid secret name: use 1-512 characters from a-z A-Z 0-9 / _ + = . @ ! -."
    if days != _IMMEDIATELY and days not in _RECOVERY_DAYS:
        yield (
            f"recovery_window_days of secret {name} is {days}; use {_RECOVERY_DAYS[0]}-{_RECOVERY_DAYS[-1]} days, or"
            f" {_IMMEDIATELY} to delete it immediately without recovery."
        )
    if len(params.get("description") or "") > _MAX_DESCRIPTION:
        size = len(params["description"])
        yield f"The description of secret {name} has {size} characters; AWS allows {_MAX_DESCRIPTION}."
    yield from _key_problems(f"secret {name}", params.get("kms_key_id"), region)
    yield from _policy_problems(params)
    yield from _replica_problems(params, region)
    yield from _rotation_problems(name, params.get("rotation"), region)
    yield from tag_problems(params.get("tags"))
    if params["state"] == "present":
        yield from value_problems(params)


def _key_problems(resource: str, key: Any, region: str) -> Iterator[str]:
    if not key:
        return
    found = _KEY.fullmatch(key) if isinstance(key, str) else None
    if not found:
        yield (
            f"kms_key_id of {resource} is {key!r}; use the ARN or ID of a key, an alias (alias/...), or '' for"
            " aws/secretsmanager."
        )
    elif key.startswith("arn:") and not is_of_region(key, region):
        yield f"kms_key_id of {resource} is {key}; use a key in region {region}."


def _policy_problems(params: Mapping[str, Any]) -> Iterator[str]:
    text, name = params.get("resource_policy"), params["name"]
    if text is None:
        return
    try:
        policy = desired_policy(params)
    except ValueError as error:
        yield f"resource_policy of secret {name} is not valid JSON: {error}."
        return
    if len(text) > SECRET_POLICY_CHARACTERS:
        yield f"resource_policy of secret {name} has {len(text)} characters; AWS allows {SECRET_POLICY_CHARACTERS}."
    if not isinstance(policy, dict) or (policy and not _statements(policy)):
        yield (
            f"resource_policy of secret {name} is not a valid policy: use a mapping with Version and Statement, or {{}}"
            " to remove the policy."
        )


def _statements(policy: Mapping[str, Any]) -> list[Any]:
    """Return the statements of a policy; an empty list if there are none or one is not a mapping."""
    statements = policy.get("Statement") or []
    statements = statements if isinstance(statements, list) else [statements]
    return statements if all(isinstance(statement, Mapping) for statement in statements) else []


def _replica_problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    name = params["name"]
    entries = [replica_entry(entry) for entry in params.get("replica_regions") or []]
    for entry in entries:
        for key in entry.keys() - set(_REPLICA_KEYS):
            suggestion = did_you_mean(str(key), _REPLICA_KEYS)
            yield f"replica_regions of secret {name} has the unknown key {key!r}.{suggestion}"
        yield from _replica_region_problems(name, entry.get("region"), region)
        yield from _key_problems(f"the replica of secret {name}", entry.get("kms_key_id"), str(entry.get("region")))
    counted = Counter(str(entry.get("region")) for entry in entries)
    for repeated in (named for named, count in counted.items() if count > 1):
        yield f"replica_regions of secret {name} lists {repeated} more than once."


def _replica_region_problems(name: str, replica: Any, region: str) -> Iterator[str]:
    if not isinstance(replica, str) or not re.fullmatch(REGION, replica):
        yield (
            f"replica_regions of secret {name} has the region {replica!r}; each entry must be the name of a region, or"
            " a mapping with region and kms_key_id."
        )
    elif replica == region:
        yield f"replica_regions of secret {name} lists {region}, the region of the secret itself. Remove it."
    elif partition_of(replica) != partition_of(region):
        yield (
            f"replica_regions of secret {name} lists {replica}, which is in partition {partition_of(replica)}; a"
            f" secret in {region} can only have replicas in partition {partition_of(region)}."
        )


def _rotation_problems(name: str, rotation: Mapping[str, Any] | None, region: str) -> Iterator[str]:
    if not rotation or not rotation["enabled"]:
        return
    function, days, schedule = rotation.get("lambda_arn"), rotation.get("days"), rotation.get("schedule")
    if function and not re.fullmatch(LAMBDA_ARN, function):
        yield f"rotation.lambda_arn of secret {name} is {function!r}; use the ARN of a Lambda function."
    elif function and not is_of_region(function, region):
        yield f"rotation.lambda_arn of secret {name} is {function}; use a function in region {region}."
    if days is not None and schedule:
        yield f"rotation of secret {name} has both days and schedule; choose one."
    if days is not None and days not in _ROTATION_DAYS:
        yield f"rotation.days of secret {name} is {days}; use {_ROTATION_DAYS[0]}-{_ROTATION_DAYS[-1]}."
    if schedule and (len(schedule) > _MAX_SCHEDULE or not _SCHEDULE.fullmatch(schedule)):
        yield (
            f"rotation.schedule of secret {name} is {schedule!r}; use rate(...) or cron(...) with at most"
            f" {_MAX_SCHEDULE} characters."
        )
