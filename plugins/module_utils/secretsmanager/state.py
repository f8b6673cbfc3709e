# Copyright: secmon.aws contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

"""The current and the requested state of a secret.

Sources: Secrets Manager API reference, DescribeSecret, RotationRulesType and ReplicationStatusType.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..core.policy_documents import same_policy
from ..core.tags import as_mapping, own_tags, tag_change
from .value import Versions

OWN_KEY = ""
"""Represents the AWS managed key ``aws/secretsmanager``."""

_KEY_TAIL = re.compile(r"(?:arn:[^:]+:kms:[^:]*:[^:]*:)?(?:key/)?(?P<key>.*)")
_OWN_KEY_ALIAS = "alias/aws/secretsmanager"
_RATE_IN_DAYS = re.compile(r"rate\(\s*([0-9]+)\s+days?\s*\)")
NO_ROTATION = {"enabled": False, "lambda_arn": "", "days": 0, "schedule": ""}


@dataclass(frozen=True)
class Found:
    """An existing secret, possibly scheduled for deletion.

    Attributes:
        described: The answer of DescribeSecret.
        policy: The resource policy as JSON; empty if the secret has none, None if it was not read.
        deprecated: The IDs of all versions including those without a stage; empty if they were not read.
    """

    described: Mapping[str, Any]
    policy: str | None = None
    deprecated: frozenset[str] = frozenset()

    @property
    def tags(self) -> dict[str, str]:
        """Return all tags."""
        return as_mapping(self.described.get("Tags", []))

    @property
    def versions(self) -> Versions:
        """Return the stages of each version, by version ID."""
        staged: Versions = self.described.get("VersionIdsToStages") or {}
        return {**dict.fromkeys(self.deprecated, ()), **staged}

    @property
    def deleted_date(self) -> str:
        """Return the scheduled date of deletion as ISO 8601; empty if none is scheduled."""
        date = self.described.get("DeletedDate")
        return iso_date(date) if date else ""

    @property
    def state(self) -> dict[str, Any]:
        """Return the settings of the secret, without its value."""
        described = self.described
        state: dict[str, Any] = {
            "name": described["Name"],
            "description": described.get("Description") or "",
            "kms_key_id": _key(described.get("KmsKeyId")),
            "replicas": {
                replica["Region"]: _key(replica.get("KmsKeyId")) for replica in described.get("ReplicationStatus", [])
            },
            "rotation": _rotation(described),
            "tags": own_tags(self.tags),
            "deletion": f"scheduled for {self.deleted_date}" if self.deleted_date else "",
        }
        if self.policy is not None:
            state["resource_policy"] = json.loads(self.policy or "{}")
        return state


def iso_date(date: datetime.datetime) -> str:
    """Return a time as ISO 8601 in UTC, independent of the local time zone."""
    return date.astimezone(datetime.UTC).isoformat()


def _key(key: str | None) -> str:
    return OWN_KEY if not key or _tail(key) == _OWN_KEY_ALIAS else key


def _tail(key: str) -> str:
    found = _KEY_TAIL.fullmatch(key)
    return found["key"] if found else key


def same_key(one: str, other: str) -> bool:
    """Return whether two key identifiers are equal; an ARN equals the ID or alias in it."""
    return _tail(_key(one)) == _tail(_key(other))


def _rotation(described: Mapping[str, Any]) -> dict[str, Any]:
    rules = described.get("RotationRules") or {}
    schedule = rules.get("ScheduleExpression")
    # With a schedule, AWS calculates AutomaticallyAfterDays and updates it after every rotation.
    timing = rotation_timing(schedule, None if schedule else rules.get("AutomaticallyAfterDays"))
    return {
        "enabled": bool(described.get("RotationEnabled")),
        "lambda_arn": described.get("RotationLambdaARN") or "",
        **timing,
    }


def rotation_timing(schedule: str | None, days: int | None) -> dict[str, Any]:
    """Return the rotation interval; convert a rate in days to days."""
    rate = _RATE_IN_DAYS.fullmatch(schedule or "")
    if rate:
        return {"days": int(rate[1]), "schedule": ""}
    return {"days": days or 0, "schedule": schedule or ""}


def desired_state(params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the state that the task requests; keep omitted options, and equivalent values as AWS stores them."""
    change = tag_change(before["tags"], params.get("tags"), params["purge_tags"])
    return {**before, **dict(_requested(params, before)), "tags": dict(change.after), "deletion": ""}


def _requested(params: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if params.get("description") is not None:
        yield "description", params["description"]
    if params.get("kms_key_id") is not None:
        yield "kms_key_id", _same_or_other_key(params["kms_key_id"], before["kms_key_id"])
    if params.get("resource_policy") is not None:
        policy, found = desired_policy(params), before.get("resource_policy")
        yield "resource_policy", found if found is not None and same_policy(policy, found) else policy
    if params.get("replica_regions") is not None:
        yield "replicas", _replicas(params["replica_regions"], before["replicas"])
    if params.get("rotation") is not None:
        yield "rotation", _desired_rotation(params["rotation"], before["rotation"])


def _same_or_other_key(desired: str, found: str) -> str:
    return found if same_key(desired, found) else _key(desired)


def desired_policy(params: Mapping[str, Any]) -> Any:
    """Return the parsed policy of the task, empty for no policy; raise ValueError if it is not valid JSON."""
    return json.loads(params["resource_policy"] or "{}")


def replica_entry(entry: Any) -> dict[str, Any]:
    """Return an entry of `replica_regions` as a mapping; an entry can also be a region name."""
    return dict(entry) if isinstance(entry, Mapping) else {"region": entry}


def _replicas(entries: list[Any], found: Mapping[str, str]) -> dict[str, str]:
    """Return the replica key of each region; keep a key that the task omits."""
    replicas = {}
    for entry in map(replica_entry, entries):
        region, key = entry["region"], entry.get("kms_key_id")
        current = found.get(region, OWN_KEY)
        replicas[region] = current if key is None else _same_or_other_key(key, current)
    return {region: replicas[region] for region in sorted(replicas)}


def _desired_rotation(rotation: Mapping[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    if not rotation["enabled"]:
        return {**found, "enabled": False}
    desired = {**found, "enabled": True}
    if rotation.get("lambda_arn"):
        desired["lambda_arn"] = rotation["lambda_arn"]
    if rotation.get("days") or rotation.get("schedule"):
        desired.update(rotation_timing(rotation.get("schedule"), rotation.get("days")))
    return desired
