# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""What Secrets Manager would refuse, found before it is asked.

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
from ..core.problems import did_you_mean, require
from ..core.tags import tag_problems
from .state import replica_entry, wanted_policy
from .value import value_problems

_LIKE_AN_ARN = re.compile(r".*-[A-Za-z0-9]{6}")
_KEY = re.compile(f"{KEY_ARN}|{KEY_ALIAS_ARN}|{KEY_ALIAS}|{KEY_ID}")
_SCHEDULE = re.compile(r"(?:rate|cron)\([0-9A-Za-z()#?*/, -]+\)")
_MAX_DESCRIPTION = 2048
_MAX_POLICY = 20480
_MAX_SCHEDULE = 256
_ROTATION_DAYS = range(1, 1001)
_AT_ONCE = 0
_RECOVERY_DAYS = range(7, 31)
_REPLICA_KEYS = ("region", "kms_key_id")


def check_secret(params: Mapping[str, Any], region: str) -> None:
    """Raise RequestError for everything that Secrets Manager would refuse."""
    require(_problems(params, region))


def name_warnings(name: str) -> tuple[str, ...]:
    """Return what the user should know about a name that is allowed."""
    if not _LIKE_AN_ARN.fullmatch(name):
        return ()
    return (
        f"The name of secret {name} ends with a hyphen and six characters, like the end of an ARN, so that a search by"
        " partial ARN may find another secret. Better choose another name.",
    )


def _problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    name, days = params["name"], params["recovery_window_days"]
    if not re.fullmatch(SECRET_NAME, name):
        yield f"{name!r} is no name for a secret: 1 to 512 of the characters a-z A-Z 0-9 / _ + = . @ -."
    if days != _AT_ONCE and days not in _RECOVERY_DAYS:
        yield (
            f"recovery_window_days of secret {name} is {days}; it takes {_RECOVERY_DAYS[0]} to {_RECOVERY_DAYS[-1]}"
            f" days, or {_AT_ONCE} to delete at once, beyond recovery."
        )
    if len(params.get("description") or "") > _MAX_DESCRIPTION:
        size = len(params["description"])
        yield f"The description of secret {name} has {size} characters; AWS takes {_MAX_DESCRIPTION} at most."
    yield from _key_problems(f"secret {name}", params.get("kms_key_id"), region)
    yield from _policy_problems(params)
    yield from _replica_problems(params, region)
    yield from _rotation_problems(name, params.get("rotation"), region)
    yield from tag_problems(params.get("tags"))
    if params["state"] == "present":
        yield from value_problems(params)


def _key_problems(whose: str, key: Any, region: str) -> Iterator[str]:
    if not key:
        return
    found = _KEY.fullmatch(key) if isinstance(key, str) else None
    if not found:
        yield (
            f"kms_key_id of {whose} is {key!r}; it takes a key's ARN or id, an alias (alias/...), or '' for"
            " aws/secretsmanager."
        )
    elif key.startswith("arn:") and not is_of_region(key, region):
        yield f"kms_key_id of {whose} is {key}; it takes a key in region {region}."


def _policy_problems(params: Mapping[str, Any]) -> Iterator[str]:
    text, name = params.get("resource_policy"), params["name"]
    if text is None:
        return
    try:
        policy = wanted_policy(params)
    except ValueError as error:
        yield f"resource_policy of secret {name} is no JSON: {error}."
        return
    if len(text) > _MAX_POLICY:
        yield f"resource_policy of secret {name} has {len(text)} characters; AWS takes {_MAX_POLICY} at most."
    if not isinstance(policy, dict) or (policy and not _statements(policy)):
        yield (
            f"resource_policy of secret {name} is no policy: it takes a mapping with Version and Statement, or {{}} to"
            " remove the policy."
        )


def _statements(policy: Mapping[str, Any]) -> list[Any]:
    """Return the statements of a policy, or nothing if it has none or they are no mappings."""
    statements = policy.get("Statement") or []
    statements = statements if isinstance(statements, list) else [statements]
    return statements if all(isinstance(statement, Mapping) for statement in statements) else []


def _replica_problems(params: Mapping[str, Any], region: str) -> Iterator[str]:
    name = params["name"]
    entries = [replica_entry(entry) for entry in params.get("replica_regions") or []]
    for entry in entries:
        for key in entry.keys() - set(_REPLICA_KEYS):
            yield f"replica_regions of secret {name} has {key!r}, which it does not know.{_meant(key)}"
        yield from _replica_region_problems(name, entry.get("region"), region)
        yield from _key_problems(f"the replica of secret {name}", entry.get("kms_key_id"), str(entry.get("region")))
    counted = Counter(str(entry.get("region")) for entry in entries)
    for twice in (named for named, times in counted.items() if times > 1):
        yield f"replica_regions of secret {name} names {twice} more than once."


def _meant(key: Any) -> str:
    return did_you_mean(str(key), _REPLICA_KEYS)


def _replica_region_problems(name: str, replica: Any, region: str) -> Iterator[str]:
    if not isinstance(replica, str) or not re.fullmatch(REGION, replica):
        yield (
            f"replica_regions of secret {name} has {replica!r} for a region; each entry is the name of a region, or a"
            " mapping with region and kms_key_id."
        )
    elif replica == region:
        yield f"replica_regions of secret {name} names {region}, where the secret itself is. Leave it out."
    elif partition_of(replica) != partition_of(region):
        yield (
            f"replica_regions of secret {name} names {replica}, which is in partition {partition_of(replica)}; a"
            f" secret in {region} has replicas in partition {partition_of(region)} only."
        )


def _rotation_problems(name: str, rotation: Mapping[str, Any] | None, region: str) -> Iterator[str]:
    if not rotation or not rotation["enabled"]:
        return
    function, days, schedule = rotation.get("lambda_arn"), rotation.get("days"), rotation.get("schedule")
    if function and not re.fullmatch(LAMBDA_ARN, function):
        yield f"rotation.lambda_arn of secret {name} is {function!r}; it takes the ARN of a Lambda function."
    elif function and not is_of_region(function, region):
        yield f"rotation.lambda_arn of secret {name} is {function}; it takes a function in region {region}."
    if days is not None and schedule:
        yield f"rotation of secret {name} has both days and schedule; choose one."
    if days is not None and days not in _ROTATION_DAYS:
        yield f"rotation.days of secret {name} is {days}; it takes {_ROTATION_DAYS[0]} to {_ROTATION_DAYS[-1]}."
    if schedule and (len(schedule) > _MAX_SCHEDULE or not _SCHEDULE.fullmatch(schedule)):
        yield (
            f"rotation.schedule of secret {name} is {schedule!r}; it takes rate(...) or cron(...), {_MAX_SCHEDULE}"
            " characters at most."
        )
